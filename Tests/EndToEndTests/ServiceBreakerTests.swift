import Basics
import Processes
import Synchronization
import TestSupport
import Testing

/// A forge or a model service that fails is left alone, for every target that needs it.
@Suite(.timeLimit(.minutes(60))) struct ServiceBreakerTests {
    private static let broken = HTTPTestReply.json(#"{"message":"Server Error"}"#, status: 500)

    private func target(_ breaker: String, tasks: Int = 2) throws -> ReviewTarget {
        let target = try ReviewTarget(
            policy: RunTests.policy + "limits: {max_open_prs: 9, circuit_breaker: {failures: 99}}\n",
            backlog: RunTests.backlog(tasks))
        try configure(target.target.home, breaker)
        return target
    }

    private func configure(_ home: String, _ breaker: String) throws {
        try FileSystem.createDirectory(home, permissions: 0o700)
        try FileSystem.write(Array("service_breaker: {\(breaker)}\n".utf8), to: home + "/config.yaml")
    }

    private func rows(_ target: ReviewTarget) throws -> [JSON] {
        try target.leviathan("breaker", "list", "--json").json.elements?.filter { $0["service"] != nil } ?? []
    }

    private func name(_ target: ReviewTarget) -> String {
        "forge:" + (target.forge.url.split(separator: "/").last.map(String.init) ?? "")
    }

    @Test func aForgeThatFailsIsLeftAloneUntilAPersonSaysSo() throws {
        let target = try target("failures: 2")
        target.forge.faults.add(FakeFault("GET", "/repos", .answer(Self.broken), times: 2))
        for _ in 0..<2 { #expect(try target.leviathan("propose", "task-1").ending == .exited(8)) }
        let asked = target.forge.requests.count
        let held = try target.leviathan("propose", "task-1", "--json")
        #expect(held.ending == .exited(7), "\(held.output.text)")
        let words = (held.json["error"]?["causes"] ?? held.json["error"] ?? .null).text()
        #expect(words.contains("2 failures in a row"), "\(held.output.text)")
        let run = try target.leviathan("run", "--json")
        #expect(run.succeeded && run.json["dispatched"] == [], "\(run.output.text)\(run.errors.text)")
        #expect(run.json["reasons"]?["service-breaker"]?.integer == 2)
        let refusal = run.json["held"]?.elements?.first?["refusal"]
        #expect(refusal?["clears"]?["by"]?.string == "person")
        #expect(refusal?["limit"]?["set_by"]?.string == "this machine's config.yaml")
        #expect(refusal?["hint"]?.string?.contains("breaker reset \(name(target))") == true)
        #expect(target.forge.requests.count == asked, "nobody asks it any more")
        // Nothing that is known of it is lost with a process or a projection.
        #expect(try target.leviathan("journal", "rebuild").succeeded)
        let row = try #require(try rows(target).first)
        #expect(row["service"]?.string == name(target) && row["state"]?.string == "open")
        #expect(row["failures"]?.integer == 2 && row["cause"]?.string?.contains("500") == true)

        #expect(try target.leviathan("breaker", "reset", "forge:elsewhere.example").ending == .exited(3))
        #expect(try target.leviathan("breaker", "reset", name(target)).succeeded)
        #expect(try rows(target).isEmpty)
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let events = try target.leviathan("events", "--json").output.text
        #expect(events.contains("breaker.counted") && events.contains("breaker.tripped"))
    }

    @Test func everyTargetOfTheHostIsHeldAndOthersAreNot() throws {
        let target = try target("failures: 1")
        let other = try RunTests.target(1, limits: "max_open_prs: 9", name: "elsewhere")
        let home = ["LEVIATHAN_HOME": target.target.home]
        target.forge.faults.add(FakeFault("GET", "/repos", .answer(Self.broken)))
        #expect(try target.leviathan("propose", "task-1").ending == .exited(8))
        let tasks = try target.leviathan("tasks", "--json").json.elements ?? []
        #expect(tasks.map { $0["refusal"]?["reason"]?.string } == ["service-breaker", "service-breaker"])
        #expect(try other.leviathan("propose", "task-1", extra: home).succeeded)
        let limits = try target.leviathan("next", "--limits", "--json").json.elements ?? []
        let shown = limits.first { $0["name"]?.string == "service_breaker.failures" }
        #expect(shown?["observed"]?.integer == 1 && shown?["allowed"]?.integer == 1)
        #expect(shown?["note"]?.string?.hasPrefix(name(target)) == true)
    }

    @Test func oneServiceMayHaveALimitOfItsOwn() throws {
        let target = try target("failures: 9")
        let own = "{\"\(name(target))\": {failures: 2, cooldown: 1h}, \"model:elsewhere.example\": {failures: 1}}"
        try configure(target.target.home, "failures: 9, services: \(own)")
        target.forge.faults.add(FakeFault("GET", "/repos", .answer(Self.broken), times: 2))
        for _ in 0..<2 { #expect(try target.leviathan("propose", "task-1").ending == .exited(8)) }
        let refusal = try target.leviathan("tasks", "--json").json.elements?.first?["refusal"]
        #expect(refusal?["reason"]?.string == "service-breaker")
        #expect(refusal?["limit"]?["allowed"]?.integer == 2 && refusal?["clears"]?["by"]?.string == "time")
        try configure(target.target.home, "services: {github.com: {failures: 2}}")
        let wrong = try target.leviathan("tasks")
        #expect(
            wrong.ending == .exited(3) && wrong.errors.text.contains("a service is 'forge:HOST' or 'model:HOST'"),
            "\(wrong.errors.text)")
    }

    @Test func anAnswerInBetweenBeginsTheRowAnew() throws {
        let target = try target("failures: 2")
        target.forge.faults.add(FakeFault("GET", "/repos", .answer(Self.broken)))
        #expect(try target.leviathan("propose", "task-1").ending == .exited(8))
        #expect(try rows(target).first?["state"]?.string == "closed")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        #expect(try rows(target).isEmpty)
    }

    @Test func afterTheCooldownOneAsksAndClosesIt() throws {
        let target = try target("failures: 1, cooldown: 1s")
        target.forge.faults.add(FakeFault("GET", "/repos", .answer(Self.broken)))
        #expect(try target.leviathan("propose", "task-1").ending == .exited(8))
        waitUntil { (try? target.leviathan("tasks", "--runnable", "--json").json.elements?.count) == 2 }
        #expect(try target.leviathan("run", "--json").json["dispatched"]?.elements?.count == 2)
        #expect(try rows(target).isEmpty)
        let types = try target.leviathan("events", "--json").output.text.split(separator: "\n")
            .compactMap { try JSON.parse(String($0))["event_type"]?.string }.filter { $0.hasPrefix("breaker.") }
        #expect(types == ["breaker.tripped", "breaker.probed", "breaker.reset"])
    }

    @Test func aDryRunAsksNoServiceThatFailsAndLeavesNoTrace() throws {
        let target = try target("failures: 1")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let before = try target.leviathan("events", "--json").output.text
        target.forge.faults.add(FakeFault("GET", "/repos", .answer(Self.broken)))
        #expect(try target.leviathan("sync", "--dry-run").ending == .exited(8))
        #expect(try target.leviathan("events", "--json").output.text == before)
    }

    @Test func aModelServiceThatFailsHoldsTheTasksThatAskIt() throws {
        let isWell = Mutex(false)
        let api = try FakeMessagesAPI { _, body in
            guard isWell.withLock({ $0 }) else {
                // It asks for more patience than anybody has, so that it is asked once.
                let text = FakeMessagesAPI.error("overloaded_error", "later")
                return .status(
                    529, headers: [("Content-Type", "application/json"), ("Retry-After", "999")],
                    body: Array(text.utf8))
            }
            return FakeModelAnswer.use("write", ["path": "docs/a.md", "content": "# A\n"]).reply(to: body)
        }
        let target = try TestTarget(
            policy: """
                version: 1
                scopes:
                  docs: {allowed_paths: [docs/**], executor: agent}
                limits: {max_open_prs: 9, circuit_breaker: {failures: 99}}

                """,
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: docs, ready: true, allowed_paths: [docs/a.md], inputs: {tools: [write]}}
                  - {id: b, title: B, scope: docs, ready: true, allowed_paths: [docs/b.md], executor: docs}

                """)
        try configure(target.home, "failures: 1")
        let environment = ["ANTHROPIC_API_KEY": "sk-ant-test-key", "ANTHROPIC_BASE_URL": api.url]
        let host = api.url.split(separator: "/").last.map(String.init) ?? ""
        let failed = try target.leviathan("propose", "a", "--json", extra: environment)
        #expect(failed.ending == .exited(6), "\(failed.output.text)")
        let tasks = try target.leviathan("tasks", "--json", extra: environment).json.elements ?? []
        #expect(tasks.map { $0["refusal"]?["reason"]?.string } == ["service-breaker", nil])
        let held = try target.leviathan("propose", "a", "--json", extra: environment)
        #expect(held.ending == .exited(7), "\(held.output.text)")
        #expect(try target.leviathan("propose", "b", extra: environment).succeeded)
        let kinds = try target.leviathan("failures", "--json").output.text
        #expect(kinds.contains("\"model\""), "\(kinds)")
        isWell.withLock { $0 = true }
        #expect(try target.leviathan("breaker", "reset", "model:" + host).succeeded)
        let tried = try target.leviathan("propose", "a", "--json", extra: environment)
        #expect(tried.ending != .exited(7), "\(tried.output.text)")
    }
}
