package import Basics
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
    private let context: Context
    private let runJournal: RunJournal

    package init(_ context: Context, _ runJournal: RunJournal? = nil) {
        (self.context, self.runJournal) = (context, runJournal ?? RunJournal(context))
    }

    package func run() throws(JournalError) -> [RecoveredAttempt] {
        for failure in FenceDirectories.reclaim(context) { context.observer.warning(failure) }
        guard let journal = try runJournal.toRead() else { return [] }
        var recovered: [RecoveredAttempt] = []
        let (owner, claims) = (context.claimOwner, try journal.claims())
        for claim in claims {
            guard let hold = try owner.takeOver(claim) else { continue }
            defer { hold.end() }
            if let attempt = try recover(claim.marked(hold.mark), journal) { recovered.append(attempt) }
        }
        try owner.sweep(except: claims)
        return recovered
    }

    /// `nil` where another process was faster.
    private func recover(_ claim: Claim, _ journal: Journal) throws(JournalError) -> RecoveredAttempt? {
        var query = EventQuery()
        query.attempt = claim.attempt
        let records = try journal.events(query)
        let past = PastDelivery(records)
        let fate = fate(of: claim, past)
        if case .undecided = fate { return RecoveredAttempt(claim: claim, fate: fate) }
        context.failpoints.reach(.afterReconciling)
        var drafts = drafts(claim, fate, past)
        if let budget = try journal.budget(of: claim.attempt), budget.settledAt == nil {
            let subject = EventSubject(target: claim.target, task: claim.task, attempt: claim.attempt)
            let settled = BudgetEvent.settled(BudgetEvent.recovered(budget, records), subject)
            drafts.insert(context.event(settled, about: subject), at: 0)
        }
        let isOurs = try journal.recover(claim, drafts)
        context.failpoints.reach(.afterRecovery)
        return isOurs ? RecoveredAttempt(claim: claim, fate: fate) : nil
    }

    /// A delivery that had begun is settled by what the remote has.
    private func fate(of claim: Claim, _ past: PastDelivery) -> RecoveredAttempt.Fate {
        if past.hasArrived { return past.needsReview && !past.isReviewed ? .pushed : .delivered }
        guard let begun = past.begun, let branch = begun.branch, let remote = begun.remote,
            let commit = begun.commit
        else { return .interrupted }
        context.failpoints.reach(.beforeReconciling)
        let delivery = BranchDelivery(remote, in: claim.repository, context)
        do throws(DeliveryError) {
            let state = try delivery.state(
                of: "refs/heads/" + branch, cancellation: context.cancellation)
            guard state.branch == commit else { return .interrupted }
            return past.needsReview ? .pushed : .delivered
        } catch { return .undecided(([error.message] + error.causes).joined(separator: ": ")) }
    }

    private func drafts(_ claim: Claim, _ fate: RecoveredAttempt.Fate, _ past: PastDelivery) -> [EventDraft] {
        var events: [Event] = []
        if fate != .interrupted, !past.hasArrived, let begun = past.begun {
            var pushed = Event.PushedCommit(branch: begun.branch, remote: begun.remote, commit: begun.commit)
            pushed.isRecovered = true
            events.append(.branchPushed(pushed))
        }
        switch fate {
        case .delivered:
            events.append(.attemptSucceeded(outcome: "delivered", commit: past.commit, isRecovered: true))
        case .pushed:
            let reason = "its process died before its pull request was confirmed"
            events.append(.attemptInterrupted(kind: nil, reason: reason, isRecovered: true))
        case .interrupted, .undecided:
            events.append(.attemptInterrupted(kind: nil, reason: "its process died", isRecovered: true))
        }
        let subject = EventSubject(target: claim.target, task: claim.task, attempt: claim.attempt)
        return events.map { context.event($0, about: subject) }
    }
}

/// How far an attempt had come with its delivery.
private struct PastDelivery {
    private(set) var begun: Event.PushedCommit?
    private(set) var arrived: Event.PushedCommit?
    private(set) var needsReview = false
    private(set) var isReviewed = false

    var hasArrived: Bool { arrived != nil }
    var commit: ObjectID? { begun?.commit ?? arrived?.commit }

    init(_ records: [EventRecord]) {
        for record in records {
            switch record.event {
            case .deliveryStarted(let pushed):
                begun = pushed
                if pushed.isReviewed == true { needsReview = true }
            case .branchPushed(let pushed): arrived = pushed
            case .pullRequestCreated, .pullRequestUpdated: isReviewed = true
            default: break
            }
        }
    }
}
