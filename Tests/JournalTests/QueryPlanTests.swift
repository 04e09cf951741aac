import Basics
import Journal
import SQLite
import TestSupport
import Testing

/// What is asked again and again looks at no attempt that it is not about.
@Suite struct QueryPlanTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/journal.db" }

    init() throws {
        directory = try TemporaryDirectory()
        _ = try Journal(at: directory.path + "/journal.db")
    }

    private func plan(_ change: (inout AttemptQuery) -> Void) throws -> String {
        var query = AttemptQuery()
        change(&query)
        var plan: [String] = []
        let values = query.sql.filter { $0 == "?" }.map { _ in SQLValue.null }
        try Connection(path).query("EXPLAIN QUERY PLAN " + query.sql, values) { row in
            plan.append(row[3].text ?? "")
        }
        return plan.joined(separator: "; ")
    }

    @Test func attemptsOfATargetAreFoundByIt() throws {
        #expect(try plan { $0.target = "shop" }.contains("attempts_by_target (target=?)"))
        let ended = try plan { ($0.target, $0.states) = ("shop", ["failed", "interrupted", "succeeded"]) }
        #expect(ended.contains("attempts_by_target (target=?)") && !ended.contains("B-TREE"))
        #expect(
            try plan { ($0.target, $0.outcomes) = ("shop", ["delivered"]) }.contains(
                "attempts_by_target (target=?)"))
        #expect(
            try plan { ($0.target, $0.task) = ("shop", "t") }.contains("attempts_by_task (task_id=? AND target=?)")
        )
    }

    @Test func attemptsThatRunAreFoundAmongThoseWithoutAnEnd() throws {
        #expect(try plan { $0.states = ["created", "running"] }.contains("attempts_without_end"))
        #expect(try !plan { $0.states = ["created", "failed"] }.contains("attempts_without_end"))
    }

    @Test func attemptsOfTheLastDayAreFoundByTheirTime() throws {
        let all = try plan { ($0.since, $0.limit) = ("2026", .max) }
        #expect(all.contains("attempts_by_time (created_at>?)"))
        #expect(try plan { $0.since = "2026" } == "SCAN attempts")
    }

    /// The newest of all come in their order, and nothing behind them is looked at.
    @Test func theNewestAreNotSorted() throws {
        let ended = ["succeeded", "failed", "interrupted", "invalidated"]
        #expect(try plan { $0.states = ended } == "SCAN attempts")
    }
}
