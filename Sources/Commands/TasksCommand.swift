internal import Basics
internal import Contracts
internal import Model
internal import Runner

/// `leviathan tasks`: the backlog as a table, with the reason why a task cannot run.
enum TasksCommand: Command {
    static let spec = CommandSpec(
        "tasks", group: .look, "List the tasks, and why those that cannot run cannot",
        options: Target.options + [
            OptionSpec("scope", .value("SCOPE"), "Only tasks of this scope"),
            OptionSpec(
                "status", .value("STATUS"), choices: BacklogTask.Status.allCases.map(\.rawValue),
                "Only tasks with this status"),
            OptionSpec("runnable", "Only tasks that may run now"),
        ], examples: [CommandSpec.Example("leviathan tasks --runnable", "what could be proposed now")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let contract = try Target(context).contract()
        let planner = Planner(contract: contract, now: context.surroundings.clock.now())
        let rows = selected(contract.backlog.tasks, context, planner)
        if context.isJSON {
            context.output.json(.array(rows.map { json($0.task, $0.refusal) }))
            return .done
        }
        guard !rows.isEmpty else {
            context.output.note("no task matches")
            return .done
        }
        var table = Table(["ID", "TITLE", "SCOPE", "PRIORITY", "STATUS", "WHY NOT"])
        for (task, refusal) in rows {
            table.add([
                task.id, task.title, task.scope ?? "", task.priority.rawValue, task.status.rawValue,
                refusal.map { short($0, task) } ?? "runnable",
            ])
        }
        context.output.data(table.render(width: context.output.width, context.palette))
        return .done
    }

    private static func selected(
        _ tasks: [BacklogTask], _ context: CommandContext, _ planner: Planner
    ) -> [(task: BacklogTask, refusal: StageError?)] {
        let scope = context.arguments.value("scope")
        let status = context.arguments.choice("status", BacklogTask.Status.self)
        return tasks.filter { (scope == nil || $0.scope == scope) && (status == nil || $0.status == status) }
            .map { ($0, planner.refusal(of: $0)) }.filter { !context.arguments.flag("runnable") || $0.1 == nil }
    }

    private static func short(_ refusal: StageError, _ task: BacklogTask) -> String {
        refusal.message.replacing("task '\(task.id)' may not run: ", with: "")
    }

    static func json(_ task: BacklogTask, _ refusal: StageError?) -> JSON {
        [
            "id": .string(task.id), "title": .string(task.title), "description": .optional(task.details),
            "scope": .optional(task.scope), "priority": .string(task.priority.rawValue),
            "size": .optional(task.size?.rawValue), "ready": .bool(task.ready),
            "status": .string(task.status.rawValue),
            "allowed_paths": .strings(task.allowedPaths.map(\.text)),
            "acceptance_criteria": .strings(task.acceptanceCriteria), "dependencies": .strings(task.dependencies),
            "executor": .optional(task.executor), "inputs": task.inputs, "labels": .strings(task.labels),
            "runnable": .bool(refusal == nil), "why_not": .optional(refusal.map { short($0, task) }),
        ]
    }
}

/// `leviathan show`: one task in full.
enum ShowCommand: Command {
    static let spec = CommandSpec(
        "show", group: .look, "Show one task in full", options: Target.options,
        arguments: [ArgumentSpec("TASK", completion: .dynamic("tasks"), "The task's id")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let target = try Target(context)
        let contract = try target.contract()
        let task = try target.stage.task(context.arguments.argument("TASK") ?? "", in: contract)
        let refusal = Planner(contract: contract, now: context.surroundings.clock.now()).refusal(of: task)
        if context.isJSON {
            context.output.json(TasksCommand.json(task, refusal))
            return .done
        }
        context.output.data(text(task, refusal, context.palette))
        return .done
    }

    private static func text(_ task: BacklogTask, _ refusal: StageError?, _ palette: Palette) -> String {
        var text = palette.bold(SafeText.line(task.id)) + "  " + SafeText.line(task.title) + "\n"
        func row(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            text +=
                "  \(name)" + String(repeating: " ", count: max(1, 12 - name.count)) + SafeText.line(value) + "\n"
        }
        row("scope", task.scope)
        row("priority", task.priority.rawValue)
        row("size", task.size?.rawValue)
        row("status", task.status.rawValue + (task.ready ? ", ready" : ", not ready"))
        row("paths", task.allowedPaths.map(\.text).joined(separator: ", "))
        row("depends on", task.dependencies.joined(separator: ", "))
        row("executor", task.executor)
        row("inputs", task.inputs.members?.isEmpty == false ? task.inputs.text() : nil)
        row("why not", refusal?.message)
        if let details = task.details { text += "\n" + SafeText.block(details) + "\n" }
        if !task.acceptanceCriteria.isEmpty {
            text += "\n" + task.acceptanceCriteria.map { "  - \(SafeText.line($0))\n" }.joined()
        }
        return text
    }
}

/// `leviathan next`: the task that would be taken first.
enum NextCommand: Command {
    static let spec = CommandSpec(
        "next", group: .look, "Show the task that would be done next",
        discussion: "The most urgent task that may run; among equals the first in the backlog.",
        options: Target.options)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let contract = try Target(context).contract()
        let planner = Planner(contract: contract, now: context.surroundings.clock.now())
        let runnable = contract.backlog.tasks.filter { planner.refusal(of: $0) == nil }
        let next = runnable.enumerated().min {
            ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
        }?.element
        if context.isJSON {
            context.output.json(next.map { TasksCommand.json($0, nil) } ?? .null)
        } else if let next {
            context.output.data("\(SafeText.line(next.id))  \(SafeText.line(next.title))\n")
        } else {
            context.output.note("nothing to do: no task may run now ('leviathan tasks' says why)")
        }
        return .done
    }
}
