internal import Basics
internal import Enforcement
internal import Forges
internal import Git
internal import Journal
internal import Model

/// What of Leviathan's own stands for a task already, where it will be delivered.
struct Standing {
    let commit: ObjectID
    /// The open pull request that it is in.
    let request: PullRequestLink?
}

/// What people and earlier attempts left where the change is to go.
extension Propose {
    /// Looks at the remote and the place of review, and respects what people decided there.
    mutating func lookAround(_ reading: TargetReading, _ plan: Plan) throws(StageError) -> Standing? {
        result.remote = reading.remote
        guard !request.isDryRun else { return nil }
        let (memory, target, task) = (memory, plan.target.id, plan.task.id)
        history = try journaled { () throws(JournalError) in
            try DeliveryHistory(try memory.toRead(), target: target, task: task)
        }
        guard plan.target.delivery.forge != .none else {
            result.remote = nil
            return try lookHere(reading.checkout, plan)
        }
        guard let remote = reading.remote else { throw TargetReader.noRemote(plan.target.delivery.remote) }
        let hasBranch = try TargetForge.kind(plan.target, reading.checkout, remote: remote) != .gerrit
        let seen = hasBranch ? try lookAtRemote(reading, remote, plan) : nil
        forge = try TargetForge.open(
            plan.target, reading.checkout, remote: remote, base: reading.base.branch, surroundings)
        let open = try lookAtForge(plan)
        let link = open.map { PullRequestLink(number: $0.number, url: $0.url) }
        if let open, !hasBranch, let commit = open.headCommit {
            try demandOwn(commit, "change \(open.number)")
            return Standing(commit: commit, request: link)
        }
        return seen.map { Standing(commit: $0, request: link) }
    }

    private func lookHere(_ checkout: TargetCheckout, _ plan: Plan) throws(StageError) -> Standing? {
        let branch = plan.task.proposedBranch
        let seen: ObjectID?
        do throws(GitError) { seen = try checkout.repository.reference("refs/heads/" + branch)?.objectID } catch {
            throw StageError(.delivery, error)
        }
        guard let seen else { return nil }
        try demandOwn(seen, "'\(branch)'")
        return Standing(commit: seen, request: nil)
    }

    /// What the remote has under the task's branch; refused when it is not Leviathan's own.
    private func lookAtRemote(
        _ reading: TargetReading, _ remote: String, _ plan: Plan
    ) throws(StageError) -> ObjectID? {
        let branch = plan.task.proposedBranch
        let offered: RemoteState
        if let known = reading.offered {
            offered = known
        } else {
            do throws(DeliveryError) {
                offered = try BranchDelivery(remote, of: reading.checkout, surroundings)
                    .state(of: "refs/heads/" + branch, cancellation: surroundings.cancellation)
            } catch { throw StageError(error) }
        }
        if let seen = offered.branch { try demandOwn(seen, "'\(branch)' on '\(remote)'") }
        return offered.branch
    }

    private func demandOwn(_ commit: ObjectID, _ place: String) throws(StageError) {
        guard history?.commits.contains(commit) != true else { return }
        throw StageError(
            .guardrail, "\(place) holds the commit \(commit.short), which Leviathan did not push from here",
            hint: "merge or delete it first; nothing was overwritten")
    }

    /// The open pull request; refused where the last word about the branch was a person's.
    private func lookAtForge(_ plan: Plan) throws(StageError) -> PullRequest? {
        guard let forge, let history,
            let last = try forge.standing(of: plan.task.proposedBranch, settled: history.settled)
        else { return nil }
        if last.isOpen { return last }
        let events = PullRequestEvents(
            EventSubject(target: plan.target.id, task: plan.task.id),
            Event.PullRequestName(number: last.number, url: last.url, branch: plan.task.proposedBranch),
            surroundings, memory)
        try events.recordEnding(last.phase)
        let again = "'leviathan retry \(plan.task.id)' lets it be proposed again"
        let how = last.phase == .merged ? "is completed: pull request #\(last.number) was merged" : nil
        throw StageError(
            .guardrail,
            how.map { "'\(plan.task.id)' \($0)" }
                ?? "a person closed pull request #\(last.number) of '\(plan.task.id)' without merging it",
            causes: [last.url], hint: again)
    }

    /// Whether something is left to do at the forge for a branch that stays as it is.
    func lacksPullRequest(_ standing: Standing) -> Bool {
        guard forge != nil, !result.isOutdated else { return false }
        guard let number = standing.request?.number else { return true }
        return history?.hasDelivered(standing.commit, to: number) != true
    }

    // MARK: What stands there and what came out

    /// Whether what stands there stays: it makes the same change, or is under review and nobody asked for a newer one.
    mutating func leaves(
        _ standing: Standing, _ frozen: ChangeFreezer.Frozen, _ plan: Plan, _ repository: Repository
    ) throws(StageError) -> Bool {
        if try makesSame(standing.commit, frozen, plan, repository) { return true }
        guard !request.refreshes, try isUnderReview(standing, plan, repository) else { return false }
        result.isOutdated = true
        return true
    }

    /// Whether a commit leads to the same files; on the same base, its mark in the backlog aside.
    private func makesSame(
        _ seen: ObjectID, _ frozen: ChangeFreezer.Frozen, _ plan: Plan, _ repository: Repository
    ) throws(StageError) -> Bool {
        do throws(GitError) {
            let commit = try repository.commit(seen)
            if commit.tree == frozen.changes.tree { return true }
            guard commit.parents == [plan.base] else { return false }
            return try repository.diff(from: commit.tree, to: frozen.changes.tree, countsLines: false)
                .allSatisfy { $0.new?.path == frozen.writeBack?.path && $0.new != nil }
        } catch {
            // A commit that was pushed from another clone is not here, and is simply replaced.
            guard error.kind != .notFound else { return false }
            throw StageError(.unexpected, error)
        }
    }

    /// Without a forge a branch waits for its reviewers until the base holds it.
    private func isUnderReview(
        _ standing: Standing, _ plan: Plan, _ repository: Repository
    ) throws(StageError) -> Bool {
        if forge != nil { return standing.request != nil }
        do throws(GitError) { return try !repository.isAncestor(standing.commit, of: plan.base) } catch {
            guard error.kind != .notFound else { return true }
            throw StageError(.unexpected, error)
        }
    }
}
