internal import Basics

/// A command line that cannot be understood.
package struct UsageError: ExplainedError, Equatable {
    package let message: String
    package let hint: String?
    /// How the command is used.
    package let usage: String

    package init(_ message: String, hint: String? = nil, usage: String = "") {
        (self.message, self.hint, self.usage) = (message, hint, usage)
    }
}
