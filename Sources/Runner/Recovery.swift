internal import Basics
internal import Forges
internal import Git
package import Journal

/// An attempt that its dead process left open, and what became of it.
package struct RecoveredAttempt: Hashable, Sendable {
    package enum Fate: Hashable, Sendable {
        /// The remote had the branch: the attempt is recorded as delivered.
        case delivered
        /// The branch had arrived, its pull request perhaps not: the next attempt finds or makes it.
        case pushed
        /// Nothing of it had left this machine.
        case interrupted
        /// The remote cannot be asked, so that the task stays claimed.
        case undecided(String)
    }

    package let claim: Claim
    package let fate: Fate

    package init(claim: Claim, fate: Fate) { (self.claim, self.fate) = (claim, fate) }
}

/// Closes what dead processes left open, before anything new begins.
package struct Recovery {
    private let surroundings: Surroundings
    private let memory: RunJournal

    package init(_ surroundings: Surroundings, _ memory: RunJournal? = nil) {
        (self.surroundings, self.memory) = (surroundings, memory ?? RunJournal(surroundings))
    }

    package func run() throws(JournalError) -> [RecoveredAttempt] {
        FencedPlace.reclaim(surroundings)
        guard let journal = try memory.toRead() else { return [] }
        var recovered: [RecoveredAttempt] = []
        for claim in try journal.claims() where !claim.owner.mayBeAlive {
            if let attempt = try recover(claim, journal) { recovered.append(attempt) }
        }
        return recovered
    }

    /// `nil` where another process was faster.
    private func recover(_ claim: Claim, _ journal: Journal) throws(JournalError) -> RecoveredAttempt? {
        var query = EventQuery()
        query.attempt = claim.attempt
        let events = try journal.events(query)
        let fate = fate(of: claim, events)
        if case .undecided = fate { return RecoveredAttempt(claim: claim, fate: fate) }
        surroundings.failpoints.reach(.afterReconciling)
        let isOurs = try journal.recover(claim, drafts(claim, fate, events))
        surroundings.failpoints.reach(.afterRecovery)
        return isOurs ? RecoveredAttempt(claim: claim, fate: fate) : nil
    }

    /// A delivery that had begun is settled by what the remote has.
    private func fate(of claim: Claim, _ events: [Event]) -> RecoveredAttempt.Fate {
        let isReviewed = events.contains { $0.type == .pullRequestCreated || $0.type == .pullRequestUpdated }
        let needsReview = events.contains { $0.type == .deliveryStarted && $0.payload["reviewed"] == true }
        if events.contains(where: { $0.type == .branchPushed }) {
            return needsReview && !isReviewed ? .pushed : .delivered
        }
        guard let begun = events.last(where: { $0.type == .deliveryStarted })?.payload,
            let branch = begun["branch"]?.string, let remote = begun["remote"]?.string
        else { return .interrupted }
        surroundings.failpoints.reach(.beforeReconciling)
        let delivery = BranchDelivery(remote, in: claim.repository, surroundings)
        do throws(DeliveryError) {
            let state = try delivery.state(
                of: "refs/heads/" + branch, cancellation: surroundings.cancellation)
            guard state.branch?.hex == begun["commit"]?.string else { return .interrupted }
            return needsReview ? .pushed : .delivered
        } catch { return .undecided(([error.message] + error.causes).joined(separator: ": ")) }
    }

    private func drafts(_ claim: Claim, _ fate: RecoveredAttempt.Fate, _ events: [Event]) -> [EventDraft] {
        let facts: [JSON.Member] = [
            JSON.Member("target", .string(claim.target)), JSON.Member("task_id", .string(claim.task)),
            JSON.Member("attempt_id", .string(claim.attempt)), JSON.Member("recovered", true),
        ]
        let begun = events.last { $0.type == .deliveryStarted }?.payload ?? [:]
        let place = ["branch", "remote", "commit"].map { JSON.Member($0, begun[$0] ?? .null) }
        let pushed =
            fate == .interrupted || events.contains { $0.type == .branchPushed }
            ? [] : [surroundings.event(.branchPushed, .object(facts + place))]
        guard fate == .delivered else {
            let reason =
                fate == .pushed ? "its process died before its pull request was confirmed" : "its process died"
            let end = facts + [JSON.Member("reason", .string(reason))]
            return pushed + [surroundings.event(.attemptInterrupted, .object(end))]
        }
        let end = [JSON.Member("outcome", "delivered"), JSON.Member("commit", begun["commit"] ?? .null)]
        return pushed + [surroundings.event(.attemptSucceeded, .object(facts + end))]
    }
}
