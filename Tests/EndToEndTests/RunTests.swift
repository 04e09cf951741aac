import Basics
import Journal
import Processes
import TestSupport
import Testing

/// `leviathan run`: tasks in turn, until a limit holds.
@Suite struct RunTests {
    static let policy = """
        version: 1
        scopes:
          docs: {allowed_paths: [docs/**], executor: docs}

        """

    /// A backlog of ready tasks, each with a file of its own.
    static func backlog(_ count: Int, priorities: [String] = []) -> String {
        let tasks = (1...count).map { number in
            let priority = priorities.count >= number ? ", priority: \(priorities[number - 1])" : ""
            return """
                  - {id: task-\(number), title: Page \(number), scope: docs, ready: true, \
                allowed_paths: [docs/page-\(number).md]\(priority)}
                """
        }
        return "version: 1\ntasks:\n" + tasks.joined(separator: "\n") + "\n"
    }

    static func target(
        _ count: Int, limits: String, extra: String = "", priorities: [String] = [], name: String? = nil
    ) throws -> TestTarget {
        try TestTarget(
            policy: policy + "limits: {\(limits)}\n" + extra, backlog: backlog(count, priorities: priorities),
            contract: name.map { "version: 1\ntarget: \($0)\n" })
    }

    private func branches(_ target: TestTarget) throws -> [String] {
        try target.repository.git(
            "--git-dir", target.remote, "for-each-ref", "--format=%(refname:short)", "refs/heads/agent"
        )
        .split(separator: "\n").map(String.init)
    }

    @Test func doesTasksInTurnUntilALimitHolds() throws {
        let target = try Self.target(4, limits: "max_open_prs: 2", priorities: ["low", "medium", "high", "high"])
        let run = try target.leviathan("run", "--once", "--json")
        #expect(run.succeeded, "\(run.errors.text)")
        let done = run.json["dispatched"]?.elements ?? []
        #expect(done.compactMap { $0["task"]?.string } == ["task-3", "task-4"], "\(run.output.text)")
        #expect(done.allSatisfy { $0["outcome"]?.string == "delivered" && $0["exit_code"]?.integer == 0 })
        #expect(try branches(target) == ["agent/task-3", "agent/task-4"])
        #expect(run.json["reasons"]?["max-open-prs"]?.integer == 2)
        #expect(run.json["reasons"]?["under-review"]?.integer == 2)
    }

    @Test func goesOnWhereTheBaseHoldsWhatWasProposed() throws {
        let target = try Self.target(2, limits: "max_open_prs: 1")
        #expect(try target.leviathan("run").succeeded)
        #expect(try branches(target) == ["agent/task-1"])
        let again = try target.leviathan("run", "--json")
        #expect(again.succeeded && again.json["dispatched"] == [], "\(again.output.text)")
        let tip = try target.repository.git("--git-dir", target.remote, "rev-parse", "agent/task-1")
        _ = try target.repository.git(
            "--git-dir", target.remote, "update-ref", "refs/heads/main", tip.filter { !$0.isNewline })
        #expect(try target.leviathan("run").succeeded)
        #expect(try branches(target) == ["agent/task-1", "agent/task-2"])
    }

    @Test func aDryRunSaysWhatWouldBeDoneAndChangesNothing() throws {
        let target = try Self.target(3, limits: "max_open_prs: 2")
        let before = try target.everything()
        let run = try target.leviathan("run", "--dry-run")
        #expect(run.succeeded && run.output.text.contains("task-1  would be done"), "\(run.output.text)")
        #expect(!run.output.text.contains("task-3"))
        #expect(try target.everything() == before)
        #expect(!FileSystem.exists(target.home + "/journal.db"))
    }

    @Test func twoSchedulersNeverGrantMoreThanALimitAllows() throws {
        let target = try Self.target(6, limits: "max_open_prs: 2, max_running_attempts: 2")
        let runs = Workers.map(3, atOnce: 3) { _ in try? target.leviathan("run", "--offline", "--json") }
        #expect(runs.compactMap { $0 }.count == 3)
        #expect(try branches(target).count == 2)
        let journal = try #require(try Journal(reading: target.home + "/journal.db"))
        #expect(try journal.claims().isEmpty)
    }

    @Test func theWorstOfSeveralEndsDecidesTheCode() throws {
        let target = try TestTarget(
            policy: Self.policy + """
                  bad: {allowed_paths: [docs/**], executor: command}
                limits: {max_open_prs: 5}

                """,
            backlog: Self.backlog(1) + """
                  - {id: bad, title: Bad, scope: bad, ready: true, allowed_paths: [docs/none.md], inputs: {run: "false"}}

                """)
        let run = try target.leviathan("run", "--json")
        let codes = (run.json["dispatched"]?.elements ?? []).compactMap { $0["exit_code"]?.integer }
        #expect(codes.contains(0) && codes.contains { $0 != 0 }, "\(run.output.text)")
        #expect(run.ending == .exited(6))
    }

    private func attempts(_ target: TestTarget) throws -> [[String?]] {
        (try target.leviathan("attempts", "--json").json.elements ?? []).map {
            [$0["task"]?.string, $0["state"]?.string, $0["kind"]?.string]
        }
    }

    @Test func aChildThatDiesBeforeItClaimsIsNotTriedWithoutBound() throws {
        let target = try Self.target(1, limits: "max_open_prs: 2")
        let dying = ["LEVIATHAN_FAILPOINT": Failpoint.beforeClaim.rawValue]
        let run = try target.leviathan("run", "--json", extra: dying)
        #expect(run.json["dispatched"]?.elements?.map { $0["outcome"]?.string } == ["lost"], "\(run.output.text)")
        #expect(try attempts(target) == [["task-1", "failed", "dispatch"]])
        let again = try target.leviathan("run", "--json", extra: dying)
        #expect(again.json["dispatched"] == [] && again.json["reasons"]?["same-failure"]?.integer == 1)
        #expect(try target.leviathan("retry", "task-1").succeeded)
        #expect(try target.leviathan("run", "--json").json["dispatched"]?.elements?.count == 1)
    }

    @Test func aSchedulerThatDiesAfterAGrantLeavesItToTheNextOne() throws {
        let target = try Self.target(1, limits: "max_open_prs: 2")
        for count in 1...2 {
            let dying = ["LEVIATHAN_FAILPOINT": Failpoint.afterGrant.rawValue]
            #expect(!(try target.leviathan("run", extra: dying).succeeded))
            #expect(try attempts(target).count == count - 1)
        }
        let run = try target.leviathan("run", "--json")
        #expect(run.json["reasons"]?["max-attempts-per-task"]?.integer == 1, "\(run.output.text)")
        #expect(try attempts(target) == Array(repeating: ["task-1", "interrupted", nil], count: 2))
    }

    @Test func aTaskWhoseProcessDiesEachTimeIsNotTriedWithoutBound() throws {
        let target = try Self.target(1, limits: "max_open_prs: 2")
        let dying = ["LEVIATHAN_FAILPOINT": Failpoint.afterStart.rawValue]
        for _ in 0..<3 { _ = try target.leviathan("run", extra: dying) }
        let run = try target.leviathan("run", "--json", extra: dying)
        #expect(run.json["reasons"]?["max-attempts-per-task"]?.integer == 1, "\(run.output.text)")
        #expect(try attempts(target).count == 2)
    }

    @Test func aRefusalOfTheChildIsNoFailure() throws {
        let target = try Self.target(1, limits: "max_open_prs: 2")
        // Somebody else takes the task between the grant and the claim.
        let dying = ["LEVIATHAN_FAILPOINT": Failpoint.afterGrant.rawValue]
        #expect(!(try target.leviathan("run", extra: dying).succeeded))
        #expect(try target.leviathan("propose", "task-1").succeeded)
        #expect(try target.leviathan("run").succeeded)
        #expect(try attempts(target) == [["task-1", "succeeded", nil]])
    }

    @Test func whatCannotBeWrittenDownIsNotBegun() throws {
        let target = try Self.target(1, limits: "max_open_prs: 2")
        try FileSystem.createDirectory(target.home + "/scheduler.json")
        let run = try target.leviathan("run", "--json")
        #expect(run.ending == .exited(1), "\(run.output.text)")
        #expect(run.json["dispatched"] == [] && run.json["problems"]?.elements?.count == 1)
        #expect(try branches(target) == [])
    }
}
