import Basics
import Enforcement
import Executors
import Forges
import Git
import Journal
import Model
import Paths
import Synchronization
import TestSupport
import Testing

@testable import Runner

/// From an attempt to a frozen change, and from there to a verdict and a sealed commit.
@Suite struct ProduceTests {
    @Test func freezesExactlyWhatTheExecutorLeft() throws {
        let target = try LineTarget()
        let before = try target.repository.git("for-each-ref")
        let attempt = try target.begin(
            FakeExecutor.writing(["docs/guide.md": "# Guide\n", "docs/more.md": "# More\n"]))
        let change = try attempt.produce()
        #expect(change.taskChanges.map(\.path.description) == ["docs/guide.md", "docs/more.md"])
        #expect(change.writeBack?.path.description == ".leviathan/backlog.yaml")
        #expect(change.executorVersion == "7" && change.isolation == nil && !change.isEmpty)
        #expect(change.changes.base == attempt.plan.base && change.changes.tree != change.taskTree)
        let guide = try target.repository.git("cat-file", "blob", "\(change.changes.tree.hex):docs/guide.md")
        #expect(guide == "# Guide")
        #expect(try target.repository.git("for-each-ref") == before)
        #expect(try target.events(of: attempt.id).last == "change.frozen")
    }

    @Test func anExecutorThatDoesNothingLeavesAnEmptyChange() throws {
        let target = try LineTarget()
        let change = try target.begin(FakeExecutor.writing([:])).produce()
        #expect(change.isEmpty && change.writeBack == nil && change.taskChanges.isEmpty)
    }

    @Test func theExecutorIsToldOfItsAttemptAndOfNothingElse() throws {
        let target = try LineTarget()
        let seen = Mutex<[String]>([])
        let attempt = try target.begin(
            FakeExecutor { (job, _) throws(ExecutorError) in
                seen.withLock { seen in
                    seen = [job.task.id, job.attempt, job.base, job.now.description, "\(job.programs == nil)"]
                    seen.append("\(job.permission.allows(.known("docs/a.md")))")
                    seen.append("\(job.permission.allows(.known("src/a.md")))")
                }
                return Report()
            })
        _ = try attempt.produce()
        #expect(
            seen.withLock { $0 } == [
                "task-001", attempt.id, attempt.plan.base.hex, LineTarget.start.description, "true", "true",
                "false",
            ])
    }

    @Test func aFailureKeepsWhatThereWasToTell() throws {
        let target = try LineTarget()
        let attempt = try target.begin(
            FakeExecutor { (_, _) throws(ExecutorError) in
                var error = ExecutorError("docs", "it broke", hint: "mend it")
                error.partial = Report(notes: ["half of it"])
                error.partial.artifacts = [ReportedArtifact(kind: "log", name: "talk", bytes: Array("hm".utf8))]
                throw error
            })
        let failure = try #require(stageFailure { try attempt.produce() })
        #expect(failure.kind == .executor && failure.message == "it broke" && failure.hint == "mend it")
        #expect(failure.notes == ["half of it"])
        #expect(try target.events(of: attempt.id).last == "artifact.created")
        #expect(try target.journal().artifactRecords(attempt: attempt.id).count == 1)
    }

    @Test func anInterruptedExecutorIsAnInterruption() throws {
        let target = try LineTarget()
        for throwsError in [true, false] {
            let cancellation = Cancellation()
            let attempt = try target.begin(
                FakeExecutor { (job, _) throws(ExecutorError) in
                    job.cancellation.cancel()
                    cancellation.cancel()
                    if throwsError { throw ExecutorError("docs", "stopped") }
                    return Report()
                }, target.context(cancellation))
            let failure = try #require(stageFailure { try attempt.produce() })
            #expect(failure.kind == .interrupted)
            attempt.recordFailure(failure)
        }
    }

    @Test func aDryRunLeavesNoObject() throws {
        let target = try LineTarget()
        let objects = try target.repository.git("count-objects", "-v")
        let change = try target.begin(FakeExecutor.writing(["docs/guide.md": "# Guide\n"])) { $0.isDryRun = true }
            .produce()
        #expect(try change.examine().examination.approval != nil)
        #expect(try target.repository.git("count-objects", "-v") == objects)
        #expect(throws: GitFailure.self) {
            try target.repository.git("cat-file", "-e", change.changes.tree.hex)
        }
    }

    // MARK: The verdict

    @Test func whatTheRulesRejectIsNotApproved() throws {
        let target = try LineTarget()
        let attempt = try target.begin(FakeExecutor.writing(["docs/guide.md": "# Guide\n", "src/a.md": "# A\n"]))
        let examined = try attempt.produce().examine()
        #expect(examined.examination.approval == nil && examined.examination.invariants == nil)
        #expect(examined.examination.findings.violations.map(\.path?.description) == ["src/a.md"])
        #expect(try target.events(of: attempt.id).last == "policy.judged")
    }

    @Test func anApprovedChangeIsSealedAsTheExaminedTreeOnTheBase() throws {
        let target = try LineTarget()
        let attempt = try target.begin(FakeExecutor.writing(["docs/guide.md": "# Guide\n"]))
        let examined = try attempt.produce().examine()
        let sealed = try examined.seal(try #require(examined.examination.approval))
        let commit = try attempt.snapshot.checkout.repository.commit(sealed.id)
        #expect(commit.tree == examined.change.changes.tree && commit.parents == [attempt.plan.base])
        #expect(sealed.branch == "agent/task-001" && commit.author.time == LineTarget.start.wholeSeconds)
        #expect(commit.trailer("Attempt-ID") == attempt.id && commit.trailer("Leviathan-Executor") == "docs@7")
        #expect(try target.delivered() == nil)
    }
}
