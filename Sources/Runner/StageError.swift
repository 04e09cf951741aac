package import Basics
package import Contracts
package import Model

/// Why a stage could not hand on to the next.
package struct StageError: ExplainedError {
    /// What kind of thing went wrong; the exit code follows from it.
    package enum Kind: String, Sendable {
        /// The contract, the repository or a name is missing or wrong.
        case invalid
        /// The executor could not do its task.
        case executor
        /// A limit or switch refused.
        case refusal
        /// The branch could not be delivered.
        case delivery
        case interrupted
        /// Leviathan itself failed.
        case unexpected
    }

    package let kind: Kind
    package let message: String
    package let causes: [String]
    package let hint: String?
    /// The diagnostics behind an invalid contract.
    package let reading: ContractReading?
    /// Why the task may not run, where that is what ended it.
    package let refusal: Refusal?
    /// What there was to tell by then.
    package var notes: [String] = []

    package init(
        _ kind: Kind, _ message: String, causes: [String] = [], hint: String? = nil,
        reading: ContractReading? = nil
    ) {
        (self.kind, self.message, self.causes, self.hint) = (kind, message, causes, hint)
        (self.reading, refusal) = (reading, nil)
    }

    package init(_ refusal: Refusal) {
        if case .invalid = refusal.reason { kind = .invalid } else { kind = .refusal }
        (message, causes, hint) = (refusal.message, refusal.causes, refusal.hint)
        (reading, self.refusal) = (nil, refusal)
    }

    /// The same error from the floor below, seen as one of this kind.
    package init(_ kind: Kind, _ error: any ExplainedError) {
        self.init(kind, error.message, causes: error.causes, hint: error.hint)
    }
}
