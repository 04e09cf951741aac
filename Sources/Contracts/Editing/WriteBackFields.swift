internal import Basics
internal import YAML

/// What a finished task gets written into the backlog.
package struct WriteBackFields: Hashable, Sendable {
    package let attempt: String
    package let branch: String
    package let completedAt: String

    package init(attempt: String, branch: String, completedAt: String) {
        (self.attempt, self.branch, self.completedAt) = (attempt, branch, completedAt)
    }

    /// Key by key, in the order in which missing ones are added.
    var values: [WriteBackValue] {
        [
            WriteBackValue(key: "status", value: .string("completed")),
            WriteBackValue(key: "ready", value: .bool(false)),
            WriteBackValue(key: "last_attempt_id", value: .string(attempt)),
            WriteBackValue(key: "branch_name", value: .string(branch)),
            WriteBackValue(key: "completed_at", value: .string(completedAt)),
        ]
    }
}

/// A key with what it is to say.
struct WriteBackValue {
    let key: String
    let value: YAMLValue

    /// The value as YAML that reads back as the same value, in any style around it.
    var text: String {
        switch value {
        case .bool(let flag): flag ? "true" : "false"
        case .string(let text): Self.isPlain(text) ? text : JSON.string(text).text()
        default: "null"
        }
    }

    /// Whether no reader of YAML would take the bare text for something else.
    private static func isPlain(_ text: String) -> Bool {
        let isSafe = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-_./:".utf8.contains(byte)
        }
        guard isSafe, let first = text.first, text.last != ":" else { return false }
        return first.isLetter ? !words.contains(text.lowercased()) : Instant(text) != nil
    }

    private static let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
}

/// Why a backlog was left as it is.
package struct WriteBackRefusal: ExplainedError, Equatable {
    package let message: String
    package let hint: String?

    package init(
        message: String,
        hint: String = "the proposal is complete without it; mark the task as completed by hand"
    ) { (self.message, self.hint) = (message, hint) }
}
