internal import Basics
internal import Journal
internal import Observability
internal import Synchronization

/// What is unusual at the moment, read from the journal not more often than it is worth.
final class AnomalyFacts: Sendable {
    private static let lifetime = Duration.seconds(60)
    /// The newest attempts that are looked at, of all targets.
    private static let attemptLimit = 50_000

    private let last = Mutex<(found: [Anomaly], read: MonotonicTime)?>(nil)

    func value(_ home: ControlPlaneHome) throws -> [Anomaly] {
        let now = MonotonicTime.now
        if let last = last.withLock({ $0 }), last.read + Self.lifetime > now { return last.found }
        let found = try Self.find(home)
        last.withLock { $0 = (found, now) }
        return found
    }

    private static func find(_ home: ControlPlaneHome) throws -> [Anomaly] {
        let now = home.context.clock.now()
        let since = (now + .seconds(-(AnomalySearch.weeks * 7 + 1) * 86_400)).description
        let samples = try home.journals.with { journal in
            try journal.reading { () throws(JournalError) in
                var query = AttemptQuery()
                (query.since, query.limit) = (since, attemptLimit)
                let budgets = try journal.budgets(since: since).map { ($0.attempt, $0.money) }
                let costs = Dictionary(budgets) { first, _ in first }
                return try journal.attempts(query).compactMap { attempt -> AnomalySearch.Sample? in
                    guard let ended = attempt.finishedAt.flatMap({ Instant($0) }), let took = attempt.duration
                    else {
                        return nil
                    }
                    let cost = (costs[attempt.id] ?? nil).map { Double($0) / 1_000_000 }
                    return AnomalySearch.Sample(
                        target: attempt.target, ended: ended, isFailure: attempt.state == "failed",
                        seconds: Double(took.milliseconds) / 1000, cost: cost)
                }
            }
        }
        return AnomalySearch(samples, at: now).find()
    }
}
