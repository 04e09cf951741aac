internal import Basics
internal import CommandLine
internal import Contracts
internal import Model
internal import Runner

/// `leviathan add`: writes a task into the backlog.
enum AddCommand: Command {
    static let name = "add"

    static let spec = CommandSpec(
        name, group: .setUp, "Write a task into the backlog",
        discussion: """
            Asks on a terminal for what is not given, and takes flags elsewhere. The task goes behind the last one of \
            backlog.yaml, where no other byte changes, or into a file of its own; it is checked first, and nothing that \
            lint would call an error is written. 'leviathan executors NAME' shows which inputs an executor takes.
            """,
        options: [
            OptionSpec("title", .value("TEXT"), "What is to be done, in one line"),
            OptionSpec(
                "path", .value("PATTERN"), repeats: true, "What it may touch, such as docs/logging.md or docs/"),
            OptionSpec("input", .value("NAME=VALUE"), repeats: true, "An input of its executor"),
            OptionSpec("description", .value("TEXT"), "The same, longer"),
            OptionSpec("criterion", .value("TEXT"), repeats: true, "What must be true afterwards"),
            OptionSpec("id", .value("ID"), "Its name, else one made of the title"),
            OptionSpec(
                "priority", .value("PRIORITY"), choices: BacklogTask.Priority.allCases.map(\.rawValue),
                "How urgent it is"),
            OptionSpec(
                "after", .value("TASK"), repeats: true, completion: .asking(.tasks), "A task to wait for"),
            OptionSpec("label", .value("LABEL"), repeats: true, "A label for its pull request"),
            OptionSpec(
                "executor", .value("NAME"), completion: .asking(.executors), "Another executor than the scope's"),
            OptionSpec("ready", "Let it run"),
            OptionSpec("outdated", "Write tasks that raise packages which 'leviathan outdated' lists"),
            OptionSpec("pick", .value("PACKAGE"), repeats: true, "With --outdated: this one, or all"),
            AddTemplate.option,
            OptionSpec("own-file", "Write .leviathan/backlog/ID.yaml instead"),
            OptionSpec("dry-run", short: "n", "Print the task and write nothing"),
        ], arguments: [ArgumentSpec("SCOPE", .optional, completion: .asking(.scopes), "A scope of the policy")],
        examples: [
            CommandSpec.Example("leviathan add", "asks for everything, on a terminal"),
            CommandSpec.Example(
                "leviathan add docs --title 'Explain logging' --path docs/logging.md", "a page"),
            CommandSpec.Example(
                "leviathan add dependencies --outdated --pick requests --ready",
                "a version that 'leviathan outdated' lists"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if context.arguments.flag("outdated") { return try AddOutdated.run(context) }
        if let name = context.arguments.value("template") { return try AddTemplate.run(name, context) }
        if context.arguments.isGiven("pick") { throw context.arguments.misuse("'--pick' goes with '--outdated'") }
        let addition = try TaskAddition(context.directory, context.shared)
        let asks = !context.isJSON && Questions.canBeAsked
        let task = try TaskForm(addition, context, asks: asks).filled()
        let written = try addition.written(task, inOwnFile: context.arguments.flag("own-file"))
        let isDryRun = context.arguments.flag("dry-run")
        if !isDryRun { try write(written, addition.checkout.root) }
        report(task, written, isDryRun, context)
        return .done
    }

    static func write(_ written: TaskAddition.Written, _ root: String) throws {
        let path = root + "/" + written.path
        if let slash = path.lastIndex(of: "/") { try FileSystem.createDirectory(String(path[..<slash])) }
        try FileSystem.write(written.bytes, to: path)
    }

    private static func report(
        _ task: NewTask, _ written: TaskAddition.Written, _ isDryRun: Bool, _ context: CommandContext
    ) {
        let output = context.output
        for warning in written.warnings {
            output.warning(StageError(.invalid, warning.message, hint: warning.hint))
        }
        if context.isJSON {
            output.json([
                "task": .string(task.id), "file": .string(written.path), "ready": .bool(task.isReady),
                "written": .bool(!isDryRun), "text": .string(task.text),
            ])
            return
        }
        if isDryRun { return output.data(task.text) }
        output.note("added '\(SafeText.line(task.id))' to \(written.path)")
        if !task.isReady { output.note("it does not run before it says 'ready: true'") }
        output.note("next: leviathan propose \(task.id) --dry-run --from-worktree")
    }
}
