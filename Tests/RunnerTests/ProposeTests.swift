import Basics
import Enforcement
import Executors
import Forges
import Git
import Journal
import Model
import Paths
import TestSupport
import Testing

@testable import Runner

/// What becomes of a proposal that stands already, and what is reported of one that went only part of the way.
@Suite struct ProposeTests {
    // MARK: A proposal that stands

    @Test func deliversOnceAndThenLeavesItAlone() throws {
        let target = try LineTarget()
        let first = target.propose("task-002")
        #expect(first.outcome == .delivered, "\(first.error?.description ?? "")")
        let delivered = try target.delivered("task-002")
        #expect(delivered != nil && first.commit?.hex == delivered)
        let again = target.propose("task-002")
        #expect(again.outcome == .unchanged && !again.isOutdated && again.commit == first.commit)
        #expect(try target.delivered("task-002") == delivered)
        #expect(try target.events(of: again.attempt ?? "").last == "attempt.succeeded")
        #expect(try target.journal().claims().isEmpty)
    }

    /// Two looked at the remote before either had delivered: who claims the task after the other's end is refused it.
    @Test func whatAnotherProposedSinceTheLookIsNotProposedAgain() throws {
        let target = try LineTarget()
        let context = target.context()
        let snapshot = try target.snapshot(context)
        let planned = try target.planned(DocsExecutor(), snapshot, context, task: "task-002")
        let journal = RunJournal(context, writes: true)
        let destination = try Destination.look(planned.plan, snapshot, journal, context)
        #expect(target.propose("task-002").outcome == .delivered)
        let refused = stageFailure {
            try Attempt.begin(planned, snapshot, destination, Attempt.Options(), journal, context)
        }
        #expect(
            refused?.kind == .refusal && refused?.message.contains("agent/task-002") == true,
            "\(String(describing: refused))")
        #expect(try target.journal().claims().isEmpty)
    }

    /// The task reads otherwise now: what is under review stays, unless a refresh is asked for.
    @Test func anOutdatedProposalStaysUntilItIsRefreshed() throws {
        let target = try LineTarget()
        let first = target.propose("task-002")
        try target.publish(
            ".leviathan/backlog.yaml", LineTarget.backlog.replacing("Add a page", with: "Add another page"))
        let again = target.propose("task-002")
        #expect(again.outcome == .unchanged && again.isOutdated && again.commit == first.commit)
        #expect(try target.delivered("task-002") == first.commit?.hex)
        let refreshed = target.propose("task-002") { $0.refreshes = true }
        #expect(refreshed.outcome == .delivered && refreshed.commit != first.commit)
        #expect(try target.delivered("task-002") == refreshed.commit?.hex)
    }

    /// A process that died between push and record: the next one records the arrival, and pushes nothing.
    @Test func aPushThatWasNotRecordedIsMadeUpFor() throws {
        let target = try LineTarget()
        let attempt = try target.begin(DocsExecutor(), task: "task-002")
        let examined = try attempt.produce().examine()
        let sealed = try examined.seal(try #require(examined.examination.approval))
        try attempt.record { (log) throws(JournalError) in
            try log.record(
                .deliveryStarted(
                    Event.PushedCommit(branch: sealed.branch, remote: "origin", commit: sealed.id)))
        }
        try target.repository.git("push", "--quiet", "origin", "\(sealed.id.hex):refs/heads/agent/task-002")
        attempt.recordFailure(StageError(.interrupted, "died"))
        let next = target.propose("task-002")
        #expect(next.outcome == .delivered && next.commit == sealed.id, "\(next.error?.description ?? "")")
        let recorded = try target.events(of: next.attempt ?? "")
        #expect(recorded.contains("branch.pushed") && !recorded.contains("delivery.started"))
        #expect(target.propose("task-002").outcome == .unchanged)
    }

    @Test func somebodyElsesBranchIsLeftAlone() throws {
        let target = try LineTarget()
        let foreign = try target.repository.id("HEAD").hex
        try target.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/agent/task-002")
        let result = target.propose("task-002")
        #expect(result.outcome == .refused && result.error?.refusal?.id == "foreign-commit")
        #expect(try target.delivered("task-002") == foreign)
    }

    // MARK: The report of what was reached

    @Test func aTaskThatIsNotThereReachesNothing() throws {
        let result = try LineTarget().propose("task-01")
        #expect(result.outcome == .failed && result.error?.kind == .invalid)
        #expect(result.error?.hint?.contains("task-001") == true)
        #expect(result.title == nil && result.base == nil && result.executor == nil && result.attempt == nil)
    }

    @Test func aTaskThatIsNotReadyReachesTheSnapshot() throws {
        let target = try LineTarget()
        let result = target.propose("task-003")
        #expect(result.outcome == .refused && result.error?.refusal?.id == "not-ready")
        #expect(result.title == "Later" && result.base?.name == "origin/main" && result.target == "remote")
        #expect(result.executor == nil && result.branch == nil && result.attempt == nil)
    }

    @Test func aClaimedTaskReachesThePlan() throws {
        let target = try LineTarget()
        let running = try target.begin(FakeExecutor.writing([:]), task: "task-002")
        let result = target.propose("task-002")
        #expect(result.outcome == .refused, "\(result.error?.description ?? "")")
        #expect(result.executor == "docs" && result.branch == "agent/task-002" && result.attempt == nil)
        #expect(try target.journal().claims().map(\.attempt) == [running.id])
    }

    @Test func aRejectedChangeReachesTheVerdict() throws {
        let target = try LineTarget(
            policy: LineTarget.policy + "\nlimits: {max_file_size: {\"docs/**\": 1}}\n")
        let result = target.propose("task-002")
        #expect(result.outcome == .rejected && result.error == nil)
        #expect(result.violations.map(\.rule) == ["file-too-large"])
        #expect(result.taskChanges.map(\.path.description) == ["docs/page.md"] && result.commit == nil)
        let attempt = try #require(result.attempt)
        let record = try #require(try target.journal().attempt(attempt))
        #expect(record.outcome == "rejected" && record.reason == "policy")
        #expect(try target.delivered("task-002") == nil && target.journal().claims().isEmpty)
    }

    @Test func aDryRunReachesTheVerdictAndTouchesNothing() throws {
        let target = try LineTarget()
        let before = try target.repository.git("for-each-ref")
        let result = target.propose("task-002") { $0.isDryRun = true }
        #expect(
            result.outcome == .prepared && result.commit == nil
                && result.text?.title.contains("Add a page") == true)
        #expect(result.patch.map { String(decoding: $0, as: UTF8.self) }?.contains("docs/page.md") == true)
        #expect(try target.repository.git("for-each-ref") == before && target.delivered("task-002") == nil)
        #expect(!FileSystem.exists(target.context().journalPath))
    }

    @Test func aCancelledRunIsRecordedAsInterrupted() throws {
        let target = try LineTarget()
        let cancellation = Cancellation()
        let attempt = try target.begin(
            FakeExecutor.writing(["docs/guide.md": "# Guide\n"]), target.context(cancellation))
        _ = try attempt.produce()
        cancellation.cancel()
        let failure = try #require(stageFailure { try attempt.stopIfCancelled() })
        attempt.recordFailure(failure)
        #expect(try target.journal().attempt(attempt.id)?.state == "interrupted")
    }
}
