internal import Basics

/// A row of the events as it stands there, to be believed only after `verify`.
struct EventRow {
    let sequence: Int
    let id: String
    let type: String
    let timestamp: String
    let actor: String?
    let payload: String
    let previousHash: String?
    let hash: String

    init(_ row: borrowing JournalRow) {
        sequence = row.integer(0)
        (id, type, timestamp) = (row.text(1) ?? "", row.text(2) ?? "", row.text(3) ?? "")
        (actor, payload) = (row.text(4), row.text(5) ?? "")
        (previousHash, hash) = (row.text(6), row.text(7) ?? "")
    }

    func record() throws(JournalError) -> EventRecord {
        do throws(JSONError) {
            guard let digest = Digest(hex: hash) else {
                throw JSONError(problem: "its hash is no digest", offset: 0)
            }
            return EventRecord(
                sequence: sequence, id: id, type: EventType(type), timestamp: timestamp, actor: actor,
                payload: try JSON.parse(payload), previousHash: previousHash.flatMap { Digest(hex: $0) },
                hash: digest)
        } catch { throw .unreadableEvent(sequence: sequence, reason: error.problem) }
    }
}
