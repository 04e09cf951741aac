internal import Basics
internal import Enforcement
internal import Forges
internal import Git
internal import Journal
internal import Model

/// Where a change is going to be delivered, and what stands there for the task already.
struct Destination {
    /// `nil` where the branch stays in this repository.
    let remote: String?
    /// `nil` where the branch is all that is delivered, and for a dry run, which asks nobody.
    let forge: TargetForge?
    let history: DeliveryHistory
    /// Leviathan's own commit that stands for the task.
    let standing: Standing?
    /// What the forge says is open there; a proposal that stands already opens nothing more.
    var atForge = OpenAtForge.notAsked
    /// What the forge is shared by; `nil` where there is none.
    var known: KnownForge?

    /// A proposal of the task's that nobody has decided about.
    struct Standing {
        let commit: ObjectID
        /// The open pull request that it is in.
        let request: PullRequestLink?
    }

    /// The footer by which Gerrit knows the change.
    func changeID(of plan: Plan) -> String? { forge?.changeID(of: plan.task.id, settled: history.settled) }

    /// Whether something is left to do at the forge for a proposal that stays as it is.
    func lacksPullRequest(_ standing: Standing) -> Bool {
        guard forge != nil else { return false }
        guard let number = standing.request?.number else { return true }
        return !history.hasDelivered(standing.commit, to: number)
    }

    /// Whether a change reaches its reviewers by being pushed for review, without a branch of its own.
    var takesPushes: Bool { forge?.takesPushes == true }
}

extension Destination {
    /// Where a dry run would deliver to; nobody is asked.
    static func unasked(_ snapshot: Snapshot) throws(StageError) -> Destination {
        let history = try StageError.journaled { () throws(JournalError) in
            try DeliveryHistory(nil, target: "", task: "")
        }
        return Destination(remote: snapshot.remote, forge: nil, history: history, standing: nil)
    }

    /// Looks at the remote and the forge, and respects what people decided there.
    static func look(
        _ plan: Plan, _ snapshot: Snapshot, _ journal: RunJournal, _ context: Context
    ) throws(StageError) -> Destination {
        let history = try StageError.journaled { () throws(JournalError) in
            try DeliveryHistory(try journal.toRead(), target: plan.target.id, task: plan.task.id)
        }
        let search = StandingSearch(
            plan: plan, snapshot: snapshot, history: history, journal: journal, context: context)
        guard plan.target.delivery.forge != .none else {
            return Destination(remote: nil, forge: nil, history: history, standing: try search.here())
        }
        guard let remote = snapshot.remote else {
            throw StageError(.unexpected, "a change is to be delivered to no remote")
        }
        let kind = try TargetForge.kind(plan.target, snapshot.checkout, remote: remote, context)
        let hasBranch = kind != .gerrit
        let seen = hasBranch ? try search.onRemote(remote) : nil
        let forge = try TargetForge.open(
            plan.target, snapshot.checkout, remote: remote, base: snapshot.base.branch, context)
        let open = try forge.flatMap { (forge) throws(StageError) in try search.openPullRequest(forge) }
        let link = open.map { PullRequestLink(number: $0.number, url: $0.url) }
        var standing = seen.map { Standing(commit: $0, request: link) }
        if let open, !hasBranch, let commit = open.headCommit {
            try search.demandOwn(commit, "change \(open.number)")
            standing = Standing(commit: commit, request: link)
        }
        var destination = Destination(remote: remote, forge: forge, history: history, standing: standing)
        destination.known = try TargetForge.known(plan.target, snapshot.checkout, remote: remote, context)
        if standing == nil {
            destination.atForge = try OpenAtForge.ask(forge)
            ForgeCounts(context).remember(destination.atForge, of: plan.target.id)
        }
        return destination
    }
}

/// Finds what stands for a task where it is going to be delivered.
private struct StandingSearch {
    let plan: Plan
    let snapshot: Snapshot
    let history: DeliveryHistory
    let journal: RunJournal
    let context: Context

    private var branch: String { plan.task.proposedBranch }

    /// The branch of this repository's own.
    func here() throws(StageError) -> Destination.Standing? {
        let seen: ObjectID?
        do throws(GitError) {
            seen = try snapshot.checkout.repository.reference("refs/heads/" + branch)?.objectID
        } catch { throw StageError(.delivery, error) }
        guard let seen else { return nil }
        try demandOwn(seen, "'\(branch)'")
        return Destination.Standing(commit: seen, request: nil)
    }

    /// What the remote has under the task's branch; refused when it is not Leviathan's own.
    func onRemote(_ remote: String) throws(StageError) -> ObjectID? {
        let offered: RemoteState
        if let known = snapshot.offered, snapshot.watched == "refs/heads/" + branch {
            offered = known
        } else {
            do throws(DeliveryError) {
                offered = try BranchDelivery(remote, of: snapshot.checkout, context)
                    .state(of: "refs/heads/" + branch, cancellation: context.cancellation)
            } catch { throw StageError(error) }
        }
        if let seen = offered.branch { try demandOwn(seen, "'\(branch)' on '\(remote)'") }
        return offered.branch
    }

    func demandOwn(_ commit: ObjectID, _ place: String) throws(StageError) {
        guard history.commits.contains(commit) else {
            throw StageError(Refusal(plan.task.id, .foreignCommit(commit, place: place)))
        }
    }

    /// The open pull request; refused where the last word about the branch was a person's.
    func openPullRequest(_ forge: TargetForge) throws(StageError) -> PullRequest? {
        guard let last = try forge.standing(of: branch, settled: history.settled) else { return nil }
        if last.isOpen { return last }
        try PullRequestEvents(
            EventSubject(target: plan.target.id, task: plan.task.id),
            Event.PullRequestName(number: last.number, url: last.url, branch: branch), context, journal
        ).recordEnding(last.phase)
        throw StageError(
            Refusal(
                plan.task.id,
                last.phase == .merged
                    ? .merged(number: last.number, url: last.url) : .declined(number: last.number, url: last.url)))
    }
}

// MARK: What stands there and what came out

extension FrozenChange {
    /// Whether a standing proposal stays, and if so whether it makes another change than this one.
    func leaves(_ standing: Destination.Standing, refreshes: Bool) throws(StageError) -> (Bool, isOutdated: Bool) {
        if try makesSame(standing.commit) { return (true, false) }
        guard !refreshes, try isUnderReview(standing) else { return (false, false) }
        return (true, true)
    }

    /// Whether a commit leads to the same files; on the same base, its mark in the backlog aside.
    private func makesSame(_ seen: ObjectID) throws(StageError) -> Bool {
        let repository = attempt.snapshot.checkout.repository
        do throws(GitError) {
            let commit = try repository.commit(seen)
            if commit.tree == changes.tree { return true }
            guard commit.parents == [attempt.plan.base] else { return false }
            return try repository.diff(from: commit.tree, to: changes.tree, countsLines: false)
                .allSatisfy { $0.new?.path == writeBack?.path && $0.new != nil }
        } catch {
            // A commit that was pushed from another clone is not here, and is simply replaced.
            guard error.kind != .notFound else { return false }
            throw StageError(.unexpected, error)
        }
    }

    /// Without a forge a branch waits for its reviewers until the base holds it.
    private func isUnderReview(_ standing: Destination.Standing) throws(StageError) -> Bool {
        if attempt.destination.forge != nil { return standing.request != nil }
        if attempt.destination.history.isReleased { return false }
        let repository = attempt.snapshot.checkout.repository
        do throws(GitError) { return try !repository.holds(standing.commit, base: attempt.plan.base) } catch {
            throw StageError(.unexpected, error)
        }
    }
}
