internal import Basics
internal import CommandLine
internal import Reports
internal import Runner

/// `leviathan explain`: what a rule, a diagnostic or a refusal means.
enum ExplainCommand: Command {
    static let name = "explain"

    static let spec = CommandSpec(
        name, group: .look, "Say what a rule, a diagnostic or a refusal means, and what to do about it",
        discussion:
            "The ids stand in the output in brackets, and in JSON and reports. Without one, all are listed.",
        arguments: [
            ArgumentSpec("ID", .optional, completion: .asking(.ids), "Such as path-not-allowed or not-ready")
        ],
        examples: [CommandSpec.Example("leviathan explain path-not-allowed", "why a change was rejected")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        guard let id = context.arguments.argument("ID") else { return list(context) }
        let meanings = Catalog.meanings(of: id)
        guard !meanings.isEmpty else {
            let nearest = Suggestion.nearest(to: id, among: Catalog.ids).map { "did you mean '\($0)'?" }
            throw StageError(
                .invalid, "there is no rule, diagnostic or refusal '\(id)'",
                hint: nearest ?? "'leviathan explain' lists them all")
        }
        if context.isJSON {
            context.output.json(.array(meanings.map(json)))
        } else {
            context.output.data(meanings.map { text($0, context.palette) }.joined(separator: "\n"))
        }
        return .done
    }

    private static func list(_ context: CommandContext) -> ExitCode {
        if context.isJSON {
            context.output.json(.array(Catalog.all.map(json)))
            return .done
        }
        for kind in Catalog.Kind.allCases {
            let entries = Catalog.all.filter { $0.kind == kind }.map(\.entry)
            context.output.data(context.palette.bold("\(kind.rawValue)s") + "\n")
            let width = entries.map(\.id.count).max() ?? 0
            for entry in entries {
                let gap = String(repeating: " ", count: width - entry.id.count + 2)
                context.output.data("  \(entry.id)\(gap)\(entry.summary)\n")
            }
        }
        return .done
    }

    private static func text(_ meaning: Catalog.Meaning, _ palette: Palette) -> String {
        let entry = meaning.entry
        var page = DetailPage(entry.id, "(\(meaning.kind.rawValue))", column: 9, palette)
        page.row("means", entry.summary)
        page.row("why", entry.reason)
        page.row("do", entry.remedy)
        page.row("page", meaning.page)
        page.block(entry.example.trimmed)
        return page.render()
    }

    private static func json(_ meaning: Catalog.Meaning) -> JSON {
        let entry = meaning.entry
        return [
            "id": .string(entry.id), "kind": .string(meaning.kind.rawValue), "summary": .string(entry.summary),
            "why": .string(entry.reason), "remedy": .string(entry.remedy), "example": .string(entry.example),
            "page": .string(meaning.page),
        ]
    }
}
