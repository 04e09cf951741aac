internal import Basics
internal import CommandLine
internal import Contracts
internal import Model
internal import Runner

/// `leviathan add --template`: the tasks of a template, as far as the policy has a scope for them.
enum AddTemplate {
    static let option = OptionSpec(
        "template", .value("NAME"), choices: BacklogTemplate.all.map(\.name),
        "The tasks of a template: " + BacklogTemplate.all.map(\.name).joined(separator: ", "))

    static func run(_ name: String, _ context: CommandContext) throws -> ExitCode {
        for option in ["title", "path", "input", "id", "executor", "ready", "outdated", "criterion"]
        where context.arguments.isGiven(option) {
            throw context.arguments.misuse("'--\(option)' and '--template' exclude each other")
        }
        guard let template = BacklogTemplate.named(name) else {
            throw context.arguments.misuse("there is no template '\(name)'")
        }
        var (tasks, skipped) = ([JSON](), [JSON]())
        for item in template.items {
            do throws(StageError) { tasks.append(try add(item, context)) } catch {
                skipped.append(["title": .string(item.title), "reason": .string(error.description)])
                context.output.warning(
                    StageError(.invalid, "'\(item.title)' was left out", causes: [error.message] + error.causes))
            }
        }
        if context.isJSON { context.output.json(["tasks": .array(tasks), "skipped": .array(skipped)]) }
        guard !tasks.isEmpty else {
            throw StageError(
                .invalid, "the policy has no scope for the tasks of '\(name)'",
                hint:
                    "add a scope to .leviathan/policy.yaml that their executors serve and whose paths hold theirs")
        }
        if !context.arguments.flag("dry-run") {
            context.output.note("look at what they say, change it, and let each run with 'ready: true'")
        }
        return .done
    }

    /// Each is added to what the one before left.
    private static func add(
        _ item: BacklogTemplate.Item, _ context: CommandContext
    ) throws(StageError) -> JSON {
        let addition = try TaskAddition(context.directory, context.shared)
        let scope = try addition.scope(context.arguments.argument("SCOPE") ?? item.executor)
        let task = item.task(in: scope.name, executorOfScope: scope.executor, besides: addition.ids)
        let written = try addition.written(task, inOwnFile: context.arguments.flag("own-file"))
        let isDryRun = context.arguments.flag("dry-run")
        if isDryRun {
            if !context.isJSON { context.output.data(task.text) }
        } else {
            do { try AddCommand.write(written, addition.checkout.root) } catch {
                throw StageError(.unexpected, "'\(written.path)' cannot be written", causes: ["\(error)"])
            }
            context.output.note("added '\(SafeText.line(task.id))' to \(written.path)")
        }
        return ["task": .string(task.id), "file": .string(written.path), "written": .bool(!isDryRun)]
    }
}
