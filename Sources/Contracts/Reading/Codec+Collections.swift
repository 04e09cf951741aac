internal import Basics
internal import YAML

extension Codec where Value: RawRepresentable & CaseIterable, Value.RawValue == String, Value.AllCases: Sendable {
    /// One of the names of an enumeration; `also` maps other names to it.
    static func choice(also others: [String: Value] = [:]) -> Codec {
        let names = Value.allCases.map(\.rawValue)
        let expected = "one of " + names.joined(separator: ", ")
        let known = names + others.keys.sorted()
        return Codec(
            expected, plural: names.joined(separator: ", "), schema: ["enum": .strings(known)],
            written: { $0.rawValue }
        ) { node, context in
            guard let text = node.scalarText else {
                context.reportWrongType(node, expected: expected)
                return nil
            }
            if let value = Value(rawValue: text) { return value }
            if let value = others[text] {
                context.report(
                    .aliasedSpelling,
                    "\(context.subject): the canonical spelling of '\(text)' is '\(value.rawValue)'",
                    at: node.span, fix: [context.edit(node.span.byteRange, value.rawValue)])
                return value
            }
            let near = Suggestion.nearest(to: text, among: known)
            context.report(
                .unknownValue, "\(context.subject) should be \(expected), but is '\(text)'", at: node.span,
                hint: near.map { "did you mean '\($0)'?" })
            return nil
        }
    }
}

extension Codec {
    /// A list whose items are all of one kind; what is wrong with one does not hide the others.
    static func list<Item>(of item: Codec<Item>, limit: Int = 10_000) -> Codec where Value == [Item] {
        let expected = "a list of \(item.plural)"
        return Codec(
            expected, plural: "lists of \(item.plural)", schema: ["type": "array", "items": item.schema]
        ) { node, context in
            guard let nodes = node.items else {
                context.reportWrongType(
                    node, expected: expected, hint: node.scalarText.map { "write [\($0)]" },
                    fix: node.isPlainFlowSafe ? context.wrap(node.span.byteRange, "[", "]") : [])
                return nil
            }
            guard nodes.count <= limit else {
                context.report(.outOfRange, "\(context.subject) has more than \(limit) items", at: node.span)
                return nil
            }
            var values: [Item] = []
            values.reserveCapacity(nodes.count)
            for node in nodes {
                if let value = item.read(node, &context) { values.append(value) }
            }
            return values.count == nodes.count ? values : nil
        }
    }

    /// A mapping from names to values of one kind, in the order written.
    static func dictionary<Key, Item>(
        _ expected: String, keys: Codec<Key>, values: Codec<Item>
    ) -> Codec where Value == [Pair<Key, Item>] {
        Codec(
            expected, plural: expected, schema: ["type": "object", "additionalProperties": values.schema]
        ) { node, context in
            guard let entries = node.pairs else {
                context.reportWrongType(node, expected: expected)
                return nil
            }
            var pairs: [Pair<Key, Item>] = []
            for entry in entries {
                guard let key = keys.read(entry.key, &context) else { continue }
                guard let value = values.read(entry.value, &context) else { continue }
                pairs.append(Pair(key: key, value: value))
            }
            return pairs.count == entries.count ? pairs : nil
        }
    }
}

/// A key with its value.
struct Pair<Key: Hashable & Sendable, Item: Hashable & Sendable>: Hashable, Sendable {
    let key: Key
    let value: Item
}

extension Codec where Value == JSON {
    /// Any mapping, kept as it is.
    static let object = Codec("a mapping", plural: "mappings", schema: ["type": "object"]) { node, context in
        guard node.pairs != nil else {
            context.reportWrongType(node, expected: "a mapping")
            return nil
        }
        return node.json
    }

    /// Anything at all, kept as it is.
    static let anything = Codec("anything", plural: "anything", schema: [:]) { node, _ in node.json }
}
