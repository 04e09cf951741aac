/// The text that `--help` prints.
package struct HelpPage {
    private let program: CommandSpec
    private let width: Int
    private let palette: Palette

    /// Wraps to the width, within what can be read well.
    package init(_ program: CommandSpec, width: Int = 100, palette: Palette = Palette(isColored: false)) {
        (self.program, self.width, self.palette) = (program, min(max(width, 40), 120), palette)
    }

    /// The page of the command at a path; the overview for the empty one.
    package func render(_ path: [String]) -> String {
        guard !path.isEmpty, let command = program.command(at: path) else { return overview }
        return page(of: command, path)
    }

    package static func usage(of command: CommandSpec, path: [String], program: CommandSpec) -> String {
        var words = [program.name] + path
        if !command.subcommands.isEmpty { words.append(command.runsAlone ? "[COMMAND]" : "COMMAND") }
        if path.isEmpty || !command.visibleOptions.isEmpty { words.append("[OPTIONS]") }
        return (words + command.arguments.map(\.usage)).joined(separator: " ")
    }

    private var overview: String {
        var text = opening(program, [])
        let names = program.visibleSubcommands.map(\.name)
        for group in CommandSpec.Group.allCases {
            let commands = program.visibleSubcommands.filter { $0.group == group }
            text += section(group.rawValue, commands.map { ($0.name, $0.summary) }, alignedWith: names)
        }
        text += sharedOptions + examples(program.examples)
        return text + "\n" + wrapped("'\(program.name) help COMMAND' says more about one command.") + "\n"
    }

    private func page(of command: CommandSpec, _ path: [String]) -> String {
        var text = opening(command, path)
        if !command.aliases.isEmpty { text += "\nAlso: \(command.aliases.joined(separator: ", "))\n" }
        text += section("Commands", command.visibleSubcommands.map { ($0.name, $0.summary) })
        text += section("Arguments", command.arguments.map { ($0.usage, $0.explanation) })
        text += optionSections(command.visibleOptions) + sharedOptions
        return text + examples(command.examples)
    }

    private func opening(_ command: CommandSpec, _ path: [String]) -> String {
        let usage = Self.usage(of: command, path: path, program: program)
        let text = "\(wrapped(command.summary))\n\n\(palette.bold("Usage:")) \(usage)\n"
        return command.discussion.isEmpty ? text : text + "\n" + wrapped(command.discussion) + "\n"
    }

    private func optionSections(_ options: [OptionSpec]) -> String {
        var headings: [String] = []
        for heading in options.map({ $0.group ?? "Options" }) where !headings.contains(heading) {
            headings.append(heading)
        }
        return headings.map { heading in
            let chosen = options.filter { ($0.group ?? "Options") == heading }
            return section(heading, chosen.map(Self.row), alignedWith: options.map(\.usage))
        }.joined()
    }

    private var sharedOptions: String {
        section("Options for every command", (program.visibleOptions + [.help]).map(Self.row))
    }

    private static func row(_ option: OptionSpec) -> (String, String) { (option.usage, option.explanation) }

    private func section(_ heading: String, _ rows: [(String, String)], alignedWith: [String] = []) -> String {
        guard !rows.isEmpty else { return "" }
        let body = DefinitionList(rows, alignedWith: alignedWith).render(width: width, palette)
        return "\n" + palette.bold(wrapped(heading + ":")) + "\n" + body
    }

    private func examples(_ examples: [CommandSpec.Example]) -> String {
        guard !examples.isEmpty else { return "" }
        return "\n" + palette.bold("Examples:") + "\n"
            + examples.map { example in
                "  \(palette.cyan(example.line))\n" + wrapped(example.explanation, indent: 6) + "\n"
            }.joined()
    }

    private func wrapped(_ text: String, indent: Int = 0) -> String {
        Wrapping.wrap(text, width: width, indent: indent)
    }
}
