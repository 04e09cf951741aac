internal import Basics
internal import CommandLine
internal import Glibc
internal import Processes
internal import Runner

/// `leviathan demo`: a walk through everything, in a throwaway repository.
enum DemoCommand: Command {
    static let name = "demo"

    static let spec = CommandSpec(
        name, "Walk through everything in a throwaway repository",
        discussion: """
            Makes a small repository with a remote below the temporary directory, and does there what you would do in \
            yours: a task from the backlog to a pushed branch, one that the policy rejects, one that an invariant rejects, \
            and what the journal says of them. It needs git, and no network; your own repositories, settings and journal \
            are not touched, and everything is removed at the end. On a terminal it waits between the steps.
            """,
        options: [OptionSpec("yes", short: "y", "Do not wait between the steps")],
        examples: [CommandSpec.Example("leviathan demo", "two minutes, before anything else")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        let place = try DemoPlace(context.shared)
        defer { place.remove(telling: context.output) }
        try place.prepare()
        var done: [JSON] = []
        for (number, step) in DemoStep.all.enumerated() {
            say(step, number, context)
            let code = try place.run(step, showing: !context.isJSON)
            done.append([
                "command": .string(step.line), "exit_code": .integer(Int(code)),
                "expected": .integer(Int(step.expected)),
            ])
            guard code == step.expected else { throw unexpected(step, code) }
            if number < DemoStep.all.count - 1 { try pause(context) }
        }
        if context.isJSON {
            context.output.json(["steps": .array(done)])
        } else {
            context.output.note("\n" + Wrapping.wrap(DemoStep.end, width: context.output.readable))
        }
        return .done
    }

    private static func say(_ step: DemoStep, _ number: Int, _ context: CommandContext) {
        guard !context.isJSON else { return }
        let words = Wrapping.wrap(
            "\(number + 1)/\(DemoStep.all.count)  \(step.words)", width: context.output.readable)
        let palette = context.output.errorPalette
        context.output.note("\n\(words)\n\n\(palette.bold("$ " + step.line))")
    }

    /// A step that ends otherwise than it should is no demonstration of anything.
    private static func unexpected(_ step: DemoStep, _ code: Int32) -> StageError {
        StageError(
            .unexpected, "'\(step.line)' ended with \(code), and \(step.expected) was expected",
            hint: "'leviathan doctor' says what is missing on this machine")
    }

    /// Waits for Enter; the end of input, `q` or Ctrl-C ends the walk.
    private static func pause(_ context: CommandContext) throws {
        let cancellation = context.shared.cancellation
        if !context.isJSON, !context.arguments.flag("yes"), Questions.canBeAsked, !cancellation.isCancelled {
            context.output.prompt("\nEnter goes on, q ends: ")
            var wakes = [
                pollfd(fd: 0, events: Int16(POLLIN), revents: 0),
                pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            while poll(&wakes, 2, -1) < 0, errno == EINTR {}
            if !cancellation.isCancelled {
                guard let line = readLine(), line.trimmed.lowercased() != "q" else { throw stopped }
            }
        }
        if cancellation.isCancelled { throw stopped }
    }

    private static var stopped: StageError {
        StageError(.interrupted, "the demo was ended early; everything of it is removed")
    }
}
