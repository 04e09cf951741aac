import Agent
import Basics
import Executors
import Model
import TestSupport
import Testing

/// Each shows that nothing is asked once the next call could pass a limit.
@Suite(.timeLimit(.minutes(60))) struct AgentBudgetTests {
    /// A model that reads the same file for ever.
    private static let endless = FakeModelAnswer.use("read", ["path": "src/a.py"])

    private func run(
        _ inputs: JSON, answer: FakeModelAnswer = endless, _ prepare: (AgentWorld) -> Void = { _ in }
    ) throws -> (api: FakeMessagesAPI, world: AgentWorld, result: Result<Report, ExecutorError>) {
        let api = try FakeMessagesAPI(answers: [answer])
        let world = try AgentWorld(api, inputs, files: ["src/a.py": "print(1)\n"])
        prepare(world)
        return (api, world, try world.run())
    }

    @Test func endsAnEndlessLoop() throws {
        let (api, _, result) = try run(["budget": ["turns": 7]])
        let error = try #require(result.error)
        #expect(api.requests.count == 7)
        #expect(error.message == "the agent's budget of 7 turns allows no further call")
        #expect(error.causes == ["7 calls were made"] && error.hint?.contains("inputs.budget.turns") == true)
        #expect(error.partial.modelUse?.calls == 7 && error.partial.artifacts.count == 1)
    }

    @Test func endsAnEndlessLoopWithoutBeingTold() throws {
        let (api, _, result) = try run([:])
        #expect(result.error != nil && api.requests.count <= 50)
    }

    @Test func keepsToTokens() throws {
        for tokens in [15_000, 40_000, 120_000] {
            let (api, _, result) = try run(["budget": ["tokens": .integer(tokens)]])
            let error = try #require(result.error)
            let use = try #require(error.partial.modelUse)
            let used = use.inputTokens + use.outputTokens + use.cacheReadTokens + use.cacheWriteTokens
            #expect(used <= tokens && use.calls == api.requests.count && use.calls > 0, "\(used) of \(tokens)")
            #expect(error.message == "the agent's budget of \(tokens) tokens allows no further call")
        }
    }

    @Test func asksNothingWhereTheFirstCallCouldPassTheLimit() throws {
        for budget: JSON in [["tokens": 3000], ["usd": 0.001], ["usd": 0]] {
            let (api, world, result) = try run(["budget": budget])
            #expect(result.error?.message.contains("allows no further call") == true)
            #expect(api.requests.isEmpty && world.events.isEmpty)
        }
    }

    @Test func keepsToDollars() throws {
        var dear = Self.endless
        (dear.inputTokens, dear.outputTokens) = (3000, 1500)
        let (api, _, result) = try run(
            ["model": "claude-opus-5-5", "budget": ["usd": 0.25], "max_tokens": 2000], answer: dear)
        // 3,000 tokens at $4 and 1,500 at $20 a million are $0.042 a call.
        let dollars = try #require(result.error?.partial.modelUse?.dollars)
        #expect(dollars <= 0.25 && abs(dollars - Double(api.requests.count) * 0.042) < 1e-9)
        #expect(api.requests.count >= 3 && result.error?.message.contains("0.25 usd") == true)
    }

    @Test func asksForNoLongerAnswerThanTheRestAllows() throws {
        let (api, _, _) = try run(["budget": ["tokens": 30_000]])
        let wanted = api.requests.compactMap { $0["max_tokens"]?.integer }
        #expect(wanted.allSatisfy { $0 < 30_000 && $0 >= 1024 } && wanted.count > 1)
        // What the prompt takes, and the answer can take, fits together.
        for (request, most) in zip(api.requests, wanted) { #expect(request.utf8().count / 4 + most <= 30_000) }
    }

    @Test func countsEveryKindOfTokenAndPrice() throws {
        var answer = FakeModelAnswer.done()
        (answer.inputTokens, answer.cacheReadTokens, answer.cacheWriteTokens) = (1000, 20_000, 4000)
        answer.outputTokens = 500
        let (_, _, result) = try run(
            ["prices": ["input": 10, "output": 100, "cache_write": 20, "cache_read": 1]], answer: answer)
        let use = try #require(result.report?.modelUse)
        // 0.01 + 0.02 + 0.08 + 0.05
        #expect(abs((use.dollars ?? 0) - 0.16) < 1e-9)
        #expect(
            result.report?.notes.last?.contains(
                "25000 tokens read (20000 from the cache), 500 written, about $0.1600") == true)
    }

    @Test func chargesLongPromptsTheirOwnPrice() throws {
        var answer = FakeModelAnswer.done()
        (answer.inputTokens, answer.outputTokens) = (200_000, 1000)
        let (_, _, result) = try run(["model": "claude-haiku-5-5"], answer: answer)
        #expect(abs((result.report?.modelUse?.dollars ?? 0) - (0.1 + 0.0025)) < 1e-9)
    }

    @Test func countsALostAnswerAsTheMostItCanHaveCost() throws {
        var answer = Self.endless
        answer.inputTokens = 900
        let api = try FakeMessagesAPI([answer.broken(after: 3)])
        let world = try AgentWorld(api, ["max_tokens": 4000, "budget": ["tokens": 20_000]])
        let error = try #require(try world.run().error)
        #expect(error.message.contains("20000 tokens"), "\(error)")
        let use = try #require(error.partial.modelUse)
        #expect(use.calls == api.requests.count && use.outputTokens >= 4000 * (use.calls - 1))
        #expect(use.inputTokens + use.cacheWriteTokens + use.outputTokens <= 20_000)
    }

    @Test func countsWhatIsNotReportedAsTheMostItCanBe() throws {
        var silent = Self.endless
        (silent.inputTokens, silent.outputTokens) = (0, 0)
        let (api, _, result) = try run(["max_tokens": 4000, "budget": ["tokens": 40_000]], answer: silent)
        #expect(result.error?.message.contains("40000 tokens") == true && api.requests.count <= 5)
    }

    @Test func keepsToTime() throws {
        let clock = PausingClock()
        let api = try FakeMessagesAPI { _, body in
            clock.advance(.seconds(100))
            return Self.endless.reply(to: body)
        }
        let world = try AgentWorld(api, ["budget": ["time": "5m"]], files: ["src/a.py": "a\n"])
        let job = try world.job()
        let result = Result { () throws(ExecutorError) in
            try AgentExecutor(timing: clock.timing).execute(job, in: world.files)
        }
        #expect(result.error?.message == "the agent's budget of 5m allows no further call")
        #expect(api.requests.count == 3)
    }

    @Test func doesNotPauseBeyondItsTime() throws {
        let api = try FakeMessagesAPI([FakeMessagesAPI.limited(retryAfter: "200")])
        let world = try AgentWorld(api, ["budget": ["time": "3m"]])
        #expect(try world.run().error?.message.contains("budget of 3m") == true)
        #expect(api.requests.count == 1 && world.clock.pauses.isEmpty)
    }

    @Test func cutsOffAnAnswerThatTakesTooLong() throws {
        let api = try FakeMessagesAPI([FakeModelAnswer.done().stalling(after: 2, opening: TestGate())])
        let world = try AgentWorld(api, ["budget": ["time": "1s"]])
        let error = try #require(try world.run().error)
        #expect(error.message.contains("budget of 1s") && error.partial.modelUse?.calls == 1)
    }

    @Test func thePolicyHasTheLastWord() throws {
        let (api, _, result) = try run(["budget": ["turns": 20, "tokens": 999]]) { world in
            world.caps.agentBudget.turns = 2
            world.caps.agentBudget.tokens = 1_000_000
        }
        #expect(api.requests.isEmpty && result.error?.message.contains("999 tokens") == true)
        let (capped, _, second) = try run(["budget": ["turns": 20]]) { $0.caps.agentBudget.turns = 2 }
        let error = try #require(second.error)
        #expect(capped.requests.count == 2 && error.hint?.contains("limits.agent_budget.turns") == true)
        #expect(error.partial.notes.contains("inputs.budget.turns of 20 is held to 2 by policy limits"))
        let (untold, _, third) = try run([:]) { $0.caps.agentBudget.turns = 3 }
        #expect(untold.requests.count == 3 && third.error != nil)
    }

    @Test func refusesALimitInDollarsThatItCannotHold() throws {
        let (api, _, result) = try run(["model": "mystery-1", "budget": ["usd": 1]])
        #expect(api.requests.isEmpty && result.error?.message.contains("inputs.budget.usd cannot be held") == true)
        let (second, _, capped) = try run(["model": "mystery-1"]) { $0.caps.agentBudget.dollars = 1 }
        #expect(
            second.requests.isEmpty
                && capped.error?.message.contains("limits.agent_budget.usd (policy limits)") == true)
        let (_, _, priced) = try run(
            ["model": "mystery-1", "budget": ["usd": 1], "prices": ["input": 1, "output": 2]], answer: .done())
        #expect((priced.report?.modelUse?.dollars ?? 0) > 0)
        let (_, _, free) = try run(["model": "mystery-1"], answer: .done())
        #expect(free.report != nil && free.report?.modelUse?.dollars == nil)
    }

    /// Random budgets against random models: what the service counts never passes what was allowed.
    @Test func noMixtureOfLimitsIsEverPassed() throws {
        var random = SeededRandom(seed: 16)
        for _ in 0..<25 {
            let tokens = Int.random(in: 4000...60_000, using: &random)
            let dollars = Double.random(in: 0.01...0.3, using: &random)
            let output = Int.random(in: 1...1500, using: &random)
            let text = String(repeating: "word ", count: Int.random(in: 1...2000, using: &random))
            let answer = FakeModelAnswer.use("write", ["path": "docs/a.md", "content": .string(text)])
            let api = try FakeMessagesAPI { _, body in
                // No model writes more than it is allowed to, and no prompt has more tokens than bytes.
                var bounded = answer
                bounded.outputTokens = min(output, body["max_tokens"]?.integer ?? 0)
                bounded.inputTokens = body.utf8().count / 3
                return bounded.reply(to: body)
            }
            let world = try AgentWorld(
                api,
                [
                    "budget": ["tokens": .integer(tokens), "usd": .double(dollars), "turns": 30],
                    "prices": ["input": 3, "output": 15], "max_tokens": .integer(output),
                ])
            let error = try #require(try world.run().error)
            let use = try #require(error.partial.modelUse)
            let used = use.inputTokens + use.outputTokens
            #expect(used <= tokens && (use.dollars ?? 0) <= dollars && api.requests.count == use.calls)
        }
    }
}
