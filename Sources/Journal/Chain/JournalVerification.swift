package import Basics
internal import SQLite

/// What a walk along the whole chain found.
package struct JournalVerification: Hashable, Sendable {
    /// The first event that does not fit.
    package struct Break: Hashable, Sendable {
        package let sequence: Int
        package let eventID: String
        package let problem: String
    }

    /// Events that fit, counted up to the first that does not.
    package let intactEvents: Int
    /// Events that were removed and are sealed by a checkpoint.
    package let prunedEvents: Int
    package let head: Digest?
    package let firstBreak: Break?
}

extension Journal {
    /// Walks the chain from the first event to the head and stops believing at the first that does not fit.
    package func verify() throws(JournalError) -> JournalVerification {
        let seal = try firstSeal()
        var walk = ChainWalk(after: seal?.lastSequence ?? 0, hash: seal?.lastHash)
        var firstBreak: JournalVerification.Break?
        try query(JournalSchema.selection + " ORDER BY sequence") { row in
            guard firstBreak == nil, let problem = walk.problem(with: row) else { return }
            firstBreak = JournalVerification.Break(
                sequence: row.integer(0), eventID: row.text(1) ?? "", problem: problem)
        }
        let digest = Digest(hex: String(decoding: walk.head, as: UTF8.self))
        if firstBreak == nil { firstBreak = try missingEnd(behind: walk.sequence, digest) }
        return JournalVerification(
            intactEvents: walk.count, prunedEvents: seal?.lastSequence ?? 0, head: digest,
            firstBreak: firstBreak)
    }

    /// The events that the head knows of and the table does not hold.
    private func missingEnd(behind sequence: Int, _ hash: Digest?) throws(JournalError) -> JournalVerification
        .Break?
    {
        let head = try head()
        if head.sequence == sequence && head.hash == hash { return nil }
        return JournalVerification.Break(
            sequence: sequence + 1, eventID: "",
            problem: head.sequence > sequence
                ? "it is missing, and so is everything up to event \(head.sequence), which was written last"
                : "the record of the head does not name the newest event")
    }
}
