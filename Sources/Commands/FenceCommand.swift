internal import Basics
internal import CommandLine
internal import Processes
internal import Runner

/// `leviathan fence`: one program behind the fence that tasks run behind.
enum FenceCommand: Command {
    static let name = "fence"

    static let spec = CommandSpec(
        name, group: .other, "Run a program that may write only where it is allowed to",
        discussion:
            "The kernel holds the fence: nothing outside the allowed paths can be written, there is no network, and the "
            + "whole process tree dies with the program. Keys and tokens of the user cannot be read, and git's metadata "
            + "cannot be written. HOME and TMPDIR are private and gone afterwards.",
        options: [
            OptionSpec(
                "allow", .value("PATH"), repeats: true, completion: .files,
                "A file or directory that may be written"),
            OptionSpec("network", "Leave the network open"),
            OptionSpec("env", .value("NAME"), repeats: true, "Pass this variable on"),
            OptionSpec("timeout", .value("TIME"), "End the program after this time"),
        ], arguments: [ArgumentSpec("COMMAND", .oneOrMore, "The program and its arguments, behind '--'")],
        examples: [
            CommandSpec.Example("leviathan fence --allow build -- make", "a build that writes into build/ only")
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let words = context.arguments.arguments("COMMAND")
        let directory = FileSystem.realPath(context.directory) ?? context.directory
        let writable = try context.arguments.all("allow").map { path in
            guard let resolved = FenceDirectories.resolved(path, in: directory) else {
                throw StageError(.invalid, "'\(path)' cannot be allowed", hint: "its directory has to be there")
            }
            return resolved
        }
        let place = try FenceDirectories(context.shared)
        var program = Subprocess(
            words.first ?? "", Array(words.dropFirst()),
            environment: FenceDirectories.environment(
                context.shared.environment, adding: context.arguments.all("env")))
        program.workingDirectory = directory
        (program.input, program.output, program.errors) = (.inherited, .inherited, .inherited)
        program.timeout = try context.arguments.duration("timeout")
        program.fence = try place.fence(
            writable: writable, directory: directory,
            network: context.arguments.flag("network") ? .allowed : .denied)
        Interrupts.cancel(context.shared.cancellation)
        return try conclude(program, context)
    }

    private static func conclude(_ program: Subprocess, _ context: CommandContext) throws -> ExitCode {
        let ending: ProcessOutcome.Ending
        do throws(SpawnError) {
            ending = try program.run(cancellation: context.shared.cancellation).ending
        } catch { throw StageError(.executor, error) }
        switch ending {
        case .exited(let code): return .ofProgram(code)
        case .signalled(let number): return .ofProgram(128 + number)
        case .cancelled: return .interrupted
        case .timedOut: throw StageError(.executor, "'\(program.executable)' ran out of time, and was ended")
        }
    }
}
