/// What a command line said; a name that is not declared counts as not given.
package struct ParsedArguments: Sendable {
    /// The names from the first command down to the one that is meant; aliases are resolved.
    package internal(set) var path: [String] = []
    package internal(set) var asksForHelp = false
    var values: [String: [String]] = [:]
    /// Flags that are on, and options with an optional value that are there.
    package var flags: Set<String> = []
    var counts: [String: Int] = [:]
    var positionals: [String: [String]] = [:]
    package var usage = ""
    /// The declared options that could stand on the line.
    package var options: [OptionSpec] = []

    package init() {}

    /// Whether a flag holds: given, or on by default and not negated.
    package func flag(_ name: String) -> Bool {
        flags.contains(name) || (!isGiven(name) && option(name)?.defaultValue == "on")
    }

    /// How often an option was given.
    package func count(_ name: String) -> Int { counts[name] ?? (flags.contains(name) ? 1 : 0) }

    /// Whether the command line itself names the option.
    package func isGiven(_ name: String) -> Bool { count(name) > 0 }

    /// The last value given, else the default.
    package func value(_ name: String) -> String? { all(name).last }

    /// All values given, else the default as the only one.
    package func all(_ name: String) -> [String] {
        if let given = values[name] { return given }
        guard let option = option(name), let fallback = option.defaultValue else { return [] }
        return switch option.kind {
        case .flag: []
        case .value: [fallback]
        case .optionalValue: isGiven(name) ? [fallback] : []
        }
    }

    package func argument(_ name: String) -> String? { arguments(name).first }

    package func arguments(_ name: String) -> [String] { positionals[name] ?? [] }

    func option(_ name: String) -> OptionSpec? { options.first { $0.name == name } }
}
