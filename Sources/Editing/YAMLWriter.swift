internal import Basics
internal import YAML

/// Writes values into one document of a YAML file.
struct YAMLWriter {
    let bytes: [UInt8]
    let root: YAMLNode
    private let text: YAMLFormatter
    /// The anchors that some alias stands for.
    private let shared: Set<String>

    /// A node, and what it hangs on.
    struct Spot {
        enum Holder {
            case document
            case entry(YAMLEntry, of: YAMLNode)
            case item(of: YAMLNode)
        }

        let node: YAMLNode
        let holder: Holder
        let isInFlow: Bool
    }

    init(bytes: [UInt8], root: YAMLNode) {
        (self.bytes, self.root) = (bytes, root)
        text = YAMLFormatter(root: root)
        shared = root.aliasedAnchors
    }

    func edits(
        setting value: JSON, at steps: ArraySlice<ValuePath.Step>
    ) throws(EditRefusal) -> [[ByteEdit]] {
        var spot = Spot(node: root, holder: .document, isInFlow: false)
        for position in steps.indices {
            let step = steps[position]
            try checkIsOwn(spot.node, before: steps[..<position])
            if let next = try child(step, of: spot, at: steps[...position]) {
                spot = next
                continue
            }
            let inner = JSON.setting(value, at: steps[(position + 1)...], in: nil)
            if spot.node.scalar != nil {
                return try replacements(of: spot, by: JSON.setting(inner, at: [step], in: nil), at: steps)
            }
            return spot.node.isFlow
                ? [additionInFlow(of: inner, under: step, to: spot)] : additions(of: inner, under: step, to: spot)
        }
        return try replacements(of: spot, by: value, at: steps)
    }

    // MARK: The way there

    private func child(
        _ step: ValuePath.Step, of spot: Spot, at steps: ArraySlice<ValuePath.Step>
    ) throws(EditRefusal) -> Spot? {
        let isInFlow = spot.isInFlow || spot.node.isFlow
        if case .index(let index) = step, let items = spot.node.items, items.indices.contains(index) {
            return Spot(node: items[index], holder: .item(of: spot.node), isInFlow: isInFlow)
        }
        guard case .key(let key) = step, let entries = spot.node.entries else { return nil }
        let found = entries.filter { $0.key.scalar?.text == key }
        if found.count > 1 {
            throw EditRefusal("'\(ValuePath.text(of: steps))' stands twice", at: found[1].key.place.start)
        }
        if let entry = found.first {
            return Spot(node: entry.value, holder: .entry(entry, of: spot.node), isInFlow: isInFlow)
        }
        let merged = spot.node.entriesIncludingMerged.first { $0.entry.key.scalar?.text == key }
        if let merged {
            throw EditRefusal(
                "'\(ValuePath.text(of: steps))' comes through a merge key", at: merged.mergedAt?.start,
                hint: "change it where it is written, or write the key out here")
        }
        return nil
    }

    func checkIsOwn(_ node: YAMLNode, before steps: ArraySlice<ValuePath.Step>) throws(EditRefusal) {
        let name = steps.isEmpty ? "the document" : "'\(ValuePath.text(of: steps))'"
        if let alias = node.aliasSpan {
            throw EditRefusal(
                "\(name) is an alias of something written elsewhere", at: alias.start,
                hint: "change it where it is written")
        }
        if let anchor = node.anchor, shared.contains(anchor) {
            throw EditRefusal(
                "\(name) is shared with other places of the file, as '&\(anchor)'", at: node.span.start,
                hint: "a change here would change those places too")
        }
    }

    // MARK: Replacements

    func replacements(
        of spot: Spot, by value: JSON, at steps: ArraySlice<ValuePath.Step>
    ) throws(EditRefusal) -> [[ByteEdit]] {
        let (node, name) = (spot.node, ValuePath.text(of: steps))
        try checkIsOwn(node, before: steps)
        if let tag = node.tag { throw EditRefusal("'\(name)' has the tag '\(tag)'", at: node.span.start) }
        if let anchor = node.anchor {
            throw EditRefusal("'\(name)' has the anchor '&\(anchor)'", at: node.span.start)
        }
        let isBlock = value.isCollection && !value.isEmptyCollection && !spot.isInFlow
        if isBlock, !node.isFlow || node.elementRanges.isEmpty {
            return [[blockReplacement(of: spot, by: value)]]
        }
        let style = node.scalar?.style
        let isInFlow = spot.isInFlow || (node.isFlow && value.isCollection)
        return text.inlineTexts(of: value, replacing: style, isInFlow: isInFlow, indent: indent(of: spot)).map {
            [ByteEdit(range(of: spot), prefix(of: spot) + $0.replacing("\n", with: newLine))]
        }
    }

    private func blockReplacement(of spot: Spot, by value: JSON) -> ByteEdit {
        guard case .entry(_, let mapping) = spot.holder, !spot.node.isBlockCollection else {
            let prefix = spot.node.isBlockCollection ? "" : prefix(of: spot)
            let indent = spot.node.indent + prefix.count
            let lines = text.lines(of: value, indent: indent).joined(separator: newLine)
            return ByteEdit(spot.node.span.byteRange, prefix + String(lines.dropFirst(indent)))
        }
        let lines = text.lines(of: value, indent: text.indent(of: value, below: mapping.indent))
        let start = valueStart(of: spot) ?? spot.node.span.start.offset
        let colon = prefix(of: spot).hasPrefix(":") ? ":" : ""
        let range = start..<max(start, spot.node.span.end.offset)
        return ByteEdit(range, colon + newLine + lines.joined(separator: newLine))
    }

    /// What a new inline value takes the place of.
    private func range(of spot: Spot) -> Range<Int> {
        let range = spot.node.span.byteRange
        switch spot.holder {
        case .entry where spot.node.isBlockCollection:
            return (valueStart(of: spot) ?? range.lowerBound)..<range.upperBound
        case .entry where range.isEmpty:
            let place = valueStart(of: spot) ?? range.lowerBound
            return place..<place
        default: return range
        }
    }

    /// What has to stand before a value that has no place of its own yet.
    private func prefix(of spot: Spot) -> String {
        let range = spot.node.span.byteRange
        switch spot.holder {
        case .document: return ""
        case .item: return range.isEmpty && bytes[..<range.lowerBound].last == UInt8(ascii: "-") ? " " : ""
        case .entry:
            if valueStart(of: spot) == nil, range.isEmpty { return ": " }
            return range.isEmpty || spot.node.isBlockCollection ? " " : ""
        }
    }

    /// Behind the colon of an entry; `nil` for a key without one.
    private func valueStart(of spot: Spot) -> Int? {
        guard case .entry(let entry, _) = spot.holder else { return nil }
        let start = entry.key.place.end.offset
        let end = min(max(start, spot.node.span.start.offset) + 1, bytes.count)
        return bytes[start..<end].firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 }
    }

    private func indent(of spot: Spot) -> Int {
        switch spot.holder {
        case .document: -1
        case .entry(_, let mapping): mapping.indent
        case .item(let sequence): sequence.indent
        }
    }

    // MARK: Additions

    private var newLine: String { Lines.ending(of: bytes) }

    /// Behind the last entry; before it where its trailing blank lines belong to its text.
    private func additions(of value: JSON, under step: ValuePath.Step, to spot: Spot) -> [[ByteEdit]] {
        guard let last = spot.node.elementRanges.last else { return [] }
        let lines: [String]
        switch step {
        case .key(let key): lines = text.lines(of: .object([.init(key, value)]), indent: spot.node.indent)
        default: lines = text.lines(of: .array([value]), indent: spot.node.indent, gap: dashGap(in: spot.node))
        }
        let behind = Lines.next(after: last.upperBound, in: bytes) ?? bytes.count
        let before = Lines.start(of: last.lowerBound, in: bytes)
        return [behind, before].map { [Lines.insertion(of: lines, at: $0, in: bytes)] }
    }

    /// The dash of an item with the spaces behind it.
    private func dashGap(in sequence: YAMLNode) -> String {
        guard let last = sequence.items?.last, last.place.start.column > sequence.span.start.column else {
            return "- "
        }
        let gap = last.place.start.column - sequence.span.start.column - 1
        return "-" + String(repeating: " ", count: (1...7).contains(gap) ? gap : 1)
    }

    private func additionInFlow(of value: JSON, under step: ValuePath.Step, to spot: Spot) -> [ByteEdit] {
        let node = spot.node
        guard let last = node.elementRanges.last else {
            let inner = (node.span.start.offset + 1)..<max(node.span.start.offset + 1, node.span.end.offset - 1)
            let isEmpty = bytes[inner].allSatisfy(Lines.isSpace)
            if isEmpty, !spot.isInFlow {
                return [blockReplacement(of: spot, by: JSON.setting(value, at: [step], in: nil))]
            }
            let range = isEmpty ? inner : inner.lowerBound..<inner.lowerBound
            return [ByteEdit(range, flowElement(value, under: step, in: node))]
        }
        let comma = self.comma(after: last.upperBound, before: node.span.end.offset)
        let end = comma.map { $0 + 1 } ?? last.upperBound
        let added = flowElement(value, under: step, in: node) + (comma == nil ? "" : ",")
        let separator = comma == nil ? [ByteEdit(at: end, inserting: ",")] : []
        let isSpread = Lines.isFirst(last.lowerBound, in: bytes) && last.lowerBound > node.span.start.offset
        guard isSpread else { return separator + [ByteEdit(at: end, inserting: " " + added)] }
        let indent = Lines.indentation(at: last.lowerBound, in: bytes)
        return separator + [ByteEdit(at: endOfComment(after: end), inserting: newLine + indent + added)]
    }

    private func flowElement(_ value: JSON, under step: ValuePath.Step, in node: YAMLNode) -> String {
        let quoted = node.entries?.last?.key.scalar?.style == .doubleQuoted
        let text = text.flow(value, isQuoted: quoted)
        guard case .key(let key) = step else { return text }
        return self.text.key(key, isInFlow: true, isQuoted: quoted) + ": " + text
    }

    private func comma(after offset: Int, before end: Int) -> Int? {
        var position = offset
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: ","): return position
            case UInt8(ascii: "#"): position = Lines.end(of: position, in: bytes)
            case let byte where Lines.isSpace(byte): position += 1
            default: return nil
            }
        }
        return nil
    }

    private func endOfComment(after offset: Int) -> Int {
        let next = bytes[offset...].firstIndex { !Lines.isBlank($0) } ?? bytes.count
        return next < bytes.count && bytes[next] == UInt8(ascii: "#") ? Lines.end(of: next, in: bytes) : offset
    }
}

extension JSON {
    package var isEmptyCollection: Bool { elements?.isEmpty ?? members?.isEmpty ?? false }
}
