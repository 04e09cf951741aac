internal import Basics
internal import YAML

/// Edits that move entries between the mappings of a file; empty where one could not be made without touching
/// what is not moved, comments above all.
extension ReadingContext {
    /// An entry of a group of the root moves, as `text`, to the root itself or to another group of it.
    func moving(_ entry: YAMLEntry, as text: String, outOf group: YAMLEntry, to home: String) -> [TextEdit] {
        guard let root = position.root, root.isBlock, let departure = removal(of: entry, from: group) else {
            return []
        }
        let start = LineEnding.start(in: bytes, of: group.key.span.start.offset)
        guard start == group.key.span.start.offset else { return [] }
        if !home.isEmpty, let there = root.entries?.first(where: { $0.key.scalarText == home }) {
            return appending(text, to: there).map { [departure, $0] } ?? []
        }
        let newLine = LineEnding.text(in: bytes, around: start)
        let line = home.isEmpty ? text : "\(home): {\(text)}"
        if departure.range.lowerBound == start {
            return [edit(departure.range, line + newLine)]
        }
        return [edit(start..<start, line + newLine), departure]
    }

    /// All of a group of the root moves to the end of another one that is written in the same style.
    func merging(_ group: YAMLEntry, into home: String) -> [TextEdit] {
        guard let there = position.root?.entries?.first(where: { $0.key.scalarText == home }),
            group.value.aliasSpan == nil, group.value.anchor == nil, let entries = group.value.entries,
            let first = entries.first, let last = entries.last, !entries.contains(where: \.isMerge)
        else { return [] }
        let inner = first.key.span.start.offset..<max(last.value.place.end.offset, last.key.place.end.offset)
        let whole = group.key.span.start.offset..<max(group.value.place.end.offset, inner.upperBound)
        guard group.value.isFlow, let line = wholeLine(whole), !source(inner).contains("#"),
            let arrival = appending(source(inner), to: there)
        else { return [] }
        return [edit(line, ""), arrival]
    }

    /// One more entry at the end of a mapping, in its style; `nil` where it has none.
    func appending(_ text: String, to home: YAMLEntry) -> TextEdit? {
        guard let last = home.value.entries?.last, home.value.aliasSpan == nil else { return nil }
        let end = max(last.value.place.end.offset, last.key.place.end.offset)
        if home.value.isFlow { return edit(end..<end, ", " + text) }
        guard last.value.scalar != nil || last.value.isFlow,
            let next = LineEnding.next(in: bytes, after: end)
        else { return nil }
        let indent = String(repeating: " ", count: last.key.span.start.column - 1)
        return edit(next..<next, indent + text + LineEnding.text(in: bytes, around: end))
    }

    /// Takes an entry out of a group, and the group with it where nothing else stands there.
    private func removal(of entry: YAMLEntry, from group: YAMLEntry) -> TextEdit? {
        guard group.value.aliasSpan == nil, group.value.anchor == nil, let entries = group.value.entries,
            let index = entries.firstIndex(where: { $0.key.span == entry.key.span })
        else { return nil }
        if entries.count == 1 {
            return wholeLine(group.key.span.start.offset..<group.value.span.end.offset).map { edit($0, "") }
        }
        let range = entry.key.span.start.offset..<entry.value.span.end.offset
        guard group.value.isFlow else { return wholeLine(range).map { edit($0, "") } }
        let gap =
            index + 1 < entries.count
            ? range.lowerBound..<entries[index + 1].key.span.start.offset
            : entries[index - 1].value.span.end.offset..<range.upperBound
        return source(gap).contains { $0 == "#" || $0.isNewline } ? nil : edit(gap, "")
    }

    func source(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
    }

    /// The line that holds nothing but the range, with its ending; `nil` where there is more on it.
    func wholeLine(_ range: Range<Int>) -> Range<Int>? {
        let start = LineEnding.start(in: bytes, of: range.lowerBound)
        guard bytes[start..<range.lowerBound].allSatisfy({ $0 == 32 }),
            let next = LineEnding.next(in: bytes, after: range.upperBound),
            !bytes[range].contains(where: LineEnding.isBreak),
            bytes[range.upperBound..<next].allSatisfy({ $0 == 32 || LineEnding.isBreak($0) })
        else { return nil }
        return start..<next
    }
}
