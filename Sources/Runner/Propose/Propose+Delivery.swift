internal import Basics
internal import Enforcement
internal import Executors
internal import Forges
internal import Git
internal import Journal
internal import Model

/// From an approval to a branch and its pull request.
extension Propose {
    /// Opens the place of review, and respects what people decided there.
    mutating func lookAtForge(
        _ checkout: TargetCheckout, _ remote: String?, _ plan: Plan
    ) throws(StageError) {
        guard !request.isDryRun, let remote else { return }
        desk = try ReviewDesk.open(plan.target, checkout, remote: remote, surroundings)
        let surroundings = surroundings
        settled = try journaled { () throws(JournalError) in
            try AttemptRecorder.settledPullRequests(surroundings, plan)
        }
        guard let declined = try desk?.declined(branch: plan.task.proposedBranch, settled: settled) else { return }
        try journaled { () throws(JournalError) in
            try AttemptRecorder.recordDeclined(surroundings, plan, number: declined.number)
        }
        throw StageError(
            .guardrail, "a person closed pull request #\(declined.number) of '\(plan.task.id)' without merging it",
            causes: [declined.url], hint: "'leviathan retry \(plan.task.id)' lets it be proposed again")
    }

    mutating func prepare(_ changes: ChangeSet, _ repository: Repository) throws(StageError) {
        do throws(GitError) {
            result.patch = try repository.patchText(from: changes.baseTree, to: changes.tree).bytes
        } catch { throw StageError(.unexpected, error) }
        result.outcome = .prepared
    }

    mutating func deliver(
        _ approval: Approval, _ plan: Plan, _ checkout: TargetCheckout, _ remote: String?, _ seen: ObjectID?,
        _ startedAt: Instant
    ) throws(StageError) {
        guard let remote, let attempt = result.attempt else { throw Self.noRemote("origin") }
        let version = result.executorVersion ?? "0"
        let writer = CommitWriter(
            repository: checkout.repository, plan: plan, attempt: attempt, startedAt: startedAt,
            executorVersion: version, environment: surroundings.environment)
        surroundings.failpoints.reach(.beforeCommit)
        let commit = try writer.write(approval.changes)
        surroundings.failpoints.reach(.afterCommit)
        let proposal = Proposal(
            approval, task: plan.task, attempt: attempt, commit: commit, title: writer.subject,
            body: writer.message)
        let facts: JSON = [
            "branch": .string(proposal.branch), "remote": .string(remote), "commit": .string(commit.hex),
            "reviewed": .bool(desk != nil),
        ]
        try record { (recorder) throws(JournalError) in try recorder.record(.deliveryStarted, facts) }
        surroundings.failpoints.reach(.afterDeliveryRecorded)
        try push(proposal, checkout, remote, seen)
        (result.commit, result.subject) = (commit, writer.subject)
        try record { (recorder) throws(JournalError) in try recorder.record(.branchPushed, facts) }
        surroundings.failpoints.reach(.afterPushRecorded)
        try review(commit, plan, checkout.repository, version)
        try finishDelivery(commit)
    }

    mutating func finishDelivery(_ commit: ObjectID) throws(StageError) {
        surroundings.failpoints.reach(.beforeLastEvent)
        try record { (recorder) throws(JournalError) in
            try recorder.finish(.attemptSucceeded, ["outcome": "delivered", "commit": .string(commit.hex)])
        }
        surroundings.failpoints.reach(.afterLastEvent)
        result.outcome = .delivered
    }

    /// The branch holds the change already; a pull request that an earlier attempt did not come to is made up for.
    mutating func finishDelivered(
        _ commit: ObjectID, _ plan: Plan, _ repository: Repository, _ startedAt: Instant
    ) throws(StageError) {
        guard desk != nil else { return try finishUnchanged() }
        let isNew = try review(
            commit, plan, repository, result.executorVersion ?? "0")
        return isNew ? try finishDelivery(commit) : try finishUnchanged()
    }

    /// Sees to the pull request, where the target has a place of review; returns whether it is a new one.
    @discardableResult
    mutating func review(
        _ commit: ObjectID, _ plan: Plan, _ repository: Repository, _ executorVersion: String
    ) throws(StageError) -> Bool {
        guard let desk else { return false }
        let proposal = ReviewedProposal(
            plan: plan, commit: commit, facts: reviewFacts(plan, executorVersion), repository: repository)
        surroundings.failpoints.reach(.beforeForge)
        let reviewed = try desk.ensure(proposal, settled: settled)
        surroundings.failpoints.reach(.afterForge)
        result.notes += reviewed.notes
        let (pullRequest, type): (PullRequest, EventType?) =
            switch reviewed.outcome {
            case .created(let request): (request, .pullRequestCreated)
            case .updated(let request, _): (request, .pullRequestUpdated)
            case .unchanged(let request), .merged(let request), .declined(let request): (request, nil)
            case .kept: throw StageError(.unexpected, "\(desk.name) takes no pull requests")
            }
        result.pullRequest = PullRequestLink(number: pullRequest.number, url: pullRequest.url)
        if let type {
            try record { (recorder) throws(JournalError) in
                try recorder.record(
                    type,
                    [
                        "number": .integer(pullRequest.number), "url": .string(pullRequest.url),
                        "branch": .string(plan.task.proposedBranch),
                    ])
            }
        }
        surroundings.failpoints.reach(.afterForgeRecorded)
        return type == .pullRequestCreated
    }

    func reviewFacts(_ plan: Plan, _ executorVersion: String) -> PullRequestFacts {
        var facts = PullRequestFacts(
            task: plan.task.id, attempt: result.attempt ?? "", title: plan.task.displayTitle,
            executor: plan.executor,
            executorVersion: executorVersion, base: plan.base)
        (facts.details, facts.acceptanceCriteria) = (plan.task.details, plan.task.acceptanceCriteria)
        (facts.changes, facts.invariants, facts.notes) = (result.taskChanges, result.invariants, result.notes)
        facts.warnings = result.warnings.map(\.message)
        facts.isolation = PullRequestFacts.Isolation(
            level: result.isolation?.level ?? plan.workspace.rawValue,
            network: result.isolation?.network ?? "no program ran",
            isUnfenced: request.isUnfenced && plan.workspace != .tree)
        facts.specification = SpecificationDigest.compute(plan)
        return facts
    }

    func push(
        _ proposal: Proposal, _ checkout: TargetCheckout, _ remote: String, _ seen: ObjectID?
    ) throws(StageError) {
        surroundings.failpoints.reach(.beforePush)
        do throws(DeliveryError) {
            try delivery(checkout, remote).push(proposal, expecting: seen, cancellation: surroundings.cancellation)
        } catch { throw Self.stageError(error) }
        surroundings.failpoints.reach(.afterPush)
    }
}
