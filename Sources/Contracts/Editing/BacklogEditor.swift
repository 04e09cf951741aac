internal import Basics
internal import YAML

/// Marks a task as done and touches no byte that does not belong to it.
///
/// Fields that are there have their value replaced in place. Fields that are missing are added: in a block
/// mapping as lines of their own behind the task's last line, with its indentation and line ending; in a flow
/// mapping behind its last entry. The result is read back: it must say what was asked for, and everything else
/// in the file must say what it said before, or nothing is written at all.
package enum BacklogEditor {
    package static func marking(
        _ taskID: String, asCompleted fields: WriteBackFields, in bytes: [UInt8]
    ) throws(WriteBackRefusal) -> [UInt8] {
        let before = try BacklogTree(bytes, taskID)
        var edits: [ByteEdit] = []
        var missing: [WriteBackValue] = []
        for field in fields.values {
            guard let entry = before.entry(field.key) else {
                missing.append(field)
                continue
            }
            guard entry.value.aliasSpan == nil, entry.value.anchor == nil, entry.value.tag == nil,
                entry.key.aliasSpan == nil, entry.value.scalar != nil
            else { throw refusal(taskID, "its '\(field.key)' is shared with other places of the file") }
            if entry.value.value != field.value { edits.append(replacement(of: entry, by: field, in: bytes)) }
        }
        for place in before.isFlow ? [AdditionPlace.behindLastEntry] : [.behindLastEntry, .beforeLastEntry] {
            let added = missing.isEmpty ? [] : [addition(of: missing, to: before, place, in: bytes)]
            let result = ByteEdit.apply(edits + added, to: bytes)
            if try before.differsOnlyAsAsked(from: result, taskID, fields) { return result }
        }
        throw refusal(taskID, "its layout leaves no safe place for the new fields")
    }

    static func refusal(_ taskID: String, _ reason: String) -> WriteBackRefusal {
        WriteBackRefusal(message: "task '\(taskID)' cannot be marked as completed in the backlog: \(reason)")
    }

    private enum AdditionPlace {
        case behindLastEntry
        /// For a last entry whose trailing blank lines belong to its text.
        case beforeLastEntry
    }

    private static func replacement(of entry: YAMLEntry, by field: WriteBackValue, in bytes: [UInt8]) -> ByteEdit {
        let range = entry.value.span.byteRange
        guard range.isEmpty else { return ByteEdit(range, field.text) }
        // A missing value has no place of its own: it goes behind the colon, or brings the colon along.
        let keyEnd = entry.key.span.end.offset
        let limit = min(max(range.lowerBound, keyEnd), bytes.count)
        if let colon = bytes[keyEnd..<limit].firstIndex(of: UInt8(ascii: ":")) {
            return ByteEdit(colon + 1..<colon + 1, " " + field.text)
        }
        let colonFollows = bytes[limit...].first == UInt8(ascii: ":")
        let place = colonFollows ? limit + 1 : limit
        return ByteEdit(place..<place, (colonFollows ? " " : ": ") + field.text)
    }

    private static func addition(
        of fields: [WriteBackValue], to tree: BacklogTree, _ place: AdditionPlace, in bytes: [UInt8]
    ) -> ByteEdit {
        guard let last = tree.entries.last, let first = tree.entries.first else { return ByteEdit(0..<0, "") }
        if tree.isFlow {
            let end = max(last.value.place.end.offset, last.key.place.end.offset)
            let text = fields.map { "\($0.key): \($0.text)" }.joined(separator: ", ")
            return ByteEdit(end..<end, ", " + text)
        }
        let indent = String(repeating: " ", count: first.key.place.start.column - 1)
        let newLine = LineEnding.text(in: bytes, around: first.key.place.start.offset)
        let lines = fields.map { indent + "\($0.key): \($0.text)" }
        if place == .beforeLastEntry {
            let start = LineEnding.start(in: bytes, of: last.key.place.start.offset)
            return ByteEdit(start..<start, lines.map { $0 + newLine }.joined())
        }
        let end = max(last.value.place.end.offset, last.key.place.end.offset)
        guard let next = LineEnding.next(in: bytes, after: end) else {
            return ByteEdit(bytes.count..<bytes.count, lines.map { newLine + $0 }.joined())
        }
        return ByteEdit(next..<next, lines.map { $0 + newLine }.joined())
    }
}

/// Finds the ends of lines: `\n`, `\r\n` or `\r`, as YAML knows them.
enum LineEnding {
    /// The ending of the line that holds the offset; that of the first line where it is the last one.
    static func text(in bytes: [UInt8], around offset: Int) -> String {
        guard let end = bytes[offset...].firstIndex(where: isBreak) ?? bytes.firstIndex(where: isBreak) else {
            return "\n"
        }
        if bytes[end] == UInt8(ascii: "\n") { return "\n" }
        return end + 1 < bytes.count && bytes[end + 1] == UInt8(ascii: "\n") ? "\r\n" : "\r"
    }

    /// Where the line begins that holds the offset.
    static func start(in bytes: [UInt8], of offset: Int) -> Int {
        bytes[..<offset].lastIndex(where: isBreak).map { $0 + 1 } ?? 0
    }

    /// Where the next line begins; `nil` in a last line that is not ended.
    static func next(in bytes: [UInt8], after offset: Int) -> Int? {
        guard let end = bytes[offset...].firstIndex(where: isBreak) else { return nil }
        let isPair =
            bytes[end] == UInt8(ascii: "\r") && end + 1 < bytes.count && bytes[end + 1] == UInt8(ascii: "\n")
        return end + (isPair ? 2 : 1)
    }

    static func isBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}
