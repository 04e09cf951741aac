internal import Basics

/// Reads lines of events and follows their chains: no line is taken whose hash or predecessor does not fit.
struct ImportReader {
    /// An event of the file, proved to be what its hash says.
    struct Line {
        let number: Int
        let draft: EventDraft
        let subject: EventSubject
        /// What the file calls its chain; empty where it has but one and does not say.
        let chain: String
        let previous: Digest?
        let hash: Digest
    }

    private var line = 0
    private var heads: [String: Digest] = [:]
    /// A line that is no JSON: an error, unless nothing follows it.
    private(set) var tornLine: Int?
    private(set) var tornReason = ""
    /// Whether any line was an event.
    var hasEvents: Bool { !heads.isEmpty }

    mutating func take(_ bytes: [UInt8]) throws(JournalError) -> Line? {
        line += 1
        if bytes.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { return nil }
        if let tornLine { throw .unreadableImport(line: tornLine, reason: tornReason) }
        let json: JSON
        do throws(JSONError) { json = try JSON.parse(bytes) } catch {
            (tornLine, tornReason) = (line, error.message)
            return nil
        }
        return try read(json)
    }

    private mutating func read(_ json: JSON) throws(JournalError) -> Line {
        guard let id = json["event_id"]?.string, let type = json["event_type"]?.string,
            let timestamp = json["timestamp"]?.string, let payload = json["payload"], !id.isEmpty, !type.isEmpty,
            let actor = Self.actor(json["actor_id"])
        else {
            throw unfit("an event has event_id, event_type, timestamp, actor_id, payload, prev_hash and hash")
        }
        let draft = EventDraft(
            id: id, type: EventType(type), timestamp: timestamp, actor: actor, payload: payload)
        let declared = json["prev_hash"]?.string.flatMap { Digest(hex: $0) }
        let chain = json["chain"]?.string ?? ""
        if let head = heads[chain], head != declared {
            throw unfit("its prev_hash is not the hash of the line before it in its chain")
        }
        let hash = EventHash.compute(draft, previous: declared)
        guard json["hash"]?.string == hash.hex else {
            throw unfit("its content does not have the hash that stands beside it")
        }
        heads[chain] = hash
        return Line(
            number: line, draft: draft, subject: EventCodec.subject(of: payload), chain: chain, previous: declared,
            hash: hash)
    }

    /// The actor, who may be nobody; `nil` for what is no actor at all.
    private static func actor(_ value: JSON?) -> String?? {
        switch value {
        case nil, .some(.null): .some(nil)
        case .some(.string(let name)): .some(name)
        default: nil
        }
    }

    private func unfit(_ reason: String) -> JournalError { .unreadableImport(line: line, reason: reason) }
}
