internal import Basics
internal import CommandLine
internal import Contracts
internal import Model
internal import Paths
internal import Runner

/// `leviathan tasks`: the backlog as a table, with the reason why a task cannot run.
enum TasksCommand: Command {
    private static let columns: [Table.Column] = [
        Table.Column("ID", isFlexible: false), Table.Column("TITLE", wraps: true),
        Table.Column("SCOPE", isOptional: true), Table.Column("PRIORITY", isOptional: true), "STATE",
        Table.Column("RUNNABLE", wraps: true),
    ]

    static let name = "tasks"

    static let spec = CommandSpec(
        name, group: .look, "List the tasks, and why those that cannot run cannot",
        options: Target.options + [
            Target.named,
            OptionSpec("scope", .value("SCOPE"), completion: .asking(.scopes), "Only tasks of this scope"),
            OptionSpec(
                "state", .value("STATE"), choices: BacklogTask.Status.allCases.map(\.rawValue),
                "Only tasks in this state"),
            OptionSpec(
                "priority", .value("PRIORITY"), choices: BacklogTask.Priority.allCases.map(\.rawValue),
                "Only tasks of this priority"),
            OptionSpec("label", .value("LABEL"), repeats: true, "Only tasks with this label"),
            OptionSpec("runnable", "Only tasks that may run now"),
            LimitTable.option, RemotePlane.option,
        ] + Listing.options(columns),
        examples: [CommandSpec.Example("leviathan tasks --runnable", "what could be proposed now")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if let done = try context.remotely({ try RemoteLists.tasks(context, $0) }) { return done }
        var listing = try Listing(columns, context)
        let target = try Target(context)
        let contract = try target.contract()
        let eligibility = try target.eligibility(contract, context)
        if context.arguments.flag("limits") {
            LimitTable([(contract.target.id, try eligibility.limitStates())]).show(context)
            return .done
        }
        let times = context.times.forTables
        try select(contract.backlog.tasks, context, eligibility) { task, refusal in
            let priority = BacklogTask.Priority.allCases.firstIndex(of: task.priority)
            listing.add(
                [
                    Table.Cell(task.id), Table.Cell(task.title), Table.Cell(task.scope ?? ""),
                    Table.Cell(task.priority.rawValue, key: priority), Table.Cell(task.status.rawValue),
                    Table.Cell(refusal.map { "no: " + $0.short(times) } ?? "yes"),
                ], json: json(task, refusal))
        }
        let isEmpty = contract.backlog.tasks.isEmpty
        let code = listing.show(
            empty: isEmpty ? "the backlog is empty: describe a task in it" : "no task matches")
        noteTasksOnlyHere(target, contract, context)
        return code
    }

    private static func noteTasksOnlyHere(_ target: Target, _ contract: Contract, _ context: CommandContext) {
        guard !target.usesWorktree else { return }
        let names = target.stage.tasksOnlyHere(contract)
        guard let first = names.first else { return }
        let others = names.count == 1 ? "is" : "and \(names.count - 1) more are"
        context.output.note(
            "note: '\(first)' \(others) only in the working directory: what counts is in \(target.base.name); "
                + "commit and push it, or look at it with --from-worktree")
    }

    /// Visits the tasks that were asked for, one after the other: there may be very many.
    private static func select(
        _ tasks: [BacklogTask], _ context: CommandContext, _ eligibility: Eligibility,
        _ visit: (BacklogTask, Refusal?) -> Void
    ) throws {
        let scope = context.arguments.value("scope")
        let state = context.arguments.choice("state", BacklogTask.Status.self)
        let priority = context.arguments.choice("priority", BacklogTask.Priority.self)
        let labels = context.arguments.all("label")
        let onlyRunnable = context.arguments.flag("runnable")
        for task in tasks
        where (scope == nil || task.scope == scope) && (state == nil || task.status == state)
            && (priority == nil || task.priority == priority) && labels.allSatisfy(task.labels.contains)
        {
            let refusal = try eligibility.refusal(of: task)
            if refusal == nil || !onlyRunnable { visit(task, refusal) }
        }
    }

    static func json(_ task: BacklogTask, _ refusal: Refusal?) -> JSON {
        [
            "id": .string(task.id), "title": .string(task.title), "description": .optional(task.details),
            "scope": .optional(task.scope), "priority": .string(task.priority.rawValue),
            "size": .optional(task.size?.rawValue), "ready": .bool(task.ready),
            "status": .string(task.status.rawValue),
            "allowed_paths": .strings(task.allowedPaths.map(\.text)),
            "acceptance_criteria": .strings(task.acceptanceCriteria), "dependencies": .strings(task.dependencies),
            "executor": .optional(task.executor), "inputs": task.inputs, "labels": .strings(task.labels),
            "runnable": .bool(refusal == nil), "why_not": .optional(refusal?.short),
            "refusal": refusal.map(\.json) ?? .null,
        ]
    }
}

/// `leviathan show`: one task in full.
enum ShowCommand: Command {
    static let name = "show"

    static let spec = CommandSpec(
        name, group: .look, "Show one task in full", options: Target.options + [Target.named],
        arguments: [ArgumentSpec("TASK", completion: .asking(.tasks), "The task's id")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let target = try Target(context)
        let contract = try target.contract()
        let task = try target.stage.task(context.arguments.argument("TASK") ?? "", in: contract)
        let refusal = try target.eligibility(contract, context, task: task.id).refusal(of: task)
        if context.isJSON {
            context.output.json(TasksCommand.json(task, refusal))
            return .done
        }
        context.output.data(text(task, refusal, context))
        return .done
    }

    private static func text(_ task: BacklogTask, _ refusal: Refusal?, _ context: CommandContext) -> String {
        var page = DetailPage(task.id, task.title, column: 12, context.palette)
        page.row("scope", task.scope)
        page.row("priority", task.priority.rawValue)
        page.row("size", task.size?.rawValue)
        page.row("state", task.status.rawValue + (task.ready ? ", ready" : ", not ready"))
        page.row("labels", task.labels.joined(separator: ", "))
        page.row("paths", task.allowedPaths.map(\.text).joined(separator: ", "))
        page.row("depends on", task.dependencies.joined(separator: ", "))
        page.row("executor", task.executor)
        page.row("inputs", task.inputs.members?.isEmpty == false ? task.inputs.text() : nil)
        page.row("written in", task.place?.text)
        page.row("why not", refusal?.message(in: context.times))
        if let details = task.details { page.block(details) }
        let criteria = task.acceptanceCriteria.map { "  - \(SafeText.line($0))" }
        if !criteria.isEmpty { page.block(criteria.joined(separator: "\n")) }
        return page.render()
    }
}
