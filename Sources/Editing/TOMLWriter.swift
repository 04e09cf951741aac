internal import Basics
internal import TOML

/// Writes values into a TOML file as its author would have.
struct TOMLWriter {
    private let bytes: [UInt8]
    private let document: TOMLDocument

    init(source: TOMLSource) { (bytes, document) = (source.bytes, source.document) }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [ByteEdit] {
        try edits(setting: value, at: steps[...], from: document.root)
    }

    private func refusal(_ steps: ArraySlice<ValuePath.Step>, _ problem: String) -> EditRefusal {
        EditRefusal("'\(ValuePath.text(of: steps))' \(problem)", hint: "name a key within it")
    }

    // MARK: Tables with headers

    private func edits(
        setting value: JSON, at steps: ArraySlice<ValuePath.Step>, in tables: [TOMLTable], of parent: TOMLTable
    ) throws(EditRefusal) -> [ByteEdit] {
        guard steps.count > 1, case .index(let index) = steps[steps.startIndex + 1] else {
            throw refusal(steps.prefix(1), "is an array of tables")
        }
        let rest = steps.dropFirst(2)
        guard index < tables.count else {
            let element = JSON.setting(value, at: rest, in: nil)
            guard let members = element.members, let last = tables.last else {
                throw refusal(steps.prefix(1), "is an array of tables")
            }
            return [try newSection("[[\(TOMLText.keys(last.path))]]", members, behind: last.lastSection)]
        }
        guard !rest.isEmpty else { throw refusal(steps.prefix(2), "is a table") }
        return try edits(setting: value, at: rest, from: tables[index])
    }

    private func edits(
        setting value: JSON, at steps: ArraySlice<ValuePath.Step>, from start: TOMLTable
    ) throws(EditRefusal) -> [ByteEdit] {
        var table = start
        for depth in steps.indices {
            guard case .key(let name) = steps[depth] else { throw refusal(steps[...depth], "is a table") }
            switch table[name] {
            case .value(let node): return try edits(setting: value, at: steps[(depth + 1)...], in: node)
            case .table(let inner): table = inner
            case .tables(let tables): return try edits(setting: value, at: steps[depth...], in: tables, of: table)
            case nil: return try additions(of: value, at: steps[depth...], to: table)
            }
        }
        throw refusal(steps, "is a table")
    }

    // MARK: New pairs and sections

    private func additions(
        of value: JSON, at steps: ArraySlice<ValuePath.Step>, to table: TOMLTable
    ) throws(EditRefusal) -> [ByteEdit] {
        // Keys up to the first index; what lies behind it is written as a value.
        let keys = steps.prefix { if case .key = $0 { true } else { false } }.map { step -> String in
            if case .key(let key) = step { key } else { "" }
        }
        let inner = JSON.setting(value, at: steps.dropFirst(keys.count), in: nil)
        switch table.origin {
        case .dotted(let section):
            return [try newDottedPair(inner, keys, in: table, section: document.sections[section])]
        case .header(let section) where keys.count == 1 && !isNewTable(inner, in: table):
            return [try newPair(inner, keys, in: document.sections[section])]
        default:
            var (names, members) = (keys, inner.members)
            if members == nil || members?.isEmpty == true { members = [.init(names.removeLast(), inner)] }
            return [
                try newSection(
                    "[\(TOMLText.keys(table.path + names))]", members ?? [], behind: table.lastSection)
            ]
        }
    }

    /// Whether a value is to have a header of its own, as its neighbours have.
    private func isNewTable(_ value: JSON, in table: TOMLTable) -> Bool {
        guard let members = value.members, !members.isEmpty else { return false }
        if table === document.root { return true }
        return table.names.contains {
            if case .table(let inner) = table[$0], case .header = inner.origin { true } else { false }
        }
    }

    private func newPair(_ value: JSON, _ keys: [String], in section: TOMLSection) throws(EditRefusal) -> ByteEdit
    {
        let equals = equalsSign(in: section)
        let text = TOMLText.keys(keys) + equals + (try text(of: value))
        if let last = section.pairs.last {
            let line = Lines.indentation(at: last.range.lowerBound, in: bytes) + text
            return insertion([line], afterLineOf: last.range.upperBound)
        }
        if section.kind != .root { return insertion([text], afterLineOf: section.headerLine.upperBound) }
        // The root's pairs stand before every header; a comment at the very top stays there.
        let isOnlyRoot = document.sections.count == 1
        let place = isOnlyRoot ? bytes.count : Self.endOfLeadingComment(in: bytes)
        return Lines.insertion(of: isOnlyRoot ? [text] : [text, ""], at: place, in: bytes)
    }

    private func newDottedPair(
        _ value: JSON, _ keys: [String], in table: TOMLTable, section: TOMLSection
    ) throws(EditRefusal) -> ByteEdit {
        let prefix = Array(table.path.dropFirst(section.keys.count))
        guard let last = section.pairs.last(where: { $0.keys.starts(with: prefix) }) else {
            throw EditRefusal("'\(TOMLText.keys(table.path))' has no line to stand behind")
        }
        let indent = Lines.indentation(at: last.range.lowerBound, in: bytes)
        let text = TOMLText.keys(prefix + keys) + equalsSign(in: section) + (try text(of: value))
        return insertion([indent + text], afterLineOf: last.range.upperBound)
    }

    private func newSection(
        _ header: String, _ members: [JSON.Member], behind index: Int
    ) throws(EditRefusal) -> ByteEdit {
        let section = document.sections[index]
        var lines = [header]
        for member in members {
            lines.append(
                TOMLText.key(member.name) + equalsSign(in: section) + (try text(of: member.value)))
        }
        let end = section.pairs.last?.range.upperBound ?? section.headerLine.upperBound
        let isEmptyFile = section.kind == .root && section.pairs.isEmpty && document.sections.count == 1
        if isEmptyFile { return Lines.insertion(of: lines, at: bytes.count, in: bytes) }
        if section.kind == .root, section.pairs.isEmpty {
            return Lines.insertion(of: lines + [""], at: Self.endOfLeadingComment(in: bytes), in: bytes)
        }
        return insertion([""] + lines, afterLineOf: end)
    }

    private func insertion(_ lines: [String], afterLineOf offset: Int) -> ByteEdit {
        Lines.insertion(of: lines, at: Lines.next(after: offset, in: bytes) ?? bytes.count, in: bytes)
    }

    /// Behind a first block of comments that an empty line ends.
    private static func endOfLeadingComment(in bytes: [UInt8]) -> Int {
        let start = bytes.textStart
        var position = start
        while position < bytes.count, bytes[position] == UInt8(ascii: "#"),
            let next = Lines.next(after: position, in: bytes)
        {
            position = next
        }
        guard position > start, position < bytes.count, Lines.end(of: position, in: bytes) == position,
            let next = Lines.next(after: position, in: bytes)
        else { return start }
        return next
    }

    /// The `=` with the spaces that the section's author puts around it.
    private func equalsSign(in section: TOMLSection) -> String {
        guard let pair = section.pairs.last ?? document.sections.lazy.compactMap(\.pairs.first).first else {
            return " = "
        }
        let text = String(decoding: bytes[pair.keyRange.upperBound..<pair.value.range.lowerBound], as: UTF8.self)
        return text == "=" ? "=" : " = "
    }

    // MARK: Values

    private func text(
        of value: JSON, replacing style: TOMLNode.Style = .basic
    ) throws(EditRefusal) -> String {
        guard let text = TOMLText.text(of: value, replacing: style) else { throw EditRefusal("TOML has no null") }
        return text
    }

    private func edits(
        setting value: JSON, at steps: ArraySlice<ValuePath.Step>, in node: TOMLNode
    ) throws(EditRefusal) -> [ByteEdit] {
        guard let step = steps.first else { return [try replacement(of: node, by: value)] }
        switch (step, node.content) {
        case (.index(let index), .array(let elements)):
            if elements.indices.contains(index) {
                return try edits(setting: value, at: steps.dropFirst(), in: elements[index])
            }
            let text = try text(
                of: JSON.setting(value, at: steps.dropFirst(), in: nil), replacing: style(of: elements.last))
            return addition(text, to: node)
        case (.key, .table(let pairs, _)): return try edits(setting: value, at: steps, in: node, pairs)
        default: throw refusal(steps.prefix(1), "is not there")
        }
    }

    private func edits(
        setting value: JSON, at steps: ArraySlice<ValuePath.Step>, in node: TOMLNode, _ pairs: [TOMLPair]
    ) throws(EditRefusal) -> [ByteEdit] {
        for pair in pairs where steps.starts(with: pair.keys.map(ValuePath.Step.key)) {
            return try edits(setting: value, at: steps.dropFirst(pair.keys.count), in: pair.value)
        }
        let keys = steps.prefix { if case .key = $0 { true } else { false } }.map { step -> String in
            if case .key(let key) = step { key } else { "" }
        }
        let inner = JSON.setting(value, at: steps.dropFirst(keys.count), in: nil)
        return addition(TOMLText.keys(keys) + " = " + (try text(of: inner)), to: node)
    }

    private func style(of node: TOMLNode?) -> TOMLNode.Style {
        guard let node, case .scalar(_, let style) = node.content else { return .basic }
        return style
    }

    private func replacement(of node: TOMLNode, by value: JSON) throws(EditRefusal) -> ByteEdit {
        if let elements = value.elements, !elements.isEmpty, isSpread(node) {
            return ByteEdit(node.range, try spread(elements, like: node))
        }
        let text = try text(of: value, replacing: style(of: node))
        return ByteEdit(node.range, text.replacing("\n", with: Lines.ending(of: bytes)))
    }

    private func isSpread(_ node: TOMLNode) -> Bool {
        guard let last = node.elementRanges.last else { return false }
        return bytes[node.range.lowerBound..<last.lowerBound].contains(Lines.feed)
    }

    private func spread(_ elements: [JSON], like node: TOMLNode) throws(EditRefusal) -> String {
        let newLine = Lines.ending(of: bytes)
        let inner = Lines.indentation(at: node.elementRanges.last?.lowerBound ?? 0, in: bytes)
        let outer = Lines.indentation(at: node.range.lowerBound, in: bytes)
        var lines: [String] = []
        for element in elements { lines.append(inner + (try text(of: element))) }
        let ending = node.endsWithComma ? "," : ""
        return "[" + newLine + lines.joined(separator: "," + newLine) + ending + newLine + outer + "]"
    }

    /// A further element of an array, or pair of an inline table.
    private func addition(_ text: String, to node: TOMLNode) -> [ByteEdit] {
        guard let last = node.elementRanges.last else {
            let inner = (node.range.lowerBound + 1)..<(node.range.upperBound - 1)
            let isTable = if case .table = node.content { true } else { false }
            let range = bytes[inner].allSatisfy(Lines.isSpace) ? inner : inner.lowerBound..<inner.lowerBound
            return [ByteEdit(range, isTable ? " \(text) " : text)]
        }
        let comma = node.endsWithComma ? self.comma(after: last.upperBound) : nil
        let end = comma.map { $0 + 1 } ?? last.upperBound
        let separator = comma == nil ? [ByteEdit(at: end, inserting: ",")] : []
        let ending = comma == nil ? "" : ","
        guard isSpread(node), Lines.isFirst(last.lowerBound, in: bytes) else {
            return separator + [ByteEdit(at: end, inserting: " " + text + ending)]
        }
        let indent = Lines.indentation(at: last.lowerBound, in: bytes)
        let next = bytes[end...].firstIndex { !Lines.isBlank($0) } ?? end
        let isComment = next < bytes.count && bytes[next] == UInt8(ascii: "#")
        let place = isComment ? Lines.end(of: next, in: bytes) : end
        return separator + [ByteEdit(at: place, inserting: Lines.ending(of: bytes) + indent + text + ending)]
    }

    private func comma(after offset: Int) -> Int? {
        var position = offset
        while position < bytes.count, bytes[position] != UInt8(ascii: ",") {
            position = bytes[position] == UInt8(ascii: "#") ? Lines.end(of: position, in: bytes) : position + 1
        }
        return position < bytes.count ? position : nil
    }
}
