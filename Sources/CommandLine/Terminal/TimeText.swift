internal import Basics

/// Times as tables show them.
package enum TimeText {
    /// A recorded time to the second, with a space in place of the `T`.
    package static func short(_ timestamp: String) -> String {
        String(timestamp.prefix(19)).replacing("T", with: " ")
    }
}
