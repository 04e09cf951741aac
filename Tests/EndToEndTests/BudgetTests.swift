import Basics
import Journal
import Processes
import TestSupport
import Testing

/// What models may cost in a day: reserved at the worst case before an attempt, settled after it.
@Suite(.timeLimit(.minutes(60))) struct BudgetTests {
    private static let answers: [FakeModelAnswer] = [
        .use("write", ["path": "docs/a.md", "content": "# A\n"]), .done(),
    ]

    private func target(_ limits: String, inputs: String = "{tools: [write], budget: {tokens: 200000, usd: 2}}")
        throws -> TestTarget
    {
        try TestTarget(
            policy: """
                version: 1
                scopes:
                  docs: {allowed_paths: [docs/**], executor: agent}
                limits: {max_open_prs: 9, \(limits)}

                """,
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: docs, ready: true, allowed_paths: [docs/], inputs: \(inputs)}
                  - {id: b, title: B, scope: docs, ready: true, allowed_paths: [docs/], inputs: \(inputs)}
                  - {id: c, title: C, scope: docs, ready: true, allowed_paths: [docs/c.md], executor: docs}

                """)
    }

    private func environment(_ api: FakeMessagesAPI) -> [String: String] {
        ["ANTHROPIC_API_KEY": "sk-ant-test-key", "ANTHROPIC_BASE_URL": api.url]
    }

    private func events(_ type: String, _ target: TestTarget) throws -> [JSON] {
        try target.leviathan("events", "--type", type, "--json").output.text.split(separator: "\n")
            .map { try JSON.parse(String($0)) }
    }

    @Test func anAttemptReservesTheWorstAndSettlesWhatItTook() throws {
        let api = try FakeMessagesAPI(answers: Self.answers)
        let target = try target("budget_per_day: {usd: 3, tokens: 900000}")
        let done = try target.leviathan("propose", "a", "--json", extra: environment(api))
        #expect(done.json["outcome"] == "delivered", "\(done.output.text)\(done.errors.text)")
        let reserved = try #require(try events("budget.reserved", target).first?["payload"])
        #expect(reserved["usd_millionths"]?.integer == 2_000_000 && reserved["tokens"]?.integer == 200_000)
        let settled = try #require(try events("budget.settled", target).first?["payload"])
        let tokens = try #require(settled["tokens"]?.integer)
        #expect(tokens > 0 && tokens < 200_000)
        let rows = try target.leviathan("tasks", "--limits", "--json", extra: environment(api)).json.elements ?? []
        let row = rows.first { $0["name"]?.string == "budget_per_day.tokens" }
        #expect(row?["observed"]?.integer == tokens && row?["allowed"]?.integer == 900_000)
        #expect(row?["set_by"]?.string == "policy limits" && row?["note"] == .null)
        let money = rows.first { $0["name"]?.string == "budget_per_day.usd" }
        #expect(money?["allowed"] == 3.0)
        // A task that asks no model needs no budget.
        #expect(try target.leviathan("propose", "c", extra: environment(api)).succeeded)
        #expect(try events("budget.reserved", target).count == 1)
    }

    @Test func whatMayNotFitIsHeldForEverybody() throws {
        let api = try FakeMessagesAPI(answers: Self.answers)
        let target = try target("budget_per_day: {tokens: 200100}")
        #expect(try target.leviathan("propose", "a", extra: environment(api)).succeeded)
        let held = try target.leviathan("propose", "b", "--json", extra: environment(api))
        #expect(held.ending == .exited(7), "\(held.output.text)")
        #expect(held.json["error"]?["message"]?.string?.contains("budget_per_day.tokens is 200100 tokens") == true)
        let run = try target.leviathan("run", "--json", extra: environment(api))
        #expect(run.json["dispatched"]?.elements?.compactMap { $0["task"]?.string } == ["c"])
        #expect(run.json["reasons"]?["budget-per-day"]?.integer == 1)
        let refusal = run.json["held"]?.elements?.compactMap { $0["refusal"] }
            .first { $0["reason"]?.string == "budget-per-day" }
        #expect(refusal?["clears"]?["by"]?.string == "time")
    }

    @Test func moreThanAWholeDayIsForAPersonToChange() throws {
        let target = try target("budget_per_day: {usd: 1.5}")
        let refusal = try target.leviathan("tasks", "--json").json.elements?.first?["refusal"]
        #expect(refusal?["reason"]?.string == "budget-per-day" && refusal?["clears"]?["by"]?.string == "person")
    }

    @Test(arguments: ["{tools: [write], model: some-model}", "{command: [/bin/true]}"])
    func whatNobodyCanCountHolds(_ inputs: String) throws {
        let target = try target("budget_per_day: {usd: 100}", inputs: inputs)
        let refusal = try target.leviathan("tasks", "--json").json.elements?.first?["refusal"]
        #expect(refusal?["reason"]?.string == "unmeasurable" && refusal?["clears"]?["by"]?.string == "person")
        #expect(try target.leviathan("propose", "a").ending == .exited(7))
    }

    @Test func aDryRunThatWouldAskAModelIsRefused() throws {
        let api = try FakeMessagesAPI(answers: Self.answers)
        let target = try target("budget_per_day: {usd: 100}")
        let dry = try target.leviathan("propose", "a", "--dry-run", "--json", extra: environment(api))
        #expect(dry.ending == .exited(7) && api.requests.isEmpty, "\(dry.output.text)")
        #expect(try target.leviathan("propose", "c", "--dry-run", extra: environment(api)).succeeded)
    }

    /// The process dies after its first answer: what it reserved counts until somebody settles it.
    @Test func aCrashKeepsTheReservationUntilItIsSettled() throws {
        let api = try FakeMessagesAPI(answers: Self.answers)
        let target = try target("budget_per_day: {tokens: 350000}")
        let crash = environment(api).merging(["LEVIATHAN_FAILPOINT": "after-execution"]) { $1 }
        #expect(try !target.leviathan("propose", "a", extra: crash).succeeded)
        #expect(try events("budget.reserved", target).count == 1 && events("budget.settled", target).isEmpty)
        let tasks = try target.leviathan("tasks", "--json").json.elements ?? []
        #expect(tasks[1]["refusal"]?["reason"]?.string == "max-running-attempts")
        let rows = try target.leviathan("tasks", "--limits", "--json").json.elements ?? []
        let row = rows.first { $0["name"]?.string == "budget_per_day.tokens" }
        #expect(row?["observed"]?.integer == 200_000 && row?["note"]?.string == "1 reserved")
        let next = try target.leviathan("propose", "b", "--json", extra: environment(api))
        #expect(next.succeeded, "\(next.output.text)\(next.errors.text)")
        let settled = try events("budget.settled", target)
        #expect(settled.count == 2)
        let tokens = try #require(settled.first?["payload"]?["tokens"]?.integer)
        #expect(tokens > 0 && tokens < 200_000, "its calls had all come to an end")
    }

    @Test func twoThatBeginTogetherShareOneBudget() throws {
        let gate = FakeModelAnswer.done()
        let api = try FakeMessagesAPI { number, body in
            number <= 2
                ? FakeModelAnswer.use("write", ["path": "docs/a.md", "content": "# A\n"]).reply(to: body)
                : gate.reply(to: body)
        }
        let target = try target("max_running_attempts: 5, budget_per_day: {tokens: 200000}")
        let environment = environment(api)
        let codes = Workers.map(4, atOnce: 4) { number in
            try? target.leviathan("propose", number % 2 == 0 ? "a" : "b", "--json", extra: environment)
        }
        #expect(codes.count { $0?.succeeded == true } == 1, "\(codes.map { $0?.output.text ?? "" })")
        #expect(try events("budget.reserved", target).count == 1)
    }
}
