internal import Basics
internal import YAML

/// Marks a task as done and touches no byte that does not belong to it.
///
/// Fields that are there have their value replaced in place. Fields that are missing are added: in a block
/// mapping as lines of their own behind the task's last line, with its indentation and line ending; in a flow
/// mapping behind its last entry. The result is read back: it must say what was asked for, and everything else
/// in the file must say what it said before, or nothing is written at all.
package enum BacklogEditor {
    /// `neighbours`: tasks that other branches may mark meanwhile, and whose lines are kept clear of.
    package static func marking(
        _ taskID: String, asCompleted fields: WriteBackFields, in bytes: [UInt8],
        beside neighbours: BacklogNeighbours = .none
    ) throws(WriteBackRefusal) -> [UInt8] {
        let before = try BacklogTree(bytes, taskID)
        var touched: String?
        for place in places(in: before) {
            let edits = try edits(marking: taskID, fields, before, place, in: bytes)
            touched =
                neighbours.isEmpty ? nil : touchedTask(edits, of: taskID, before, neighbours, fields, in: bytes)
            if touched != nil { continue }
            let result = ByteEdit.apply(edits, to: bytes)
            if try before.differsOnlyAsAsked(from: result, taskID, fields) { return result }
        }
        if let touched {
            throw WriteBackRefusal(
                message: "task '\(taskID)' is not marked as completed in the backlog: its lines touch those of "
                    + "'\(touched)', and two branches that mark both would conflict",
                hint:
                    "write each task on lines of its own, with 'ready' or 'status' above other fields; or mark it "
                    + "by hand once it is merged")
        }
        throw refusal(taskID, "its layout leaves no safe place for the new fields")
    }

    private static func places(in tree: BacklogTree) -> [AdditionPlace] {
        tree.isFlow ? [.behindLastEntry] : [.behindLastEntry, .beforeLastEntry]
    }

    private static func edits(
        marking taskID: String, _ fields: WriteBackFields, _ tree: BacklogTree, _ place: AdditionPlace,
        in bytes: [UInt8]
    ) throws(WriteBackRefusal) -> [ByteEdit] {
        var edits: [ByteEdit] = []
        var missing: [WriteBackValue] = []
        for field in fields.values {
            guard let entry = tree.entry(field.key) else {
                missing.append(field)
                continue
            }
            guard entry.value.aliasSpan == nil, entry.value.anchor == nil, entry.value.tag == nil,
                entry.key.aliasSpan == nil, entry.value.scalar != nil
            else { throw refusal(taskID, "its '\(field.key)' is shared with other places of the file") }
            if entry.value.value != field.value { edits.append(replacement(of: entry, by: field, in: bytes)) }
        }
        return missing.isEmpty ? edits : edits + [addition(of: missing, to: tree, place, in: bytes)]
    }

    /// An open task whose own lines would change right beside these edits, and which does not give way.
    private static func touchedTask(
        _ edits: [ByteEdit], of taskID: String, _ tree: BacklogTree, _ neighbours: BacklogNeighbours,
        _ fields: WriteBackFields, in bytes: [UInt8]
    ) -> String? {
        let lines = EditedLines(edits, in: bytes)
        for other in tree.others(where: { lines.mayTouch($0, in: bytes) && neighbours.meet(taskID, $1) }) {
            // One that can keep clear of others does.
            let theirs = places(in: other.tree).compactMap {
                try? Self.edits(marking: other.id, fields, other.tree, $0, in: bytes)
            }
            let goesFirst = tree.isFlow && neighbours.goes(taskID, before: other.id)
            if !goesFirst, !theirs.isEmpty, theirs.allSatisfy({ lines.touch(EditedLines($0, in: bytes)) }) {
                return other.id
            }
        }
        return nil
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
