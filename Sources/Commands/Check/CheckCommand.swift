internal import Basics
internal import CommandLine
internal import Reports
internal import Runner

/// `leviathan check`: judges a branch where nobody can skip it.
enum CheckCommand: Command {
    static let name = "check"

    static let spec = CommandSpec(
        name, group: .look, "Judge what a branch brings, by the rules of the branch it is to go to",
        discussion: """
            Finds the task by the branch's name agent/TASK or by the commits' trailers, reads the rules from the tip of the \
            target branch, and holds the way from the merge base to HEAD against them and against the invariants. Nothing \
            that the branch itself holds decides. A branch that carries out no task is only noted, unless --require-task. \
            Ends with 0 when the change is accepted, with 4 when a rule and with 5 when an invariant rejects it, with 3 \
            when it cannot be judged, such as in a clone that lacks history, and with 6 when programs cannot be run.
            """,
        options: [
            OptionSpec(
                "base", .value("REV"), "The tip of the target branch; by default what the job or the remote says"),
            OptionSpec("head", .value("REV"), "Judge this commit instead of HEAD"),
            OptionSpec("task", .value("ID"), completion: .asking(.tasks), "Judge by this task"),
            OptionSpec(
                "scope", .value("NAME"), completion: .asking(.scopes), excludes: ["task"],
                "Judge by a scope, whoever made the change"),
            OptionSpec("require-task", "Reject a branch that carries out no task"),
            OptionSpec("reproduce", "Also run the task again, and demand the same tree"),
            OptionSpec("no-invariants", "Hold the change against the rules alone"),
            OptionSpec("fetch", "Fetch the target branch, and the history that a shallow clone lacks"),
        ] + CheckOutputs.options,
        examples: [
            CommandSpec.Example("leviathan check", "in a CI job, or before a push"),
            CommandSpec.Example("leviathan check --head origin/agent/task-001 --no-invariants", "a quick look"),
            CommandSpec.Example(
                "leviathan check --fetch --sarif check.sarif --annotations", "in a pull request on GitHub"),
            CommandSpec.Example("leviathan check --scope docs", "a person's branch, by the rules of a scope"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let arguments = context.arguments
        var request = CheckRequest(directory: context.directory)
        (request.base, request.head) = (arguments.value("base"), arguments.value("head"))
        (request.task, request.scope) = (arguments.value("task"), arguments.value("scope"))
        request.requiresTask = arguments.flag("require-task")
        request.reproduces = arguments.flag("reproduce")
        request.runsInvariants = !arguments.flag("no-invariants")
        request.fetches = arguments.flag("fetch")
        if request.scope != nil, request.reproduces {
            throw UsageError("'--reproduce' goes with a task, and '--scope' judges without one")
        }
        let outputs = try CheckOutputs(context)
        try outputs.prepare()
        Interrupts.cancel(context.shared.cancellation)
        let evaluation = try BranchCheck(request, context.shared).evaluate()
        let output = context.output.redacting(evaluation.redaction)
        if context.isJSON {
            output.json(EvaluationJSON.document(evaluation))
        } else {
            output.data(CheckText.text(evaluation, output.palette))
        }
        return reported(ExitCode(evaluation)) {
            try outputs.write(evaluation, output)
        } failed: {
            output.error($0)
        }
    }

    /// A form that could not be written is told beside the verdict, and takes part in the exit code.
    private static func reported(
        _ code: ExitCode, _ write: () throws -> Void, failed: (any ExplainedError) -> Void
    ) -> ExitCode {
        do {
            try write()
            return code
        } catch {
            failed(error as? any ExplainedError ?? StageError(.unexpected, "\(error)"))
            return ExitCode(worstOf: [code, ExitCode(error)])
        }
    }
}
