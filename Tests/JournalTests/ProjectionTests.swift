import Basics
import Journal
import SQLite
import TestSupport
import Testing

/// What is derived from events, step by step or all at once.
@Suite(.timeLimit(.minutes(60))) struct ProjectionTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/journal.db" }

    init() throws { directory = try TemporaryDirectory() }

    private func draft(_ number: Int, _ type: EventType, _ payload: JSON, second: Int64? = nil) -> EventDraft {
        let facts: [JSON.Member] = [
            JSON.Member("target", "shop"), JSON.Member("task_id", "task-1"),
            JSON.Member("attempt_id", "attempt-1"),
        ]
        return EventDraft(
            id: "e\(number)", type: type,
            timestamp: Instant(secondsSinceEpoch: 1000 + (second ?? Int64(number))).description, actor: "kim",
            payload: .object(facts + (payload.members ?? [])))
    }

    @Test(arguments: 0..<20) func rebuildingGivesTheSameBytes(seed: UInt64) throws {
        var history = RandomHistory(seed: seed)
        let journal = try Journal(at: path)
        for _ in 0..<6 { try journal.append(history.drafts(40)) }
        let digest = try journal.projections.digest()
        #expect(try !journal.rebuild())
        #expect(try journal.projections.digest() == digest)
    }

    @Test func rebuildingMendsWhatWasTamperedWith() throws {
        let journal = try Journal(at: path)
        var history = RandomHistory(seed: 1)
        try journal.append(history.drafts(100))
        let digest = try journal.projections.digest()
        try Connection(path).execute("UPDATE totals SET delivered = 99; DELETE FROM test_runs")
        #expect(try journal.projections.digest() != digest)
        #expect(try journal.rebuild())
        #expect(try journal.projections.digest() == digest)
    }

    @Test func followsAnAttemptToItsEnd() throws {
        let journal = try Journal(at: path)
        try journal.append([
            draft(
                1, .attemptCreated, ["number": 1, "scope": "docs", "executor": "docs", "spec": "s", "base": "b"]),
            draft(2, .attemptStarted, ["isolation": "none"]),
            draft(3, .changeFrozen, ["tree": "t", "files": 2, "added": 5, "removed": 1]),
            draft(4, .policyJudged, ["violations": []]),
            draft(5, .branchPushed, ["branch": "agent/x", "commit": "c"]),
            draft(6, .pullRequestCreated, ["number": 7, "url": "u"]),
            draft(7, .attemptSucceeded, ["outcome": "delivered"], second: 11),
        ])
        let attempt = try #require(try journal.attempts().first)
        #expect(attempt.state == "succeeded" && attempt.outcome == "delivered" && attempt.duration == .seconds(10))
        #expect(attempt.files == 2 && attempt.added == 5 && attempt.commit == "c" && attempt.pullRequest == 7)
        #expect(attempt.isolation == "none" && attempt.actor == "kim" && attempt.violations == 0)
        try journal.append([draft(8, .pullRequestMerged, ["number": 7], second: 3606)])
        let statistics = try #require(try journal.statistics().first)
        #expect(statistics.delivered == 1 && statistics.merged == 1 && statistics.successRate == 1)
        #expect(statistics.medianDuration == .seconds(10) && statistics.medianTimeToMerge == .seconds(3600))
    }

    @Test func onlyTheFirstEndCounts() throws {
        let journal = try Journal(at: path)
        try journal.append([
            draft(1, .attemptCreated, ["number": 1]),
            draft(2, .attemptFailed, ["kind": "executor", "reason": "no"]),
            draft(3, .attemptSucceeded, [:]), draft(4, .attemptInterrupted, [:]),
        ])
        let statistics = try #require(try journal.statistics().first)
        #expect(statistics.failed == 1 && statistics.delivered == 0 && statistics.interrupted == 0)
        #expect(try journal.attempt("attempt-1")?.reason == "no")
    }

    @Test func drawsTheGraph() throws {
        let journal = try Journal(at: path)
        try journal.append([
            draft(
                1, .attemptCreated, ["number": 1, "spec": "s", "workspace": "tree", "dependencies": ["task-0"]]),
            draft(2, .invariantFinished, ["name": "Tests", "outcome": "failed"]),
            draft(3, .invariantFinished, ["name": "Lint", "outcome": "passed"]),
            draft(4, .branchPushed, ["commit": "c"]), draft(5, .attemptInvalidated, [:]),
        ])
        let edges = try journal.graphEdges(limit: 100).map { "\($0.source) \($0.kind) \($0.target)" }
        #expect(
            Set(edges) == [
                "Actor/kim DELEGATES Attempt/attempt-1", "Actor/kim INVALIDATES Attempt/attempt-1",
                "Attempt/attempt-1 AUTHORIZED_BY PolicySnapshot/s", "Attempt/attempt-1 EXECUTES Task/shop/task-1",
                "Attempt/attempt-1 PRODUCED Commit/c", "Attempt/attempt-1 PRODUCED TestRun/attempt-1/Lint",
                "Attempt/attempt-1 PRODUCED TestRun/attempt-1/Tests",
                "Attempt/attempt-1 RUNS_IN Workspace/tree", "Task/shop/task-1 DEPENDS_ON Task/shop/task-0",
                "TestRun/attempt-1/Lint SUPPORTS Attempt/attempt-1",
                "TestRun/attempt-1/Tests CONTESTS Attempt/attempt-1",
            ])
        #expect(try journal.graphEdges(of: GraphNode(.task, "shop/task-1"), limit: 100).count == 2)
        #expect(try journal.graphEdges(kind: .produced, limit: 100).count == 3)
        #expect(
            try journal.graphContains(GraphNode(.commit, "c")) && !journal.graphContains(GraphNode(.commit, "d")))
        #expect(try journal.graphNodes(.testRun, limit: 1).map(\.key) == ["TestRun/attempt-1/Lint"])
        #expect(try journal.graphSummary().edges.reduce(0) { $0 + $1.count } == edges.count)
    }

    /// The scopes and the days are of one moment, whatever another process writes in between.
    @Test func statisticsAreOfOneMoment() throws {
        let journal = try Journal(at: path)
        let begin = { @Sendable (number: Int) in
            EventDraft(
                id: "e\(number)", type: .attemptCreated, timestamp: Instant(secondsSinceEpoch: 1000).description,
                actor: "kim",
                payload: [
                    "target": "shop", "task_id": "task-1", "attempt_id": .string("attempt-\(number)"), "number": 1,
                ])
        }
        try journal.append([begin(0)])
        let (path, isDone) = (path, TestGate())
        BackgroundThread.run {
            defer { isDone.open() }
            guard let writer = try? Journal(at: path) else { return }
            for number in 1..<400 { _ = try? writer.append([begin(number)]) }
        }
        while !isDone.wait(seconds: 0) {
            let (scopes, days) = try journal.statisticsAndDays()
            #expect(scopes.first?.attempts == days.reduce(0) { $0 + $1.succeeded + $1.other })
            let summary = try journal.graphSummary()
            let attempts = summary.nodes.first { $0.type == "Attempt" }?.count
            #expect(summary.edges.first { $0.type == "EXECUTES" }?.count == attempts)
        }
        var query = AttemptQuery()
        query.limit = 1000
        #expect(try journal.attempts(query).count == 400)
    }
}
