import Basics
import Processes
import TestSupport
import Testing

/// A real receiver of traces that is told of a task which the scheduler handed out.
@Suite(.timeLimit(.minutes(60))) struct TraceDeliveryTests {
    private static let receiver =
        String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
        + "/.build/venv/bin/oteltap"
    private static let token = "token-of-the-trace-test"

    /// Spans as the receiver prints them, by name, until those that are asked for have come.
    private func spans(_ program: BackgroundProgram, until names: Set<String>) throws -> [String: JSON] {
        var found: [String: JSON] = [:]
        while !names.isSubset(of: found.keys), let line = program.readLine() {
            guard let json = try? JSON.parse(line) else { continue }
            collect(json, &found)
        }
        return found
    }

    /// Whatever the line wraps them in: a span is what has a name and a beginning.
    private func collect(_ json: JSON, _ found: inout [String: JSON]) {
        if let name = json["name"]?.string, json["startTimeUnixNano"] != nil { found[name] = json }
        for member in json.members ?? [] { collect(member.value, &found) }
        for element in json.elements ?? [] { collect(element, &found) }
    }

    @Test(.enabled(if: FileSystem.exists(receiver))) func theReceiverGetsOneTraceOfATask() throws {
        let target = try TestTarget()
        #expect(try target.leviathan("target", "add", target.repository.path).succeeded)
        let port = try TestPort.free()
        // It does not end when it is asked to: whoever closes its input ends it, and so does time, so that a span that
        // never comes keeps nobody waiting.
        let receiver = try BackgroundProgram([
            "sh", "-c",
            "\"$@\" 2>/dev/null & tap=$!; (sleep 120; kill -9 $tap) </dev/null >/dev/null 2>&1 & "
                + "cat >/dev/null; kill -9 $tap", "sh", "env", "PYTHONUNBUFFERED=1", Self.receiver, "--port",
            String(port),
        ])
        defer {
            receiver.closeInput()
            while receiver.readLine() != nil {}
        }
        #expect(receiver.readLine()?.hasPrefix("Listening") == true)
        let serving = try ServedProgram(
            target, [],
            [
                "LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token,
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)",
            ])
        let names: Set = ["task", "queue", "attempt", "prepare", "execute", "rules", "push"]
        let found = try spans(receiver, until: names)
        #expect(names.isSubset(of: found.keys), "\(found.keys.sorted())")
        #expect(Set(found.values.map { $0["traceId"]?.string ?? "" }).count == 1)
        let (root, attempt) = (found["task"]?["spanId"]?.string, found["attempt"]?["spanId"]?.string)
        #expect((found["task"]?["parentSpanId"]?.string ?? "").isEmpty && root != nil && attempt != nil)
        #expect(found["queue"]?["parentSpanId"]?.string == root)
        #expect(found["attempt"]?["parentSpanId"]?.string == root)
        for stage in ["prepare", "execute", "rules", "push"] {
            #expect(found[stage]?["parentSpanId"]?.string == attempt, "\(stage)")
        }
        #expect(try serving.end() == "0")
    }
}
