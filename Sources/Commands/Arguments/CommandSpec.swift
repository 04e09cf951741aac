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
    package let group: Group
    /// One line, without a full stop.
    package let summary: String
    package let discussion: String
    package let options: [OptionSpec]
    package let arguments: [ArgumentSpec]
    package let examples: [Example]
    package let subcommands: [CommandSpec]
    package let isHidden: Bool

    package init(
        _ name: String, group: Group = .other, _ summary: String, discussion: String = "",
        options: [OptionSpec] = [],
        arguments: [ArgumentSpec] = [], examples: [Example] = [], subcommands: [CommandSpec] = [],
        isHidden: Bool = false
    ) {
        (self.name, self.group, self.summary, self.discussion) = (name, group, summary, discussion)
        (self.options, self.arguments, self.examples) = (options, arguments, examples)
        (self.subcommands, self.isHidden) = (subcommands, isHidden)
    }

    package var visibleSubcommands: [CommandSpec] { subcommands.filter { !$0.isHidden } }

    func subcommand(_ name: some StringProtocol) -> CommandSpec? { subcommands.first { $0.name == name } }
}

/// The declaration of an option.
package struct OptionSpec: Sendable {
    package enum Kind: Sendable {
        case flag
        /// Takes a value; the text stands for it in help.
        case value(String)
    }

    package let name: String
    package let short: Character?
    package let kind: Kind
    package let repeats: Bool
    package let choices: [String]
    package let completion: Completion
    package let summary: String

    package init(
        _ name: String, short: Character? = nil, _ kind: Kind, repeats: Bool = false,
        choices: [String] = [],
        completion: Completion = .none, _ summary: String
    ) {
        (self.name, self.short, self.kind, self.repeats) = (name, short, kind, repeats)
        (self.choices, self.completion, self.summary) = (choices, completion, summary)
    }

    /// A flag.
    package init(_ name: String, short: Character? = nil, _ summary: String) {
        self.init(name, short: short, .flag, summary)
    }

    var takesValue: Bool { if case .value = kind { true } else { false } }

    /// How help shows it: `-C, --directory DIR`; an option of one letter has no long form.
    var usage: String {
        let value = if case .value(let placeholder) = kind { " " + placeholder } else { "" }
        if name.count == 1 { return "-\(name)\(value)" }
        return (short.map { "-\($0), " } ?? "    ") + "--\(name)\(value)"
    }

    func isSpelled(_ word: some StringProtocol) -> Bool {
        name == word || short.map { String($0) == word } ?? false
    }
}

/// The declaration of a positional argument.
package struct ArgumentSpec: Sendable {
    package enum Arity: Sendable { case one, optional, many }

    package let name: String
    package let arity: Arity
    package let choices: [String]
    package let completion: Completion
    package let summary: String

    package init(
        _ name: String, _ arity: Arity, choices: [String] = [], completion: Completion = .none,
        _ summary: String
    ) {
        (self.name, self.arity, self.choices) = (name, arity, choices)
        (self.completion, self.summary) = (completion, summary)
    }

    /// An argument that must be given.
    package init(
        _ name: String, choices: [String] = [], completion: Completion = .none, _ summary: String
    ) {
        self.init(name, .one, choices: choices, completion: completion, summary)
    }

    var usage: String {
        switch arity {
        case .one: name
        case .optional: "[\(name)]"
        case .many: "[\(name) …]"
        }
    }
}

/// What a shell offers for a value.
package enum Completion: Sendable {
    case none, files, directories
    /// Asked from Leviathan itself, such as `tasks`.
    case dynamic(String)
}
