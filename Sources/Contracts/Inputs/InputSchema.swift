internal import Basics

/// JSON Schemas of inputs, told apart by conditions, so that an editor marks the member that is wrong.
struct InputSchema {
    /// The types that are referred to by name.
    private(set) var definitions: [JSON.Member] = []

    mutating func schema(of type: InputType) -> JSON {
        switch type {
        case .text, .duration: ["type": "string"]
        case .scalar: ["type": ["string", "number", "boolean"]]
        case .flag: ["type": "boolean"]
        case .anything: [:]
        case .integer(let range):
            Self.bounded(
                "integer", .integer(range.lowerBound), range.upperBound == .max ? nil : .integer(range.upperBound))
        case .number(let range):
            Self.bounded(
                "number", .double(range.lowerBound),
                range.upperBound == .infinity ? nil : .double(range.upperBound))
        case .choice(_, isLoose: true): ["type": "string", "pattern": "\\S"]
        case .choice(let names, _): ["enum": .strings(names)]
        case .template: ["type": "string", "pattern": "\\S"]
        case .list(let element): ["type": "array", "items": schema(of: element)]
        case .mapping(let value): ["type": "object", "additionalProperties": schema(of: value)]
        case .record(let record): schema(of: record)
        case .keyed(let records): schema(ofOneOf: records)
        case .either(let types): schema(ofEither: types)
        case .named(let name, let inner): reference(name, inner)
        }
    }

    private static func bounded(_ type: String, _ low: JSON, _ high: JSON?) -> JSON {
        JSON.object([.init("type", .string(type)), .init("minimum", low)])
            .with(high.map { ["maximum": $0] } ?? [:])
    }

    private mutating func reference(_ name: String, _ inner: () -> InputType) -> JSON {
        let id = "input-" + name.replacing(" ", with: "-")
        if !definitions.contains(where: { $0.name == id }) {
            definitions.append(.init(id, [:]))
            let schema = schema(of: inner())
            definitions.removeAll { $0.name == id }
            definitions.append(.init(id, schema))
        }
        return ["$ref": .string("#/definitions/" + id)]
    }

    // MARK: Mappings

    mutating func schema(of record: InputRecord) -> JSON {
        guard let variants = record.variants else { return closed(record, with: []) }
        let closed = closed(record, with: [])
        var schema = JSON.object([.init("if", ["required": [.string(variants.key)]]), .init("else", closed)])
        var others: JSON = self.open(record)
        for (value, variant) in variants.records.reversed() {
            others = [
                "if": ["properties": .object([.init(variants.key, ["const": .string(value)])])],
                "then": self.closed(record, with: [variant]), "else": others,
            ]
        }
        schema = schema.with(["then": others])
        return JSON.object([.init("type", "object")]).with(schema)
    }

    private mutating func closed(_ record: InputRecord, with more: [InputRecord]) -> JSON {
        var members: [JSON.Member] = [.init("type", "object"), .init("properties", properties([record] + more))]
        members.append(.init("patternProperties", ["^x-": [:]]))
        members.append(.init("additionalProperties", record.others.map { schema(of: $0) } ?? false))
        let conditions = ([record] + more).flatMap(Self.presence)
        if !conditions.isEmpty { members.append(.init("allOf", .array(conditions))) }
        return .object(members)
    }

    /// Where a template of the repository's own may ask for anything.
    private mutating func open(_ record: InputRecord) -> JSON {
        ["properties": properties([record])]
    }

    private mutating func properties(_ records: [InputRecord]) -> JSON {
        var members: [JSON.Member] = []
        for input in records.flatMap(\.members) {
            let value = nullable(schema(of: input.type))
            members.append(.init(input.name, Self.described(InputReference.plain(input), value)))
            for alias in input.aliases where !records.contains(where: { $0.member(alias)?.name == alias }) {
                members.append(.init(alias, Self.described("The same as `\(input.name)`.", value)))
            }
        }
        return .object(members)
    }

    private static func described(_ text: String, _ schema: JSON) -> JSON {
        JSON.object([.init("description", .string(text))]).with(schema)
    }

    /// A member that is empty says nothing.
    private func nullable(_ schema: JSON) -> JSON {
        if case .string(let type) = schema["type"], schema.members?.count == 1 {
            return ["type": [.string(type), "null"]]
        }
        if schema == [:] { return schema }
        return ["if": ["type": "null"], "else": schema]
    }

    private static func presence(_ record: InputRecord) -> [JSON] {
        func present(_ names: [String]) -> JSON {
            names.count == 1
                ? ["required": .strings(names)] : ["anyOf": .array(names.map { ["required": [.string($0)]] })]
        }
        var conditions = record.members.filter(\.isRequired).map { present($0.names) }
        if !record.choice.isEmpty { conditions.append(["oneOf": .array(record.choice.map { present([$0]) })]) }
        if record.neededOther != nil {
            conditions.append(["minProperties": 1])
        } else if !record.some.isEmpty {
            conditions.append(present(record.some))
        }
        return conditions
    }

    // MARK: One of several

    private mutating func schema(ofOneOf records: [InputRecord]) -> JSON {
        let keys = records.compactMap(\.members.first?.name)
        var schema: JSON = [
            "minProperties": 1, "properties": .object(keys.map { .init($0, [:]) }), "additionalProperties": false,
        ]
        for (key, record) in zip(keys, records).reversed() {
            schema = ["if": ["required": [.string(key)]], "then": closed(record, with: []), "else": schema]
        }
        return JSON.object([.init("type", "object")]).with(schema)
    }

    private mutating func schema(ofEither types: [InputType]) -> JSON {
        let kinds = types.map(Self.kinds)
        var schema: JSON = self.schema(of: types[types.count - 1])
        for (type, kinds) in zip(types, kinds).dropLast().reversed() {
            schema = ["if": ["type": .strings(kinds)], "then": self.schema(of: type), "else": schema]
        }
        return JSON.object([.init("type", .strings(kinds.flatMap { $0 }))]).with(schema)
    }

    private static func kinds(_ type: InputType) -> [String] {
        switch type {
        case .text, .duration, .choice, .template: ["string"]
        case .scalar: ["string", "number", "boolean"]
        case .flag: ["boolean"]
        case .integer: ["integer"]
        case .number: ["number"]
        case .list: ["array"]
        case .mapping, .record, .keyed: ["object"]
        case .either(let types): types.flatMap(kinds)
        case .named(_, let inner): kinds(inner())
        case .anything: ["string", "number", "boolean", "array", "object", "null"]
        }
    }
}
