internal import Basics
internal import CYAML

/// Builds the tree of one document from libyaml's events, without recursion.
struct YAMLTreeBuilder {
    /// A collection whose end has not been seen.
    private struct Open {
        let isMapping: Bool
        let start: SourcePosition
        let tag: String?
        let anchor: String?
        let isFlow: Bool
        var items: [YAMLNode] = []
        var weight = 1
    }

    private let text: YAMLText
    private let limits: YAMLLimits
    private var open: [Open] = []
    private var anchors: [String: YAMLNode] = [:]
    private var problems: [YAMLProblem] = []
    private var root: YAMLNode?

    init(text: YAMLText, limits: YAMLLimits) { (self.text, self.limits) = (text, limits) }

    mutating func document(from parser: inout YAMLEventParser) throws(YAMLError) -> YAMLDocument {
        while let event = try parser.next() {
            let span = text.span(event.start_mark, event.end_mark)
            switch event.type {
            case YAML_SCALAR_EVENT: try add(scalar(event, span), at: span)
            case YAML_ALIAS_EVENT: try add(alias(event, span), at: span)
            case YAML_SEQUENCE_START_EVENT:
                let start = event.data.sequence_start
                try begin(
                    Open(
                        isMapping: false, start: span.start, tag: Self.string(start.tag),
                        anchor: Self.string(start.anchor), isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE),
                    at: span)
            case YAML_MAPPING_START_EVENT:
                let start = event.data.mapping_start
                try begin(
                    Open(
                        isMapping: true, start: span.start, tag: Self.string(start.tag),
                        anchor: Self.string(start.anchor), isFlow: start.style == YAML_FLOW_MAPPING_STYLE),
                    at: span)
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try finish(at: span)
            case YAML_DOCUMENT_END_EVENT: return YAMLDocument(root: root, problems: problems)
            default: continue
            }
        }
        return YAMLDocument(root: root, problems: problems)
    }

    private mutating func begin(_ collection: Open, at span: SourceSpan) throws(YAMLError) {
        guard open.count < limits.depth else {
            throw YAMLError(.tooDeep, "nested deeper than \(limits.depth) levels", at: span)
        }
        open.append(collection)
    }

    private mutating func finish(at span: SourceSpan) throws(YAMLError) {
        guard let collection = open.popLast() else { return }
        let end = collection.isFlow ? span.end : collection.items.last?.place.end ?? span.start
        let content: YAMLNode.Content
        if collection.isMapping {
            let entries = stride(from: 0, to: collection.items.count - 1, by: 2).map {
                YAMLEntry(key: collection.items[$0], value: collection.items[$0 + 1])
            }
            reportDuplicates(in: entries)
            content = .mapping(entries)
        } else {
            content = .sequence(collection.items)
        }
        let node = YAMLNode(
            content, span: SourceSpan(start: collection.start, end: end), tag: collection.tag,
            anchor: collection.anchor, isFlow: collection.isFlow, weight: collection.weight)
        try add(node, at: node.span)
    }

    private mutating func add(_ node: YAMLNode, at span: SourceSpan) throws(YAMLError) {
        if node.aliasSpan == nil, let anchor = node.anchor { anchors[anchor] = node }
        guard !open.isEmpty else {
            root = node
            return
        }
        let place = open.count - 1
        open[place].weight += node.weight
        open[place].items.append(node)
        guard open[place].weight <= limits.nodes else {
            throw YAMLError(
                .tooManyNodes, "the document stands for more than \(limits.nodes) values", at: span,
                hint: "its aliases multiply each other; write the values out")
        }
    }

    private func scalar(_ event: yaml_event_t, _ span: SourceSpan) -> YAMLNode {
        let raw = event.data.scalar
        let value = String(decoding: UnsafeBufferPointer(start: raw.value, count: raw.length), as: UTF8.self)
        let style = Self.style(raw.style)
        let tight = style == .literal || style == .folded ? text.tightened(span) : span
        return YAMLNode(
            .scalar(YAMLScalar(text: value, style: style)), span: tight, tag: Self.string(raw.tag),
            anchor: Self.string(raw.anchor), weight: 1)
    }

    private func alias(_ event: yaml_event_t, _ span: SourceSpan) throws(YAMLError) -> YAMLNode {
        let name = Self.string(event.data.alias.anchor) ?? ""
        if let node = anchors[name] { return node.aliased(at: span) }
        if open.contains(where: { $0.anchor == name }) {
            throw YAMLError(.recursiveAlias, "'*\(name)' stands inside the node that it names", at: span)
        }
        throw YAMLError(.unknownAlias, "no anchor '&\(name)' stands before this alias", at: span)
    }

    private mutating func reportDuplicates(in entries: [YAMLEntry]) {
        var seen: [String: SourceSpan] = [:]
        for entry in entries {
            guard let key = entry.key.scalar?.text, key != "<<" || entry.key.scalar?.style != .plain else {
                continue
            }
            if let first = seen[key] {
                problems.append(
                    YAMLProblem(
                        kind: .duplicateKey, message: "the key '\(key)' stands twice in one mapping",
                        span: entry.key.place, related: [("first written here", first)]))
            } else {
                seen[key] = entry.key.place
            }
        }
    }

    private static func style(_ raw: yaml_scalar_style_t) -> YAMLScalar.Style {
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
