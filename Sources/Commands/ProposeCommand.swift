internal import Basics
internal import CommandLine
internal import Model
internal import Runner

/// `leviathan propose`: tasks, from the contract to a pushed branch.
enum ProposeCommand: Command {
    static let name = "propose"

    static let spec = CommandSpec(
        name, group: .act, "Do tasks and push a branch for each, for review",
        discussion: """
            Reads the contract from the base commit, carries the task out without touching the checkout, freezes the \
            change, judges it, and only then pushes the branch agent/TASK. With --dry-run nothing is written anywhere: \
            the change is printed as a patch, and the verdict after it, on standard error; --text adds what reviewers \
            would read. Of several tasks each is done in a process of its own, as many at once as limits and --jobs allow, \
            and gets one line (with --json a line with the document of each); Ctrl-C lets what runs come to its end.
            """,
        options: [
            OptionSpec("all", "Every task that may run now"),
            OptionSpec(
                "scope", .value("SCOPE"), completion: .asking(.scopes), "With --all: only tasks of this scope"),
            OptionSpec(
                "jobs", .value("N"), default: "4", "Of several tasks at most N at once, whatever the limits allow"),
            OptionSpec("dry-run", short: "n", "Print the change and change nothing"),
            OptionSpec("text", "Print the text that reviewers read, too"),
            OptionSpec("base", .value("REV"), "Make the change on this commit"),
            Target.named,
            OptionSpec("fetch", "Fetch the base first, even for a dry run"),
            OptionSpec("offline", "Work on what was last fetched"),
            OptionSpec("from-worktree", "With --dry-run: use the uncommitted .leviathan/ files"),
            OptionSpec("refresh", "Bring what is under review up to date, where base or task have changed"),
            OptionSpec(
                "workspace", .value("KIND"), choices: Plan.WorkspaceKind.allCases.map(\.rawValue),
                "Where the task is carried out"),
            OptionSpec("unfenced", "Let the task's programs run without a fence"),
            OptionSpec(
                "override-stop", .value("REASON"), "Do it although everything is stopped; the reason is recorded"),
            OptionSpec("no-cache", "Run every check, also where its answer is known"),
            OptionSpec(
                "watch", excludes: ["all", "dry-run", "refresh", "base"],
                "Do nothing, and follow the attempt that another process makes of the task"),
        ], arguments: [ArgumentSpec("TASK", .many, completion: .asking(.tasks), "The ids of the tasks")],
        examples: [
            CommandSpec.Example("leviathan propose task-001 --dry-run", "see the change first"),
            CommandSpec.Example("leviathan propose task-001 --json", "for a script"),
            CommandSpec.Example("leviathan propose task-001 task-002", "several, one line each"),
            CommandSpec.Example("leviathan propose --all --scope docs", "whatever of one scope may run now"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let (arguments, tasks) = (context.arguments, context.arguments.arguments("TASK"))
        if arguments.flag("from-worktree") && !arguments.flag("dry-run") {
            throw UsageError(
                "'--from-worktree' goes with '--dry-run' only", hint: "commit and push the files to use them")
        }
        if arguments.flag("fetch") && arguments.flag("offline") {
            throw UsageError("'--fetch' and '--offline' exclude each other")
        }
        let isAll = arguments.flag("all")
        if isAll, !tasks.isEmpty { throw arguments.misuse("'--all' and the name of a task exclude each other") }
        if !isAll, tasks.isEmpty {
            throw arguments.misuse(
                "which task?",
                hint: "'leviathan tasks --runnable' lists those that may run, '--all' takes them all")
        }
        if !isAll, arguments.isGiven("scope") { throw arguments.misuse("'--scope' goes with '--all'") }
        if arguments.flag("watch"), tasks.count > 1 { throw arguments.misuse("'--watch' follows one task") }
        return try PlaneReporting.around(context) { context in
            if isAll || tasks.count > 1 { return try ProposeSeveral.run(context) }
            return arguments.flag("watch") ? try ProposeWatch.run(tasks[0], context) : try one(tasks[0], context)
        }
    }

    private static func one(_ task: String, _ context: CommandContext) throws -> ExitCode {
        var request = ProposeRequest(directory: context.directory, taskID: task)
        request.isDryRun = context.arguments.flag("dry-run")
        request.base = context.arguments.value("base")
        request.fetches = context.arguments.flag("fetch")
        request.isOffline = context.arguments.flag("offline")
        request.usesWorktreeFiles = context.arguments.flag("from-worktree")
        request.refreshes = context.arguments.flag("refresh")
        request.workspace = context.arguments.choice("workspace", Plan.WorkspaceKind.self)
        request.isUnfenced = context.arguments.flag("unfenced")
        request.stopOverride = context.arguments.value("override-stop")
        request.ignoresCache = context.arguments.flag("no-cache")
        return carryOut(request, context)
    }

    static func carryOut(_ request: ProposeRequest, _ context: CommandContext) -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let result = Propose(request, context.shared).run()
        show(result, context, context.output.redacting(result.redaction))
        return ExitCode(result)
    }

    private static func show(_ result: ProposeResult, _ context: CommandContext, _ output: Printer) {
        if context.isJSON {
            output.json(ProposeReport.json(result))
        } else {
            if let patch = result.patch { output.patch(patch) }
            let isTextWanted =
                result.textIsForPerson || context.arguments.flag("text") || context.arguments.flag("verbose")
            if isTextWanted, let words = ProposeReport.words(result, output.errorPalette) { output.note(words) }
            let isWhole = context.arguments.flag("verbose") || !output.tellsPerson
            if result.error == nil {
                output.note(ProposeReport.text(result, output.errorPalette, context.times, isWhole: isWhole))
            }
        }
        if let error = result.error {
            if let reading = error.reading { LintCommand.show(reading, output) }
            output.error(error)
        }
    }
}
