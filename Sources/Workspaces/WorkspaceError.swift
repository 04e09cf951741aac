import Basics

/// A place to work in that could not be had, or could not be read.
package struct WorkspaceError: ExplainedError {
    package enum Kind: Sendable {
        /// Every slot is taken, and no more are allowed.
        case exhausted
        /// The disk, its permissions, or what was found there.
        case storage
        /// The objects of the wanted tree are not all here.
        case objects
        case cancelled
    }

    package let kind: Kind
    package let message: String
    package let causes: [String]
    package let hint: String?

    package init(_ kind: Kind, _ message: String, causes: [String] = [], hint: String? = nil) {
        (self.kind, self.message, self.causes, self.hint) = (kind, message, causes, hint)
    }

    /// A place that was there when it was lent, and is not any more.
    package static func vanished(_ path: String, _ causes: [String] = []) -> WorkspaceError {
        WorkspaceError(
            .storage, "the workspace '\(path)' was removed or replaced while an attempt had it", causes: causes,
            hint: "nothing of the attempt is used; find out what cleans up there, and try again")
    }

    init(_ kind: Kind, _ error: some ExplainedError) {
        self.init(kind, error.message, causes: error.causes, hint: error.hint)
    }
}
