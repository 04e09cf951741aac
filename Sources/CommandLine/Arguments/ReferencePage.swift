internal import Basics

/// The page `docs/commands.md`, made from the declarations.
package enum ReferencePage {
    package static func render(_ program: CommandSpec) -> String {
        var text = """
            # Commands

            This page is written by `\(program.name) __reference`; `\(program.name) help COMMAND` shows the same in the terminal.

            ## For every command


            """
        text += table(program.visibleOptions + [.help])
        for group in CommandSpec.Group.allCases {
            let commands = program.visibleSubcommands.filter { $0.group == group }
            if commands.isEmpty { continue }
            text += "\n## \(escaped(group.rawValue))\n"
            for command in commands { text += sections(command, [command.name], program) }
        }
        return text
    }

    /// The section of a command, and those of its subcommands after it.
    private static func sections(_ command: CommandSpec, _ path: [String], _ program: CommandSpec) -> String {
        var text = "\n### \(path.joined(separator: " "))\n\n\(escaped(command.summary)).\n\n"
        text += "```\n\(HelpPage.usage(of: command, path: path, program: program))\n```\n"
        if !command.aliases.isEmpty { text += "\nAlso: \(code(command.aliases))\n" }
        if !command.discussion.isEmpty { text += "\n\(command.discussion)\n" }
        if !command.arguments.isEmpty {
            text += "\n" + command.arguments.map { "- `\($0.usage)`: \(escaped($0.explanation))\n" }.joined()
        }
        for options in byGroup(command.visibleOptions) {
            if let heading = options.first?.group { text += "\n\(escaped(heading)):\n" }
            text += "\n" + table(options)
        }
        for example in command.examples { text += "\n`\(example.line)`: \(escaped(example.explanation))\n" }
        return text + command.visibleSubcommands.map { sections($0, path + [$0.name], program) }.joined()
    }

    private static func byGroup(_ options: [OptionSpec]) -> [[OptionSpec]] {
        var groups: [[OptionSpec]] = []
        for option in options {
            if let place = groups.firstIndex(where: { $0.first?.group == option.group }) {
                groups[place].append(option)
            } else {
                groups.append([option])
            }
        }
        return groups
    }

    private static func table(_ options: [OptionSpec]) -> String {
        "| option | meaning |\n| --- | --- |\n"
            + options.map { option in
                let usage = String(option.usage.drop { $0 == " " }).replacing("|", with: "\\|")
                return "| `\(usage)` | \(escaped(option.explanation)) |\n"
            }.joined()
    }

    private static func code(_ words: [String]) -> String {
        words.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// Text that Markdown shows as it is.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { "\\`*_<[|".contains($0) ? ["\\", $0] : [$0] })
    }
}
