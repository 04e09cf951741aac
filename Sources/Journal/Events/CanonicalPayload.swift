internal import Basics

/// The text of a payload that is stored and hashed.
enum CanonicalPayload {
    /// Refuses what would not come back the same, and what is too large.
    static func text(of draft: EventDraft) throws(JournalError) -> [UInt8] {
        let text: [UInt8]
        do throws(UnsoundJSON) {
            text = try draft.payload.soundCanonical(maximumDepth: Journal.payloadDepth)
        } catch {
            throw .unsoundPayload(type: draft.type.name, problem: error.problem)
        }
        guard text.count <= Journal.payloadLimit else {
            throw .payloadTooLarge(type: draft.type.name, bytes: text.count, limit: Journal.payloadLimit)
        }
        return text
    }
}
