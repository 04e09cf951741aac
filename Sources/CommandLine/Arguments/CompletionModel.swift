/// The declarations as completion scripts need them: flat, by the place on the command line.
///
/// A place is the path to a command, written `/journal/verify`; the program itself is the empty place.
/// A script walks over the words before the cursor, knows the place then, and looks up what can follow.
struct CompletionModel {
    struct Place {
        let path: String
        /// How a word leads here: the place before and the word.
        let entries: [String]
        let command: CommandSpec
    }

    /// What an option takes, for the spellings that are told by one pattern.
    struct Takes {
        let patterns: [String]
        let value: Completion
        /// Whether only `--option=value` does.
        let isAttached: Bool
    }

    struct Offer {
        let word: String
        let summary: String
    }

    let program: CommandSpec
    let places: [Place]

    init(_ program: CommandSpec) {
        self.program = program
        places = program.descendants.map { path, command in
            let parent = path.dropLast().map { "/" + $0 }.joined()
            let entries = ([command.name] + command.aliases).map { "\(parent)/\($0)" }
            return Place(path: "\(parent)/\(command.name)", entries: entries, command: command)
        }
    }

    var name: String { program.name }

    /// What the script's functions begin with.
    var prefix: String { "_" + String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" }) }

    /// Whether `help COMMAND` is the parser's own, and not a command that was declared.
    var hasHelpCommand: Bool { program.subcommand("help") == nil }

    private var sharedOptions: [OptionSpec] { program.visibleOptions + [.help] }

    /// Options with a value; `any` stands for every place in a pattern.
    func takes(any: String) -> [Takes] {
        places.flatMap { place in place.command.visibleOptions.compactMap { takes($0, at: place.path) } }
            + sharedOptions.compactMap { takes($0, at: any) }
    }

    private func takes(_ option: OptionSpec, at place: String) -> Takes? {
        if option.isFlag { return nil }
        let isAttached = if case .optionalValue = option.kind { true } else { false }
        return Takes(
            patterns: option.spellings.map { "\(place) \($0)" },
            value: .offered(option.choices, option.completion), isAttached: isAttached)
    }

    /// Positional arguments as patterns of place and position, counted from 0.
    var positions: [(pattern: String, value: Completion)] {
        places.flatMap { place in
            place.command.arguments.enumerated().map { index, argument in
                let value = Completion.offered(argument.choices, argument.completion)
                return ("\(place.path) \(argument.takesSeveral ? "*" : String(index))", value)
            }
        }
    }

    /// The commands that can follow at each place that has some.
    var commands: [(place: String, offers: [Offer])] {
        var root = program.visibleSubcommands.map { Offer(word: $0.name, summary: $0.summary) }
        if hasHelpCommand { root.append(Offer(word: "help", summary: "Say more about a command")) }
        return [("", root)]
            + places.filter { !$0.command.visibleSubcommands.isEmpty }.map { place in
                (place.path, place.command.visibleSubcommands.map { Offer(word: $0.name, summary: $0.summary) })
            }
    }

    /// The options of each command that has some.
    var options: [(place: String, offers: [Offer])] {
        places.filter { !$0.command.visibleOptions.isEmpty }.map { ($0.path, offers($0.command.visibleOptions)) }
    }

    var sharedOffers: [Offer] { offers(sharedOptions) }

    private func offers(_ options: [OptionSpec]) -> [Offer] {
        options.flatMap { option in option.spellings.map { Offer(word: $0, summary: option.summary) } }
    }

    /// Options that say where to work: the program has to know them to answer for the same place.
    var handedOn: [String] {
        program.options.filter { !$0.isFlag && $0.completion == .directories }.flatMap(\.spellings)
    }
}
