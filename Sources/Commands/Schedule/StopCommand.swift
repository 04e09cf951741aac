internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan stop`: nothing more is begun on this machine, whoever asks.
enum StopCommand: Command {
    static let name = "stop"

    static let spec = CommandSpec(
        name, group: .act, "Stop everything on this machine until a person resumes it",
        discussion: """
            Nothing is begun any more, and what runs pushes nothing and opens no pull request. With --now it also ends, \
            within two seconds. The order is a file in Leviathan's home, 'stop': it holds without the journal, and one \
            that cannot be read holds as well.
            """,
        options: [
            OptionSpec("reason", .value("TEXT"), "Why, for whoever asks"),
            OptionSpec("now", "End what runs as well"),
        ], examples: [CommandSpec.Example("leviathan stop --now --reason 'wrong token'", "in an emergency")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let order = try HomeControls(context.shared).stop(
            reason: context.arguments.value("reason"), endsRunning: context.arguments.flag("now"))
        if context.isJSON {
            context.output.json([
                "stopped": true, "reason": .optional(order.reason), "now": .bool(order.endsRunning),
            ])
        }
        context.output.note("stopped: nothing more is begun or delivered; 'leviathan resume' lifts it")
        return .done
    }
}

/// `leviathan resume`: lifts the order to stop.
enum ResumeCommand: Command {
    static let name = "resume"

    static let spec = CommandSpec(name, group: .act, "Lift the order to stop")

    static func run(_ context: CommandContext) throws -> ExitCode {
        let wasStopped = try HomeControls(context.shared).resume()
        if context.isJSON { context.output.json(["stopped": false, "was_stopped": .bool(wasStopped)]) }
        context.output.note(wasStopped ? "resumed" : "nothing was stopped")
        return .done
    }
}
