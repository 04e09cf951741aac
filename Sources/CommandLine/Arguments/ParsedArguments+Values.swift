internal import Basics

/// Values with a meaning; each refusal names the option and says what was expected.
extension ParsedArguments {
    /// A whole number within bounds.
    package func integer(_ name: String, in bounds: ClosedRange<Int> = 0...Int.max) throws(UsageError) -> Int? {
        let expected =
            bounds.upperBound == .max
            ? "a whole number" + (bounds.lowerBound == 0 ? "" : " of at least \(bounds.lowerBound)")
            : "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        return try parsed(name, expected: expected) { text in
            Int(text).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }

    /// A time such as `30s`, `5m` or `1h30m`.
    package func duration(_ name: String) throws(UsageError) -> Duration? {
        try parsed(name, expected: "a duration such as 30s, 5m or 1h30m") { DurationText.parse($0) }
    }

    /// A size such as `500KB` or `2MB`, in bytes.
    package func size(_ name: String) throws(UsageError) -> Int? {
        try parsed(name, expected: "a size such as 500KB or 2MB") { SizeText.parse($0) }
    }

    /// The value as one of an enumeration's, whose raw values the declaration lists as choices.
    package func choice<Value: RawRepresentable>(_ name: String, _ type: Value.Type) -> Value?
    where Value.RawValue == String {
        value(name).flatMap(Value.init(rawValue:))
    }

    /// The value as something else; nil from `read` means that it is not what is expected.
    package func parsed<Value>(
        _ name: String, expected: String, _ read: (String) -> Value?
    ) throws(UsageError) -> Value? {
        guard let text = value(name) else { return nil }
        guard let found = read(text) else {
            let shown = DisplayWidth.fitted(SafeText.line(text), to: 60)
            throw misuse("'\(option(name)?.spelling ?? name)' needs \(expected); '\(shown)' is none")
        }
        return found
    }

    /// An error about this command line, for rules that declarations cannot express.
    package func misuse(_ message: String, hint: String? = nil) -> UsageError {
        UsageError(message, hint: hint, usage: usage)
    }
}
