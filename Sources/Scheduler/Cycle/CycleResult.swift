internal import Basics
package import Model
package import Runner

/// What one cycle did, and why it did no more.
package struct CycleResult {
    package struct Dispatched: Sendable {
        package let grant: Grant
        /// `nil` in a dry run, which carries nothing out.
        package let outcome: GrantOutcome?
    }

    /// A target that could not be looked at; the others went on.
    package struct Problem {
        /// `nil` for the checkout that the command stands in.
        package let target: String?
        package let error: StageError
    }

    package var dispatched: [Dispatched] = []
    package var problems: [Problem] = []
    /// Why tasks wait, by target.
    package var held: [(target: String, refusals: [Refusal])] = []
    package var recovered: [RecoveredAttempt] = []
    package var notes: [String] = []
    package var stop: StopOrder?
    package var wasInterrupted = false
    /// How many targets could be looked at.
    package var targets = 0

    /// How many tasks wait for each reason, the most frequent first.
    package var reasons: [(id: String, count: Int)] {
        var counts: [String: Int] = [:]
        for refusal in held.flatMap(\.refusals) { counts[refusal.id, default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}
