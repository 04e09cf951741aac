package import Basics
internal import SQLite

/// What an import came to.
package struct ImportResult: Hashable, Sendable {
    package var imported = 0
    /// Events that were there already.
    package var known = 0
    /// The last line, where it was torn off.
    package var tornLine: Int?

    package init(imported: Int = 0, known: Int = 0, tornLine: Int? = nil) {
        (self.imported, self.known, self.tornLine) = (imported, known, tornLine)
    }
}

extension Journal {
    private static let batch = 1000

    /// Takes events from lines of JSON, whose own chain is followed on the way: all of them, or none where a line does
    /// not fit.
    ///
    /// Only the last line may be torn off; it is left out.
    ///
    /// Where the lines continue this journal they keep their hashes; behind other events they are chained anew, and
    /// `note` says which chain they came from.
    package func importEvents(
        from lines: some Sequence<[UInt8]>, note: (JSON) -> EventDraft
    ) throws(JournalError) -> ImportResult {
        var result = ImportResult()
        try transaction { () throws(JournalError) in
            var reader = ImportReader()
            let begun = try head()
            var pending: [EventDraft] = []
            for line in lines {
                guard let draft = try reader.take(line) else { continue }
                pending.append(draft)
                if pending.count == Self.batch { try flush(&pending, &result) }
            }
            try flush(&pending, &result)
            result.tornLine = reader.tornLine
            if result.imported > 0, let source = reader.head, try head().hash != source {
                _ = try insertAll([
                    note([
                        "events": .integer(result.imported), "source_head": .string(source.hex),
                        "after": .integer(begun.sequence),
                    ])
                ])
            }
        }
        return result
    }

    private func flush(_ pending: inout [EventDraft], _ result: inout ImportResult) throws(JournalError) {
        let before = try head().sequence
        _ = try insertAll(pending)
        let added = try head().sequence - before
        result.imported += added
        result.known += pending.count - added
        pending = []
    }
}

/// Follows the chain of the lines.
private struct ImportReader {
    private var line = 0
    private var previous: Digest??
    /// A line that is no JSON: an error, unless nothing follows it.
    private(set) var tornLine: Int?
    private var tornReason = ""

    var head: Digest? { previous ?? nil }

    mutating func take(_ bytes: [UInt8]) throws(JournalError) -> EventDraft? {
        line += 1
        if bytes.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { return nil }
        if let tornLine { throw .unreadableImport(line: tornLine, reason: tornReason) }
        let json: JSON
        do throws(JSONError) { json = try JSON.parse(bytes) } catch {
            (tornLine, tornReason) = (line, error.message)
            return nil
        }
        return try draft(json)
    }

    private mutating func draft(_ json: JSON) throws(JournalError) -> EventDraft {
        guard let id = json["event_id"]?.string, let type = json["event_type"]?.string,
            let timestamp = json["timestamp"]?.string, let payload = json["payload"], !id.isEmpty, !type.isEmpty
        else {
            throw .unreadableImport(
                line: line,
                reason: "an event has event_id, event_type, timestamp, actor_id, payload, prev_hash and hash")
        }
        let draft = EventDraft(
            id: id, type: EventType(type), timestamp: timestamp, actor: json["actor_id"]?.string,
            payload: payload)
        let declared = json["prev_hash"]?.string.flatMap { Digest(hex: $0) }
        if let previous, previous != declared {
            throw .unreadableImport(line: line, reason: "its prev_hash is not the hash of the line before it")
        }
        let hash = EventHash.compute(draft, previous: declared)
        guard json["hash"]?.string == hash.hex else {
            throw .unreadableImport(line: line, reason: "its content does not have the hash that stands beside it")
        }
        previous = .some(hash)
        return draft
    }
}
