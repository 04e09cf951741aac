internal import Basics
internal import Executors
internal import Model

/// What an agent may spend, and who says so.
struct AgentBudget {
    /// One part of it.
    struct Part<Value> {
        var value: Value
        /// What to change to allow more.
        var remedy: String
    }

    /// What is allowed where neither the task nor the policy says anything.
    enum Standard {
        static let tokens = 1_000_000
        static let dollars = 5.0
        static let turns = 50
        static let time = Duration.seconds(900)
    }

    var tokens: Part<Int>
    /// Held only where the model's price is known; where somebody asked for it, that is made sure of before.
    var dollars: Part<Double>
    var turns: Part<Int>
    var time: Part<Duration>
    /// What the policy took away from the task's wishes.
    private(set) var notes: [String] = []

    /// The least of what the task asks for, or else of the standard, and of what the limits allow.
    init(_ wanted: Limits.AgentBudget, limits: EffectiveLimits?) {
        let caps = limits?.agentBudget
        tokens = Self.part("tokens", wanted.tokens, Standard.tokens, caps?.tokens)
        dollars = Self.part("usd", wanted.dollars, Standard.dollars, caps?.dollars)
        turns = Self.part("turns", wanted.turns, Standard.turns, caps?.turns)
        let standardTime = limits.map { min(Standard.time, $0.attemptTimeout.value) } ?? Standard.time
        time = Self.part("time", wanted.time, standardTime, caps?.time)
        note("tokens", wanted.tokens, caps?.tokens) { "\($0)" }
        note("usd", wanted.dollars, caps?.dollars, JSON.shortest)
        note("turns", wanted.turns, caps?.turns) { "\($0)" }
        note("time", wanted.time, caps?.time, DurationText.text)
    }

    private static func part<Value: Comparable>(
        _ name: String, _ wanted: Value?, _ standard: Value, _ cap: EffectiveLimit<Value>?
    ) -> Part<Value> {
        if let cap, cap.value < (wanted ?? standard) {
            return Part(
                value: cap.value, remedy: "limits.agent_budget.\(name) of \(cap.source.rawValue) holds it")
        }
        return Part(
            value: wanted ?? standard, remedy: "raise inputs.budget.\(name), or make the task smaller")
    }

    private mutating func note<Value: Comparable>(
        _ name: String, _ wanted: Value?, _ cap: EffectiveLimit<Value>?, _ text: (Value) -> String
    ) {
        guard let wanted, let cap, cap.value < wanted else { return }
        notes.append(
            "inputs.budget.\(name) of \(text(wanted)) is held to \(text(cap.value)) by \(cap.source.rawValue)")
    }
}

/// Keeps count of what is spent, and allows a call only where it cannot pass the budget.
final class AgentLedger {
    /// What a call may take.
    struct Allowance {
        let promptAtMost: Int
        let maxTokens: Int
        let time: Duration
    }

    /// Answers shorter than this are of no use.
    private static let leastOutput = 1024

    let budget: AgentBudget
    let price: ModelPrice?
    private let startedAt: Instant
    private(set) var use: ModelUse
    private(set) var dollars = 0.0
    var tokens: Int { use.inputTokens + use.outputTokens + use.cacheReadTokens + use.cacheWriteTokens }

    init(_ budget: AgentBudget, price: ModelPrice?, model: String, startedAt: Instant) {
        (self.budget, self.price, self.startedAt) = (budget, price, startedAt)
        use = ModelUse(model: model)
        if price != nil { use.dollars = 0 }
    }

    func timeLeft(at now: Instant) -> Duration { budget.time.value - (now - startedAt) }

    /// What the next call may take, were it to cost the most that it can.
    func allowance(promptAtMost prompt: Int, wanted: Int, now: Instant) throws(ExecutorError) -> Allowance {
        guard use.calls < budget.turns.value else {
            throw exceeded("turns", "\(budget.turns.value)", "\(use.calls) calls were made", budget.turns.remedy)
        }
        let time = timeLeft(at: now)
        guard time > .zero else { throw outOfTime() }
        let least = min(Self.leastOutput, wanted)
        let tokensLeft = budget.tokens.value - tokens - prompt
        guard tokensLeft >= least else {
            throw exceeded(
                "tokens", "\(budget.tokens.value)",
                "\(tokens) are used, and the next call could take \(prompt + least)",
                budget.tokens.remedy)
        }
        let affordable = try affordableOutput(prompt, least)
        return Allowance(promptAtMost: prompt, maxTokens: min(wanted, tokensLeft, affordable), time: time)
    }

    private func affordableOutput(_ prompt: Int, _ least: Int) throws(ExecutorError) -> Int {
        guard let price else { return .max }
        let limit = budget.dollars
        let left = limit.value - dollars - price.mostForPrompt(prompt)
        let each = price.mostForOutputToken(prompt: prompt)
        guard left >= 0, left >= each * Double(least) else {
            let next = price.mostForPrompt(prompt) + each * Double(least)
            throw exceeded(
                "usd", JSON.shortest(limit.value),
                "\(Self.text(dollars)) are spent, and the next call could cost \(Self.text(next))", limit.remedy)
        }
        guard each > 0, left / each < 1e12 else { return .max }
        return Int(left / each)
    }

    func outOfTime() -> ExecutorError {
        exceeded("time", DurationText.text(budget.time.value), "it is over", budget.time.remedy)
    }

    private func exceeded(_ name: String, _ limit: String, _ cause: String, _ remedy: String) -> ExecutorError {
        ExecutorError(
            "agent", "the agent's budget of \(limit)\(name == "time" ? "" : " " + name) allows no further call",
            causes: [cause], hint: remedy)
    }

    /// Counts a call that the service answered or may have answered.
    ///
    /// Where it does not say what it took, it counts as the most that it can have taken.
    func charge(_ usage: TokenUsage?, isComplete: Bool, _ allowance: Allowance) {
        var counted = usage ?? TokenUsage()
        if counted.prompt == 0 { counted.cacheWrite = allowance.promptAtMost }
        let isUncounted = !isComplete || (usage?.prompt ?? 0) == 0
        if isUncounted { counted.output = max(counted.output, allowance.maxTokens) }
        use.calls += 1
        use.inputTokens += counted.input
        use.outputTokens += counted.output
        use.cacheReadTokens += counted.cacheRead
        use.cacheWriteTokens += counted.cacheWrite
        guard let price else { return }
        dollars += price.cost(of: counted)
        use.dollars = dollars
    }

    /// An amount with four digits behind the point.
    static func text(_ dollars: Double) -> String {
        let amount = Int(min(max(0, dollars), 1e12) * 10_000 + 0.5)
        let fraction = String(amount % 10_000)
        return "$\(amount / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
}
