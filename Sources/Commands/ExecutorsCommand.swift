internal import Basics
internal import CommandLine
internal import Contracts
internal import Executors
internal import Runner

/// `leviathan executors [NAME]`: the executors that a task can name, or what one of them wants to know.
enum ExecutorsCommand: Command {
    static let name = "executors"

    static let spec = CommandSpec(
        name, aliases: ["executor"], group: .look, "List the executors, or the inputs of one",
        discussion: """
            Built-in ones, and plugins: programs named leviathan-executor-NAME in PATH, and in .leviathan/executors of the \
            base commit. Those in PATH are started, behind the fence, and asked who they are. 'leviathan help executor NAME' \
            is the same as naming one.
            """,
        arguments: [
            ArgumentSpec(
                "NAME", .optional, completion: .words(ExecutorRegistry.all.map(\.name)),
                "Show what this executor takes in a task's inputs")
        ], examples: [CommandSpec.Example("leviathan help executor edit", "what a task for it can say")],
        explains: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let listing = ExecutorListing(context.shared, directory: context.directory)
        if let name = context.arguments.argument("NAME") {
            show(try listing.entry(named: name), context)
            return .done
        }
        let entries = listing.entries()
        if context.isJSON {
            context.output.json(.array(entries.map { json($0) }))
            return .done
        }
        var table = Table([
            Table.Column("NAME", isFlexible: false), Table.Column("VERSION", isOptional: true),
            Table.Column("WHAT IT DOES", wraps: true),
        ])
        for entry in entries { table.add([entry.name, entry.version, entry.problem ?? entry.summary]) }
        context.show(table)
        return .done
    }

    private static func show(_ entry: ExecutorListing.Entry, _ context: CommandContext) {
        if context.isJSON {
            let inputs = entry.inputs.map { InputReference($0).json } ?? .null
            context.output.json(json(entry).adding("inputs", inputs))
            return
        }
        let head = SafeText.line("\(entry.name) \(entry.version): \(entry.problem ?? entry.summary)")
        context.output.data(Wrapping.wrap(head, width: context.output.width) + "\n\n")
        guard let inputs = entry.inputs else {
            context.output.data("It does not say what inputs it takes.\n")
            return
        }
        var table = Table([
            Table.Column("INPUT", isFlexible: false), Table.Column("TAKES", wraps: true),
            Table.Column("DEFAULT", isOptional: true), Table.Column("MEANING", wraps: true),
        ])
        for row in InputReference(inputs).rows { table.add([row.name, row.takes, row.standard, row.summary]) }
        context.show(table)
        guard !inputs.example.isEmpty else { return }
        let lines = inputs.example.split(separator: "\n", omittingEmptySubsequences: true).map { "  \($0)\n" }
        context.output.data("\ninputs:\n" + lines.joined())
    }

    private static func json(_ entry: ExecutorListing.Entry) -> JSON {
        [
            "name": .string(entry.name), "version": .string(entry.version), "summary": .string(entry.summary),
            "plugin": .optional(entry.plugin), "problem": .optional(entry.problem),
        ]
    }
}

extension JSON {
    fileprivate func adding(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []) + [.init(name, value)])
    }
}
