internal import Basics

/// What a command line said.
package struct ParsedArguments: Sendable {
    /// The names from the first command down to the one that is meant.
    package internal(set) var path: [String] = []
    package internal(set) var asksForHelp = false
    var values: [String: [String]] = [:]
    var flags: Set<String> = []
    var positionals: [String: [String]] = [:]
    var usage = ""

    package func flag(_ name: String) -> Bool { flags.contains(name) }

    package func value(_ name: String) -> String? { values[name]?.last }

    package func all(_ name: String) -> [String] { values[name] ?? [] }

    package func argument(_ name: String) -> String? { positionals[name]?.first }

    package func arguments(_ name: String) -> [String] { positionals[name] ?? [] }

    package func integer(_ name: String) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw UsageError("--\(name) needs a whole number; '\(text)' is none", usage: usage)
        }
        return number
    }

    package func choice<Value: RawRepresentable>(_ name: String, _ type: Value.Type) -> Value?
    where Value.RawValue == String {
        value(name).flatMap(Value.init(rawValue:))
    }
}
