package import Basics
package import Git
internal import Journal
package import Model

/// Decides whether a task may run: the one answer that `tasks`, `next`, `plan` and `propose` give.
package struct Eligibility {
    private let contract: Contract
    private let completed: Set<String>
    private let machineLimits: Limits
    private let now: Instant
    private let standings: TaskStandings
    /// Whether the base holds a commit.
    private let isInBase: (ObjectID) throws(GitError) -> Bool

    /// Only what the task itself says counts: what was done before is not looked at.
    package init(_ contract: Contract, in context: Context) throws(StageError) {
        (self.contract, now, standings) = (contract, context.clock.now(), TaskStandings())
        let mistakes = contract.backlog.mistakes
        completed = Set(
            contract.backlog.tasks.lazy.filter { $0.status == .completed && mistakes[$0.id] == nil }.map(\.id))
        machineLimits = try MachineLimits.read(context)
        isInBase = { (_) throws(GitError) in false }
    }

    private init(_ other: Eligibility, _ standings: TaskStandings, _ repository: Repository, _ base: Base) {
        (contract, completed) = (other.contract, other.completed)
        (machineLimits, now) = (other.machineLimits, other.now)
        self.standings = standings
        isInBase = { (commit) throws(GitError) in try repository.holds(commit, base: base.commit) }
    }

    /// The same decision with what the journal knows, of one task or of all.
    package func afterJournal(
        of context: Context, task: String? = nil, in repository: Repository, base: Base
    ) throws(StageError) -> Eligibility {
        let target = contract.target.id
        let standings = try StageError.journaled { () throws(JournalError) in
            try TaskStandings(try context.readJournal(), target: target, task: task)
        }
        return after(standings, in: repository, base: base)
    }

    /// The same decision with what was done before.
    func after(_ standings: TaskStandings, in repository: Repository, base: Base) -> Eligibility {
        Eligibility(self, standings, repository, base)
    }

    /// Why the task may not run now; `nil` when it may.
    package func refusal(of task: BacklogTask) throws(StageError) -> Refusal? {
        if let reason = ownReason(task) { return Refusal(task.id, reason) }
        return try earlierReason(task).map { Refusal(task.id, $0) }
    }

    // MARK: What the task itself says

    private func ownReason(_ task: BacklogTask) -> Refusal.Reason? {
        if let mistakes = contract.backlog.mistakes[task.id] { return .invalid(mistakes) }
        switch task.status {
        case .pending, .inProgress, .failed: break
        case .blocked: return .blocked(task.outcome.blockedReason)
        default: return .status(task.status)
        }
        guard task.ready else { return .notReady }
        if let date = task.notBefore, now < date { return .notBefore(date) }
        let waiting = task.dependencies.filter { !completed.contains($0) }
        return waiting.isEmpty ? nil : .waitingFor(waiting)
    }

    // MARK: What was done before

    private func earlierReason(_ task: BacklogTask) throws(StageError) -> Refusal.Reason? {
        let standing = standings[task.id]
        if let claim = standings.claims.first(where: { $0.task == task.id }) {
            return .claimed(attempt: claim.attempt, since: claim.claimedAt)
        }
        if let reason = limitReason(task, standing) { return reason }
        guard let standing else { return nil }
        return try proposalReason(standing)
    }

    private func limitReason(_ task: BacklogTask, _ standing: TaskStandings.Standing?) -> Refusal.Reason? {
        let (failed, running) = (standing?.failed ?? 0, standings.claims)
        guard failed > 0 || !running.isEmpty else { return nil }
        let limits = limits(of: task)
        if failed >= limits.maxAttemptsPerTask.value {
            return .attemptsUsedUp(failed: failed, limits.maxAttemptsPerTask)
        }
        guard running.count >= limits.maxRunningAttempts.value else { return nil }
        return .attemptsRunning(
            target: contract.target.id, attempts: running.map(\.attempt), limits.maxRunningAttempts)
    }

    private func proposalReason(_ standing: TaskStandings.Standing) throws(StageError) -> Refusal.Reason? {
        if let open = standing.pullRequests.first(where: { $0.state == "open" }) {
            return .underReview(.pullRequest(number: open.number, url: open.url))
        }
        if let last = standing.pullRequests.last {
            return last.state == "merged"
                ? .merged(number: last.number, url: last.url) : .declined(number: last.number, url: last.url)
        }
        guard let (branch, commit) = standing.delivered else { return nil }
        do throws(GitError) {
            return try isInBase(commit) ? nil : .underReview(.branch(branch, commit: commit))
        } catch { throw StageError(.unexpected, error) }
    }

    /// The limits in force for a task, from the machine's down to its own.
    func limits(of task: BacklogTask, _ scope: Scope? = nil) -> EffectiveLimits {
        EffectiveLimits(limitPlaces(of: task, scope ?? contract.policy.scope(task.scope)))
    }

    func limitPlaces(of task: BacklogTask, _ scope: Scope?) -> [(source: LimitSource, limits: Limits)] {
        [
            (.machine, machineLimits), (.target, contract.policy.limits), (.target, contract.target.limits),
            (.backlog, contract.backlog.limits), (.scope, scope?.limits ?? Limits()), (.task, task.limits),
        ]
    }
}

extension Refusal {
    /// Whether it is about a proposal of the task's: what became of that, `propose` asks where it stands.
    var concernsProposal: Bool {
        switch reason {
        case .underReview, .merged, .declined: true
        default: false
        }
    }
}
