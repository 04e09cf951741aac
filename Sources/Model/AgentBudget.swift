internal import Basics

extension Limits {
    /// The most that an agent may spend on one attempt.
    package struct AgentBudget: Hashable, Sendable {
        /// Tokens of all kinds together: read, written to and read from the cache, and generated.
        package var tokens: Int?
        package var dollars: Double?
        /// Calls of the model.
        package var turns: Int?
        package var time: Duration?

        package init() {}
    }
}

/// The budget caps in force for one task, each with the place that set it; `nil` where nobody did.
package struct EffectiveAgentBudget: Hashable, Sendable {
    package let tokens: EffectiveLimit<Int>?
    package let dollars: EffectiveLimit<Double>?
    package let turns: EffectiveLimit<Int>?
    package let time: EffectiveLimit<Duration>?

    init(_ places: [(source: LimitSource, limits: Limits)]) {
        tokens = EffectiveLimits.strictest(places, \.agentBudget.tokens)
        dollars = EffectiveLimits.strictest(places, \.agentBudget.dollars)
        turns = EffectiveLimits.strictest(places, \.agentBudget.turns)
        time = EffectiveLimits.strictest(places, \.agentBudget.time)
    }
}
