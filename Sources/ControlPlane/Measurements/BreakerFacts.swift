internal import Basics
internal import Journal
internal import Model
internal import Runner

/// How breakers stand: those of targets, and those of the services that they share.
struct BreakerFacts {
    /// A probe of a target is an attempt, which has its own limit of time; long after that it hangs.
    private static let longestAttempt = Duration.seconds(4 * 3600)
    /// More services than this would be somebody's invention.
    private static let serviceLimit = 100

    private let journal: any JournalStore
    private let now: Instant

    init(_ journal: any JournalStore, _ now: Instant) { (self.journal, self.now) = (journal, now) }

    func breakers(of target: String, _ refusals: [Refusal]) throws(JournalError) -> [QueueFacts.Breaker] {
        let runs = FailureRun.runs(in: try TaskStandings(journal, target: target, now: now).ended)
        var trips: [FailureClass: BreakerTrip] = [:]
        for refusal in refusals {
            if case .breakerOpen(let trip) = refusal.reason { trips[trip.failureClass] = trip }
        }
        return try FailureClass.allCases.map { (failureClass) throws(JournalError) in
            var breaker = QueueFacts.Breaker(scope: target, kind: failureClass.rawValue)
            breaker.failures = runs.first { $0.failureClass == failureClass }?.failures ?? 0
            if let trip = trips[failureClass] {
                breaker.state = trip.probe == nil ? .open : .halfOpen
                if let probe = trip.probe,
                    let began = try journal.attempt(probe).flatMap({ Instant($0.createdAt) })
                {
                    breaker.isOverdue = now - began > Self.longestAttempt
                }
            }
            return breaker
        }
    }

    func services() throws(JournalError) -> [QueueFacts.Breaker] {
        try journal.serviceBreakers().compactMap(ServiceBreaker.init).prefix(Self.serviceLimit).map { known in
            var breaker = QueueFacts.Breaker(scope: known.service.name, kind: known.service.kind.rawValue)
            breaker.failures = known.failures
            guard known.isOpen else { return breaker }
            breaker.state = known.probe == nil ? .open : .halfOpen
            breaker.isOverdue = known.probe.map { $0.until < now } ?? false
            return breaker
        }
    }
}
