import Basics
import Journal
import Model
import Runner
import Scheduler

/// What models cost, and how long tasks have waited, counted anew from the events.
extension SchedulerWatch {
    /// What was reserved for models and is not settled, and what was spent within the last day, told from the events.
    private func spending() -> [String: (unit: Unit, spent: Spending)] {
        var query = EventQuery()
        query.types = [.budgetReserved, .budgetSettled]
        var found: [String: (unit: Unit, spent: Spending)] = [:]
        for record in (try? host.store.events(query)) ?? [] {
            guard let attempt = record.subject.attempt, let tokens = record.payload["tokens"]?.integer else {
                continue
            }
            let unit = Unit(target: record.subject.target ?? "", task: record.subject.task ?? "")
            let spent = Spending(tokens: tokens, money: record.payload["usd_millionths"]?.integer)
            let isOver = Instant(record.timestamp).map { $0 + .seconds(86_400) <= host.now } ?? false
            found[attempt] = record.type == .budgetSettled && isOver ? nil : (unit, spent)
        }
        return found
    }

    func seeBudgets(_ grant: Grant) {
        let spent = spending().values
        for place in places(grant, { $0.dailyBudget.tokens }) {
            let sum = spent.filter { place.covers($0.unit) }.map(\.spent.tokens).reduce(0, +)
            if sum > place.limit { broke(19, "\(sum) of \(place.limit) tokens (\(place.name))") }
        }
        for place in places(grant, { $0.dailyMoney }) {
            let sum = spent.filter { place.covers($0.unit) }.compactMap(\.spent.money).reduce(0, +)
            if sum > place.limit { broke(19, "\(sum) of \(place.limit) millionths (\(place.name))") }
        }
    }

    /// The class in which a task takes its turn, by how long it has waited.
    func priority(_ task: BacklogTask, in target: SimulatedTarget) -> BacklogTask.Priority {
        host.waitingTimes().priority(
            of: task, in: target.name, raisedAfter: target.contract.policy.limits.raisePriorityAfter, at: host.now)
    }

    /// Each attempt that reserves does so once, and is settled once at most.
    func seeReservations(_ begun: [String: Int]) {
        let reserved = spendingEvents(.budgetReserved)
        for (attempt, count) in spendingEvents(.budgetSettled) where count != 1 || reserved[attempt] == nil {
            broke(10, "\(attempt) was settled \(count) times")
        }
        for (attempt, count) in reserved where count != 1 || begun[attempt] == nil {
            broke(10, "\(attempt) reserved \(count) times")
        }
    }

    private func spendingEvents(_ type: EventType) -> [String: Int] {
        var query = EventQuery()
        query.types = [type]
        var counts: [String: Int] = [:]
        for record in (try? host.store.events(query)) ?? [] {
            counts[record.subject.attempt ?? "", default: 0] += 1
        }
        return counts
    }
}
