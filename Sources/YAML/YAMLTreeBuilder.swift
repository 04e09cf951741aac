internal import Basics
internal import CYAML

/// Builds the tree of one document from libyaml's events, without recursion.
struct YAMLTreeBuilder {
    /// A collection whose end has not been seen.
    private struct Open {
        let slot: Int
        let anchor: String?
        var weight = 1
        /// The end of what it holds so far.
        var end: SourcePosition?
    }

    /// A node that aliases may refer to, and how many nodes a walk through it meets, aliases followed.
    private struct Anchored {
        let slot: UInt32
        let weight: Int
    }

    private let text: YAMLText
    private let limits: YAMLLimits
    private var slots: [YAMLTree.Slot] = []
    private var texts: [Range<UInt32>] = []
    private var unescaped: [UInt8] = []
    private var properties: [YAMLTree.Properties] = []
    private var open: [Open] = []
    private var anchors: [String: Anchored] = [:]

    init(text: YAMLText, limits: YAMLLimits) { (self.text, self.limits) = (text, limits) }

    mutating func document(from parser: inout YAMLEventParser) throws(YAMLError) -> YAMLDocument {
        while let event = try parser.next() {
            switch event.type {
            case YAML_SCALAR_EVENT: try addScalar(event)
            case YAML_ALIAS_EVENT: try addAlias(event)
            case YAML_SEQUENCE_START_EVENT:
                let start = event.data.sequence_start
                let isFlow = start.style == YAML_FLOW_SEQUENCE_STYLE
                try begin(event, isFlow ? .flowSequence : .blockSequence, start.tag, start.anchor)
            case YAML_MAPPING_START_EVENT:
                let start = event.data.mapping_start
                let isFlow = start.style == YAML_FLOW_MAPPING_STYLE
                try begin(event, isFlow ? .flowMapping : .blockMapping, start.tag, start.anchor)
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try finish(event)
            case YAML_DOCUMENT_END_EVENT: return finished()
            default: continue
            }
        }
        return finished()
    }

    private mutating func finished() -> YAMLDocument {
        guard !slots.isEmpty else { return YAMLDocument(root: nil, problems: []) }
        // Room for documents that follow is theirs.
        if slots.capacity / 2 > max(slots.count, Self.few) { slots = slots.map { $0 } }
        let tree = YAMLTree(
            source: text.bytes, slots: slots, texts: texts, unescaped: unescaped, properties: properties)
        return YAMLDocument(root: YAMLNode(tree: tree, slot: 0), problems: DuplicateKeys.problems(in: tree))
    }

    private mutating func begin(
        _ event: yaml_event_t, _ kind: YAMLTree.Kind, _ tag: UnsafeMutablePointer<yaml_char_t>?,
        _ anchor: UnsafeMutablePointer<yaml_char_t>?
    ) throws(YAMLError) {
        let span = text.span(event.start_mark, event.end_mark)
        guard open.count < limits.depth else {
            throw YAMLError(.tooDeep, "nested deeper than \(limits.depth) levels", at: span)
        }
        let slot = slots.count
        append(kind, span, tag, anchor)
        open.append(Open(slot: slot, anchor: Self.string(anchor)))
    }

    private mutating func finish(_ event: yaml_event_t) throws(YAMLError) {
        guard let collection = open.popLast() else { return }
        let isFlow = slots[collection.slot].kind == .flowSequence || slots[collection.slot].kind == .flowMapping
        let start = slots[collection.slot].start
        slots[collection.slot].end = isFlow ? text.position(event.end_mark) : collection.end ?? start
        slots[collection.slot].link = UInt32(slots.count)
        try add(collection.slot, weight: collection.weight, anchor: collection.anchor)
    }

    /// Counts a node that is complete into the collection that holds it.
    private mutating func add(_ slot: Int, weight: Int, anchor: String? = nil) throws(YAMLError) {
        if let anchor { anchors[anchor] = Anchored(slot: UInt32(slot), weight: weight) }
        guard !open.isEmpty else { return }
        let place = open.count - 1
        open[place].weight += weight
        open[place].end = slots[slot].end
        guard open[place].weight <= limits.nodes else {
            throw YAMLError(
                .tooManyNodes, "the document stands for more than \(limits.nodes) values", at: slots[slot].span,
                hint: "its aliases multiply each other; write the values out")
        }
    }

    private mutating func append(
        _ kind: YAMLTree.Kind, _ span: SourceSpan, _ tag: UnsafeMutablePointer<yaml_char_t>?,
        _ anchor: UnsafeMutablePointer<yaml_char_t>?, link: UInt32 = 0
    ) {
        let hasProperties = tag != nil || anchor != nil
        if hasProperties {
            properties.append(
                YAMLTree.Properties(
                    slot: UInt32(slots.count), tag: Self.string(tag), anchor: Self.string(anchor)))
        }
        makeRoom(for: span)
        slots.append(
            YAMLTree.Slot(start: span.start, end: span.end, link: link, kind: kind, hasProperties: hasProperties))
    }

    /// Fewer values than this are copied quickly.
    private static let few = 4096

    /// Makes room for what is to come, as far as the text so far tells: to grow by doubling copies a large tree often.
    private mutating func makeRoom(for span: SourceSpan) {
        guard slots.count == slots.capacity, slots.count >= Self.few else { return }
        let read = max(1, Int(span.start.offset) - Int(slots[0].start.offset))
        let left = max(0, text.bytes.count - Int(span.start.offset))
        let expected = Int(Double(slots.count) * Double(left) / Double(read) * 1.1)
        slots.reserveCapacity(max(slots.count * 2, slots.count + min(expected, left, limits.nodes)))
    }

    private mutating func addScalar(_ event: yaml_event_t) throws(YAMLError) {
        let raw = event.data.scalar
        let kind = Self.kind(raw.style)
        var span = text.span(event.start_mark, event.end_mark)
        if kind == .literal || kind == .folded { span = text.tightened(span) }
        let slot = slots.count
        append(kind, span, raw.tag, raw.anchor, link: YAMLTree.Slot.asWritten)
        let value = UnsafeBufferPointer(start: raw.value, count: raw.length)
        if !Self.isAsWritten(value, slots[slot], in: text.bytes) {
            slots[slot].link = UInt32(texts.count)
            let start = UInt32(unescaped.count)
            unescaped.append(contentsOf: value)
            texts.append(start..<UInt32(unescaped.count))
        }
        try add(slot, weight: 1, anchor: Self.string(raw.anchor))
    }

    /// Whether the file holds the text as it reads.
    private static func isAsWritten(
        _ value: UnsafeBufferPointer<UInt8>, _ slot: YAMLTree.Slot, in text: [UInt8]
    ) -> Bool {
        guard slot.end.offset - slot.start.offset == value.count + (slot.kind.isQuoted ? 2 : 0) else {
            return false
        }
        guard let start = value.baseAddress, !value.isEmpty else { return true }
        return text.withUnsafeBytes { bytes in
            memcmp(bytes.baseAddress! + slot.written.lowerBound, start, value.count) == 0
        }
    }

    private mutating func addAlias(_ event: yaml_event_t) throws(YAMLError) {
        let span = text.span(event.start_mark, event.end_mark)
        let name = Self.string(event.data.alias.anchor) ?? ""
        guard let target = anchors[name] else {
            if open.contains(where: { $0.anchor == name }) {
                throw YAMLError(.recursiveAlias, "'*\(name)' stands inside the node that it names", at: span)
            }
            throw YAMLError(.unknownAlias, "no anchor '&\(name)' stands before this alias", at: span)
        }
        append(.alias, span, nil, nil, link: target.slot)
        try add(slots.count - 1, weight: target.weight)
    }

    private static func kind(_ raw: yaml_scalar_style_t) -> YAMLTree.Kind {
        switch raw {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
        case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
        case YAML_LITERAL_SCALAR_STYLE: .literal
        case YAML_FOLDED_SCALAR_STYLE: .folded
        default: .plain
        }
    }

    private static func string(_ raw: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        raw.map { String(cString: $0) }
    }
}
