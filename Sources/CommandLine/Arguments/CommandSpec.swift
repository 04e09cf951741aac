/// The declaration of a command: parsing, help, completions and the reference page all follow from it.
package struct CommandSpec: Sendable {
    /// The headings of the overview, in their order.
    package enum Group: String, CaseIterable, Sendable {
        case setUp = "Set up and check a target"
        case look = "See what is there, and what would happen"
        case act = "Do tasks"
        case record = "Read the journal"
        case other = "The rest"
    }

    package struct Example: Sendable {
        package let line: String
        package let explanation: String

        package init(_ line: String, _ explanation: String) { (self.line, self.explanation) = (line, explanation) }
    }

    package let name: String
    package let aliases: [String]
    package let group: Group
    /// One line, without a full stop.
    package let summary: String
    package let discussion: String
    package let options: [OptionSpec]
    package let arguments: [ArgumentSpec]
    package let examples: [Example]
    package let subcommands: [CommandSpec]
    /// Whether a command that has subcommands means something without one of them.
    package let runsAlone: Bool
    package let isHidden: Bool
    /// Whether `help COMMAND ARGUMENT` is the command itself, as it explains what is named.
    package let explains: Bool

    package init(
        _ name: String, aliases: [String] = [], group: Group = .other, _ summary: String, discussion: String = "",
        options: [OptionSpec] = [], arguments: [ArgumentSpec] = [], examples: [Example] = [],
        subcommands: [CommandSpec] = [], runsAlone: Bool = false, isHidden: Bool = false,
        explains: Bool = false
    ) {
        (self.name, self.aliases, self.group) = (name, aliases, group)
        (self.summary, self.discussion) = (summary, discussion)
        (self.options, self.arguments, self.examples) = (options, arguments, examples)
        (self.subcommands, self.runsAlone, self.isHidden) = (subcommands, runsAlone, isHidden)
        self.explains = explains
    }

    package var visibleSubcommands: [CommandSpec] { subcommands.filter { !$0.isHidden } }

    package var visibleOptions: [OptionSpec] { options.filter { !$0.isHidden } }

    /// The subcommand of that name or alias.
    func subcommand(_ name: some StringProtocol) -> CommandSpec? {
        subcommands.first { $0.name == name || $0.aliases.contains { $0 == name } }
    }

    /// The command that a path of names leads to.
    package func command(at path: [String]) -> CommandSpec? {
        var command = self
        for name in path {
            guard let next = command.subcommand(name) else { return nil }
            command = next
        }
        return command
    }

    /// Every visible command below this one with the path to it, parents before their children.
    package var descendants: [(path: [String], command: CommandSpec)] {
        visibleSubcommands.flatMap { child in
            [([child.name], child)] + child.descendants.map { ([child.name] + $0.path, $0.command) }
        }
    }
}
