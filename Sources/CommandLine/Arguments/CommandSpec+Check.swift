extension CommandSpec {
    /// What is wrong with the declarations of a whole program; a test holds this empty.
    package func problems() -> [String] { problems(path: [name], everywhere: []) }

    private func problems(path: [String], everywhere: [OptionSpec]) -> [String] {
        let place = path.joined(separator: " ")
        let shared = path.count == 1 ? options : everywhere
        let inScope = [OptionSpec.help] + (path.count == 1 ? options : everywhere + options)
        let found =
            repeated(inScope.flatMap(\.spellings)).map { "'\($0)' is declared twice" }
            + repeated(subcommands.flatMap { [$0.name] + $0.aliases }).map { "command '\($0)' is declared twice" }
            + options.flatMap { $0.problems(known: inScope) } + argumentProblems + nameProblems
            + (path.count > 1 && (summary.hasSuffix(".") || summary.contains("\n"))
                ? ["the summary is one line without a full stop"] : [])
        return found.map { "\(place): \($0)" }
            + subcommands.flatMap { $0.problems(path: path + [$0.name], everywhere: shared) }
    }

    private var argumentProblems: [String] {
        var found = repeated(arguments.map(\.name)).map { "argument \($0) is declared twice" }
        for (argument, next) in zip(arguments, arguments.dropFirst()) {
            if argument.takesSeveral { found.append("\(argument.name) takes several, so nothing can follow it") }
            if !argument.isRequired && next.isRequired {
                found.append("\(next.name) is required, so \(argument.name) before it cannot be optional")
            }
        }
        return found
    }

    private var nameProblems: [String] {
        ([name] + aliases).filter { !OptionSpec.isPlain($0) }.map { "'\($0)' is no plain name" }
    }

    private func repeated(_ words: [String]) -> [String] {
        var seen: Set<String> = []
        return words.filter { !seen.insert($0).inserted }
    }
}

extension OptionSpec {
    fileprivate func problems(known: [OptionSpec]) -> [String] {
        var found: [String] = []
        if !Self.isPlain(name) { found.append("'\(spelling)' is no plain name") }
        if let letter = short ?? (name.count == 1 ? name.first : nil), !letter.isASCII || !letter.isLetter {
            found.append("'-\(letter)' is not a letter, so negative numbers could not be told from it")
        }
        if hasNegation && !isFlag { found.append("'\(spelling)' takes a value, so it has no negation") }
        if let defaultValue, !choices.isEmpty, !choices.contains(defaultValue) {
            found.append("the default of '\(spelling)' is not among its choices")
        }
        for other in excludes where !known.contains(where: { $0.name == other }) {
            found.append("'\(spelling)' excludes '\(other)', which is not declared")
        }
        return found
    }

    /// Letters, digits, `-` and `_`: safe in every shell's script.
    fileprivate static func isPlain(_ word: String) -> Bool {
        !word.isEmpty && !word.hasPrefix("-")
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-"
                        || scalar == "_")
            }
    }
}
