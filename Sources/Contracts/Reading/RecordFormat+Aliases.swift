internal import Basics
internal import YAML

/// Notes about older spellings, and the edits that make them canonical.
extension RecordFormat {
    /// A group of keys that goes by another name today.
    func enter(_ entry: YAMLEntry, _ table: KeyTable, _ successor: String, _ context: inout ReadingContext) {
        context.position.successor = successor
        let keys = (context.position.root?.pairs ?? []).map { $0.key.scalarText ?? "" }
        let rivals = keys.filter { $0 == successor || self.table.children[$0]?.successor == successor }
        let canRename = !keys.contains(successor) && rivals.first == entry.key.scalarText
        context.report(
            .aliasedSpelling, "the canonical place of what is below '\(table.path)' is '\(successor)'",
            at: entry.key.span, fix: canRename ? [context.edit(entry.key.span.byteRange, successor)] : [])
    }

    func reportAlias(
        _ entry: YAMLEntry, _ field: Field<Root>, _ spelling: Spelling<Root>, _ context: inout ReadingContext
    ) {
        let canonical = DottedPath(field.name)
        var path = DottedPath(spelling.path)
        if let successor = context.position.successor {
            path = path.moved(to: successor)
            if path == canonical { return }
        }
        let isMoving = context.position.successor != nil
        context.report(
            .aliasedSpelling, "the canonical spelling of '\(spelling.path)' is '\(canonical)'", at: entry.key.span,
            fix: isMoving ? [] : fix(entry, spelling, from: path, to: canonical, context))
    }

    private func fix(
        _ entry: YAMLEntry, _ spelling: Spelling<Root>, from path: DottedPath, to canonical: DottedPath,
        _ context: ReadingContext
    ) -> [TextEdit] {
        guard entry.key.aliasSpan == nil, entry.value.aliasSpan == nil else { return [] }
        let written = spelling.written(entry.value)
        if path.parent == canonical.parent {
            let rename = context.edit(entry.key.span.byteRange, canonical.last)
            return [rename] + (written.map { [context.edit(entry.value.span.byteRange, $0)] } ?? [])
        }
        guard entry.value.isPlainFlowSafe else { return [] }
        let text = written ?? context.source(entry.value.span.byteRange)
        if path.parent.parent == canonical.parent, let group = context.position.groups.last {
            return collapse(group, "\(canonical.last): \(text)", context)
        }
        if path.parent.isEmpty, canonical.parent.parent.isEmpty, let root = context.position.root {
            return move(entry, "\(canonical.last): \(text)", into: canonical.parent.last, of: root, context)
        }
        return []
    }

    /// `group: {key: value}` becomes one entry, where nothing else stands in the group.
    private func collapse(_ group: YAMLEntry, _ text: String, _ context: ReadingContext) -> [TextEdit] {
        let range = group.key.span.start.offset..<group.value.span.end.offset
        guard group.value.entries?.count == 1, group.value.aliasSpan == nil, group.value.anchor == nil,
            !context.bytes[range].contains(UInt8(ascii: "#"))
        else { return [] }
        return [context.edit(range, text)]
    }

    /// An entry of the root moves into a mapping of the root, which is made where it is missing.
    private func move(
        _ entry: YAMLEntry, _ text: String, into name: String, of root: YAMLNode, _ context: ReadingContext
    ) -> [TextEdit] {
        let range = entry.key.span.start.offset..<entry.value.span.end.offset
        guard let home = root.entries?.first(where: { $0.key.scalarText == name }) else {
            let first = root.entries?.first { other in
                guard let target = table.children[other.key.scalarText ?? ""]?.target else { return false }
                return target.spelling > 0 && DottedPath(target.canonical).parent == DottedPath(name)
            }
            let isFirst = first?.key.span == entry.key.span
            return isFirst ? [context.edit(range, "\(name): {\(text)}")] : []
        }
        guard let last = home.value.entries?.last, home.value.aliasSpan == nil, let line = context.wholeLine(range)
        else { return [] }
        let end = max(last.value.place.end.offset, last.key.place.end.offset)
        if home.value.isFlow { return [context.edit(line, ""), context.edit(end..<end, ", " + text)] }
        guard last.value.scalar != nil, let next = LineEnding.next(in: context.bytes, after: end) else {
            return []
        }
        let indent = String(repeating: " ", count: last.key.span.start.column - 1)
        let newLine = LineEnding.text(in: context.bytes, around: end)
        return [context.edit(line, ""), context.edit(next..<next, indent + text + newLine)]
    }
}

extension ReadingContext {
    func source(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
    }

    /// The line that holds nothing but the range, with its ending; `nil` where there is more on it.
    func wholeLine(_ range: Range<Int>) -> Range<Int>? {
        let start = LineEnding.start(in: bytes, of: range.lowerBound)
        guard start == range.lowerBound, let next = LineEnding.next(in: bytes, after: range.upperBound),
            !bytes[range].contains(where: LineEnding.isBreak),
            bytes[range.upperBound..<next].allSatisfy({ $0 == 32 || LineEnding.isBreak($0) })
        else { return nil }
        return start..<next
    }
}

/// Keys from the root of a record.
struct DottedPath: Equatable, CustomStringConvertible {
    private let keys: [Substring]

    init(_ text: String) { keys = text.split(separator: ".") }

    private init(_ keys: [Substring]) { self.keys = keys }

    var isEmpty: Bool { keys.isEmpty }

    var parent: DottedPath { DottedPath(Array(keys.dropLast())) }

    var last: String { keys.last.map(String.init) ?? "" }

    var description: String { keys.joined(separator: ".") }

    /// The same below another first key.
    func moved(to first: String) -> DottedPath { DottedPath([first[...]] + keys.dropFirst()) }
}
