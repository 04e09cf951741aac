internal import Basics
internal import Enforcement
internal import Forges
internal import Git
internal import Journal
internal import Model

/// From an approval to a branch and its pull request.
extension Propose {
    mutating func prepare(_ plan: Plan, _ changes: ChangeSet, _ reading: TargetReading) throws(StageError) {
        do throws(GitError) {
            result.patch = try reading.checkout.repository.patchText(from: changes.baseTree, to: changes.tree)
                .bytes
        } catch { throw StageError(.unexpected, error) }
        var kind = ForgeKind.plain
        do throws(StageError) {
            kind = try TargetForge.kind(plan.target, reading.checkout, remote: reading.remote)
        } catch { result.notes.append("nothing could be delivered as things are: \(error.description)") }
        let text = try composed(plan, reading.checkout.repository, kind).text
        result.text = ProposalText(title: text.title, body: text.body)
        if kind == .gerrit { result.text = writer(plan, reading.checkout, Instant(secondsSinceEpoch: 0)).text }
        result.outcome = .prepared
    }

    mutating func deliver(
        _ approval: Approval, _ plan: Plan, _ reading: TargetReading, _ standing: Standing?, _ startedAt: Instant
    ) throws(StageError) {
        guard let attempt = result.attempt else { throw StageError(.unexpected, "there is no attempt to deliver") }
        let writer = writer(plan, reading.checkout, startedAt)
        surroundings.failpoints.reach(.beforeCommit)
        let commit = try writer.write(approval.changes)
        surroundings.failpoints.reach(.afterCommit)
        let proposal = Proposal(
            approval, task: plan.task, attempt: attempt, commit: commit, title: writer.subject,
            body: writer.message)
        let pushed = Event.PushedCommit(
            branch: proposal.branch, remote: result.remote ?? ".", commit: commit, isReviewed: forge != nil)
        try record { (recorder) throws(JournalError) in try recorder.record(.deliveryStarted(pushed)) }
        surroundings.failpoints.reach(.afterDeliveryRecorded)
        try send(proposal, reading.checkout, standing)
        (result.commit, result.subject) = (commit, writer.subject)
        if forge?.takesPushes == true { result.text = writer.text }
        let text = try keptText(plan, reading.checkout.repository)
        if forge?.takesPushes != true {
            try record { (recorder) throws(JournalError) in try recorder.recordPushed(pushed, text) }
        }
        surroundings.failpoints.reach(.afterPushRecorded)
        try review(commit, plan, reading.checkout.repository)
        try finishDelivery(commit)
    }

    private func writer(_ plan: Plan, _ checkout: TargetCheckout, _ startedAt: Instant) -> CommitWriter {
        CommitWriter(
            repository: checkout.repository, directory: checkout.root, plan: plan, attempt: result.attempt ?? "",
            startedAt: startedAt, executorVersion: result.executorVersion ?? "0",
            changeID: forge?.changeID(of: plan.task.id, settled: history?.settled ?? []),
            surroundings: surroundings)
    }

    /// Moves the branch, there or here; a change for Gerrit is pushed along with its review.
    private func send(
        _ proposal: Proposal, _ checkout: TargetCheckout, _ standing: Standing?
    ) throws(StageError) {
        surroundings.failpoints.reach(.beforePush)
        if let remote = result.remote, forge?.takesPushes != true {
            do throws(DeliveryError) {
                try BranchDelivery(remote, of: checkout, surroundings)
                    .push(proposal, expecting: standing?.commit, cancellation: surroundings.cancellation)
            } catch { throw StageError(error) }
        } else if result.remote == nil {
            try LocalBranch(checkout.repository).move(proposal, expecting: standing?.commit)
        }
        surroundings.failpoints.reach(.afterPush)
    }

    /// Where nobody takes a pull request, its text is kept for whoever asks for the review.
    private mutating func keptText(
        _ plan: Plan, _ repository: Repository
    ) throws(StageError) -> StoredArtifact? {
        guard forge == nil, let recorder else { return nil }
        let text = try composed(plan, repository, .plain).text
        result.text = ProposalText(title: text.title, body: text.body)
        result.textIsForPerson = plan.target.delivery.forge == .git
        do throws(ArtifactError) {
            return try recorder.artifacts.store(Array("\(text.title)\n\n\(text.body)".utf8))
        } catch { throw StageError(.unexpected, error) }
    }

    private mutating func finishDelivery(_ commit: ObjectID) throws(StageError) {
        surroundings.failpoints.reach(.beforeLastEvent)
        try record { (recorder) throws(JournalError) in
            try recorder.finish(.attemptSucceeded(outcome: "delivered", commit: commit, isRecovered: false))
        }
        surroundings.failpoints.reach(.afterLastEvent)
        result.outcome = .delivered
    }

    /// The branch stands as it should; what an earlier attempt did not come to is made up for.
    mutating func finishDelivered(
        _ standing: Standing, _ plan: Plan, _ repository: Repository
    ) throws(StageError) {
        result.commit = standing.commit
        if result.isOutdated {
            result.pullRequest = standing.request
            return try finishUnchanged()
        }
        let wasRecorded = history?.arrived.contains(standing.commit) != false || forge?.takesPushes == true
        if !wasRecorded {
            let pushed = Event.PushedCommit(
                branch: plan.task.proposedBranch, remote: result.remote ?? ".", commit: standing.commit)
            try record { (recorder) throws(JournalError) in try recorder.record(.branchPushed(pushed)) }
        }
        guard lacksPullRequest(standing) else {
            result.pullRequest = standing.request
            return wasRecorded ? try finishUnchanged() : try finishDelivery(standing.commit)
        }
        let isNew = try review(standing.commit, plan, repository)
        return isNew || !wasRecorded ? try finishDelivery(standing.commit) : try finishUnchanged()
    }

    // MARK: The pull request

    /// Sees to the pull request, where the target has a place of review; returns whether it is a new one.
    @discardableResult
    private mutating func review(
        _ commit: ObjectID, _ plan: Plan, _ repository: Repository
    ) throws(StageError) -> Bool {
        guard let forge else { return false }
        let composed = try composed(plan, repository, forge.kind)
        let text = composed.text
        if result.text == nil { result.text = ProposalText(title: text.title, body: text.body) }
        surroundings.failpoints.reach(.beforeForge)
        let reviewed = try forge.ensure(
            composed, for: plan.task, commit: commit, settled: history?.settled ?? [])
        surroundings.failpoints.reach(.afterForge)
        result.notes += reviewed.notes
        guard let request = reviewed.outcome.pullRequest else {
            throw StageError(.unexpected, "\(forge.kind.name) takes no pull requests")
        }
        let news = history?.event(for: reviewed.outcome, commit)
        result.pullRequest = PullRequestLink(number: request.number, url: request.url)
        if let news { try record { (recorder) throws(JournalError) in try recorder.record(news) } }
        surroundings.failpoints.reach(.afterForgeRecorded)
        try considerMerging(request, commit, plan, forge)
        if case .pullRequestCreated = news { return true }
        return false
    }

    private func composed(
        _ plan: Plan, _ repository: Repository, _ kind: ForgeKind
    ) throws(StageError) -> ComposedPullRequest {
        var facts = PullRequestFacts(
            task: plan.task.id, attempt: result.attempt ?? "", title: plan.task.displayTitle,
            executor: plan.executor, executorVersion: result.executorVersion ?? "0", base: plan.base)
        (facts.details, facts.acceptanceCriteria) = (plan.task.details, plan.task.acceptanceCriteria)
        (facts.changes, facts.invariants, facts.notes) = (result.taskChanges, result.invariants, result.notes)
        facts.warnings = result.warnings.map(\.message)
        facts.isolation = PullRequestFacts.Isolation(
            level: result.isolation?.level ?? plan.workspace.rawValue,
            network: result.isolation?.network ?? "no program ran",
            isUnfenced: request.isUnfenced && plan.workspace != .tree)
        facts.tell(of: result.modelUse)
        facts.specification = SpecificationDigest.compute(plan)
        return try PullRequestComposer(plan: plan, kind: kind, repository: repository).compose(facts)
    }

    /// A forge that merges by itself can be told at once; what is decided is recorded like later decisions.
    private mutating func considerMerging(
        _ request: PullRequest, _ commit: ObjectID, _ plan: Plan, _ forge: TargetForge
    ) throws(StageError) {
        guard autoMerge.enabled, forge.mergesByItself, request.isOpen else { return }
        let events = PullRequestEvents(
            EventSubject(target: plan.target.id, task: plan.task.id, attempt: result.attempt),
            Event.PullRequestName(number: request.number, url: request.url, branch: plan.task.proposedBranch),
            surroundings, memory)
        let decided = try AutoMerging(forge: forge, settings: autoMerge)
            .consider(request.number, scope: plan.scope.name, head: commit, events)
        guard let decided else { return }
        result.notes.append("auto-merge: \(decided.decision.reason)" + (decided.note.map { "; \($0)" } ?? ""))
    }
}
