package import Basics

/// An owner that nobody here can see, such as a job of a cluster: it is there until its deadline, and renews in time.
package struct LeaseOwner: ClaimOwner {
    private let clock: Clock
    private let duration: Duration
    private let store: @Sendable () throws(JournalError) -> any JournalStore

    package init(
        clock: Clock, duration: Duration, store: @escaping @Sendable () throws(JournalError) -> any JournalStore
    ) {
        (self.clock, self.duration, self.store) = (clock, duration, store)
    }

    package func hold(_ attempt: String) throws(JournalError) -> any ClaimHold {
        LeaseHold(.lease(until: clock.now() + duration))
    }

    package func takeOver(_ claim: Claim) throws(JournalError) -> (any ClaimHold)? {
        guard case .lease(let deadline) = claim.mark, clock.now() >= deadline else { return nil }
        let mark = ClaimMark.lease(until: clock.now() + duration)
        return try store().remark(claim, mark) ? LeaseHold(mark) : nil
    }

    /// Moves the deadline of a claim of one's own; `nil` where it is somebody else's by now: the work must end.
    package func renew(_ claim: Claim) throws(JournalError) -> Claim? {
        guard case .lease(let deadline) = claim.mark, clock.now() < deadline else { return nil }
        let mark = ClaimMark.lease(until: clock.now() + duration)
        guard try store().remark(claim, mark) else { return nil }
        return claim.marked(mark)
    }
}

private final class LeaseHold: ClaimHold {
    let mark: ClaimMark

    init(_ mark: ClaimMark) { self.mark = mark }

    func end() {}
}

extension Claim {
    package func marked(_ mark: ClaimMark) -> Claim {
        Claim(
            target: target, task: task, attempt: attempt, repository: repository, mark: mark, holder: holder,
            claimedAt: claimedAt)
    }
}
