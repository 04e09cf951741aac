import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// The control plane as a process: what it prints, how it is asked, and how it ends.
@Suite(.timeLimit(.minutes(60))) struct ServeTests {
    private let target: TestTarget

    init() throws { target = try TestTarget() }

    private func ask(_ url: String, _ words: String...) throws -> String {
        try BackgroundProgram.run(["curl", "-s", "-S"] + words + [url])
    }

    @Test func servesSchedulesAndEndsWhenItIsTold() throws {
        let serving = try ServedProgram(target, ["--every", "1h"])
        _ = try serving.line("scheduling")
        #expect(try JSON.parse(ask(serving.url + "/health"))["status"] == "ok")
        let line = try serving.line("request")
        #expect(line["route"] == "/health" && line["status"] == 200 && line["request"]?.string != nil)

        let refused = try target.leviathan("run", "--once")
        #expect(refused.ending == .exited(7) && refused.errors.text.contains("leviathan serve at \(serving.url)"))
        #expect(try target.leviathan("run", "--dry-run").ending == .exited(0))

        kill(serving.process, SIGHUP)
        _ = try serving.line("reloaded")
        #expect(try serving.end() == "0")
        #expect(try target.leviathan("run", "--once").ending != .exited(7))
    }

    @Test func aTaskIsDoneThroughIt() throws {
        #expect(try target.leviathan("target", "add", target.repository.path).succeeded)
        let name = try #require(
            try target.leviathan("target", "list", "--json").json.elements?.first?["target"]?.string)
        let serving = try ServedProgram(target, ["--no-scheduler"])
        let json = "Content-Type: application/json"
        let answer = try JSON.parse(
            ask(
                serving.url + "/v1/targets/\(name)/trigger", "-H", json, "-d",
                #"{"task":"task-001","reason":"now"}"#))
        let id = try #require(answer["id"]?.string, "\(answer.text())")
        var ended: JSON = .null
        waitUntil {
            ended = (try? JSON.parse(ask(serving.url + "/v1/triggers/" + id))) ?? .null
            return ended["state"] == "ended"
        }
        #expect(ended["outcome"]?["outcome"] == "delivered", "\(ended.text())")
        let attempts = try JSON.parse(ask(serving.url + "/v1/attempts"))["attempts"]?.elements ?? []
        #expect(attempts.map { $0["actor"]?.string } == ["local"])
        let queue = try JSON.parse(ask(serving.url + "/v1/tasks"))["tasks"]?.elements ?? []
        #expect(
            queue.contains { $0["task"] == "task-001" && $0["refusal"]?["reason"] == "under-review" }, "\(queue)")
        let behind = try JSON.parse(ask(serving.url + "/v1/tasks?cursor=1:\(name)/task-001"))
        #expect(behind["tasks"] == [] && behind["next_cursor"] == .null, "\(behind.text())")
        #expect(try serving.end() == "0")
    }

    /// From an address to a pull request with the rules, and then to a target with a queue.
    @Test func aRepositoryIsTakenOn() throws {
        try target.repository.git("rm", "-r", "--quiet", ".leviathan")
        try target.repository.commitAll("Without rules")
        try target.repository.git("push", "--quiet", "origin", "main")
        let (serving, json) = (try ServedProgram(target, ["--no-scheduler"]), "Content-Type: application/json")
        func onboarded(_ body: String) throws -> JSON {
            let answer = try JSON.parse(ask(serving.url + "/v1/onboarding", "-H", json, "-d", body))
            let id = try #require(answer["id"]?.string, "\(answer.text())")
            var ended: JSON = .null
            waitUntil {
                ended = (try? JSON.parse(ask(serving.url + "/v1/triggers/" + id))) ?? .null
                return ended["state"] == "ended"
            }
            return ended["outcome"] ?? .null
        }
        let url = try target.repository.git("remote", "get-url", "origin")
        let dry = try onboarded("{\"url\":\"\(url)\",\"name\":\"shop\",\"dry_run\":true,\"reason\":\"look\"}")
        #expect(
            dry["outcome"] == "prepared" && dry["patch"]?.string?.contains("target: shop") == true, "\(dry.text())"
        )
        #expect(try target.repository.git("ls-remote", "origin", "refs/heads/agent/*").isEmpty)
        let done = try onboarded("{\"url\":\"\(url)\",\"name\":\"shop\",\"reason\":\"begin\"}")
        #expect(done["outcome"] == "delivered", "\(done.text())")
        // Before it is merged it is no target, and the clone is gone again.
        let early = try JSON.parse(
            ask(serving.url + "/v1/targets", "-H", json, "-d", "{\"url\":\"\(url)\",\"reason\":\"early\"}"))
        #expect(early["status"]?.integer == 422, "\(early.text())")
        try target.repository.git("fetch", "--quiet", "origin")
        try target.repository.git("merge", "--quiet", "--ff-only", "origin/agent/onboarding")
        try target.repository.git("push", "--quiet", "origin", "main")
        let added = try JSON.parse(
            ask(serving.url + "/v1/targets", "-H", json, "-d", "{\"url\":\"\(url)\",\"reason\":\"merged\"}"))
        #expect(added["target"] == "shop", "\(added.text())")
        #expect(try serving.end() == "0")
    }

    @Test func itsSchedulerDoesTasksByItselfUntilItIsStopped() throws {
        #expect(try target.leviathan("target", "add", target.repository.path).succeeded)
        let serving = try ServedProgram(target, ["--every", "1s"])
        let looked = try serving.line("looked")
        #expect(
            looked["result"]?["dispatched"]?.elements?.map { $0["outcome"]?.string } == ["delivered"],
            "\(looked.text())")
        let json = "Content-Type: application/json"
        _ = try ask(serving.url + "/v1/stop", "-H", json, "-d", #"{"reason":"enough"}"#)
        var next = try serving.line("looked")
        while next["result"]?["stopped"]?.isNull != false, !next.isNull { next = try serving.line("looked") }
        #expect(next["result"]?["stopped"]?.isNull == false, "\(next.text())")
        #expect(try serving.end() == "0")
    }

    @Test func anotherOneSchedulesOnceTheFirstIsGone() throws {
        let first = try ServedProgram(target, ["--every", "1h"])
        _ = try first.line("scheduling")
        let second = try ServedProgram(target, ["--every", "1h"])
        _ = try second.line("another process schedules for this home: only serving until it ends")
        // Both answer, and of one journal.
        let json = "Content-Type: application/json"
        _ = try ask(second.url + "/v1/stop", "-H", json, "-d", #"{"reason":"two"}"#)
        #expect(try JSON.parse(ask(first.url + "/v1/autonomy"))["stop"]?["reason"] == "two")
        kill(first.process, SIGKILL)
        #expect(try second.line("scheduling")["message"] == "scheduling")
        #expect(try second.end() == "0")
    }

    @Test func itEndsInOrderAlsoWhereNobodyReadsItsLog() throws {
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
        let script = #"{ "$0" serve --port 0 --no-scheduler; echo "$?" >"$1"; } | head -n 1"#
        let code = target.repository.directory.path + "/code"
        let shell = try BackgroundProgram(
            ["env", "-i"] + environment.map { "\($0)=\($1)" } + ["sh", "-c", script, TestTarget.program, code])
        let first = try #require(shell.readLine())
        let url = try #require(try JSON.parse(first)["url"]?.string)
        for _ in 0..<3 { #expect(try JSON.parse(ask(url + "/health"))["status"] == "ok") }
        let process = try BackgroundProgram.run([
            "pgrep", "-f", "^" + TestTarget.program + " serve --port 0 --no-scheduler$",
        ])
        for line in process.split(separator: "\n") {
            let environ = (try? FileSystem.read("/proc/\(line)/environ", limit: 1 << 20)) ?? []
            if String(decoding: environ, as: UTF8.self).contains(target.home), let process = pid_t(line) {
                kill(process, SIGTERM)
            }
        }
        waitUntil { FileSystem.exists(code) && (try? FileSystem.read(code, limit: 10))?.isEmpty == false }
        // That the reader has left is told by the exit code alone.
        #expect(String(decoding: try FileSystem.read(code, limit: 10), as: UTF8.self) == "141\n")
    }

    @Test func othersAreLetInByKeysAlone() throws {
        let bare = try target.leviathan("serve", "--host", "0.0.0.0", "--port", "0")
        #expect(bare.ending == .exited(3) && bare.errors.text.contains("leviathan key create"))
        let made = try target.leviathan("key", "create", "ops", "--right", "operate", "--json").json
        let secret = try #require(made["key"]?.string)
        let serving = try ServedProgram(target, ["--host", "0.0.0.0", "--no-scheduler"])
        let url = serving.url.replacing("0.0.0.0", with: "127.0.0.1")
        #expect(try JSON.parse(ask(url + "/v1/autonomy"))["type"] == "urn:leviathan:problem:unauthenticated")
        let key = "Authorization: Bearer " + secret
        #expect(try JSON.parse(ask(url + "/v1/autonomy", "-H", key))["autonomy"] == "on")
        #expect(try target.leviathan("key", "revoke", made["id"]?.string ?? "", "--reason", "left").succeeded)
        #expect(try JSON.parse(ask(url + "/v1/autonomy", "-H", key))["status"] == 401)
        #expect(try serving.end() == "0")
        let types = try target.leviathan("events", "--json").output.text.split(separator: "\n")
            .map { try JSON.parse(String($0))["event_type"]?.string }
        #expect(types == ["key.created", "key.revoked"])
    }

    @Test func speaksTLSWithFilesAndTheTokenOfTheOlderSystem() throws {
        let certificate = try TestCertificate(in: target.repository.directory)
        let serving = try ServedProgram(
            target,
            [
                "--tls-cert", certificate.certificatePath, "--tls-key", certificate.keyPath, "--no-scheduler",
                "--host", "localhost",
            ], ["LEVIATHAN_CONTROL_PLANE_TOKEN": "one-token-for-all"])
        let answer = try ask(
            serving.url + "/v1/keys", "--cacert", certificate.certificatePath, "-H",
            "Authorization: Bearer one-token-for-all", "-i")
        #expect(answer.contains("HTTP/1.1 200") && answer.contains("Strict-Transport-Security"))
        #expect(try serving.end(SIGINT) == "0")
    }

    @Test func whatTheOlderSystemSaidIsUnderstoodOrExplained() throws {
        let files = try target.leviathan("serve", extra: ["LEVIATHAN_BACKEND": "ndjson"])
        #expect(files.ending == .exited(3) && files.errors.text.contains("leviathan journal migrate"))
        let other = try target.leviathan("serve", extra: ["LEVIATHAN_CONTROL_PLANE_BACKEND": "oracle"])
        #expect(other.ending == .exited(3) && other.errors.text.contains("'oracle'"))
        let port = try target.leviathan("serve", extra: ["LEVIATHAN_API_PORT": "eighty"])
        #expect(port.ending == .exited(2))
        #expect(try target.leviathan("serve", "--tls-cert", "x").ending == .exited(2))
    }

    /// docs/schema/openapi.json is what the program prints: LEVIATHAN_RECORD=1 writes it anew.
    @Test func theDescriptionOfTheAPIIsUpToDate() throws {
        let printed = try target.leviathan("serve", "--openapi").output.text
        let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })
        let path = root + "/docs/schema/openapi.json"
        if ProcessInfo.isRecording { try FileSystem.write(Array(printed.utf8), to: path) }
        #expect(String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self) == printed)
        #expect(!ProcessInfo.isRecording, "recorded: read the difference")
    }
}

private enum ProcessInfo {
    static var isRecording: Bool { getenv("LEVIATHAN_RECORD") != nil }
}
