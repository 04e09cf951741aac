import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// What others read of the control plane, judged by their own tools: its description by a fuzzer, its measurements by
/// Prometheus.
@Suite(.timeLimit(.minutes(60))) struct ServedInterfaceTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
    private static let token = "token-of-the-interface-test"

    /// Where a tool is; `nil` where it is not installed (scripts/setup test).
    private static func tool(_ name: String) -> String? {
        [root + "/.build/venv/bin/", "/usr/local/bin/", "/usr/bin/"].map { $0 + name }.first(
            where: FileSystem.exists)
    }

    private func serve() throws -> (target: TestTarget, serving: ServedProgram) {
        let target = try TestTarget()
        #expect(try target.leviathan("target", "add", target.repository.path).succeeded)
        #expect(try target.leviathan("propose", "task-001").succeeded)
        let serving = try ServedProgram(
            target, ["--no-scheduler", "--rate", "1000000"], ["LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token])
        return (target, serving)
    }

    /// A request that is refused for its length alone is refused all the same: the fuzzer does not know 414.
    ///
    /// Nor does it know that whoever guesses keys is told to wait; what each endpoint says to a wrong key, the table of
    /// rights holds.
    private static let fuzzerConfiguration = """
        [checks]
        positive_data_acceptance.enabled = false
        ignored_auth.enabled = false
        negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 428, 429, 431]
        """

    @Test(.enabled(if: tool("schemathesis") != nil))
    func nothingThatTheDescriptionAllowsOrForbidsIsAFailure() throws {
        let (target, serving) = try serve()
        let configuration = try target.repository.directory.write("schemathesis.toml", Self.fuzzerConfiguration)
        var fuzzer = Subprocess(
            try #require(Self.tool("schemathesis")),
            [
                "--config-file", configuration, "run", serving.url + "/v1/openapi.json", "--header",
                "Authorization: Bearer \(Self.token)", "--max-examples", "5", "--exclude-path",
                "/v1/events/stream", "--exclude-path", "/v1/profile",
                "--no-color", "--seed", "1",
            ],
            environment: ["PATH": "/usr/bin:/bin", "HOME": target.repository.directory.path, "LC_ALL": "C.UTF-8"])
        fuzzer.workingDirectory = target.repository.directory.path
        fuzzer.timeout = .seconds(1800)
        let outcome = try fuzzer.run()
        #expect(outcome.succeeded, "\(outcome.output.text.suffix(6000))")
        #expect(outcome.output.text.contains("Tested: "))
        #expect(try serving.end() == "0")
    }

    @Test(.enabled(if: tool("promtool") != nil))
    func prometheusHasNothingAgainstTheMeasurements() throws {
        let (target, serving) = try serve()
        _ = try serving.ask("/v1/attempts/none", Self.token)
        let page = try serving.ask("/metrics", Self.token)
        let path = try target.repository.directory.write("metrics.txt", page)
        let promtool = try #require(Self.tool("promtool"))
        let said = try BackgroundProgram.run([
            "sh", "-c", "\"$0\" check metrics <\"$1\" 2>&1 || true", promtool, path,
        ])
        // Two names are those of OpenTelemetry's conventions, whatever Prometheus thinks of how they end.
        let others = said.split(separator: "\n").filter { line in
            !["cicd_worker_count ", "vcs_change_count "].contains { line.hasPrefix($0) }
        }
        #expect(others.isEmpty, "\(others)")
        for name in ["leviathan_queue_tasks{", "leviathan_held_tasks{", "leviathan_http_requests_total{"] {
            #expect(page.contains(name), "\(page)")
        }
        #expect(try serving.end() == "0")
    }
}
