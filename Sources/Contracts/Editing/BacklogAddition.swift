internal import Basics
internal import YAML

/// Puts a task at the end of a backlog and touches no byte that is there.
///
/// The result is read back: it must say what was said before, and the new task, or nothing is written at all.
package enum BacklogAddition {
    package static func adding(_ task: NewTask, to bytes: [UInt8]) throws(BacklogAdditionError) -> [UInt8] {
        let root = try self.root(of: bytes)
        for edit in try edits(task, root, bytes) {
            let result = ByteEdit.apply([edit], to: bytes)
            if let after = try? self.root(of: result), says(after, what: root, and: task) { return result }
        }
        throw BacklogAdditionError(reason: "its layout leaves no safe place for another task")
    }

    /// Whether a file says what it said before, and the task behind all others.
    private static func says(_ after: YAMLNode, what before: YAMLNode?, and task: NewTask) -> Bool {
        guard let list = tasks(of: after)?.items, let last = list.last else { return false }
        return last.json == task.json
            && list.dropLast().map(\.json) == (tasks(of: before)?.items ?? []).map(\.json)
            && (before == nil || rest(of: after) == rest(of: before))
    }

    private static func root(of bytes: [UInt8]) throws(BacklogAdditionError) -> YAMLNode? {
        var limits = YAMLLimits()
        (limits.bytes, limits.nodes) = (contractFileLimit, ContractBounds.nodes)
        let documents: [YAMLDocument]
        do throws(YAMLError) { documents = try YAML.parse(bytes, limits: limits) } catch {
            throw BacklogAdditionError(reason: error.message)
        }
        guard documents.count < 2 else { throw BacklogAdditionError(reason: "the file holds several documents") }
        if let problem = documents.first?.problems.first { throw BacklogAdditionError(reason: problem.message) }
        return documents.first?.root
    }

    private static func tasks(of root: YAMLNode?) -> YAMLNode? { root?.items == nil ? root?["tasks"] : root }

    /// What the file says beside its tasks.
    private static func rest(of root: YAMLNode?) -> [JSON.Member] {
        (root?.json.members ?? []).filter { $0.name != "tasks" }
    }

    // MARK: Where it goes

    /// The places to try, one after the other: trailing blank lines may belong to the text of the last task.
    private static func edits(
        _ task: NewTask, _ root: YAMLNode?, _ bytes: [UInt8]
    ) throws(BacklogAdditionError) -> [ByteEdit] {
        let first = try edit(task, root, bytes)
        guard let list = tasks(of: root), list.items?.isEmpty == false, !list.isFlow else { return [first] }
        return [first, atEnd(item(task, indent: list.span.start.column - 1), bytes)]
    }

    private static func edit(
        _ task: NewTask, _ root: YAMLNode?, _ bytes: [UInt8]
    ) throws(BacklogAdditionError) -> ByteEdit {
        guard let root else { return atEnd(["version: 1", "tasks:"] + item(task, indent: 2), bytes) }
        guard let list = tasks(of: root) else {
            guard root.isMapping, !root.isFlow else {
                throw BacklogAdditionError(reason: "it is no list of tasks and no mapping with 'tasks'")
            }
            return atEnd(["tasks:"] + item(task, indent: 2), bytes)
        }
        if list.aliasSpan != nil {
            throw BacklogAdditionError(reason: "its tasks are written elsewhere in the file")
        }
        guard let items = list.items else { return try underKey(task, root, list, bytes) }
        guard let last = items.last else { return try inPlace(of: list, task, bytes) }
        if list.isFlow {
            return ByteEdit(at: last.place.end.offset, inserting: ", " + task.json.text())
        }
        return behind(last, of: items, indent: list.span.start.column - 1, task, bytes)
    }

    private static func item(_ task: NewTask, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return YAMLBlockText.lines(task.json).enumerated().map { index, line in
            line.isEmpty ? "" : margin + (index == 0 ? "- " : "  ") + line
        }
    }

    private static func behind(
        _ last: YAMLNode, of items: [YAMLNode], indent: Int, _ task: NewTask, _ bytes: [UInt8]
    ) -> ByteEdit {
        let newLine = LineEnding.text(in: bytes, around: last.place.start.offset)
        let gap = isApart(items, bytes) ? newLine : ""
        let text = item(task, indent: indent).map { $0 + newLine }.joined()
        let end = last.place.end.offset
        // A text that runs over lines has its last line's end in it.
        if end > 0, end <= bytes.count, LineEnding.isBreak(bytes[end - 1]) {
            return ByteEdit(at: end, inserting: gap + text)
        }
        guard let next = LineEnding.next(in: bytes, after: end) else {
            return ByteEdit(at: bytes.count, inserting: newLine + gap + text)
        }
        return ByteEdit(at: next, inserting: gap + text)
    }

    /// Whether an empty line stands between the last two tasks.
    private static func isApart(_ items: [YAMLNode], _ bytes: [UInt8]) -> Bool {
        guard items.count > 1 else { return false }
        let between = bytes[items[items.count - 2].place.end.offset..<items[items.count - 1].place.start.offset]
        let lines = between.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.dropFirst().dropLast().contains { $0.allSatisfy { $0 == 32 || $0 == 13 } }
    }

    /// `tasks:` without a value.
    private static func underKey(
        _ task: NewTask, _ root: YAMLNode, _ list: YAMLNode, _ bytes: [UInt8]
    ) throws(BacklogAdditionError) -> ByteEdit {
        guard list.scalar?.text == "", list.scalar?.style == .plain, !root.isFlow,
            let entry = root.entries?.first(where: { $0.key.reads("tasks") })
        else { throw BacklogAdditionError(reason: "its 'tasks' is no list") }
        let indent = entry.key.place.start.column + 1
        let newLine = LineEnding.text(in: bytes, around: entry.key.place.start.offset)
        let text = item(task, indent: indent).map { $0 + newLine }.joined()
        guard let next = LineEnding.next(in: bytes, after: entry.key.place.end.offset) else {
            return ByteEdit(at: bytes.count, inserting: newLine + text)
        }
        return ByteEdit(at: next, inserting: text)
    }

    /// `tasks: []`, which becomes a list in lines.
    private static func inPlace(
        of list: YAMLNode, _ task: NewTask, _ bytes: [UInt8]
    ) throws(BacklogAdditionError) -> ByteEdit {
        let range = list.span.byteRange
        let rest = bytes[range.upperBound...].prefix { !LineEnding.isBreak($0) }
        guard rest.allSatisfy({ $0 == 32 }) else {
            throw BacklogAdditionError(reason: "something follows its empty list on the same line")
        }
        let newLine = LineEnding.text(in: bytes, around: range.lowerBound)
        let start = bytes[..<range.lowerBound].lastIndex { $0 != 32 }.map { $0 + 1 } ?? range.lowerBound
        let text = item(task, indent: 2).joined(separator: newLine)
        return ByteEdit(start..<range.upperBound, (start == 0 ? "" : newLine) + text)
    }

    private static func atEnd(_ lines: [String], _ bytes: [UInt8]) -> ByteEdit {
        let newLine = LineEnding.text(in: bytes, around: 0)
        let isEnded = bytes.isEmpty || bytes.last.map(LineEnding.isBreak) == true
        return ByteEdit(
            at: bytes.count, inserting: (isEnded ? "" : newLine) + lines.map { $0 + newLine }.joined())
    }
}

/// Why a task cannot be put into a backlog as it stands.
package struct BacklogAdditionError: ExplainedError, Equatable {
    private let reason: String

    init(reason: String) { self.reason = reason }

    package var message: String { "no task can be added to the backlog: \(reason)" }

    package var hint: String? { "--own-file makes a file of its own below .leviathan/backlog/" }
}
