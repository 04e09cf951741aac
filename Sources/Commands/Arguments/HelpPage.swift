/// The text that `--help` prints.
package struct HelpPage {
    private let program: CommandSpec
    private let width: Int

    package init(_ program: CommandSpec, width: Int = 100) {
        (self.program, self.width) = (program, max(40, width))
    }

    /// The page of the command at a path; the overview for the empty one.
    package func render(_ path: [String]) -> String {
        var command = program
        for name in path { command = command.subcommand(name) ?? command }
        return path.isEmpty ? overview : page(of: command, path)
    }

    static func usage(of command: CommandSpec, path: [String], program: CommandSpec) -> String {
        var words = [program.name] + path
        if !command.subcommands.isEmpty { words.append("COMMAND") }
        if !command.options.isEmpty && !path.isEmpty { words.append("[OPTIONS]") }
        return (words + command.arguments.map(\.usage)).joined(separator: " ")
    }

    private var overview: String {
        var text = "\(program.summary)\n\nUsage: \(program.name) COMMAND [OPTIONS]\n"
        for group in CommandSpec.Group.allCases {
            let commands = program.visibleSubcommands.filter { $0.group == group }
            if commands.isEmpty { continue }
            text += "\n\(group.rawValue):\n" + rows(commands.map { ($0.name, $0.summary) })
        }
        text += "\nOptions for every command:\n" + optionRows(program.options)
        text += examples(program.examples)
        return text + "\n'\(program.name) help COMMAND' says more about one command.\n"
    }

    private func page(of command: CommandSpec, _ path: [String]) -> String {
        var text = "\(command.summary)\n\nUsage: \(Self.usage(of: command, path: path, program: program))\n"
        if !command.discussion.isEmpty { text += "\n" + wrapped(command.discussion, indent: 0) + "\n" }
        if !command.visibleSubcommands.isEmpty {
            text += "\nCommands:\n" + rows(command.visibleSubcommands.map { ($0.name, $0.summary) })
        }
        if !command.arguments.isEmpty {
            text += "\nArguments:\n" + rows(command.arguments.map { ($0.name, $0.summary) })
        }
        if !command.options.isEmpty { text += "\nOptions:\n" + optionRows(command.options) }
        text += "\nOptions for every command:\n" + optionRows(program.options)
        return text + examples(command.examples)
    }

    private func optionRows(_ options: [OptionSpec]) -> String {
        rows(
            options.map { option in
                let choices = option.choices.isEmpty ? "" : " (\(option.choices.joined(separator: ", ")))"
                return (option.usage, option.summary + choices)
            })
    }

    private func examples(_ examples: [CommandSpec.Example]) -> String {
        guard !examples.isEmpty else { return "" }
        return "\nExamples:\n"
            + examples.map { "  \($0.line)\n" + wrapped($0.explanation, indent: 6) + "\n" }.joined()
    }

    /// Two columns, the second wrapped beside the first.
    private func rows(_ rows: [(String, String)]) -> String {
        let left = min(rows.map(\.0.count).max() ?? 0, 30)
        return rows.map { name, summary in
            let text = wrapped(summary, indent: left + 4).drop { $0 == " " }
            let padding = String(repeating: " ", count: max(0, left - name.count) + 2)
            let gap = name.count > left ? "\n" + String(repeating: " ", count: left + 4) : padding
            return "  \(name)\(gap)\(text)\n"
        }.joined()
    }

    private func wrapped(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
            var (lines, line) = ([String](), "")
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty && indent + line.count + word.count + 1 > width {
                    lines.append(margin + line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            return (lines + [line.isEmpty ? "" : margin + line]).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
