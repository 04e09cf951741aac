import Basics
import Processes
import Synchronization
import TestSupport
import Testing

/// The built program with a model that speaks real HTTP: from a task to a pushed branch, and back again.
@Suite(.timeLimit(.minutes(60))) struct AgentTests {
    private static let key = "sk-ant-api03-" + "Qm7Zx2Vb9Kd4Lw8Rt1Yp6Hs3"

    private static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**], executor: agent}
        invariants:
          - {name: No secrets, builtin: secrets}
        limits: {agent_budget: {turns: 8}}
        """

    private static func target(_ inputs: String, policy: String = policy) throws -> TestTarget {
        let target = try TestTarget(
            policy: policy,
            backlog: """
                version: 1
                tasks:
                  - id: task-001
                    title: Explain the cache
                    scope: docs
                    ready: true
                    allowed_paths: [docs/]
                    inputs: \(inputs)
                """)
        try target.repository.write("src/cache.py", "def evict(): pass\n")
        try target.repository.commitAll("Files")
        try target.repository.git("push", "-q", "origin", "main")
        return target
    }

    private static func environment(_ api: FakeMessagesAPI) -> [String: String] {
        ["ANTHROPIC_API_KEY": key, "ANTHROPIC_BASE_URL": api.url]
    }

    private static let withoutPrograms = "{tools: [read, write, edit]}"

    private static let answers: [FakeModelAnswer] = [
        .uses([("read", ["path": "src/cache.py"]), ("write", ["path": "src/cache.py", "content": "broken"])]),
        .use("write", ["path": "docs/cache.md", "content": "# Cache\n"]), .done("Wrote docs/cache.md."),
    ]

    @Test func deliversWhatTheModelWroteAndProvesIt() throws {
        let api = try FakeMessagesAPI(answers: Self.answers)
        let target = try Self.target(Self.withoutPrograms)
        let result = try target.leviathan("propose", "task-001", "--json", extra: Self.environment(api))
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["workspace"] == "tree" && api.requests.count == 3)
        #expect(try #require(api.requests.dropFirst().first).text().contains("it is not covered by"))
        let show = try target.repository.git("--git-dir", target.remote, "show", "agent/task-001:docs/cache.md")
        #expect(show == "# Cache")
        let text = result.json["pull_request"]?["body"]?.string ?? ""
        #expect(text.contains("- Model: ") && text.contains(" tokens read, "), "\(text)")
        let events = try target.leviathan("events", "--json").output.text
        #expect(events.ranges(of: "model.call_completed").count == 3 && !events.contains("evict"))
        let attempt = result.json["attempt"]?.string ?? ""
        api.stop()
        let verified = try target.leviathan("verify", attempt, "--json")
        #expect(verified.json["outcome"] == "reproduced", "\(verified.output.text)\(verified.errors.text)")
        #expect(try !Self.everyFile(below: target.home).contains(Self.key))
    }

    @Test func holdsTheBudgetOfThePolicy() throws {
        let api = try FakeMessagesAPI(answers: [.use("read", ["path": "src/cache.py"])])
        let target = try Self.target(Self.withoutPrograms)
        let result = try target.leviathan("propose", "task-001", "--json", extra: Self.environment(api))
        #expect(
            result.ending == .exited(6) && api.requests.count == 8, "\(result.output.text)\(result.errors.text)")
        #expect(result.output.text.contains("budget of 8 turns"))
        let artifacts = try target.leviathan("artifacts", "--json").output.text
        #expect(artifacts.contains("transcript.jsonl"))
        #expect(try target.repository.git("--git-dir", target.remote, "branch", "--list", "agent/*") == "")
    }

    @Test func mendsWhatTheInvariantsFind() throws {
        let policy = Self.policy.replacing(
            "  - {name: No secrets, builtin: secrets}",
            with: "  - {name: Has a title, check: grep -q '^# ' docs/cache.md, baseline: false}")
        let api = try FakeMessagesAPI(answers: [
            .use("write", ["path": "docs/cache.md", "content": "Cache\n"]), .done(),
            .use("edit", ["path": "docs/cache.md", "old": "Cache", "new": "# Cache"]), .done(),
        ])
        let target = try Self.target("{tools: [write, edit]}", policy: policy)
        let result = try target.leviathan("propose", "task-001", "--json", extra: Self.environment(api))
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(api.requests.count == 4 && api.requests.dropFirst(2).first?.text().contains("Has a title") == true)
    }

    @Test(arguments: ["overlay", "worktree"]) func runsProgramsBehindTheFence(kind: String) throws {
        let line = """
            echo x > README.md; echo x > src/cache.py; git config user.name Mallory
            echo "key: [$ANTHROPIC_API_KEY]"; grep -rl Qm7Zx2Vb /proc/*/environ; mkdir -p docs; echo '# Made' > docs/made.md
            """
        let isSeenOutside = Mutex(false)
        let answers: [FakeModelAnswer] = [.use("run", ["command": .string(line)]), .done()]
        let api = try FakeMessagesAPI { number, body in
            // The same search finds Leviathan's own environment where no fence is in between.
            let search = "grep -l Qm7Zx2Vb /proc/[0-9]*/environ 2>/dev/null; true"
            let found = (try? BackgroundProgram.run(["/bin/sh", "-c", search])) ?? ""
            isSeenOutside.withLock { $0 = $0 || found.contains("/environ") }
            return answers[min(number, 2) - 1].reply(to: body)
        }
        let target = try Self.target("{tools: [run]}")
        let result = try target.leviathan(
            "propose", "task-001", "--workspace", kind, "--json", extra: Self.environment(api))
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["changes"]?.elements?.map { $0["path"]?.string } == ["docs/made.md"])
        let seen = try #require(api.requests.last).text()
        #expect(isSeenOutside.withLock { $0 })
        #expect(seen.contains("key: []") && !seen.contains("/environ\\n"))
        api.stop()
        let attempt = result.json["attempt"]?.string ?? ""
        #expect(try target.leviathan("verify", attempt, "--json").json["outcome"] == "reproduced")
        #expect(result.json["workspace"]?.string == kind)
    }

    @Test(arguments: ["{prompt}", "{prompt_file}", ""]) func startsAnotherAgent(placeholder: String) throws {
        let script = placeholder == "{prompt}" ? "printf %s \"$1\"" : placeholder.isEmpty ? "cat" : "cat \"$1\""
        let command = JSON.strings([
            "/bin/sh", "-c", "mkdir -p docs; \(script) > docs/prompt.md", "agent", placeholder,
        ])
        let target = try Self.target("{command: \(command.text())}")
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        let prompt = try target.repository.git("--git-dir", target.remote, "show", "agent/task-001:docs/prompt.md")
        #expect(prompt.contains("# Task task-001: Explain the cache"))
        let verified = try target.leviathan("verify", result.json["attempt"]?.string ?? "", "--json")
        #expect(verified.json["outcome"] == "not reproducible", "\(verified.output.text)")
    }

    @Test func endsAtControlC() throws {
        let begun = TestGate()
        let api = try FakeMessagesAPI([FakeModelAnswer.done("a long answer").stalling(after: 4, opening: begun)])
        let target = try Self.target(Self.withoutPrograms)
        let marker = target.repository.directory.path + "/begun"
        BackgroundThread.run {
            begun.wait()
            try? FileSystem.write([], to: marker)
        }
        let line = """
            "$PROGRAM" propose task-001 & pid=$!
            while [ ! -e "$MARKER" ]; do kill -0 $pid || exit 99; done
            kill -INT $pid; wait $pid
            """
        var environment = target.repository.environment.merging(Self.environment(api)) { $1 }
        (environment["LEVIATHAN_HOME"], environment["PROGRAM"]) = (target.home, TestTarget.program)
        environment["MARKER"] = marker
        var shell = Subprocess("bash", ["-c", line], environment: environment)
        shell.workingDirectory = target.repository.path
        let outcome = try shell.run()
        #expect(outcome.ending == .exited(130), "\(outcome.errors.text)")
        #expect(api.requests.count == 1)
        #expect(try target.leviathan("artifacts", "--json").output.text.contains("transcript.jsonl"))
        #expect(try target.leviathan("events", "--json").output.text.contains("attempt.interrupted"))
    }

    private static func everyFile(below directory: String) throws -> String {
        var text = ""
        for name in try FileSystem.list(directory) {
            let path = directory + "/" + name
            if FileSystem.isDirectory(path) {
                text += try everyFile(below: path)
            } else {
                text += String(decoding: try FileSystem.read(path, limit: 64 << 20), as: UTF8.self)
            }
        }
        return text
    }
}
