internal import Synchronization

/// A part of a run that may take a while, for whoever watches.
package struct Stage: Hashable, Sendable {
    /// Tells stages of one name apart.
    package let number: Int
    /// What is done, such as `invariant Tests must pass`.
    package let name: String
    /// Whether it is over in a moment, as a rule, and so gets no line of its own.
    package let isBrief: Bool
}

/// What is told of stages.
package enum StageChange: Sendable {
    case began(Stage)
    /// `outcome`: how it ended, where there is more to say than that it did.
    case ended(Stage, outcome: String?)

    package var stage: Stage {
        switch self {
        case .began(let stage), .ended(let stage, _): stage
        }
    }
}

extension Context {
    /// Tells the observer that a stage begins; the caller ends it.
    package func begin(stage name: String, isBrief: Bool = false) -> Stage {
        let stage = Stage(
            number: StageNumbers.next(), name: redaction?.redacted(name) ?? name, isBrief: isBrief)
        observer.stage(.began(stage))
        return stage
    }

    package func end(_ stage: Stage, outcome: String? = nil) { observer.stage(.ended(stage, outcome: outcome)) }

    /// Does something that may take a while; `isWorthTelling`: whether it does here.
    package func stage<Result, Failure: Error>(
        _ name: String, if isWorthTelling: Bool = true, isBrief: Bool = false, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard isWorthTelling else { return try body() }
        let stage = begin(stage: name, isBrief: isBrief)
        do throws(Failure) {
            let result = try body()
            end(stage)
            return result
        } catch {
            end(stage, outcome: "failed")
            throw error
        }
    }
}

private enum StageNumbers {
    private static let last = Atomic(0)

    static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}
