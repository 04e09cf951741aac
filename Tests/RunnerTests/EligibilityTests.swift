import Basics
import Git
import Journal
import Model
import Paths
import TestSupport
import Testing

@testable import Runner

/// Why a task may not run, and which reason is named where several hold.
@Suite struct EligibilityTests {
    private let target: LineTarget
    private let snapshot: Snapshot

    init() throws {
        target = try LineTarget()
        snapshot = try target.snapshot(target.context())
    }

    private func refusal(
        of task: BacklogTask, beside others: [BacklogTask] = [], limits: Limits = Limits()
    ) throws -> Refusal? {
        var (policy, backlog) = (snapshot.contract.policy, snapshot.contract.backlog)
        backlog.tasks = [task] + others
        policy.limits = limits
        let contract = Contract(target: snapshot.contract.target, policy: policy, backlog: backlog)
        let context = target.context()
        return try Eligibility(contract, in: context)
            .afterJournal(
                of: context, in: snapshot.checkout, remote: snapshot.remote, base: snapshot.base
            ).refusal(of: task)
    }

    private func fail(_ attempt: String) throws {
        try target.record(.attemptCreated(Event.AttemptPlan(number: 1)), task: "task-001", attempt: attempt)
        try target.record(.attemptFailed(kind: "executor", reason: "x"), task: "task-001", attempt: attempt)
    }

    private func claim(_ task: String, _ attempt: String) throws {
        let claim = Claim(
            target: snapshot.contract.target.id, task: task, attempt: attempt, repository: "/r",
            mark: .lease(until: LineTarget.start + .seconds(60)), holder: "a test",
            claimedAt: LineTarget.start.secondsText)
        try target.journal().claim(claim) { _ in [] }
    }

    private func pullRequest(_ number: Int) -> Event.PullRequestName {
        Event.PullRequestName(number: number, url: nil, branch: "agent/task-001")
    }

    /// Every reason holds at first; each step takes the one away that was named, so that the next one shows.
    @Test func reasonsComeInOneOrder() throws {
        var other = BacklogTask(id: "task-000")
        var limits = Limits()
        (limits.maxAttemptsPerTask, limits.maxRunningAttempts) = (1, 1)
        try fail("a1")
        try target.record(.pullRequestCreated(pullRequest(1), commit: nil), task: "task-001", attempt: "a1")
        try claim("task-001", "a2")
        try claim("task-002", "a3")

        var task = BacklogTask(id: "task-001")
        task.status = .blocked
        (task.ready, task.notBefore, task.dependencies) = (false, LineTarget.start + .seconds(60), ["task-000"])
        var named: [String?] = []
        func look() throws { named.append(try refusal(of: task, beside: [other], limits: limits)?.id) }

        try look()
        task.status = .completed
        try look()
        task.status = .pending
        try look()
        task.ready = true
        try look()
        task.notBefore = LineTarget.start
        try look()
        other.status = .completed
        try look()
        try target.journal().release("a2", [])
        try look()
        try target.record(.pullRequestMerged(pullRequest(1), mergeCommit: nil), task: "task-001")
        try look()
        try target.record(.taskUnblocked(settled: [1]), task: "task-001")
        try fail("a4")
        try look()
        limits.maxAttemptsPerTask = 2
        try look()
        try target.journal().release("a3", [])
        try look()
        #expect(
            named == [
                "blocked", "status", "not-ready", "not-before", "dependencies", "already-running", "under-review",
                "merged", "max-attempts-per-task", "max-running-attempts", nil,
            ])
    }

    @Test(arguments: BacklogTask.Status.allCases) func onlyOpenStatesMayRun(status: BacklogTask.Status) throws {
        var task = BacklogTask(id: "task-001")
        (task.ready, task.status) = (true, status)
        let refusal = try refusal(of: task)
        switch status {
        case .pending, .inProgress, .failed: #expect(refusal == nil)
        case .blocked: #expect(refusal?.reason == .blocked(nil))
        default: #expect(refusal?.reason == .status(status))
        }
    }

    @Test func aDependencyThatIsNotThereIsWaitedFor() throws {
        var task = BacklogTask(id: "task-001")
        (task.ready, task.dependencies) = (true, ["task-009"])
        #expect(try refusal(of: task)?.reason == .waitingFor(["task-009"]))
    }

    @Test func aDeclinedPullRequestStaysDeclinedUntilAPersonSaysOtherwise() throws {
        var task = BacklogTask(id: "task-001")
        task.ready = true
        try target.record(.pullRequestCreated(pullRequest(3), commit: nil), task: "task-001")
        try target.record(.pullRequestClosed(pullRequest(3)), task: "task-001")
        #expect(try refusal(of: task)?.reason == .declined(number: 3, url: nil))
        try target.record(.taskUnblocked(settled: [3]), task: "task-001")
        #expect(try refusal(of: task) == nil)
    }

    @Test func failuresCountFromTheLastReleaseOn() throws {
        var task = BacklogTask(id: "task-001")
        task.ready = true
        for attempt in ["a1", "a2"] { try fail(attempt) }
        #expect(try refusal(of: task)?.limit?.observed == 2)
        try target.record(.taskUnblocked(settled: []), task: "task-001")
        #expect(try refusal(of: task) == nil)
        try fail("a3")
        #expect(try refusal(of: task) == nil)
        try fail("a4")
        #expect(try refusal(of: task)?.id == "max-attempts-per-task")
    }

    /// A branch without a pull request is under review until the base holds its commit.
    @Test(arguments: [true, false]) func aDeliveredBranchIsUnderReviewUntilTheBaseHoldsIt(isHeld: Bool) throws {
        var task = BacklogTask(id: "task-001")
        task.ready = true
        let unknown = try #require(ObjectID(hex: String(repeating: "7", count: 40)))
        let commit = isHeld ? snapshot.base.commit : unknown
        try target.record(.attemptCreated(Event.AttemptPlan(number: 1)), task: "task-001", attempt: "a1")
        try target.record(
            .branchPushed(Event.PushedCommit(branch: "agent/task-001", remote: "origin", commit: commit)),
            task: "task-001", attempt: "a1")
        try target.record(
            .attemptSucceeded(outcome: "delivered", commit: commit, isRecovered: false), task: "task-001",
            attempt: "a1")
        #expect(
            try refusal(of: task)?.reason
                == (isHeld ? nil : .underReview(.branch("agent/task-001", commit: commit))))
    }

    private func deliver(_ task: String, _ attempt: String, _ commit: ObjectID) throws {
        try target.record(.attemptCreated(Event.AttemptPlan(number: 1)), task: task, attempt: attempt)
        try target.record(
            .branchPushed(Event.PushedCommit(branch: "agent/" + task, remote: "origin", commit: commit)),
            task: task, attempt: attempt)
        try target.record(
            .attemptSucceeded(outcome: "delivered", commit: commit, isRecovered: false), task: task,
            attempt: attempt)
    }

    private func delete(_ task: String, _ commit: ObjectID) throws {
        let facts: JSON = [
            "target": .string(snapshot.contract.target.id), "task_id": .string(task),
            "branch": .string("agent/" + task), "outcome": "gone", "commit": .string(commit.hex),
        ]
        try target.record(.other(.branchDeleted, facts), task: task)
    }

    /// Reviewers have it still: the task may be tried again, and others wait as before.
    @Test func aBranchIsOpenAfterItsTaskWasReleasedAgain() throws {
        var (task, other) = (BacklogTask(id: "task-001"), BacklogTask(id: "task-002"))
        (task.ready, other.ready) = (true, true)
        let commit = try #require(ObjectID(hex: String(repeating: "7", count: 40)))
        try deliver("task-001", "a1", commit)
        #expect(try refusal(of: other, beside: [task])?.limit?.observed == 1)
        try target.record(.taskUnblocked(settled: []), task: "task-001")
        #expect(try refusal(of: task) == nil)
        #expect(try refusal(of: other, beside: [task])?.limit?.observed == 1)
        try target.record(.attemptInvalidated(reason: nil), task: "task-001", attempt: "a1")
        #expect(try refusal(of: other, beside: [task])?.limit?.observed == 1)
        task.status = .completed
        #expect(try refusal(of: other, beside: [task]) == nil)
        task.status = .pending
        try delete("task-001", commit)
        #expect(try refusal(of: other, beside: [task]) == nil)
    }

    /// Pull requests tell by themselves whether they are open: what was delivered into one is no branch alone.
    @Test func whatAPullRequestWasUpdatedWithIsNoBranchAlone() throws {
        var (task, other) = (BacklogTask(id: "task-001"), BacklogTask(id: "task-002"))
        (task.ready, other.ready) = (true, true)
        let commit = try #require(ObjectID(hex: String(repeating: "7", count: 40)))
        try target.record(.pullRequestCreated(pullRequest(3), commit: nil), task: "task-001")
        try deliver("task-001", "a1", commit)
        try target.record(.pullRequestClosed(pullRequest(3)), task: "task-001")
        try target.record(.taskUnblocked(settled: [3]), task: "task-001")
        #expect(try refusal(of: other, beside: [task]) == nil)
    }

    @Test func aBranchThatAPersonDeletedWasDeclined() throws {
        var (task, other) = (BacklogTask(id: "task-001"), BacklogTask(id: "task-002"))
        (task.ready, other.ready) = (true, true)
        let commit = try #require(ObjectID(hex: String(repeating: "7", count: 40)))
        try deliver("task-001", "a1", commit)
        try delete("task-001", commit)
        #expect(try refusal(of: task)?.reason == .branchDeleted("agent/task-001"))
        #expect(try refusal(of: other, beside: [task]) == nil)
        try target.record(.taskUnblocked(settled: []), task: "task-001")
        #expect(try refusal(of: task) == nil)
        let next = try #require(ObjectID(hex: String(repeating: "8", count: 40)))
        try deliver("task-001", "a2", next)
        #expect(try refusal(of: other, beside: [task])?.limit?.observed == 1)
    }

    @Test func anotherTargetsClaimsAndFailuresAreNotCounted() throws {
        var task = BacklogTask(id: "task-001")
        task.ready = true
        for attempt in ["a1", "a2"] { try fail(attempt) }
        try claim("task-009", "a3")
        var description = snapshot.contract.target
        description.id = "another"
        let contract = Contract(
            target: description, policy: snapshot.contract.policy, backlog: snapshot.contract.backlog)
        let context = target.context()
        let eligibility = try Eligibility(contract, in: context)
            .afterJournal(of: context, in: snapshot.checkout, remote: snapshot.remote, base: snapshot.base)
        #expect(try eligibility.refusal(of: task) == nil)
    }

    @Test func anAttemptDoesNotStandInItsOwnWay() throws {
        try claim("task-001", "a1")
        let standings = try TaskStandings(
            try target.journal(), target: snapshot.contract.target.id, now: LineTarget.start)
        #expect(standings.claims.map(\.attempt) == ["a1"] && standings.ignoring("a1").claims.isEmpty)
        #expect(standings.ignoring("a2").claims.map(\.attempt) == ["a1"])
    }

    @Test func theMachinesOwnLimitCounts() throws {
        var task = BacklogTask(id: "task-001")
        task.ready = true
        try target.repository.directory.write("leviathan/config.yaml", "limits: {max_attempts_per_task: 1}\n")
        try fail("a1")
        var limits = Limits()
        limits.maxAttemptsPerTask = 3
        #expect(try refusal(of: task, limits: limits)?.limit?.allowed.source == .machine)
    }
}
