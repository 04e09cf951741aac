/// The declaration of an option.
package struct OptionSpec: Sendable {
    package enum Kind: Sendable, Equatable {
        case flag
        /// Takes a value; the text stands for it in help.
        case value(String)
        /// Takes a value only as `--name=value`; `--name` alone means the default.
        case optionalValue(String)
    }

    /// The long name; a name of one letter is a short option without a long form.
    package let name: String
    package let short: Character?
    package let kind: Kind
    package let repeats: Bool
    package let choices: [String]
    package let completion: Completion
    /// What holds when the option is absent (`on` for a flag), or stands without its optional value.
    package let defaultValue: String?
    /// The heading in help; nil for the common one.
    package let group: String?
    /// Whether `--no-name` turns the flag off.
    package let hasNegation: Bool
    /// Names of options that cannot be given together with this one.
    package let excludes: [String]
    package let isHidden: Bool
    package let summary: String

    package init(
        _ name: String, short: Character? = nil, _ kind: Kind, repeats: Bool = false, choices: [String] = [],
        completion: Completion = .none, default defaultValue: String? = nil, group: String? = nil,
        hasNegation: Bool = false, excludes: [String] = [], isHidden: Bool = false, _ summary: String
    ) {
        (self.name, self.short, self.kind, self.repeats) = (name, short, kind, repeats)
        (self.choices, self.completion, self.defaultValue) = (choices, completion, defaultValue)
        (self.group, self.hasNegation, self.excludes) = (group, hasNegation, excludes)
        (self.isHidden, self.summary) = (isHidden, summary)
    }

    /// A flag.
    package init(
        _ name: String, short: Character? = nil, repeats: Bool = false, default defaultValue: String? = nil,
        group: String? = nil, hasNegation: Bool = false, excludes: [String] = [], isHidden: Bool = false,
        _ summary: String
    ) {
        self.init(
            name, short: short, .flag, repeats: repeats, default: defaultValue, group: group,
            hasNegation: hasNegation, excludes: excludes, isHidden: isHidden, summary)
    }
}

extension OptionSpec {
    /// Asks for help; understood by every command.
    package static let help = OptionSpec("help", short: "h", "Show this help")

    var isFlag: Bool { kind == .flag }
    var isValueOptional: Bool { if case .optionalValue = kind { true } else { false } }

    /// How the option is written in full.
    var spelling: String { name.count == 1 ? "-\(name)" : "--\(name)" }

    /// Every way to write the option, without its value.
    package var spellings: [String] {
        [spelling] + (short.map { ["-\($0)"] } ?? []) + (hasNegation ? ["--no-\(name)"] : [])
    }

    /// How help shows it: `-C, --directory DIR`, `--[no-]fetch`, `--log[=FILE]`.
    package var usage: String {
        let value =
            switch kind {
            case .flag: ""
            case .value(let placeholder): " \(placeholder)"
            case .optionalValue(let placeholder): "[=\(placeholder)]"
            }
        if name.count == 1 { return "-\(name)\(value)" }
        return (short.map { "-\($0), " } ?? "    ") + (hasNegation ? "--[no-]\(name)" : "--\(name)") + value
    }

    /// The summary with what can be chosen, what holds by default, and whether it may be repeated.
    var explanation: String {
        var notes: [String] = []
        if !Completion.areNamed(choices, in: summary) { notes.append(choices.joined(separator: ", ")) }
        if let defaultValue {
            if case .optionalValue = kind {
                notes.append("without a value \(defaultValue)")
            } else {
                notes.append("by default \(defaultValue)")
            }
        }
        if repeats { notes.append("may be repeated") }
        return notes.isEmpty ? summary : "\(summary) (\(notes.joined(separator: "; ")))"
    }
}
