/// The page `docs/commands.md`, made from the declarations.
package enum ReferencePage {
    package static func render(_ program: CommandSpec) -> String {
        var text = """
            # Commands

            This page is written by `leviathan __reference`; `leviathan help COMMAND` shows the same in the terminal.

            ## For every command


            """
        text += table(program.options)
        for group in CommandSpec.Group.allCases {
            let commands = program.visibleSubcommands.filter { $0.group == group }
            if commands.isEmpty { continue }
            text += "\n## \(group.rawValue)\n"
            for command in commands { text += section(command, program) }
        }
        return text
    }

    private static func section(_ command: CommandSpec, _ program: CommandSpec) -> String {
        var text = "\n### \(command.name)\n\n\(command.summary).\n\n"
        text += "```\n\(HelpPage.usage(of: command, path: [command.name], program: program))\n```\n"
        if !command.discussion.isEmpty { text += "\n\(command.discussion)\n" }
        if !command.arguments.isEmpty {
            text += "\n" + command.arguments.map { "- `\($0.name)`: \($0.summary)\n" }.joined()
        }
        if !command.options.isEmpty { text += "\n" + table(command.options) }
        for example in command.examples { text += "\n`\(example.line)`: \(example.explanation)\n" }
        return text
    }

    private static func table(_ options: [OptionSpec]) -> String {
        "| option | meaning |\n| --- | --- |\n"
            + options.map { option in
                let choices = option.choices.isEmpty ? "" : " (\(option.choices.joined(separator: ", ")))"
                let usage = String(option.usage.drop { $0 == " " })
                return "| `\(usage)` | \(option.summary)\(choices) |\n"
            }.joined()
    }
}
