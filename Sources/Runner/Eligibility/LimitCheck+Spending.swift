internal import Basics
internal import Model

/// What is asked of others outside: changes of a forge, and what models cost.
extension LimitCheck {
    // MARK: Changes of a forge

    /// Room for a whole delivery, beside those of the attempts that run.
    func writesReason(_ forge: KnownForge?, _ writes: Result<[Instant], FileError>) -> Refusal.Reason? {
        guard let forge, !forge.limits.all.isEmpty else { return nil }
        switch writes {
        case .success(let times):
            let each = ForgeWriteLimits.perDelivery
            return forge.limits.used(
                times, reserved: use.running.count * each, more: each, host: forge.service.host, at: now
            ).map(Refusal.Reason.writesUsed)
        case .failure(let error):
            guard let first = forge.limits.all.first?.limit else { return nil }
            return .unmeasurable(
                UnmeasurableLimit(
                    "writes_per_minute", "\(first.value)", first.source, why: error.description,
                    hint: "mend or remove the file: it holds the changes of the last hour"))
        }
    }

    // MARK: What models cost

    func budgetReason(_ expected: () -> ExpectedSpending) -> Refusal.Reason? {
        let tokens = limits(\.dailyBudget.tokens, effective.dailyTokens)
        let money = limits(\.dailyMoney, effective.dailyMoney)
        guard let first = (money + tokens).first else { return nil }
        switch expected() {
        case .none: return nil
        case .uncountable(let why):
            return unmeasurable(
                money.isEmpty ? .tokens : .usd, first, why,
                "have the scope's tasks done by the agent without inputs.command, or take the budget away")
        case .atMost(let spending):
            return tokens.lazy.compactMap { used(.tokens, spending.tokens, $0) { $0.tokens } }.first
                ?? moneyReason(spending.money, money)
        }
    }

    private func moneyReason(_ wanted: Int?, _ limits: [EffectiveLimit<Int>]) -> Refusal.Reason? {
        guard let first = limits.first else { return nil }
        guard let wanted else {
            return unmeasurable(
                .usd, first, "the price of the task's model is not known",
                "give inputs.prices: {input: …, output: …}, in dollars a million tokens")
        }
        for limit in limits {
            if let unpriced = budgets(limit.source).first(where: { $0.spending.money == nil }) {
                return unmeasurable(
                    .usd, limit, "the price of what \(unpriced.entry.name) asked is not known",
                    "wait until that is a day ago, or give its task inputs.prices", isByPerson: false)
            }
        }
        return limits.lazy.compactMap { used(.usd, wanted, $0) { $0.money ?? 0 } }.first
    }

    private func unmeasurable(
        _ unit: UsedBudget.Unit, _ limit: EffectiveLimit<Int>, _ why: String, _ hint: String,
        isByPerson: Bool = true
    ) -> Refusal.Reason {
        .unmeasurable(
            UnmeasurableLimit(
                unit.limitName, unit == .usd ? Money.text(limit.value) : "\(limit.value)", limit.source, why: why,
                hint: hint, isByPerson: isByPerson))
    }

    /// What counts against a budget that a place set.
    func budgets(_ source: LimitSource) -> [LimitUse.BudgetUse] {
        use.budgets.filter { budget in
            guard reach.covers(budget.entry, source) else { return false }
            return budget.settled.map { $0 + UsedRate.Period.day.duration > now } ?? true
        }
    }

    private func used(
        _ unit: UsedBudget.Unit, _ wanted: Int, _ limit: EffectiveLimit<Int>, _ amount: (Spending) -> Int
    ) -> Refusal.Reason? {
        let counted = budgets(limit.source)
        let reserved = counted.filter { $0.settled == nil }.map { amount($0.spending) }.reduce(0, +)
        let spent = counted.compactMap { budget in budget.settled.map { ($0, amount(budget.spending)) } }
            .sorted { $0.0 < $1.0 }
        let total = spent.map(\.1).reduce(0, +)
        guard total + reserved + wanted > limit.value else { return nil }
        var until: Instant?
        var left = total
        for (time, amount) in spent where until == nil {
            left -= amount
            if left + reserved + wanted <= limit.value { until = time + UsedRate.Period.day.duration }
        }
        return .budgetUsed(
            UsedBudget(
                unit, spent: total, reserved: reserved, wanted: wanted, limit: limit,
                until: reserved == 0 ? until : nil))
    }

    // MARK: As it is shown

    func spendingStates() -> [LimitState] {
        func state(
            _ unit: UsedBudget.Unit, _ limit: EffectiveLimit<Int>, _ amount: (Spending) -> Int?
        ) -> LimitState {
            let counted = budgets(limit.source)
            var state = LimitState(
                unit.limitName, counted.compactMap { amount($0.spending) }.reduce(0, +), of: limit.value,
                limit.source.rawValue)
            if unit == .usd { state.unit = .money }
            let reserved = counted.filter { $0.settled == nil }
            state.reserved = reserved.compactMap { amount($0.spending) }.reduce(0, +)
            if !reserved.isEmpty { state.note = "\(reserved.count) reserved" }
            if counted.contains(where: { amount($0.spending) == nil }) {
                (state.note, state.isUnmeasurable) = ("not measurable: the price of a model is not known", true)
            }
            return state
        }
        return limits(\.dailyMoney, effective.dailyMoney).map { state(.usd, $0, \.money) }
            + limits(\.dailyBudget.tokens, effective.dailyTokens).map { state(.tokens, $0) { $0.tokens } }
    }

    func forgeStates(_ forge: KnownForge?, _ breaker: EffectiveLimit<Limits.Breaker>?) -> [LimitState] {
        guard let forge, let breaker else { return [] }
        let known = use.services[forge.service]
        var service = LimitState(
            "service_breaker.failures", known?.failures ?? 0, of: breaker.value.failures, breaker.source.rawValue)
        service.note = forge.service.name + (known?.trip(at: now, breaker).map { "; \($0.text)" } ?? "")
        let writes = forge.writes(now)
        return forge.limits.all.map { period, limit in
            let name = period <= .seconds(60) ? "writes_per_minute" : "writes_per_hour"
            var state = LimitState(name, 0, of: limit.value, limit.source.rawValue)
            state.note = forge.service.host
            switch writes {
            case .success(let times):
                state = LimitState(
                    name, times.count { $0 + period > now }, of: limit.value, limit.source.rawValue)
                state.note = forge.service.host
            case .failure(let error):
                (state.note, state.isUnmeasurable) = ("not measurable: \(error.description)", true)
            }
            return state
        } + [service]
    }
}
