/// One reading of one command line, word by word.
struct ArgumentReading {
    let program: CommandSpec
    private(set) var command: CommandSpec
    private(set) var result = ParsedArguments()
    private var positionals: [String] = []
    private var onlyPositionals = false
    /// Whether `help` was written as a command, so that only commands can follow.
    private var isHelpCommand = false
    private var missedCommand = false
    /// How each option was spelled when it was first given.
    private var spelled: [String: String] = [:]

    init(_ program: CommandSpec) { (self.program, command) = (program, program) }

    /// Whether help is asked for about a command that exists.
    var canShowHelp: Bool { result.asksForHelp && !missedCommand }

    /// The options that can stand here.
    var knownOptions: [OptionSpec] { (result.path.isEmpty ? [] : command.options) + program.options }

    mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let scalars = word.unicodeScalars
        if onlyPositionals || word == "-" || scalars.first != "-" {
            try takePlain(word)
        } else if word == "--" {
            onlyPositionals = true
        } else if scalars.starts(with: "--".unicodeScalars) {
            try takeLong(scalars.dropFirst(2), &rest)
        } else {
            try takeShort(scalars.dropFirst(), &rest)
        }
    }

    // MARK: Plain words

    private mutating func takePlain(_ word: String) throws(UsageError) {
        let canDescend = positionals.isEmpty && (!onlyPositionals || command.arguments.isEmpty)
        if canDescend, let next = command.subcommand(word) { return try descend(to: next) }
        if canDescend, word == "help", result.path.isEmpty, !isHelpCommand {
            (result.asksForHelp, isHelpCommand) = (true, true)
            return
        }
        let takesOnlyCommands = !command.subcommands.isEmpty && command.arguments.isEmpty
        if isHelpCommand, command.explains {
            positionals.append(word)
            return
        }
        if isHelpCommand || (canDescend && takesOnlyCommands) {
            missedCommand = true
            throw noCommand(word)
        }
        positionals.append(word)
    }

    private mutating func descend(to next: CommandSpec) throws(UsageError) {
        let own = result.path.isEmpty ? [] : command.options
        command = next
        result.path.append(next.name)
        if let stray = own.first(where: { spelled[$0.name] != nil }) { throw noOption(stray.spelling) }
    }

    // MARK: Options

    private mutating func takeLong(
        _ text: Substring.UnicodeScalarView, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let (name, inline) = (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
        if name == "help" {
            result.asksForHelp = true
        } else if let option = knownOptions.first(where: { $0.name == name && name.count > 1 }) {
            try set(option, as: "--" + name, inline, &rest)
        } else if let option = knownOptions.first(where: { $0.hasNegation && "no-" + $0.name == name }) {
            try setFlag(option, as: "--" + name, inline, isOn: false)
        } else {
            throw noOption("--" + name)
        }
    }

    private mutating func takeShort(
        _ letters: Substring.UnicodeScalarView, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        var letters = letters
        while let letter = letters.popFirst() {
            if letter == "h" {
                result.asksForHelp = true
                continue
            }
            guard let option = knownOptions.first(where: { $0.isShort(Character(letter)) }) else {
                throw noOption("-\(letter)", following: String(letters))
            }
            if option.isFlag {
                try set(option, as: "-\(letter)", nil, &rest)
            } else {
                let inline = letters.first == "=" ? letters.dropFirst() : letters
                return try set(option, as: "-\(letter)", letters.isEmpty ? nil : String(inline), &rest)
            }
        }
    }

    private mutating func set(
        _ option: OptionSpec, as spelling: String, _ inline: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        switch option.kind {
        case .flag:
            try setFlag(option, as: spelling, inline, isOn: true)
        case .optionalValue:
            try mark(option, as: spelling)
            result.flags.insert(option.name)
            if let inline { try add(inline, to: option, as: spelling) }
        case .value:
            let value: String
            if let inline { value = inline } else { value = try following(option, spelling, &rest) }
            try mark(option, as: spelling)
            try add(value, to: option, as: spelling)
        }
    }

    /// The next word, unless it is an option itself; a negative number is none.
    private func following(
        _ option: OptionSpec, _ spelling: String, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let next = rest.first else { throw noValue(option, spelling, next: nil) }
        let scalars = next.unicodeScalars
        let second = scalars.dropFirst().first
        let isNumber = second.map { ("0"..."9").contains($0) || $0 == "." } ?? true
        guard scalars.first != "-" || isNumber else { throw noValue(option, spelling, next: next) }
        rest.removeFirst()
        return next
    }

    private mutating func setFlag(
        _ option: OptionSpec, as spelling: String, _ inline: String?, isOn: Bool
    ) throws(UsageError) {
        guard inline == nil else { throw error("'\(spelling)' takes no value") }
        if result.flags.contains(option.name) != isOn, let other = spelled[option.name] {
            throw exclusion(other, spelling)
        }
        try mark(option, as: spelling, isOn: isOn)
        if isOn { result.flags.insert(option.name) }
    }

    private mutating func add(_ value: String, to option: OptionSpec, as spelling: String) throws(UsageError) {
        guard option.choices.isEmpty || option.choices.contains(value) else {
            throw badChoice(value, of: "'\(spelling)'", option.choices)
        }
        result.values[option.name, default: []].append(value)
    }

    /// Counts one use of an option; one that is turned off excludes nothing.
    private mutating func mark(_ option: OptionSpec, as spelling: String, isOn: Bool = true) throws(UsageError) {
        guard option.repeats || spelled[option.name] == nil else { throw error("'\(spelling)' is given twice") }
        let holding = knownOptions.filter { isOn && holds($0) }
        for other in holding where option.excludes.contains(other.name) || other.excludes.contains(option.name) {
            throw exclusion(spelled[other.name] ?? other.spelling, spelling)
        }
        if spelled[option.name] == nil { spelled[option.name] = spelling }
        result.counts[option.name, default: 0] += 1
    }

    private func holds(_ option: OptionSpec) -> Bool {
        result.flags.contains(option.name) || result.values[option.name] != nil
    }

    // MARK: The end

    mutating func finished() throws(UsageError) -> ParsedArguments {
        result.options = knownOptions
        result.usage = usage
        if isHelpCommand, !positionals.isEmpty {
            result.asksForHelp = false
            try assignArguments()
            return result
        }
        if result.asksForHelp { return result }
        if result.flags.contains("version") && program.options.contains(where: { $0.name == "version" }) {
            // The version is shown whatever else is there, so nothing may look like a command to run.
            result.path = []
            return result
        }
        if !result.path.isEmpty, positionals.isEmpty, !command.subcommands.isEmpty, !command.runsAlone {
            throw noSubcommand()
        }
        try assignArguments()
        return result
    }

    private mutating func assignArguments() throws(UsageError) {
        var rest = positionals[...]
        for argument in command.arguments {
            if argument.isRequired && rest.isEmpty {
                throw error("'\(argument.name)' is missing: \(argument.summary)")
            }
            let values = argument.takesSeveral ? rest : rest.prefix(1)
            rest = rest.dropFirst(values.count)
            guard !values.isEmpty else { continue }
            for value in values where !argument.choices.isEmpty && !argument.choices.contains(value) {
                throw badChoice(value, of: argument.name, argument.choices)
            }
            result.positionals[argument.name] = Array(values)
        }
        if let extra = rest.first { throw tooMany(extra) }
    }
}

extension OptionSpec {
    func isShort(_ letter: Character) -> Bool { short == letter || (name.count == 1 && name.first == letter) }
}
