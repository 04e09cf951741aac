import Basics
import Processes
import TestSupport
import Testing

/// The reading commands against a control plane elsewhere, also under the older name of the program.
@Suite(.timeLimit(.minutes(60))) struct RemoteCommandTests {
    private static let token = "a-token-for-the-test"
    private let target: TestTarget
    private let elsewhere: TemporaryDirectory

    init() throws {
        target = try TestTarget()
        elsewhere = try TemporaryDirectory()
        let proposed = try target.leviathan("propose", "task-001", "--json")
        try #require(proposed.ending == .exited(0), "\(proposed.errors.text)")
        try target.repository.directory.write(
            "leviathan/targets/shop.yaml",
            "name: remote\nrepo_url: \(target.remote)\ncheckout: \(target.repository.path)\n")
    }

    private func served() throws -> ServedProgram {
        try ServedProgram(target, ["--no-scheduler"], ["LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token])
    }

    /// From another directory, with another home: what is shown can only come from the control plane.
    private func ask(
        _ words: [String], url: String, token: String = RemoteCommandTests.token, as name: String? = nil
    ) throws -> ProcessOutcome {
        var program = TestTarget.program
        if let name {
            program = elsewhere.path + "/" + name
            if !FileSystem.exists(program) {
                _ = try BackgroundProgram.run(["ln", "-s", TestTarget.program, program])
            }
        }
        var asking = Subprocess(
            program, words,
            environment: [
                "PATH": "/usr/bin:/bin", "HOME": elsewhere.path, "LEVIATHAN_CONTROL_PLANE_URL": url,
                "LEVIATHAN_CONTROL_PLANE_TOKEN": token,
            ])
        asking.workingDirectory = elsewhere.path
        return try asking.run()
    }

    @Test func readsWhatACommandReadsHere() throws {
        let serving = try served()
        for words in [
            ["attempts"], ["failures"], ["graph", "summary"], ["events", "--limit", "3"],
            ["graph", "show", "Attempt"],
            ["graph", "edges"], ["autonomy", "status"],
        ] {
            let here = try target.leviathan(arguments: words + ["--json"])
            let there = try ask(words + ["--remote", "--json"], url: serving.url)
            #expect(
                there.ending == .exited(0) && there.output.text == here.output.text,
                "\(words): \(there.errors.text)\n\(there.output.text)\n\(here.output.text)")
        }
        let id = try #require(
            try ask(["attempts", "--remote", "--json"], url: serving.url).json.elements?.first?["attempt"]?.string)
        let shown = try ask(["attempts", "show", id, "--remote"], url: serving.url)
        #expect(shown.output.text.contains("task-001"), "\(shown.output.text)\(shown.errors.text)")
        let queue = try ask(["next", "--all", "--remote"], url: serving.url)
        #expect(queue.output.text.contains("remote/task-001") && queue.output.text.contains("under review"))
        let first = try ask(["next", "--remote"], url: serving.url)
        #expect(first.ending == .exited(0), "\(first.output.text)\(first.errors.text)")
        let edges = try ask(["graph", "show", "Attempt/" + id, "--remote"], url: serving.url)
        #expect(edges.output.text.contains("Task/"), "\(edges.output.text)\(edges.errors.text)")
        let files = try ask(["artifacts", "--attempt", id, "--remote"], url: serving.url)
        #expect(files.output.text.contains(id), "\(files.output.text)\(files.errors.text)")
        let targets = try ask(["target", "list", "--remote"], url: serving.url)
        #expect(targets.output.text.contains("remote  ") && targets.output.text.contains("enabled"))
        let limits = try ask(["next", "--limits", "--target", "remote", "--remote"], url: serving.url)
        #expect(limits.output.text.contains("max_open_prs"), "\(limits.output.text)\(limits.errors.text)")
        for words in [["next", "--limits"], ["artifacts"], ["autonomy", "status", "--target", "none"]] {
            #expect(try ask(words + ["--remote"], url: serving.url).ending != .exited(0), "\(words)")
        }
        let table = try ask(["attempts", "--remote"], url: serving.url)
        #expect(table.output.text.contains("task-001") && table.output.text.contains("delivered"))
        // Nothing was kept here.
        #expect(!FileSystem.exists(elsewhere.path + "/.leviathan/journal.db"))
    }

    @Test func theOlderNameAsksAControlPlane() throws {
        let serving = try served()
        func control(_ words: String...) throws -> ProcessOutcome {
            try ask(["--url", serving.url] + words, url: "", as: "leviathanctl")
        }
        let summary = try control("graph-summary", "--json")
        #expect(summary.json["nodes"]?["Attempt"] == 1, "\(summary.output.text)\(summary.errors.text)")
        let id = try #require(try control("attempts-list", "--json").json.elements?.first?["attempt"]?.string)
        #expect(try control("attempts-show", id, "--json").json["attempt"]?.string == id)
        #expect(try control("failures-recent", "--json").json == [])
        #expect(try control("invalidate", id).ending == .exited(2))
        #expect(try control("invalidate", id, "--reason", "a test").ending == .exited(0))
        #expect(try control("attempts-list", "--json").json.elements?.first?["state"] == "invalidated")
        #expect(try control("attempts-show", "none").ending == .exited(3))
        let unknown = try control("propose", "task-001")
        #expect(unknown.ending == .exited(2) && unknown.errors.text.contains("graph-summary"))
        #expect(try control("--help").output.text.contains("failures-recent"))
    }

    @Test func aTokenGoesToTheNamedHostAlone() throws {
        let asked = Gathered<String>()
        let other = try HTTPTestServer { request in
            asked.add(request.header("Authorization") ?? "none")
            return .json("{}")
        }
        let first = try HTTPTestServer { _ in .redirect(302, to: other.url + "/v1/attempts") }
        let led = try ask(["attempts", "--remote"], url: first.url)
        #expect(led.ending == .exited(8) && asked.all.isEmpty, "\(led.errors.text)")
        let plain = try ask(["attempts", "--remote=http://plane.example"], url: "")
        #expect(plain.ending == .exited(3) && plain.errors.text.contains("in plain text"), "\(plain.errors.text)")
        #expect(!plain.errors.text.contains(Self.token))
        let nowhere = try ask(["attempts", "--remote"], url: "")
        #expect(nowhere.ending == .exited(3) && nowhere.errors.text.contains("LEVIATHAN_CONTROL_PLANE_URL"))
        let serving = try served()
        let wrong = try ask(["attempts", "--remote"], url: serving.url, token: "wrong")
        #expect(wrong.ending == .exited(8) && wrong.errors.text.contains("leviathan key create"))
    }
}
