internal import Basics
internal import Journal
internal import Model
internal import Observability
internal import Runner

/// Queues, limits and breakers.
extension MetricsPage {
    mutating func queues() throws {
        let facts = try home.queueFacts.value(home)
        page.begin(.queueTasks)
        for target in facts.targets {
            page.sample([target.name, "runnable"], Double(target.runnable))
            page.sample([target.name, "held"], Double(target.held.reduce(0) { $0 + $1.count }))
        }
        page.begin(.heldTasks)
        for target in facts.targets {
            for (reason, count) in target.held { page.sample([target.name, reason], Double(count)) }
        }
        page.begin(.oldestEligible)
        for target in facts.targets {
            if let oldest = target.oldest { page.sample([target.name], Double(oldest.secondsSinceEpoch)) }
        }
        page.begin(.refusals)
        for (target, reasons) in facts.refusals.sorted(by: { $0.key < $1.key }) {
            for (reason, count) in reasons.sorted(by: { $0.key < $1.key }) {
                page.sample([target, reason], Double(count))
            }
        }
        page.begin(.targetUnreadable)
        for target in facts.targets { page.sample([target.name], target.isUnreadable ? 1 : 0) }
        limits(facts)
        breakers(facts)
    }

    private mutating func limits(_ facts: QueueFacts.Reading) {
        page.begin(.openChangesLimit)
        for target in facts.targets {
            if let limit = target.openLimit { page.sample([target.name], Double(limit)) }
        }
        page.begin(.limitUnmeasurable)
        for target in facts.targets {
            for (limit, isUnmeasurable) in target.unmeasurable.sorted(by: { $0.key < $1.key }) {
                page.sample([target.name, limit], isUnmeasurable ? 1 : 0)
            }
        }
        let budgets = facts.budgets.sorted { ($0.key.name, $0.key.unit) < ($1.key.name, $1.key.unit) }
        func amount(_ value: Int, _ budget: QueueFacts.Budget) -> Double {
            budget.unit == "usd" ? Double(value) / 1_000_000 : Double(value)
        }
        page.begin(.budgetUsed)
        for (budget, state) in budgets {
            page.sample([budget.name, budget.unit], amount(state.observed - state.reserved, budget))
        }
        page.begin(.budgetReserved)
        for (budget, state) in budgets { page.sample([budget.name, budget.unit], amount(state.reserved, budget)) }
        page.begin(.budgetLimit)
        for (budget, state) in budgets { page.sample([budget.name, budget.unit], amount(state.allowed, budget)) }
    }

    private mutating func breakers(_ facts: QueueFacts.Reading) {
        page.begin(.breakerState)
        for breaker in facts.breakers {
            for state in QueueFacts.BreakerState.allCases {
                page.sample([breaker.scope, breaker.kind, state.rawValue], breaker.state == state ? 1 : 0)
            }
        }
        page.begin(.breakerFailures)
        for breaker in facts.breakers where breaker.failures > 0 || breaker.state != .closed {
            page.sample([breaker.scope, breaker.kind], Double(breaker.failures))
        }
        page.begin(.breakerProbeOverdue)
        for breaker in facts.breakers where breaker.state == .halfOpen {
            page.sample([breaker.scope, breaker.kind], breaker.isOverdue ? 1 : 0)
        }
    }
}
