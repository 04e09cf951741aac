internal import Basics
internal import Enforcement
internal import Journal
internal import Model
internal import Paths
internal import Processes

/// Tells the journal what an attempt does.
///
/// Each event is there for others, and outlives this process, before the attempt goes on. What somebody outside relies
/// on is on the disk as well: the claim, what goes before a push and the end.
final class AttemptRecorder {
    private let journal: Journal
    private let context: Context
    private let attempt: String
    private let subject: EventSubject
    /// Tells everybody else that the attempt runs; a claim that is still there when it ends is somebody's to recover.
    private let hold: any ClaimHold
    let number: Int
    /// What it may spend on models; `nil` where it asks none, or nobody counts what it spends.
    private let reserved: Spending?
    /// What it spent, as its executor tells.
    var spent: Spending?
    /// Whether a model was asked.
    var hasAsked = false

    /// Claims the task, reserves what it may spend and records the attempt's beginning, unless `check` refuses in the
    /// same transaction.
    init(
        _ context: Context, _ journal: Journal, plan: Plan, attempt: String, repository: String,
        spending: ExpectedSpending, unlessRefused check: (Journal) throws(JournalError) -> Void
    ) throws(JournalError) {
        self.journal = journal
        self.context = context
        self.attempt = attempt
        let subject = EventSubject(target: plan.target.id, task: plan.task.id, attempt: attempt)
        self.subject = subject
        let hold = try context.claimOwner.hold(attempt)
        let claim = Claim(
            target: plan.target.id, task: plan.task.id, attempt: attempt, repository: repository, mark: hold.mark,
            holder: "process \(ProcessIdentity.current.processID)", claimedAt: context.clock.now().secondsText)
        var number = 1
        let reserved: Spending? = if case .atMost(let spending) = spending { spending } else { nil }
        do throws(JournalError) {
            try journal.claim(claim) { (_) throws(JournalError) in
                try check(journal)
                number = try journal.attemptCount(target: plan.target.id, task: plan.task.id) + 1
                var facts = Self.facts(of: plan, number: number)
                facts.traceparent = context.environment["TRACEPARENT"].flatMap { Traceparent($0)?.text }
                let created = Event.attemptCreated(facts)
                let reserving = reserved.map { BudgetEvent.reserved($0, subject, scope: plan.scope.name) }
                return ([created] + [reserving].compactMap(\.self)).map { context.event($0, about: subject) }
            }
        } catch {
            hold.end()
            throw error
        }
        (self.number, self.hold, self.reserved) = (number, hold, reserved)
    }

    private static func facts(of plan: Plan, number: Int) -> Event.AttemptPlan {
        var facts = Event.AttemptPlan(number: number)
        (facts.title, facts.scope, facts.base) = (plan.task.displayTitle, plan.scope.name, plan.base)
        (facts.executor, facts.workspace) = (plan.executor, plan.workspace.rawValue)
        (facts.specification, facts.dependencies) = (SpecificationDigest.compute(plan), plan.task.dependencies)
        return facts
    }

    func record(_ event: Event) throws(JournalError) { try journal.append([draft(event)]) }

    /// Records a step that nothing outside relies on.
    func recordStep(_ event: Event) throws(JournalError) { try journal.appendBeforeNext([draft(event)]) }

    /// A person went on although everything was stopped.
    func recordStopOverride(_ reason: String) throws(JournalError) {
        let facts: [(String, String?)] = [
            ("target", subject.target), ("task_id", subject.task), ("attempt_id", subject.attempt),
            ("reason", reason),
        ]
        let payload = JSON.object(facts.map { JSON.Member($0.0, .optional($0.1)) })
        try record(Event(.stopOverridden, payload))
    }

    func withoutSecrets(_ bytes: [UInt8]) -> [UInt8] { context.redaction?.redacted(bytes) ?? bytes }

    /// Where the output of programs is kept.
    var artifacts: ArtifactFiles { journal.artifacts }

    func recordInvariant(_ result: InvariantResult) throws(JournalError) {
        if let log = result.log {
            let stored = StoredArtifact(digest: log, bytes: try size(of: log))
            try recordStep(.artifactCreated(Event.ArtifactName(stored, kind: "log", name: result.name)))
        }
        try recordStep(
            .invariantFinished(
                Event.InvariantRun(
                    name: result.name, outcome: result.outcome.rawValue,
                    milliseconds: Int(result.duration.milliseconds), log: result.log)))
    }

    private func size(of log: Digest) throws(JournalError) -> Int {
        let path = artifacts.path(of: log)
        do throws(FileError) {
            if let status = try FileSystem.status(path) { return status.size }
        } catch { throw .file(error) }
        throw .file(FileError("find", path, SystemError.notFound))
    }

    /// The branch has arrived; its text is recorded in the same step where it was kept.
    func recordPushed(_ pushed: Event.PushedCommit, _ text: StoredArtifact?) throws(JournalError) {
        let kept = text.map { Event.artifactCreated(Event.ArtifactName($0, kind: "text", name: "pull request")) }
        try journal.append([kept, .branchPushed(pushed)].compactMap(\.self).map(draft))
    }

    /// Records the attempt's end and gives its task free.
    func finish(_ event: Event) throws(JournalError) {
        try journal.release(attempt, [settlement.map(draft), draft(event)].compactMap(\.self))
        hold.end()
    }

    /// What it has spent by now; all that was reserved where it asked somebody and nobody tells what that took.
    private var settlement: Event? {
        reserved.map { reserved in
            BudgetEvent.settled(
                spent ?? (hasAsked ? reserved : Spending(tokens: 0, money: reserved.money.map { _ in 0 })), subject
            )
        }
    }

    private func draft(_ event: Event) -> EventDraft { context.event(event, about: subject) }

    func recordFrozen(_ changes: ChangeSet, executorVersion: String?) throws(JournalError) {
        var frozen = Event.FrozenFiles()
        (frozen.tree, frozen.executorVersion, frozen.files) = (
            changes.tree, executorVersion, changes.changes.count
        )
        (frozen.added, frozen.removed) = (changes.added, changes.removed)
        frozen.changes = changes.changes.prefix(1000).map { change in
            Event.FrozenFiles.File(
                path: change.path.description, operation: change.operation.rawValue, added: change.added,
                removed: change.removed)
        }
        try recordStep(.changeFrozen(frozen))
    }

    func recordJudged(_ findings: Findings) throws(JournalError) {
        let violations = findings.violations.prefix(1000).map { violation in
            Event.PolicyFindings.Violation(
                rule: violation.rule, path: violation.path?.description, message: violation.message)
        }
        try recordStep(
            .policyJudged(
                Event.PolicyFindings(
                    isApproved: violations.isEmpty, violations: violations,
                    warnings: findings.warnings.prefix(1000).map(\.message))))
    }
}
