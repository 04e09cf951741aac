package import Basics
internal import Enforcement
internal import Forges
internal import Git
internal import Journal
internal import Model

/// An approved change whose branch has arrived where it was to go.
package struct PushedChange {
    let examined: ExaminedChange
    package let commit: ObjectID
    /// The first line of the commit that was made for it; `nil` for one that stood there already.
    package let subject: String?
    /// The commit to push for review, where the forge takes it that way.
    let sealed: SealedCommit?
    /// Whether the journal knew before that it had arrived.
    let wasRecorded: Bool
    /// The text that nobody but a person can put before reviewers.
    let keptText: ProposalText?
}

/// A change that is where its reviewers find it.
package struct Delivery {
    let pushed: PushedChange
    package let pullRequest: PullRequestLink?
    package let text: ProposalText?
    let notes: [String]
    /// Whether this attempt brought anything that was not there before.
    let isNew: Bool
}

extension ExaminedChange {
    /// Moves the branch, there or here; a change for Gerrit is pushed along with its review.
    func push(_ sealed: SealedCommit) throws(StageError) -> PushedChange {
        let (attempt, destination) = (change.attempt, change.attempt.destination)
        let failpoints = attempt.context.failpoints
        failpoints.reach(.afterCommit)
        // Counted before anything says that a push has begun: one that is refused leaves nothing to ask the remote about.
        if !destination.takesPushes { try destination.forge?.admitPush() }
        // A dot is git's own name for the repository that it stands in.
        let facts = Event.PushedCommit(
            branch: sealed.branch, remote: destination.remote ?? ".", commit: sealed.id,
            isReviewed: destination.forge != nil)
        try attempt.record { (log) throws(JournalError) in try log.record(.deliveryStarted(facts)) }
        failpoints.reach(.afterDeliveryRecorded)
        failpoints.reach(.beforePush)
        try attempt.refuseIfStopped()
        try send(sealed)
        failpoints.reach(.afterPush)
        let text = destination.forge == nil ? try composed(for: .plain).words : nil
        if !destination.takesPushes {
            let kept = try text.map { (text) throws(StageError) in try keep(text) } ?? nil
            try attempt.record { (log) throws(JournalError) in try log.recordPushed(facts, kept) }
        }
        failpoints.reach(.afterPushRecorded)
        return PushedChange(
            examined: self, commit: sealed.id, subject: sealed.message.subject, sealed: sealed, wasRecorded: false,
            keptText: text)
    }

    private func send(_ sealed: SealedCommit) throws(StageError) {
        let (attempt, destination) = (change.attempt, change.attempt.destination)
        let checkout = attempt.snapshot.checkout
        if let remote = destination.remote, !destination.takesPushes {
            do throws(DeliveryError) {
                try attempt.context.stage("push \(sealed.branch) to \(remote)") { () throws(DeliveryError) in
                    try BranchDelivery(remote, of: checkout, attempt.context).push(
                        sealed, expecting: destination.standing?.commit, cancellation: attempt.context.cancellation
                    )
                }
            } catch { throw StageError(error) }
        } else if destination.remote == nil {
            try LocalBranch(checkout.repository, attempt.context)
                .move(sealed, of: attempt.plan.task.id, expecting: destination.standing?.commit)
        }
    }

    /// Where nobody takes a pull request, its text is kept for whoever asks for the review.
    private func keep(_ text: ProposalText) throws(StageError) -> StoredArtifact? {
        guard let log = change.attempt.log else { return nil }
        do throws(ArtifactError) {
            return try log.artifacts.store(Array("\(text.title)\n\n\(text.body)".utf8))
        } catch { throw StageError(.unexpected, error) }
    }

    // MARK: The text

    /// What reviewers read.
    func text(for kind: ForgeKind) throws(StageError) -> ProposalText {
        if kind == .gerrit { return ProposalText(title: message.subject, body: message.body) }
        return try composed(for: kind).words
    }

    func composed(for kind: ForgeKind) throws(StageError) -> ComposedPullRequest {
        let (attempt, plan) = (change.attempt, change.attempt.plan)
        var facts = PullRequestFacts(
            task: plan.task.id, attempt: attempt.id, title: plan.task.displayTitle, executor: plan.executor,
            executorVersion: attempt.context.redacted(change.executorVersion), base: plan.base)
        (facts.details, facts.acceptanceCriteria) = (plan.task.details, plan.task.acceptanceCriteria)
        (facts.changes, facts.notes) = (change.taskChanges, change.notes.map(attempt.context.redacted))
        facts.invariants = examination.invariants ?? []
        facts.warnings = examination.findings.warnings.map { attempt.context.redacted($0.message) }
        facts.isolation = isolation.map {
            PullRequestFacts.Isolation(
                level: $0.level, network: $0.network,
                isUnfenced: !attempt.options.isFenced && plan.workspace != .tree)
        }
        facts.remote = attempt.destination.remote
        facts.tell(of: change.modelUse)
        facts.specification = SpecificationDigest.compute(plan)
        facts.trace = attempt.context.environment["TRACEPARENT"].flatMap { Traceparent($0)?.text }
        return try PullRequestComposer(
            plan: plan, kind: kind, repository: attempt.snapshot.checkout.repository
        ).compose(facts)
    }
}

extension PushedChange {
    /// Sees to the pull request, where the target has a forge, and ends the attempt.
    func propose(_ journal: RunJournal) throws(StageError) -> Delivery {
        let attempt = examined.change.attempt
        let delivery =
            try attempt.destination.forge.map { (forge) throws(StageError) in
                try review(forge, journal)
            } ?? Delivery(pushed: self, pullRequest: nil, text: keptText, notes: [], isNew: !wasRecorded)
        attempt.context.failpoints.reach(.beforeLastEvent)
        let end = Event.attemptSucceeded(
            outcome: delivery.isNew ? "delivered" : "unchanged", commit: delivery.isNew ? commit : nil,
            isRecovered: false)
        try attempt.record { (log) throws(JournalError) in try log.finish(end) }
        attempt.context.failpoints.reach(.afterLastEvent)
        return delivery
    }

    private func review(_ forge: TargetForge, _ journal: RunJournal) throws(StageError) -> Delivery {
        let (attempt, history) = (examined.change.attempt, examined.change.attempt.destination.history)
        let failpoints = attempt.context.failpoints
        let composed = try examined.composed(for: forge.kind)
        failpoints.reach(.beforeForge)
        try attempt.refuseIfStopped()
        let reviewed = try attempt.context.stage("pull request at \(forge.kind.name)") { () throws(StageError) in
            try forge.ensure(
                composed, for: attempt.plan.task, commit: commit, sealed: sealed, settled: history.settled)
        }
        failpoints.reach(.afterForge)
        guard let request = reviewed.outcome.pullRequest else {
            throw StageError(.unexpected, "\(forge.kind.name) takes no pull requests")
        }
        let news = history.event(for: reviewed.outcome, commit)
        if let news { try attempt.record { (log) throws(JournalError) in try log.record(news) } }
        failpoints.reach(.afterForgeRecorded)
        let isCreated = if case .pullRequestCreated = news { true } else { false }
        return Delivery(
            pushed: self, pullRequest: PullRequestLink(number: request.number, url: request.url),
            text: forge.kind == .gerrit ? try examined.text(for: .gerrit) : composed.words,
            notes: reviewed.notes + (try considerMerging(request, forge, journal)),
            isNew: !wasRecorded || isCreated)
    }

    /// A forge that merges by itself can be told at once; what is decided is recorded like later decisions.
    private func considerMerging(
        _ request: PullRequest, _ forge: TargetForge, _ journal: RunJournal
    ) throws(StageError) -> [String] {
        let (attempt, plan) = (examined.change.attempt, examined.change.attempt.plan)
        let settings = attempt.snapshot.contract.policy.autoMerge
        guard settings.enabled, forge.mergesByItself, request.isOpen else { return [] }
        let events = PullRequestEvents(
            EventSubject(target: plan.target.id, task: plan.task.id, attempt: attempt.id),
            Event.PullRequestName(number: request.number, url: request.url, branch: plan.task.proposedBranch),
            attempt.context, journal)
        let decided = try AutoMerging(forge: forge, settings: settings)
            .consider(request.number, scope: plan.scope.name, head: commit, events)
        guard let decided else { return [] }
        return ["auto-merge: \(decided.decision.reason)" + (decided.note.map { "; \($0)" } ?? "")]
    }
}

extension ComposedPullRequest {
    fileprivate var words: ProposalText { ProposalText(title: text.title, body: text.body) }
}
