import Basics
import Journal
import Processes
import TestSupport
import Testing

/// Limits and switches, each held for a person who asks as well as for the scheduler.
@Suite struct LimitTests {
    private func refusal(_ outcome: ProcessOutcome) -> String {
        outcome.json["error"]?["message"]?.string ?? outcome.output.text
    }

    @Test func openProposalsCountForAPersonToo() throws {
        let target = try RunTests.target(2, limits: "max_open_prs: 1")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let second = try target.leviathan("propose", "task-2", "--json")
        #expect(second.ending == .exited(7))
        #expect(
            refusal(second).contains("1 proposal is open (agent/task-1), and max_open_prs is 1 (policy limits)"),
            "\(refusal(second))")
        let tasks = try target.leviathan("tasks", "--json").json.elements ?? []
        #expect(tasks.last?["refusal"]?["limit"]?["name"]?.string == "max_open_prs")
        #expect(try target.leviathan("plan", "task-2").output.text.contains("max_open_prs 1 (policy limits)"))
    }

    @Test func proposalsThatMayTouchTheSamePathAreCounted() throws {
        let target = try TestTarget(
            policy: RunTests.policy + "limits: {max_open_prs: 9, max_open_prs_per_path: 1}\n",
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: docs, ready: true, allowed_paths: [docs/a.md]}
                  - {id: b, title: B, scope: docs, ready: true, allowed_paths: ["docs/*.md"]}
                  - {id: c, title: C, scope: docs, ready: true, allowed_paths: [docs/c/c.md]}

                """)
        #expect(try target.leviathan("propose", "a").succeeded)
        let held = try target.leviathan("propose", "b", "--json")
        #expect(
            held.ending == .exited(7) && refusal(held).contains("max_open_prs_per_path is 1 (policy limits)"),
            "\(refusal(held))")
        #expect(try target.leviathan("plan", "b").output.text.contains("max_open_prs_per_path 1 (policy limits)"))
        let run = try target.leviathan("run", "--json")
        #expect(run.json["dispatched"]?.elements?.map { $0["task"]?.string } == ["c"], "\(run.output.text)")
        #expect(run.json["reasons"]?["max-open-prs-per-path"]?.integer == 1)
    }

    @Test func theMachinesLimitCountsEveryTarget() throws {
        let first = try RunTests.target(1, limits: "max_open_prs: 5", name: "first")
        let second = try RunTests.target(1, limits: "max_open_prs: 5", name: "second")
        try FileSystem.createDirectory(first.home)
        try FileSystem.write(Array("limits: {max_tasks_per_day: 1}\n".utf8), to: first.home + "/config.yaml")
        #expect(try first.leviathan("propose", "task-1").succeeded)
        let other = try second.leviathan(
            "propose", "task-1", "--json",
            extra: ["LEVIATHAN_HOME": first.home])
        #expect(other.ending == .exited(7), "\(other.output.text)")
        #expect(
            refusal(other).contains("max_tasks_per_day is 1 (this machine's config.yaml)"), "\(refusal(other))")
    }

    @Test func tasksOfADayAndOfAnHourAreCounted() throws {
        let target = try RunTests.target(2, limits: "max_open_prs: 9, max_tasks_per_hour: 1, max_tasks_per_day: 5")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let second = try target.leviathan("propose", "task-2", "--json")
        #expect(
            second.ending == .exited(7) && refusal(second).contains("max_tasks_per_hour is 1"),
            "\(refusal(second))")
        let tasks = try target.leviathan("tasks", "--json").json.elements ?? []
        #expect(tasks.last?["refusal"]?["clears"]?["by"]?.string == "time")
        #expect(tasks.last?["refusal"]?["clears"]?["at"]?.string != nil)
    }

    private static let failing = """
        version: 1
        tasks:
          - {id: a, title: A, scope: docs, ready: true, allowed_paths: [docs/a.md], inputs: {run: "false"}}
          - {id: b, title: B, scope: docs, ready: true, allowed_paths: [docs/b.md], inputs: {run: "false"}}
          - {id: c, title: C, scope: docs, ready: true, allowed_paths: [c.md], inputs: {run: "echo > c.md"}}

        """

    private func failingTarget(_ limits: String) throws -> TestTarget {
        try TestTarget(
            policy: """
                version: 1
                scopes:
                  docs: {allowed_paths: [docs/**, c.md], executor: command}
                limits: {\(limits)}

                """, backlog: Self.failing)
    }

    @Test func aBreakerOpensAfterFailuresInARowAndAPersonClosesIt() throws {
        let target = try failingTarget("max_open_prs: 9, circuit_breaker: {failures: 2}")
        #expect(try target.leviathan("propose", "a").ending == .exited(6))
        #expect(try target.leviathan("propose", "b").ending == .exited(6))
        let held = try target.leviathan("propose", "c", "--json")
        #expect(
            held.ending == .exited(7) && refusal(held).contains("the circuit breaker is open"), "\(refusal(held))")
        let list = try target.leviathan("breaker", "list", "--json").json.elements ?? []
        #expect(list.first?["failures"]?.integer == 2 && list.first?["class"]?.string == "task")
        #expect(try target.leviathan("breaker", "reset", "nobody").ending == .exited(3))
        #expect(try target.leviathan("breaker", "reset").succeeded)
        #expect(try target.leviathan("propose", "c").succeeded)
    }

    @Test func aBreakerThatAPersonClosedStaysClosedWhenTheRecordIsPruned() throws {
        let target = try failingTarget("max_open_prs: 9, circuit_breaker: {failures: 2}")
        #expect(try target.leviathan("propose", "a").ending == .exited(6))
        #expect(try target.leviathan("propose", "b").ending == .exited(6))
        #expect(try target.leviathan("breaker", "reset").succeeded)
        #expect(try target.leviathan("autonomy", "off").succeeded)
        #expect(try target.leviathan("journal", "prune", "--before", "0s").succeeded)
        #expect(!(try target.leviathan("events", "--json").output.text.contains("breaker.reset")))
        #expect(try target.leviathan("journal", "rebuild").succeeded)
        #expect(try target.leviathan("propose", "c").succeeded)
    }

    @Test func aPauseFollowsAFailure() throws {
        let target = try failingTarget("max_attempts_per_task: 5, backoff: 1h, circuit_breaker: {failures: 9}")
        #expect(try target.leviathan("propose", "a").ending == .exited(6))
        let again = try target.leviathan("propose", "a", "--json")
        #expect(
            again.ending == .exited(7) && refusal(again).contains("it failed and waits until"), "\(refusal(again))"
        )
        #expect(try target.leviathan("retry", "a").succeeded)
        #expect(try target.leviathan("propose", "a").ending == .exited(6))
    }

    @Test func theSchedulerDoesNotRepeatWhatFailedOnTheSameBase() throws {
        let target = try failingTarget("max_attempts_per_task: 5, max_open_prs: 9, circuit_breaker: {failures: 9}")
        let run = try target.leviathan("run", "--json")
        #expect((run.json["dispatched"]?.elements ?? []).count == 3, "\(run.output.text)")
        #expect(run.json["reasons"]?["same-failure"]?.integer == 2)
        #expect(try target.leviathan("run", "--json").json["dispatched"] == [])
    }

    @Test func stoppedHoldsEverybodyAndTheOverrideIsRecorded() throws {
        let target = try RunTests.target(2, limits: "max_open_prs: 9")
        #expect(try target.leviathan("stop", "--reason", "wrong token").succeeded)
        let refused = try target.leviathan("propose", "task-1", "--json")
        #expect(refused.ending == .exited(7) && refusal(refused).contains("wrong token"), "\(refusal(refused))")
        #expect(try target.leviathan("run").ending == .exited(7))
        #expect(try target.leviathan("propose", "task-1", "--dry-run").succeeded)
        #expect(try target.leviathan("propose", "task-1", "--override-stop", "the release").succeeded)
        let events = try target.leviathan("events", "--json").output.text
        #expect(
            events.contains("run.stop_overridden") && events.contains("the release")
                && events.contains("run.stopped"))
        #expect(try target.leviathan("resume").succeeded)
        #expect(try target.leviathan("run").succeeded)
    }

    @Test func aStopFileThatCannotBeReadHolds() throws {
        let target = try RunTests.target(1, limits: "max_open_prs: 9")
        try FileSystem.createDirectory(target.home + "/stop")
        let refused = try target.leviathan("propose", "task-1", "--json")
        #expect(
            refused.ending == .exited(7) && refusal(refused).contains("counts as stopped"), "\(refusal(refused))")
    }

    /// Whoever stops again adds what they say, and takes away nothing that was said before.
    @Test func stoppingAgainKeepsTheReason() throws {
        let target = try RunTests.target(1, limits: "max_open_prs: 9")
        #expect(try target.leviathan("stop", "--reason", "wrong token").succeeded)
        #expect(try target.leviathan("stop", "--now").succeeded)
        #expect(try target.leviathan("run").errors.text.contains("wrong token"))
        #expect(try target.leviathan("stop", "--reason", "wrong forge").succeeded)
        let refused = try target.leviathan("propose", "task-1", "--json")
        #expect(refusal(refused).contains("wrong forge") && !refusal(refused).contains("token"))
        #expect(try target.leviathan("resume").succeeded)
    }

    @Test func autonomyHoldsTheSchedulerAndNotAPerson() throws {
        let target = try RunTests.target(2, limits: "max_open_prs: 9")
        #expect(try target.leviathan("autonomy", "off").succeeded)
        let run = try target.leviathan("run", "--json")
        #expect(
            run.succeeded && run.json["dispatched"] == [] && run.json["reasons"]?["autonomy-off"]?.integer == 2)
        #expect(try target.leviathan("propose", "task-1").succeeded)
        #expect(try target.leviathan("autonomy", "on").succeeded)
        #expect(try target.leviathan("run", "--json").json["dispatched"]?.elements?.count == 1)
    }

    @Test func aWindowThatIsClosedHoldsTheScheduler() throws {
        let target = try RunTests.target(
            1, limits: "max_open_prs: 9", extra: "schedule: {windows: [\"Mon-Sun 00:00-00:01 Etc/Nowhere\"]}\n")
        let run = try target.leviathan("run", "--json")
        #expect(run.json["reasons"]?["outside-window"]?.integer == 1, "\(run.output.text)\(run.errors.text)")
        #expect(try target.leviathan("propose", "task-1").succeeded)
    }

    @Test func everyTaskThatWaitsHasOneReasonAndAWayOut() throws {
        let target = try RunTests.target(3, limits: "max_open_prs: 1")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let all = try target.leviathan("next", "--all", "--json").json.elements ?? []
        #expect(all.map { $0["refusal"]?["reason"]?.string } == ["under-review", "max-open-prs", "max-open-prs"])
        #expect(all.allSatisfy { $0["refusal"]?["hint"]?.string != nil })
        #expect(try target.leviathan("next").errors.text.contains("nothing to do"))
    }

    @Test func proposalsForOneOwnerAreCounted() throws {
        let target = try TestTarget(
            policy: RunTests.policy.replacing("docs/**", with: "\"**\"")
                + "limits: {max_open_prs: 9, max_open_prs_per_owner: 1}\n",
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: docs, ready: true, allowed_paths: [docs/a.md]}
                  - {id: b, title: B, scope: docs, ready: true, allowed_paths: ["docs/b/**"]}
                  - {id: c, title: C, scope: docs, ready: true, allowed_paths: [guide/c.md]}

                """)
        try target.repository.write("CODEOWNERS", "docs/ @org/docs\nguide/ @guide\n")
        try target.repository.commitAll("Owners")
        try target.repository.git("push", "-q", "origin", "main")
        #expect(try target.leviathan("propose", "a").succeeded)
        let held = try target.leviathan("propose", "b", "--json")
        #expect(held.ending == .exited(7), "\(held.output.text)")
        #expect(
            refusal(held).contains(
                "1 proposal may touch files of @org/docs (agent/a), and max_open_prs_per_owner is 1"),
            "\(refusal(held))")
        let plan = try target.leviathan("plan", "b").output.text
        #expect(plan.contains("max_open_prs_per_owner 1 (policy limits), 1 used, @org/docs"), "\(plan)")
        let run = try target.leviathan("run", "--json")
        #expect(run.json["dispatched"]?.elements?.map { $0["task"]?.string } == ["c"], "\(run.output.text)")
        #expect(run.json["reasons"]?["max-open-prs-per-owner"]?.integer == 1)
    }

    /// What is open counts by the files that it holds, and not by all that its task may touch.
    @Test(arguments: [false, true]) func whatIsOpenCountsByWhatItHolds(withForge: Bool) throws {
        let policy =
            RunTests.policy.replacing("docs/**", with: "\"**\"")
            + "limits: {max_open_prs: 9, max_open_prs_per_path: 1, max_open_prs_per_owner: 1}\n"
        let backlog = """
            version: 1
            tasks:
              - {id: wide, title: Wide, scope: docs, ready: true, allowed_paths: [docs/wide.md, "api/**"]}
              - {id: api, title: API, scope: docs, ready: true, allowed_paths: [api/page.md]}
              - {id: docs, title: Docs, scope: docs, ready: true, allowed_paths: ["docs/**"]}

            """
        let forge = withForge ? try ReviewTarget(policy: policy, backlog: backlog) : nil
        let target = try forge?.target ?? TestTarget(policy: policy, backlog: backlog)
        try target.repository.write("CODEOWNERS", "docs/ @org/docs\napi/ @api\n")
        try target.repository.commitAll("Owners")
        try target.repository.git("push", "-q", target.remote, "main")
        func run(_ words: String...) throws -> ProcessOutcome {
            try forge.map { try $0.leviathan(words) } ?? target.leviathan(arguments: words)
        }
        let wide = try run("propose", "wide", "--json")
        #expect(
            wide.json["changes"]?.elements?.compactMap { $0["path"]?.string }
                .filter { !$0.hasPrefix(".leviathan/") } == ["docs/wide.md"], "\(wide.output.text)")
        let held = try run("propose", "docs", "--json")
        #expect(
            held.ending == .exited(7) && refusal(held).contains("max_open_prs_per_path is 1"), "\(refusal(held))")
        let api = try run("propose", "api", "--json")
        #expect(api.succeeded, "\(api.output.text)")
    }

    @Test func aScopeCountsItsOwnTasks() throws {
        let target = try TestTarget(
            policy: """
                version: 1
                scopes:
                  docs: {allowed_paths: [docs/**], executor: docs, limits: {max_open_prs: 1}}
                  guide: {allowed_paths: [guide/**], executor: docs}
                limits: {max_open_prs: 9}

                """,
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: docs, ready: true, allowed_paths: [docs/a.md]}
                  - {id: b, title: B, scope: docs, ready: true, allowed_paths: [docs/b.md]}
                  - {id: c, title: C, scope: guide, ready: true, allowed_paths: [guide/c.md]}

                """)
        let run = try target.leviathan("run", "--json")
        #expect(run.json["dispatched"]?.elements?.map { $0["task"]?.string } == ["a", "c"], "\(run.output.text)")
        let held = try target.leviathan("propose", "b", "--json")
        #expect(
            held.ending == .exited(7) && refusal(held).contains("max_open_prs is 1 (scope)"), "\(refusal(held))")
    }

    @Test func waitingIsKeptAndRaisesTheClass() throws {
        let target = try RunTests.target(
            3, limits: "max_open_prs: 9, max_tasks_per_hour: 1, raise_priority_after: 1h",
            priorities: ["high", "high", "low"])
        #expect(try target.leviathan("run", "--json").json["dispatched"]?.elements?.count == 1)
        let path = target.home + "/waiting.json"
        let kept = try JSON.parse(try FileSystem.read(path, limit: 1 << 20))
        let times = kept["targets"]?.members?.first?.value.members?.map(\.name) ?? []
        #expect(Set(times).isSuperset(of: ["task-2", "task-3"]), "\(kept.text())")
        let name = try #require(kept["targets"]?.members?.first?.name)
        try FileSystem.write(
            Array(#"{"version":1,"targets":{"\#(name)":{"task-3":"2020-01-01T00:00:00Z"}}}"#.utf8), to: path)
        try FileSystem.write(
            Array("version: 1\n".utf8), to: target.repository.path + "/.leviathan/unused")
        let next = try target.leviathan("next", "--all", "--json").json.elements ?? []
        #expect(next.allSatisfy { $0["refusal"]?["reason"]?.string != nil })
        try FileSystem.removeTree(target.home + "/journal.db")
        for ending in ["-wal", "-shm"] { try? FileSystem.removeTree(target.home + "/journal.db" + ending) }
        let order = try target.leviathan("next", "--all", "--json").json.elements ?? []
        #expect(order.first?["task"]?.string == "task-3", "\(order.map { $0["task"]?.string ?? "" })")
    }
}
