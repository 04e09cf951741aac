package import Basics

/// JSON Schemas of the files, made from the declarations that the loader reads them by.
package enum SchemaDocument {
    package enum Kind: String, CaseIterable, Sendable { case contract, policy, backlog, target, autonomy, config }

    /// The schema as a document of draft 7, which editors know best.
    ///
    /// A task's inputs are those of its executor; `scopes` says which one serves tasks that name none.
    package static func render(
        _ kind: Kind, executors: [ExecutorInputs] = [], scopes: [(scope: String, executor: String)] = []
    ) -> JSON {
        var members: [JSON.Member] = [
            .init("$schema", "http://json-schema.org/draft-07/schema#"),
            .init("title", .string(title(kind))),
        ]
        members += root(kind).members ?? []
        let definitions = definitions(kind, TaskInputsSchema(executors, scopes: scopes))
        if !definitions.isEmpty { members.append(.init("definitions", .object(definitions))) }
        return .object(members)
    }

    package static func text(
        _ kind: Kind, executors: [ExecutorInputs] = [], scopes: [(scope: String, executor: String)] = []
    ) -> String { render(kind, executors: executors, scopes: scopes).text(.pretty) + "\n" }

    private static func title(_ kind: Kind) -> String {
        switch kind {
        case .contract: ".leviathan/contract.yaml: whose repository this is, and how changes reach it"
        case .policy: ".leviathan/policy.yaml: the rules that every change is judged by"
        case .backlog: ".leviathan/backlog.yaml and backlog/*.yaml: the tasks"
        case .target: "targets/NAME.yaml in Leviathan's home: a target without a checkout"
        case .autonomy: "the flat file of `leviathan run --config FILE`"
        case .config: "config.yaml in Leviathan's home: the limits and forges of a machine"
        }
    }

    private static func root(_ kind: Kind) -> JSON {
        switch kind {
        case .contract: ContractFormat.record.schema()
        case .policy: PolicyFormat.record.schema()
        case .target: TargetFormat.record.schema(isNullable: false)
        case .autonomy: AutonomyFormat.record.schema(isNullable: false)
        case .config: MachineFormat.record.schema()
        case .backlog:
            // Conditions, so that a mistake is shown where it is and not at the whole document.
            [
                "type": ["array", "object", "null"],
                "if": ["type": "array"],
                "then": ["items": ["$ref": "#/definitions/task"]],
                "else": [
                    "if": ["required": ["id"], "not": ["required": ["tasks"]]],
                    "then": ["$ref": "#/definitions/task"],
                    "else": BacklogFormat.record.schema(),
                ],
            ]
        }
    }

    private static func definitions(_ kind: Kind, _ inputs: TaskInputsSchema) -> [JSON.Member] {
        let invariant = JSON.Member(
            "invariant", InvariantFormat.record.schema(isNullable: false).with(InvariantFormat.choice))
        switch kind {
        case .policy: return [.init("scope", ScopeFormat.record.schema(isNullable: false)), invariant]
        case .backlog:
            let task = TaskFormat.record.schema(isNullable: false, isClosed: true)
            return [.init("task", task.adding(inputs.conditions)), invariant] + inputs.definitions
        default: return []
        }
    }
}

extension InvariantFormat {
    /// A command, a builtin, or a mere document.
    fileprivate static var choice: JSON {
        let lacks = { (keys: [String]) in
            JSON.object([.init("not", ["anyOf": .array(keys.map { ["required": [.string($0)]] })])])
        }
        return [
            "anyOf": [
                lacks(["check", "builtin"]).with(["required": ["path"]]),
                lacks(["builtin"]).with(["required": ["name", "check"]]),
                lacks(["check"]).with(["required": ["name", "builtin"]]),
            ]
        ]
    }
}

extension JSON {
    /// The members of two objects.
    func with(_ other: JSON) -> JSON { .object((members ?? []) + (other.members ?? [])) }

    /// A schema under further conditions.
    fileprivate func adding(_ conditions: [JSON]) -> JSON {
        guard !conditions.isEmpty else { return self }
        let rest = (members ?? []).filter { $0.name != "allOf" }
        return .object(rest + [.init("allOf", .array((self["allOf"]?.elements ?? []) + conditions))])
    }

    /// A schema that takes nothing at all as well.
    fileprivate var orNull: JSON {
        guard let members, !members.isEmpty else { return self }
        if case .string(let type) = self["type"], self["enum"] == nil {
            let rest = members.filter { $0.name != "type" }
            return .object([.init("type", [.string(type), "null"])] + rest)
        }
        if let types = self["type"]?.elements {
            let rest = members.filter { $0.name != "type" }
            return types.contains("null") ? self : .object([.init("type", .array(types + ["null"]))] + rest)
        }
        if let values = self["enum"]?.elements, members.count == 1 { return ["enum": .array(values + [nil])] }
        return ["anyOf": [self, ["type": "null"]]]
    }
}

extension RecordFormat {
    /// The schema of the whole record.
    ///
    /// A closed one takes no key that is not known.
    func schema(isNullable: Bool = true, isClosed: Bool = false) -> JSON {
        var schema = schema(of: table, isNullable: isNullable, isClosed: isClosed)
        let required = fields.filter(\.isRequired).map { field -> JSON in
            let names = field.spellings.map { JSON.object([.init("required", [.string($0.path)])]) }
            return names.count == 1 ? names[0] : ["anyOf": .array(names)]
        }
        if !required.isEmpty { schema = schema.with(["allOf": .array(required)]) }
        return schema
    }

    private func schema(of table: KeyTable, isNullable: Bool = true, isClosed: Bool) -> JSON {
        let children = table.children.sorted { left, right in
            (rank(left.value), left.key) < (rank(right.value), right.key)
        }
        let properties = children.map { key, child in
            JSON.Member(key, child.target.map { schema(of: $0) } ?? schema(of: child, isClosed: isClosed))
        }
        let members: JSON = [
            "type": isNullable ? ["object", "null"] : "object", "properties": .object(properties),
        ]
        guard isClosed else { return members }
        return members.with(["patternProperties": ["^x-": [:]], "additionalProperties": false])
    }

    private func schema(of target: KeyTable.Target) -> JSON {
        let field = fields[target.field]
        let spelling = field.spellings[target.spelling]
        let value = field.isRequired ? spelling.schema : spelling.schema.orNull
        if target.spelling == 0 { return JSON.object([.init("description", .string(plain(field)))]).with(value) }
        let note = "Older spelling of `\(field.name)`. \(plain(field))"
        return JSON.object([.init("description", .string(note)), .init("deprecated", true)]).with(value)
    }

    private func plain(_ field: Field<Root>) -> String {
        field.summary + (field.standard.map { " Default: \($0)." } ?? "")
    }

    /// Canonical keys in the order of the declarations, then the older ones.
    private func rank(_ table: KeyTable) -> Int {
        if let target = table.target { return target.spelling * 1000 + target.field }
        return table.children.values.map(rank).min() ?? 0
    }
}
