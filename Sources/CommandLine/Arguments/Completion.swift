internal import Basics

/// What a shell offers for a value.
package enum Completion: Sendable, Equatable {
    case none, files, directories
    case words([String])
    /// Asked from the program itself, such as `tasks`: `leviathan __complete tasks PREFIX`.
    case dynamic(String)

    /// What to offer for a value that may be bound to choices.
    static func offered(_ choices: [String], _ completion: Completion) -> Completion {
        choices.isEmpty ? completion : .words(choices)
    }

    /// Whether a summary tells every choice already.
    static func areNamed(_ choices: [String], in summary: String) -> Bool {
        choices.allSatisfy { summary.contains($0) }
    }
}
