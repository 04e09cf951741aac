import Basics
import ExecutorTestSupport
import Executors
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct AgentReplayTests {
    private static let files = ["src/cache.py": "def evict(): pass\n", "docs/old.md": "old\n"]

    private static let answers: [FakeModelAnswer] = [
        .uses([("list", [:]), ("read", ["path": "src/cache.py"]), ("read", ["path": "none"])]),
        FakeModelAnswer([.rawTool("write", "{\"path\": \"docs/x"), .tool("sudo", [:])], stop: "tool_use"),
        .uses([
            ("write", ["path": "docs/cache.md", "content": "# Cache ✓\n"]), ("delete", ["path": "docs/old.md"]),
            ("write", ["path": "tests/no.py", "content": "x"]),
        ]), .done("first try"), .use("edit", ["path": "docs/cache.md", "old": "Cache", "new": "The cache"]),
        .done("Done so."),
    ]

    private func recorded(_ world: AgentWorld) throws -> JSON {
        world.reviewer = ScriptedReviewer([["the title is wrong"]])
        return try world.run().get().declaredInputs
    }

    private func replay(
        _ recorded: JSON, files: [String: String] = files, _ prepare: (AgentWorld) -> Void = { _ in }
    ) throws -> (AgentWorld, Result<Report, ExecutorError>) {
        let world = try AgentWorld(nil, files: files)
        world.recorded = recorded
        // Neither a key nor a judge is needed.
        world.environment = [:]
        prepare(world)
        return (world, try world.run())
    }

    @Test func doesTheSameWithoutAnyNetwork() throws {
        let api = try FakeMessagesAPI(answers: Self.answers)
        let world = try AgentWorld(api, files: Self.files)
        let inputs = try JSON.parse(try recorded(world).utf8())
        #expect(
            inputs["reproducible"] == true && inputs["summary"] == "Done so."
                && inputs["answers"]?.elements?.count == 6)
        api.stop()
        let (again, result) = try replay(inputs)
        let report = try result.get()
        #expect(again.files.files == world.files.files && again.events.isEmpty)
        #expect(try again.files.text("docs/cache.md") == "# The cache ✓\n")
        #expect(report.notes == ["replayed 6 recorded answers of claude-sonnet-5-5"])
        #expect(report.declaredInputs == inputs && report.modelUse == nil)
    }

    @Test func saysWhereItLeavesTheCourse() throws {
        let api = try FakeMessagesAPI(answers: Self.answers)
        let inputs = try recorded(try AgentWorld(api, files: Self.files))
        #expect(api.requests.count == 6)
        var files = Self.files
        files["src/cache.py"] = "def evict(): return 1\n"
        let (_, changed) = try replay(inputs, files: files)
        #expect(changed.error?.causes == ["in answer 1 the tool 'read' comes to something else than then"])
        let (_, other) = try replay(inputs) { $0.edit = { $0.title = "Another" } }
        #expect(other.error?.causes.first?.contains("the task, its bounds") == true)
        let (narrowed, bounds) = try replay(inputs) { $0.paths = ["docs/other.md"] }
        #expect(bounds.error != nil && narrowed.files.writeCount == 0)
    }

    @Test func takesNoOutputOfProgramsForTheirResult() throws {
        let directory = try TemporaryDirectory()
        let api = try FakeMessagesAPI(answers: [
            .use("run", ["command": "date +%N; head -c 8 /dev/urandom"]),
            .use("write", ["path": "docs/a.md", "content": "a"]), .done(),
        ])
        let world = try AgentWorld(api)
        world.programs = DirectoryRunner(directory.path)
        let inputs = try world.run().get().declaredInputs
        let runner = DirectoryRunner(directory.path)
        let (again, result) = try replay(inputs, files: [:]) { $0.programs = runner }
        _ = try result.get()
        #expect(again.files.files == world.files.files && runner.calls.count == 1)
        let (_, without) = try replay(inputs, files: [:])
        #expect(without.error?.message.contains("no place to run them") == true)
    }

    @Test func usesNoAnswerThatHeldACredential() throws {
        let token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
        let api = try FakeMessagesAPI(answers: [
            .use("write", ["path": "docs/a.md", "content": .string("token: \(token)")]), .done("Wrote \(token)."),
        ])
        let inputs = try AgentWorld(api).run().get().declaredInputs
        #expect(!inputs.text().contains(token) && inputs["reproducible"] == false)
        let (world, result) = try replay(inputs, files: [:])
        #expect(
            result.error?.causes == ["an answer of the model held a credential"] && world.files.writeCount == 0)
    }

    @Test(arguments: [
        "null", "{}", "[]", #"{"format": 2, "model": "m", "brief": "b", "programs": false, "answers": []}"#,
        #"{"format": 1, "model": "m", "brief": "b", "programs": false, "answers": [5]}"#,
        #"{"format": 1, "model": "m", "brief": "b", "programs": false, "answers": [[{"id": "x"}]]}"#,
        #"{"format": 1, "model": "m", "brief": "b", "programs": false, "answers": {}}"#,
    ]) func refusesWhatIsNoRecording(text: String) throws {
        let (world, result) = try replay(try JSON.parse(text))
        #expect(result.error?.message == "what the attempt recorded cannot be replayed")
        #expect(world.files.writeCount == 0)
    }
}
