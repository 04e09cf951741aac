/// The declaration of a positional argument.
package struct ArgumentSpec: Sendable {
    package enum Arity: Sendable {
        case one, optional
        /// None, one or several.
        case many
        case oneOrMore
    }

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

    /// How a usage line shows it.
    package var usage: String {
        switch arity {
        case .one: name
        case .optional: "[\(name)]"
        case .many: "[\(name) …]"
        case .oneOrMore: "\(name) …"
        }
    }

    var takesSeveral: Bool { arity == .many || arity == .oneOrMore }

    var isRequired: Bool { arity == .one || arity == .oneOrMore }

    /// The summary with what can be chosen.
    var explanation: String {
        Completion.areNamed(choices, in: summary) ? summary : "\(summary) (\(choices.joined(separator: ", ")))"
    }
}
