package import Basics

/// An event as it stands in the journal.
package struct EventRecord: Hashable, Sendable {
    /// Its place in the journal, counted from 1.
    package let sequence: Int
    package let id: String
    package let type: EventType
    /// The stored text; the hash covers it to the letter.
    package let timestamp: String
    /// Who acted; an event of an older system may not say.
    package let actor: String?
    /// What was stored, whole, whatever of it this program understands.
    package let payload: JSON
    package let previousHash: Digest?
    package let hash: Digest

    /// What happened.
    package var event: Event { EventCodec.event(type, payload) }

    package var subject: EventSubject { EventCodec.subject(of: payload) }

    /// The envelope, as it is exported and printed.
    package var json: JSON {
        [
            "sequence": .integer(sequence), "event_id": .string(id), "event_type": .string(type.name),
            "timestamp": .string(timestamp), "actor_id": .optional(actor), "payload": payload,
            "prev_hash": .optional(previousHash?.hex), "hash": .string(hash.hex),
        ]
    }
}

/// An event that is to be written; the journal adds its place in the chain.
package struct EventDraft: Hashable, Sendable {
    package var id: String
    package var type: EventType
    package var timestamp: String
    package var actor: String?
    package var payload: JSON

    package init(id: String, timestamp: String, actor: String?, _ event: Event, about subject: EventSubject) {
        self.init(
            id: id, type: EventCodec.type(of: event), timestamp: timestamp, actor: actor,
            payload: EventCodec.payload(of: event, about: subject))
    }

    /// An event whose payload is known as it stands on the wire, such as one that is imported.
    package init(id: String, type: EventType, timestamp: String, actor: String?, payload: JSON) {
        (self.id, self.type, self.timestamp, self.actor) = (id, type, timestamp, actor)
        self.payload = payload
    }
}

extension Event {
    /// The event that a name and a payload on the wire stand for.
    package init(_ type: EventType, _ payload: JSON) { self = EventCodec.event(type, payload) }
}
