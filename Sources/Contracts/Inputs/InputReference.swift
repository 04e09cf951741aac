package import Basics

/// What people read about inputs: rows of a table, one for each input and each member within it.
package struct InputReference {
    package struct Row: Sendable {
        package let name: String
        package let takes: String
        package let standard: String
        package let summary: String
        package let example: String
    }

    package private(set) var rows: [Row] = []
    private var named: [(name: String, type: InputType)] = []

    package init(_ declaration: ExecutorInputs) {
        add(declaration.record, under: "")
        var next = 0
        while next < named.count {
            add(named[next].type, under: "(\(named[next].name))")
            next += 1
        }
    }

    /// The table of a page.
    package var markdown: String {
        let cells = rows.map { row in
            [
                "`\(row.name)`", row.takes, row.standard, row.summary,
                row.example.isEmpty ? "" : "`\(row.example)`",
            ].map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
        }
        return "| input | takes | default | meaning | example |\n|---|---|---|---|---|\n"
            + cells.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    package var json: JSON {
        .array(
            rows.map {
                [
                    "name": .string($0.name), "takes": .string($0.takes), "default": .string($0.standard),
                    "summary": .string($0.summary), "example": .string($0.example),
                ]
            })
    }

    /// What an editor shows beside a member.
    static func plain(_ input: Input) -> String {
        input.summary + (input.standard.map { " Default: \($0)." } ?? "") + " Example: `\(input.example)`."
    }

    private mutating func add(_ record: InputRecord, under prefix: String, note: String = "") {
        let dot = prefix.isEmpty ? "" : prefix + "."
        for input in record.members {
            let isNeeded = input.isRequired || record.choice.contains(input.name)
            let also = input.aliases.isEmpty ? "" : " Also `\(input.aliases.joined(separator: "`, `"))`."
            rows.append(
                Row(
                    name: dot + input.name, takes: Self.takes(input.type),
                    standard: input.isRequired ? "required" : isNeeded ? "one of them" : input.standard ?? "",
                    summary: input.summary + also + note, example: input.example))
            add(input.type, under: dot + input.name)
        }
        if let others = record.others {
            rows.append(
                Row(
                    name: dot + "NAME", takes: Self.takes(others), standard: "",
                    summary: "Any other name is one of these.", example: ""))
            add(others, under: dot + "NAME")
        }
        for (value, variant) in record.variants?.records ?? [] {
            add(variant, under: prefix, note: " With `\(record.variants?.key ?? ""): \(value)`.")
        }
    }

    private mutating func add(_ type: InputType, under prefix: String) {
        switch type {
        case .record(let record): add(record, under: prefix)
        case .keyed(let records): for record in records { add(record, under: prefix) }
        case .list(let element): add(element, under: prefix + "[]")
        case .mapping(let value): add(value, under: prefix + ".NAME")
        case .either(let types): for type in types { add(type, under: prefix) }
        case .named(let name, let inner):
            if !named.contains(where: { $0.name == name }) { named.append((name, inner())) }
        default: break
        }
    }

    /// Mappings have rows of their own for what is in them.
    private static func takes(_ type: InputType) -> String {
        switch type {
        case .record, .keyed: "a mapping"
        case .either(let types): types.map(takes).joined(separator: ", or ")
        default: type.words
        }
    }
}
