internal import Basics
internal import CommandLine

/// `leviathan completions`: the script for a shell.
enum CompletionsCommand: Command {
    static let name = "completions"

    static let spec = CommandSpec(
        name, "Print a completion script for a shell",
        arguments: [
            ArgumentSpec("SHELL", choices: CompletionScript.Shell.allCases.map(\.rawValue), "bash, zsh or fish")
        ], examples: [CommandSpec.Example("source <(leviathan completions bash)", "in ~/.bashrc")])

    static func run(_ context: CommandContext) -> ExitCode {
        let shell = context.arguments.argument("SHELL").flatMap(CompletionScript.Shell.init(rawValue:)) ?? .bash
        context.output.data(Array(CompletionScript.render(Program.spec, for: shell).utf8))
        return .done
    }
}

/// Prints `docs/commands.md`.
enum ReferenceCommand: Command {
    static let name = "__reference"

    static let spec = CommandSpec(name, "Print the reference page", isHidden: true)

    static func run(_ context: CommandContext) -> ExitCode {
        context.output.data(ReferencePage.render(Program.spec))
        return .done
    }
}
