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
            at: entry.key.span,
            fix: canRename
                ? [context.edit(entry.key.span.byteRange, successor)] : context.merging(entry, into: successor))
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
        let line = "\(canonical.last): \(text)"
        if let group = context.position.groups.last {
            let isAlone = group.value.entries?.count == 1
            if isAlone, path.parent.parent == canonical.parent { return collapse(group, line, context) }
            guard context.position.groups.count == 1, canonical.parent.parent.isEmpty else { return [] }
            return context.moving(entry, as: line, outOf: group, to: canonical.parent.last)
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
        guard let line = context.wholeLine(range), let arrival = context.appending(text, to: home) else {
            return []
        }
        return [context.edit(line, ""), arrival]
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
