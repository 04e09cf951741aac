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
    /// How the journal calls its kind, where that is not the kind itself.
    var recordedKind: String?
    /// The error of a floor below that this one was made of.
    private let origin: (any ExplainedError)?
    /// What there was to tell by then.
    package var notes: [String] = []

    package init(
        _ kind: Kind, _ message: String, causes: [String] = [], hint: String? = nil,
        reading: ContractReading? = nil
    ) {
        (self.kind, self.message, self.causes, self.hint) = (kind, message, causes, hint)
        (self.reading, refusal, origin) = (reading, nil, nil)
    }

    package init(_ refusal: Refusal) {
        if case .invalid = refusal.reason { kind = .invalid } else { kind = .refusal }
        (message, causes, hint) = (refusal.message, refusal.causes, refusal.hint)
        (reading, self.refusal, origin) = (nil, refusal, refusal)
    }

    /// The same error from the floor below, seen as one of this kind.
    package init(_ kind: Kind, _ error: any ExplainedError) {
        (self.kind, message, causes, hint) = (kind, error.message, error.causes, error.hint)
        (reading, refusal, origin) = (nil, nil, error)
    }

    package func message(in times: TimeText) -> String { origin?.message(in: times) ?? message }

    package func causes(in times: TimeText) -> [String] { origin?.causes(in: times) ?? causes }
}
