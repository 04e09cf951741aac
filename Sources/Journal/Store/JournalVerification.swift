package import Basics

/// What a walk along all chains found.
package struct JournalVerification: Hashable, Sendable {
    /// The first event that does not fit.
    package struct Break: Hashable, Sendable {
        package let sequence: Int
        package let eventID: String
        package let problem: String

        package init(sequence: Int, eventID: String, problem: String) {
            (self.sequence, self.eventID, self.problem) = (sequence, eventID, problem)
        }
    }

    /// Events that were looked at and fit, counted up to the first that does not.
    package let intactEvents: Int
    /// Events that were removed and are sealed by a checkpoint: nobody can look at them any more.
    package let prunedEvents: Int
    /// The hash of the newest event that was looked at.
    package let head: Digest?
    /// The chains as far as they were followed, by name.
    package let chains: [ChainHead]
    /// Closed chains whose heads no event of the home's chain seals yet.
    package let unsealed: [ChainName]
    package let firstBreak: Break?

    package init(
        intactEvents: Int, prunedEvents: Int, head: Digest?, chains: [ChainHead], unsealed: [ChainName],
        firstBreak: Break?
    ) {
        (self.intactEvents, self.prunedEvents, self.head) = (intactEvents, prunedEvents, head)
        (self.chains, self.unsealed, self.firstBreak) = (chains, unsealed, firstBreak)
    }
}
