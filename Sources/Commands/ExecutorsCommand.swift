internal import Basics
internal import CommandLine
internal import Executors
internal import Runner

/// `leviathan executors`: lists the executors that a task can name, and where each comes from.
enum ExecutorsCommand: Command {
    static let spec = CommandSpec(
        "executors", group: .look, "List the executors",
        discussion: """
            Built-in ones, and plugins: programs named leviathan-executor-NAME in PATH, and in .leviathan/executors of the \
            base commit. Those in PATH are started, behind the fence, and asked who they are.
            """)

    static func run(_ context: CommandContext) -> ExitCode {
        let listing = ExecutorListing(context.shared, directory: context.directory)
        let entries = listing.entries()
        if context.isJSON {
            context.output.json(.array(entries.map(json)))
            return .done
        }
        var table = Table(["NAME", "VERSION", "WHAT IT DOES"])
        for entry in entries { table.add([entry.name, entry.version, entry.problem ?? entry.summary]) }
        context.output.data(table.render(width: context.output.width, context.palette))
        return .done
    }

    private static func json(_ entry: ExecutorListing.Entry) -> JSON {
        [
            "name": .string(entry.name), "version": .string(entry.version), "summary": .string(entry.summary),
            "plugin": .optional(entry.plugin), "problem": .optional(entry.problem),
        ]
    }
}
