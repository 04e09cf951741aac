import Basics
import Processes
import TestSupport
import Testing

/// `tasks`, `next`, `show`, `plan` and `propose` give one answer to the question whether a task may run.
@Suite struct EligibilityTests {
    private func refusal(_ target: TestTarget, _ words: String...) throws -> JSON? {
        try target.leviathan("--json", arguments: words).json["refusal"]
    }

    /// The reasons that each command that only looks has for one task.
    private func reasons(_ target: TestTarget, _ task: String) throws -> [String?] {
        let row = try target.leviathan("tasks", "--json").json.elements?.first { $0["id"]?.string == task }
        return [
            row?["refusal"]?["reason"]?.string, try refusal(target, "show", task)?["reason"]?.string,
            try refusal(target, "plan", task)?["reason"]?.string,
        ]
    }

    @Test func nextOffersNothingThatFailedTooOften() throws {
        let target = try TestTarget(
            policy: """
                version: 1
                limits: {max_file_size: {"docs/**": 1}}
                scopes:
                  docs: {allowed_paths: [docs/**], executor: docs}
                """)
        #expect(try target.leviathan("next", "--json").json["id"] == "task-001")
        for _ in 0..<2 { #expect(try target.leviathan("propose", "task-001").ending == .exited(4)) }
        #expect(try target.leviathan("next", "--json").json == .null)
        #expect(try reasons(target, "task-001") == [String?](repeating: "max-attempts-per-task", count: 3))
        let limit = try refusal(target, "show", "task-001")?["limit"]
        #expect(limit?["observed"] == 2 && limit?["allowed"] == 2 && limit?["set_by"] == "platform default")
        #expect(try target.leviathan("propose", "task-001").ending == .exited(7))
        #expect(try target.leviathan("retry", "task-001").succeeded)
        #expect(try target.leviathan("next", "--json").json["id"] == "task-001")
        #expect(try reasons(target, "task-001") == [nil, nil, nil])
    }

    @Test func aBranchAloneIsUnderReviewUntilTheBaseHoldsIt() throws {
        let target = try TestTarget(contract: "writeback: false")
        #expect(try target.leviathan("propose", "task-001").succeeded)
        #expect(try target.leviathan("next", "--json").json == .null)
        #expect(try reasons(target, "task-001") == [String?](repeating: "under-review", count: 3))
        let table = try target.leviathan("tasks").output.text
        #expect(table.contains("'agent/task-001'") && table.contains("until the base holds it"))
        try target.repository.git("fetch", "--quiet", "origin")
        try target.repository.git("merge", "--quiet", "--ff-only", "origin/agent/task-001")
        try target.repository.git("push", "--quiet", "origin", "main")
        #expect(try reasons(target, "task-001") == [nil, nil, nil])
    }

    /// A branch that was pushed waits for its reviewers, whatever a person says of its task; one that they delete does not.
    @Test func aBranchCountsUntilItIsMergedOrDeleted() throws {
        let target = try RunTests.target(2, limits: "max_open_prs: 1")
        func open() throws -> JSON? {
            try target.leviathan("next", "--limits", "--json").json.elements?
                .first { $0["name"] == "max_open_prs" }?["observed"]
        }
        #expect(try target.leviathan("propose", "task-1").succeeded)
        #expect(try open() == 1)
        #expect(try target.leviathan("retry", "task-1").succeeded)
        #expect(try open() == 1)
        #expect(try target.leviathan("propose", "task-2").ending == .exited(7))
        #expect(try target.leviathan("journal", "rebuild").succeeded)
        #expect(try open() == 1)
        #expect(!(try target.leviathan("sync").errors.text.contains("is gone")))
        try target.repository.git("push", "--quiet", "origin", "--delete", "agent/task-1")
        let looked = try target.leviathan("sync", "--dry-run").errors.text
        #expect(looked.contains("'agent/task-1' is gone at 'origin'"), "\(looked)")
        #expect(try open() == 1)
        #expect(try target.leviathan("sync").succeeded)
        #expect(try open() == 0)
        #expect(try target.leviathan("propose", "task-2").succeeded)
    }

    @Test func aReasonSaysWhenItPasses() throws {
        let target = try TestTarget(
            backlog: """
                tasks:
                  - {id: a, title: A, scope: docs, ready: false, allowed_paths: [docs/a.md]}
                  - {id: b, title: B, scope: docs, ready: true, allowed_paths: [docs/b.md], not_before: 2999-01-01}
                  - {id: c, title: C, scope: docs, ready: true, allowed_paths: [docs/c.md], dependencies: [a]}
                """)
        let rows = try #require(try target.leviathan("tasks", "--json").json.elements)
        #expect(rows.map { $0["refusal"]?["reason"]?.string } == ["not-ready", "not-before", "dependencies"])
        #expect(rows.map { $0["refusal"]?["clears"]?["by"]?.string } == ["person", "time", "itself"])
        #expect(rows[1]["refusal"]?["clears"]?["at"]?.string?.hasPrefix("2999-01-01") == true)
        for (task, code) in [("a", 7), ("b", 7), ("c", 7)] {
            #expect(try target.leviathan("propose", task).ending == .exited(Int32(code)))
        }
    }
}
