package import Basics

/// A task that an attempt works on, so that no other one may.
package struct Claim: Hashable, Sendable {
    package let target: String
    package let task: String
    package let attempt: String
    /// The checkout or repository that the attempt works from.
    package let repository: String
    package let mark: ClaimMark
    /// Who it is, for people to read.
    package let holder: String
    package let claimedAt: String

    package init(
        target: String, task: String, attempt: String, repository: String, mark: ClaimMark, holder: String,
        claimedAt: String
    ) {
        (self.target, self.task, self.attempt, self.repository) = (target, task, attempt, repository)
        (self.mark, self.holder, self.claimedAt) = (mark, holder, claimedAt)
    }
}

/// By what others find out whether a claim is still somebody's.
package enum ClaimMark: Hashable, Sendable {
    /// A file below the home that its owner holds a lock on.
    case lock(String)
    /// It is its owner's until then.
    case lease(until: Instant)
    /// The process that the first edition wrote down.
    case process(ClaimProcess)
}

/// A process in the words of the first edition: known only where its number means something.
package struct ClaimProcess: Hashable, Sendable {
    package let processID: Int
    /// When it began, in the system's own words: process ids are used again.
    package let started: String
    /// The boot and the process namespace in which the id means something.
    package let machine: String

    package init(processID: Int, started: String, machine: String) {
        (self.processID, self.started, self.machine) = (processID, started, machine)
    }
}

/// What one attempt holds while it runs; it ends with its owner, however that goes.
package protocol ClaimHold: AnyObject {
    var mark: ClaimMark { get }

    /// Lets go; again is fine.
    func end()
}

/// Makes claims that others can tell from those of owners that are gone.
package protocol ClaimOwner: Sendable {
    /// Begins to hold what an attempt's claim will name.
    func hold(_ attempt: String) throws(JournalError) -> any ClaimHold

    /// Takes over what the owner of a claim held; `nil` while that owner may be there, and nothing is proved by doubt.
    func takeOver(_ claim: Claim) throws(JournalError) -> (any ClaimHold)?
}
