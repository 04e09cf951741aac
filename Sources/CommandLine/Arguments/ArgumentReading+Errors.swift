internal import Basics

/// What is said about a command line that cannot be understood.
extension ArgumentReading {
    var usage: String { HelpPage.usage(of: command, path: result.path, program: program) }

    func error(_ message: String, hint: String? = nil) -> UsageError {
        UsageError(message, hint: hint, usage: usage)
    }

    /// A word as it can stand in a one-line message.
    func shown(_ word: String) -> String { DisplayWidth.fitted(SafeText.line(word), to: 60) }

    private func line(_ path: [String]) -> String { ([program.name] + path).joined(separator: " ") }

    // MARK: Commands

    func noCommand(_ word: String) -> UsageError {
        let names = command.visibleSubcommands.flatMap { [$0.name] + $0.aliases }
        let help = "'\(line(["help"] + result.path))' lists the commands"
        let nearest = nearest(to: word, among: names).map { "did you mean '\($0)'?" }
        let elsewhere = program.descendants.first { $0.command.name == word }.map {
            "did you mean '\(line($0.path))'?"
        }
        return error(
            "there is no command '\(shown(word))'", hint: nearest ?? elsewhere ?? valueHint(word) ?? help)
    }

    func noSubcommand() -> UsageError {
        let names = command.visibleSubcommands.map(\.name).joined(separator: ", ")
        return error("'\(line(result.path))' needs one of its commands: \(names)")
    }

    func tooMany(_ word: String) -> UsageError {
        error("'\(shown(word))' is one argument too many", hint: valueHint(word))
    }

    /// For a word behind an option that takes its value behind `=` alone, and was given without one.
    private func valueHint(_ word: String) -> String? {
        let isOpen = { (option: OptionSpec) in
            option.isValueOptional && result.flags.contains(option.name) && result.values[option.name] == nil
        }
        guard let option = knownOptions.first(where: isOpen) else { return nil }
        return "if it is the value of '\(option.spelling)', write '\(option.spelling)=\(shown(word))'"
    }

    // MARK: Options

    /// `following` is what stood behind the letter in the same word.
    func noOption(_ spelling: String, following: String = "") -> UsageError {
        error(
            "there is no option '\(shown(spelling))'",
            hint: optionHint(spelling, following) ?? "'\(line(["help"] + result.path))' lists the options")
    }

    private func optionHint(_ spelling: String, _ following: String) -> String? {
        let visible = (knownOptions + [.help]).filter { !$0.isHidden }
        let long = visible.flatMap(\.spellings).filter { $0.hasPrefix("--") }
        if spelling.hasPrefix("--") {
            if let owners = owners(of: spelling) { return owners }
            let positive = "--" + spelling.dropFirst("--no-".count)
            if spelling.hasPrefix("--no-"), long.contains(positive) { return "'\(positive)' cannot be turned off" }
            return nearest(to: spelling, among: long).map { "did you mean '\($0)'?" }
        }
        let whole = "-" + spelling + following
        if !following.isEmpty, long.contains(whole) { return "did you mean '\(whole)'?" }
        return owners(of: spelling)
    }

    /// Names the commands that have the option.
    private func owners(of spelling: String) -> String? {
        let owners = program.descendants.filter { owner in
            owner.command.visibleOptions.contains { $0.spellings.contains(spelling) }
        }.prefix(3).map { "'\(line($0.path))'" }
        guard let last = owners.last else { return nil }
        if owners.count == 1 { return "\(last) has one of that name" }
        return "\(owners.dropLast().joined(separator: ", ")) and \(last) have one of that name"
    }

    func noValue(_ option: OptionSpec, _ spelling: String, next: String?) -> UsageError {
        var hint = option.choices.isEmpty ? nil : "it is one of \(option.choices.joined(separator: ", "))"
        if let next, next != "--", next.unicodeScalars.first == "-" {
            let joined = spelling.hasPrefix("--") ? "\(spelling)=\(next)" : spelling + next
            hint = "if '\(shown(next))' is the value, write '\(shown(joined))'"
        }
        return error("'\(spelling)' needs a value", hint: hint)
    }

    func exclusion(_ one: String, _ other: String) -> UsageError {
        error("'\(one)' and '\(other)' exclude each other")
    }

    func badChoice(_ value: String, of name: String, _ choices: [String]) -> UsageError {
        error(
            "\(name) cannot be '\(shown(value))'; it is one of \(choices.joined(separator: ", "))",
            hint: nearest(to: value, among: choices).map { "did you mean '\($0)'?" })
    }

    /// The name that was probably meant: one typed slightly wrong, or the only one that begins so.
    private func nearest(to word: String, among names: [String]) -> String? {
        if let near = Suggestion.nearest(to: word, among: names) { return near }
        guard word.drop(while: { $0 == "-" }).count > 1 else { return nil }
        let beginning = names.filter { $0.hasPrefix(word) }
        return beginning.count == 1 ? beginning[0] : nil
    }
}
