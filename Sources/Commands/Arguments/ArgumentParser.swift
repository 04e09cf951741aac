internal import Basics

/// Reads command lines by the declared commands.
package struct ArgumentParser: Sendable {
    private let program: CommandSpec

    /// The options of `program` itself are understood everywhere.
    package init(_ program: CommandSpec) { self.program = program }

    package func parse(_ words: [String]) throws(UsageError) -> ParsedArguments {
        var run = Run(program: program)
        var rest = words[...]
        while let word = rest.popFirst() { try run.take(word, &rest) }
        return try run.finished()
    }

    /// One reading of one command line.
    private struct Run {
        let program: CommandSpec
        var command: CommandSpec
        var result = ParsedArguments()
        var positionals: [String] = []
        var onlyPositionals = false

        init(program: CommandSpec) { (self.program, command) = (program, program) }

        var usage: String { HelpPage.usage(of: command, path: result.path, program: program) }

        func error(_ message: String, hint: String? = nil) -> UsageError {
            UsageError(message, hint: hint, usage: usage)
        }

        mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
            if onlyPositionals || word == "-" || !word.hasPrefix("-") {
                try takePlain(word)
            } else if word == "--" {
                onlyPositionals = true
            } else if word.hasPrefix("--") {
                try takeLong(word.dropFirst(2), &rest)
            } else {
                try takeShort(word.dropFirst(), &rest)
            }
        }

        private mutating func takePlain(_ word: String) throws(UsageError) {
            guard !onlyPositionals, positionals.isEmpty, !command.subcommands.isEmpty else {
                positionals.append(word)
                return
            }
            if word == "help" && result.path.isEmpty {
                result.asksForHelp = true
            } else if let next = command.subcommand(word) {
                command = next
                result.path.append(next.name)
            } else if !result.asksForHelp || command.subcommands.isEmpty || result.path.isEmpty {
                let names = command.visibleSubcommands.map(\.name)
                let nearest = Suggestion.nearest(to: word, among: names).map { "did you mean '\($0)'?" }
                throw error(
                    "there is no command '\(word)'", hint: nearest ?? "'leviathan help' lists the commands")
            }
        }

        private mutating func takeLong(_ text: Substring, _ rest: inout ArraySlice<String>) throws(UsageError) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if name == "help" {
                result.asksForHelp = true
                return
            }
            guard let option = option(name), option.name.count > 1 else { throw unknown("--" + name) }
            try set(option, spelled: "--" + name, inline: parts.count > 1 ? String(parts[1]) : nil, &rest)
        }

        private mutating func takeShort(_ letters: Substring, _ rest: inout ArraySlice<String>) throws(UsageError)
        {
            var letters = letters
            while let letter = letters.popFirst() {
                if letter == "h" {
                    result.asksForHelp = true
                    continue
                }
                guard let option = option(String(letter)) else { throw unknown("-\(letter)") }
                if option.takesValue {
                    let inline =
                        letters.isEmpty ? nil : String(letters.first == "=" ? letters.dropFirst() : letters)
                    return try set(option, spelled: "-\(letter)", inline: inline, &rest)
                }
                try set(option, spelled: "-\(letter)", inline: nil, &rest)
            }
        }

        private func option(_ spelling: String) -> OptionSpec? {
            (command.options + program.options).first { $0.isSpelled(spelling) }
        }

        private func unknown(_ spelling: String) -> UsageError {
            let known = command.options + program.options
            let bare = spelling.drop { $0 == "-" }
            if let nearest = Suggestion.nearest(to: String(bare), among: known.map(\.name) + ["help"]),
                bare.count > 1
            {
                return error("there is no option '\(spelling)'", hint: "did you mean '--\(nearest)'?")
            }
            let owner = program.subcommands.first { other in other.options.contains { $0.isSpelled(bare) } }
            return error(
                "there is no option '\(spelling)'",
                hint: owner.map { "'\(program.name) \($0.name)' has one of that name" })
        }

        private mutating func set(
            _ option: OptionSpec, spelled spelling: String, inline: String?, _ rest: inout ArraySlice<String>
        ) throws(UsageError) {
            guard option.takesValue else {
                guard inline == nil else { throw error("'\(spelling)' takes no value") }
                result.flags.insert(option.name)
                return
            }
            guard let value = inline ?? rest.popFirst() else { throw error("'\(spelling)' needs a value") }
            guard option.choices.isEmpty || option.choices.contains(value) else {
                let nearest = Suggestion.nearest(to: value, among: option.choices).map { "did you mean '\($0)'?" }
                throw error(
                    "'\(spelling)' cannot be '\(value)'; it is one of \(option.choices.joined(separator: ", "))",
                    hint: nearest)
            }
            guard option.repeats || result.values[option.name] == nil else {
                throw error("'\(spelling)' is given twice")
            }
            result.values[option.name, default: []].append(value)
        }

        mutating func finished() throws(UsageError) -> ParsedArguments {
            result.usage = usage
            if result.asksForHelp { return result }
            for spec in command.arguments {
                switch spec.arity {
                case .many:
                    result.positionals[spec.name] = positionals
                    positionals = []
                case .one where positionals.isEmpty: throw error("'\(spec.name)' is missing: \(spec.summary)")
                case .optional where positionals.isEmpty: continue
                case .one, .optional:
                    let value = positionals.removeFirst()
                    guard spec.choices.isEmpty || spec.choices.contains(value) else {
                        throw error(
                            "\(spec.name) cannot be '\(value)'; it is one of \(spec.choices.joined(separator: ", "))"
                        )
                    }
                    result.positionals[spec.name] = [value]
                }
            }
            if let extra = positionals.first { throw error("'\(extra)' is one argument too many") }
            return result
        }
    }
}
