import Agent
import Basics
import ExecutorTestSupport
import Executors
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct AgentExecutorTests {
    private static let page = "# Cache\n\nThe oldest entry goes first.\n"

    @Test func doesATaskWithTools() throws {
        let api = try FakeMessagesAPI(answers: [
            .uses([("list", [:]), ("read", ["path": "src/cache.py"])]),
            .use("write", ["path": "docs/cache.md", "content": .string(Self.page)]),
            .done("Wrote docs/cache.md.\nIt names the rule."),
        ])
        let world = try AgentWorld(api, files: ["src/cache.py": "def evict(): pass\n"])
        let report = try world.run().get()
        #expect(try world.files.text("docs/cache.md") == Self.page)
        #expect(report.notes.prefix(2) == ["Wrote docs/cache.md.", "It names the rule."])
        #expect(api.requests.count == 3)
        let results = api.requests[1].lastResults
        #expect(results[0].contains("src/cache.py") && results[1].contains("def evict(): pass"))
        #expect(report.artifacts.map(\.name) == ["transcript.jsonl"])
        #expect(
            world.progress.contains("write docs/cache.md") && world.progress.contains("  Wrote docs/cache.md."))
        let use = try #require(report.modelUse)
        #expect(use.calls == 3 && use.outputTokens == 60 && use.model == "claude-sonnet-5-5")
        #expect(try #require(use.dollars) > 0)
    }

    @Test func asksAsTheServiceWantsIt() throws {
        let api = try FakeMessagesAPI(answers: [.use("list", [:]), .use("list", ["path": "src"]), .done()])
        let world = try AgentWorld(api, files: ["src/a.py": "a\n"])
        world.forbids = ["docs/legal/**"]
        _ = try world.run().get()
        let request = try #require(api.httpRequests.first)
        #expect(request.header("x-api-key") == AgentWorld.key && request.header("authorization") == nil)
        #expect(request.header("content-type") == "application/json")
        let body = api.requests[0]
        #expect(body["stream"] == true && body["model"] == "claude-sonnet-5-5" && body["max_tokens"] == 32000)
        #expect(body["temperature"] == nil && body["tool_choice"] == nil && body["thinking"] == nil)
        let tools = try #require(body["tools"]?.elements)
        #expect(tools.compactMap { $0["name"]?.string } == ["list", "read", "search", "write", "edit", "delete"])
        #expect(tools.allSatisfy { $0["input_schema"]?["type"] == "object" })
        #expect(tools.last?["cache_control"]?["type"] == "ephemeral" && tools[0]["cache_control"] == nil)
        #expect(body["system"]?.elements?[0]["cache_control"]?["type"] == "ephemeral")
        let brief = try #require(body.lastResults.first)
        for text in [
            "Explain the cache", "Write how the cache works.", "- it names the eviction rule",
            "`docs/**`, `src/**`",
            "docs/legal/**", "created, updated, deleted",
        ] { #expect(brief.contains(text), "\(text) in \(brief)") }
        // The last two turns of ours are marked, the one before them no longer is.
        let messages = try #require(api.requests[2]["messages"]?.elements)
        let marked = messages.map { $0["content"]?.elements?.last?["cache_control"] != nil }
        #expect(marked == [false, false, true, false, true])
    }

    @Test func keepsThinkingAsItCame() throws {
        let first = FakeModelAnswer(
            [
                .thinking("", signature: "EqQBCgIYAhIkM2Y5=="), .redactedThinking("EmwKAhgB"),
                .text("Let me look. é漢🦊"),
                .tool("list", [:]),
            ], stop: "tool_use")
        let api = try FakeMessagesAPI(answers: [first, .done()])
        _ = try AgentWorld(api).run().get()
        let blocks = try #require(api.requests[1]["messages"]?.elements?[1]["content"]?.elements)
        #expect(blocks[0] == ["type": "thinking", "thinking": "", "signature": "EqQBCgIYAhIkM2Y5=="])
        #expect(blocks[1] == ["type": "redacted_thinking", "data": "EmwKAhgB"])
        #expect(blocks[2] == ["type": "text", "text": "Let me look. é漢🦊"])
        #expect(blocks[3]["type"] == "tool_use" && blocks[3]["input"] == [:])
    }

    @Test func writesNumbersOnlyIntoTheJournal() throws {
        var answer = FakeModelAnswer.use("read", ["path": "src/a.py"])
        (answer.inputTokens, answer.cacheReadTokens, answer.cacheWriteTokens) = (7, 900, 30)
        let api = try FakeMessagesAPI(answers: [answer, .done("MARK-OF-TEXT")])
        let world = try AgentWorld(api, files: ["src/a.py": "MARK-OF-FILE\n"])
        _ = try world.run().get()
        #expect(world.events.map(\.name) == ["started", "completed", "started", "completed"])
        let facts = world.events[1].facts
        #expect(
            facts["input_tokens"] == 7 && facts["cache_read_tokens"] == 900 && facts["cache_write_tokens"] == 30)
        #expect(facts["outcome"] == "answered" && facts["stop_reason"] == "tool_use" && facts["call"] == 1)
        #expect(!world.events.contains { $0.facts.text().contains("MARK") || $0.facts.text().contains("src/") })
    }

    @Test func asksNothingThatTheJournalDoesNotTake() throws {
        let api = try FakeMessagesAPI(answers: [.done()])
        let world = try AgentWorld(api)
        world.recordFailure = ExecutorError("agent", "the journal is full")
        #expect(try world.run().error?.message == "the journal is full")
        #expect(api.requests.isEmpty)
    }

    @Test func mendsWhatTheReviewFinds() throws {
        let api = try FakeMessagesAPI(answers: [
            .done("finished"), .use("write", ["path": "docs/a.md", "content": "a\n"]), .done("mended"),
        ])
        let world = try AgentWorld(api)
        let reviewer = ScriptedReviewer([["docs/a.md is missing", "second"], []])
        world.reviewer = reviewer
        let report = try world.run().get()
        #expect(reviewer.count == 2 && report.notes.first == "mended")
        let asked = api.requests[1].lastResults.last ?? ""
        #expect(asked.contains("docs/a.md is missing\n\nsecond"))
    }

    @Test(arguments: [0, 1, 3]) func mendsNoMoreOftenThanAllowed(rounds: Int) throws {
        let api = try FakeMessagesAPI(answers: [.done()])
        let world = try AgentWorld(api, ["max_rounds": .integer(rounds)])
        world.reviewer = ScriptedReviewer(Array(repeating: ["still wrong"], count: 50))
        let report = try world.run().get()
        #expect(api.requests.count == rounds + 1)
        #expect(report.notes.contains("1 finding is left after \(rounds) rounds of repair"))
    }

    @Test func goesOnWhereAnAnswerWasCutOff() throws {
        let cut = FakeModelAnswer([.text("I was just about to")], stop: "max_tokens")
        let paused = FakeModelAnswer([.text("A moment.")], stop: "pause_turn")
        let api = try FakeMessagesAPI(answers: [cut, paused, .done()])
        _ = try AgentWorld(api).run().get()
        #expect(api.requests.count == 3)
        #expect(api.requests[1].lastResults.last?.contains("cut off") == true)
        #expect(api.requests[2]["messages"]?.elements?.last?["role"] == "assistant")
    }

    @Test func bearsAnswersOfNothing() throws {
        let empty = FakeModelAnswer([], stop: "end_turn")
        let blank = FakeModelAnswer([.text(" \n")], stop: "max_tokens")
        let api = try FakeMessagesAPI(answers: [blank, empty, .done()])
        let world = try AgentWorld(api)
        world.reviewer = ScriptedReviewer([["nothing was done"]])
        _ = try world.run().get()
        #expect(api.requests.count == 3)
    }

    @Test func saysWhyTheModelStopped() throws {
        var refusal = FakeModelAnswer([.text("No.")], stop: "refusal")
        refusal.stopDetails = ["category": "cyber", "explanation": "it looks like an attack"]
        let full = FakeModelAnswer([.text("x")], stop: "model_context_window_exceeded")
        let unknown = FakeModelAnswer([.text("x")], stop: "moon_phase")
        for (answer, message) in [
            (refusal, "declined to go on: cyber: it looks like an attack"), (full, "no longer fits the model"),
            (unknown, "moon_phase"),
        ] {
            let api = try FakeMessagesAPI(answers: [answer])
            let world = try AgentWorld(api)
            let error = try #require(try world.run().error)
            #expect(error.description.contains(message), "\(error)")
            #expect(error.partial.artifacts.count == 1 && error.partial.modelUse?.calls == 1)
            #expect(api.requests.count == 1)
        }
    }

    @Test func needsFilesOnADiskOnlyToRunPrograms() throws {
        func runs(_ inputs: JSON) throws -> Bool {
            AgentExecutor().runsPrograms(for: try Job.example(inputs).task)
        }
        #expect(try runs([:]) && runs(["tools": ["read", "run"]]) && runs(["command": ["codex"]]))
        #expect(try !runs(["tools": ["read", "write"]]))
    }

    @Test(arguments: [
        (#"{"modle": "x"}"#, "did you mean 'model'?"),
        (#"{"model": ""}"#, "inputs.model is not the name of a model"),
        (#"{"model": "a b"}"#, "inputs.model is not the name of a model"),
        (#"{"model": 5}"#, "inputs.model is 5, not text"),
        (#"{"budget": {"token": 5}}"#, "did you mean 'tokens'?"),
        (#"{"budget": 5}"#, "inputs.budget is 5, not a mapping"),
        (#"{"budget": {"tokens": 0}}"#, "inputs.budget.tokens is 0, not a whole number from 1"),
        (#"{"budget": {"usd": -1}}"#, "inputs.budget.usd is -1, not a number from 0.0"),
        (#"{"budget": {"time": "soon"}}"#, "inputs.budget.time is text, not a time such as 90s or 5m"),
        (#"{"budget": {"turns": 1.5}}"#, "inputs.budget.turns is 1.5, not a whole number"),
        (#"{"tools": ["reed"]}"#, "did you mean 'read'?"), (#"{"tools": []}"#, "inputs.tools is not"),
        (#"{"prices": {"input": 1}}"#, "inputs.prices needs 'output'"),
        (#"{"max_rounds": -1}"#, "inputs.max_rounds is -1, not a whole number from 0 to 100"),
        (#"{"command": "claude -p"}"#, "inputs.command is text, not a list of texts"),
        (#"{"command": []}"#, "inputs.command is not"),
        (#"{"instructions": ["a"]}"#, "inputs.instructions is a list, not text"),
    ]) func refusesInputsThatMakeNoSense(inputs: String, message: String) throws {
        let api = try FakeMessagesAPI(answers: [.done()])
        let error = try #require(try AgentWorld(api, try JSON.parse(inputs)).run().error)
        #expect((error.description + (error.hint ?? "")).contains(message), "\(error)")
        #expect(api.requests.isEmpty)
    }

    @Test func takesTheModelFromTheTaskOrElseFromTheEnvironment() throws {
        let api = try FakeMessagesAPI(answers: [.done()])
        let world = try AgentWorld(api)
        world.environment["LEVIATHAN_CLAUDE_MODEL"] = "claude-opus-5-5"
        _ = try world.run().get()
        world.inputs = ["model": "claude-haiku-4-5-20251001"]
        let report = try world.run().get()
        #expect(api.requests.map { $0["model"]?.string } == ["claude-opus-5-5", "claude-haiku-4-5-20251001"])
        #expect(report.modelUse?.dollars != nil)
    }

    @Test func takesTheKeyFromEitherVariable() throws {
        let api = try FakeMessagesAPI(answers: [.done()])
        let world = try AgentWorld(api)
        world.environment["ANTHROPIC_API_KEY"] = " "
        #expect(try world.run().error?.hint?.contains("ANTHROPIC_API_KEY") == true)
        world.environment["LEVIATHAN_CLAUDE_API_KEY"] = "other-key-1\n"
        _ = try world.run().get()
        #expect(api.httpRequests.map { $0.header("x-api-key") } == ["other-key-1"])
    }
}
