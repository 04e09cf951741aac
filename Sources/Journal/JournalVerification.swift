package import Basics

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
    package let head: Digest?
    package let firstBreak: Break?
}

extension Journal {
    /// Walks the chain from the first event and stops believing at the first that does not fit.
    package func verify() throws(JournalError) -> JournalVerification {
        var (count, head): (Int, Digest?) = (0, nil)
        var firstBreak: JournalVerification.Break?
        try forEachEvent { stored in
            guard firstBreak == nil else { return }
            if let problem = Self.problem(with: stored, after: (count, head)) {
                firstBreak = JournalVerification.Break(
                    sequence: stored.sequence, eventID: stored.id, problem: problem)
            } else {
                (count, head) = (count + 1, Digest(hex: stored.hash))
            }
        }
        return JournalVerification(intactEvents: count, head: head, firstBreak: firstBreak)
    }

    private static func problem(with stored: StoredEvent, after head: (count: Int, hash: Digest?)) -> String? {
        guard stored.sequence == head.count + 1 else {
            return "event \(head.count + 1) is missing before it"
        }
        guard stored.previousHash == head.hash?.hex else {
            return "its prev_hash is not the hash of the event before it"
        }
        let event: Event
        do throws(JournalError) { event = try stored.event() } catch { return error.causes.first ?? error.message }
        let draft = EventDraft(
            id: event.id, type: event.type, timestamp: event.timestamp, actor: event.actor, payload: event.payload)
        guard EventHash.compute(draft, previous: event.previousHash) == event.hash else {
            return "its content does not have the hash that stands beside it"
        }
        return nil
    }
}
