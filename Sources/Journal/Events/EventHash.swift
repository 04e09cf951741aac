package import Basics
internal import Crypto

/// Computes the hash that chains an event to the one before it.
///
/// The hash is the SHA-256 of a compact JSON object with the members `actor_id`, `event_id`, `event_type`,
/// `payload`, `prev_hash` and `timestamp`. Names are sorted by code point at every depth; there are no spaces;
/// everything outside printable ASCII is written as `\uXXXX`, beyond the basic plane as a surrogate pair; the
/// timestamp is the stored text; integers keep all their digits; floats have their shortest round-trip form with
/// an exponent below 1e-4 and from 1e16 on (as Python's `repr` writes them); what is absent is `null`. So the
/// digest is that of Python's `json.dumps(envelope, sort_keys=True, separators=(",", ":"))`.
package enum EventHash {
    package static func compute(_ draft: EventDraft, previous: Digest?) -> Digest {
        compute(draft, canonicalPayload: draft.payload.utf8(.canonical), previousHex: previous?.hex)
    }

    /// The same for a payload whose canonical text is known already.
    static func compute(_ draft: EventDraft, canonicalPayload: [UInt8], previousHex: String?) -> Digest {
        var text: [UInt8] = []
        text.reserveCapacity(canonicalPayload.count + 320)
        func member(_ name: StaticString, _ value: String) {
            append(name, to: &text)
            JSON.appendString(value, to: &text, escapesNonASCII: true)
        }
        append("{\"actor_id\":", to: &text)
        appendOptional(draft.actor, to: &text)
        member(",\"event_id\":", draft.id)
        member(",\"event_type\":", draft.type.name)
        append(",\"payload\":", to: &text)
        text += canonicalPayload
        append(",\"prev_hash\":", to: &text)
        appendOptional(previousHex, to: &text)
        member(",\"timestamp\":", draft.timestamp)
        text.append(UInt8(ascii: "}"))
        return SHA256.digest(of: text)
    }

    private static func appendOptional(_ value: String?, to text: inout [UInt8]) {
        if let value {
            JSON.appendString(value, to: &text, escapesNonASCII: true)
        } else {
            append("null", to: &text)
        }
    }

    static func append(_ name: StaticString, to text: inout [UInt8]) {
        name.withUTF8Buffer { text.append(contentsOf: $0) }
    }
}
