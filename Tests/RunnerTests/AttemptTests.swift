import Basics
import Enforcement
import Executors
import Git
import Journal
import Model
import Paths
import TestSupport
import Testing

@testable import Runner

/// How an attempt begins: claimed and recorded, unless it is refused in the same transaction.
@Suite struct AttemptTests {
    private static let guide = FakeExecutor.writing(["docs/guide.md": "# Guide\n"])

    @Test func beginsClaimedAndRecorded() throws {
        let target = try LineTarget()
        let attempt = try target.begin(Self.guide)
        #expect(attempt.number == 1 && attempt.startedAt == LineTarget.start)
        #expect(try target.journal().claims().map(\.attempt) == [attempt.id])
        #expect(try target.events(of: attempt.id) == ["attempt.created", "attempt.started"])
    }

    @Test func aTaskIsClaimedOnce() throws {
        let target = try LineTarget()
        let first = try target.begin(Self.guide)
        #expect(stageFailure { try target.begin(Self.guide) }?.kind == .refusal)
        #expect(try target.journal().claims().map(\.attempt) == [first.id])
        #expect(try target.journal().attemptCount(target: "remote", task: "task-001") == 1)
    }

    /// What happened after the plan was made counts: the question is asked again in the transaction that claims.
    @Test func aLimitThatWasReachedAfterThePlanRefuses() throws {
        let target = try LineTarget()
        let context = target.context()
        let snapshot = try target.snapshot(context)
        let planned = try target.planned(Self.guide, snapshot, context)
        for _ in 0..<2 { try target.begin(Self.guide).recordFailure(StageError(.executor, "it broke")) }
        let refused = stageFailure {
            try Attempt.begin(
                planned, snapshot, try Destination.unasked(snapshot), Attempt.Options(), RunJournal(context),
                context)
        }
        #expect(refused?.refusal?.id == "max-attempts-per-task")
        #expect(try target.journal().claims().isEmpty)
        #expect(try target.journal().attemptCount(target: "remote", task: "task-001") == 2)
    }

    @Test func anotherRunningAttemptRefuses() throws {
        let target = try LineTarget()
        let other = try target.begin(Self.guide, task: "task-002")
        let refused = stageFailure { try target.begin(Self.guide) }
        #expect(refused?.refusal?.id == "max-running-attempts")
        #expect(try target.journal().claims().map(\.attempt) == [other.id])
    }

    @Test func aDryRunRecordsNothingAndKnowsItsNumber() throws {
        let target = try LineTarget()
        #expect(try target.begin(Self.guide) { $0.isDryRun = true }.number == 1)
        #expect(!FileSystem.exists(target.context().journalPath))
        try target.begin(Self.guide).recordFailure(StageError(.executor, "it broke"))
        #expect(try target.begin(Self.guide) { $0.isDryRun = true }.number == 2)
        #expect(try target.journal().claims().isEmpty)
    }

    @Test func aFailureIsRecordedAndFreesTheTask() throws {
        let target = try LineTarget()
        let attempt = try target.begin(Self.guide)
        attempt.recordFailure(StageError(.executor, "it broke", causes: ["badly"]))
        let record = try #require(try target.journal().attempt(attempt.id))
        #expect(record.state == "failed" && record.outcome == "failed" && record.kind == "executor")
        #expect(record.reason?.contains("it broke") == true)
        #expect(try target.journal().claims().isEmpty)
    }

    @Test func anInterruptionIsNoFailure() throws {
        let target = try LineTarget()
        let attempt = try target.begin(Self.guide)
        attempt.recordFailure(StageError(.interrupted, "interrupted"))
        #expect(try target.journal().attempt(attempt.id)?.state == "interrupted")
        var failed = AttemptQuery()
        failed.states = ["failed"]
        #expect(try target.journal().attempts(failed).isEmpty)
        #expect(try target.journal().claims().isEmpty)
    }
}
