internal import Basics
internal import Journal
internal import Model
internal import Runner
internal import Scheduler
internal import Synchronization

/// How the queues stand, for whoever measures; read from the repositories, and so not more often than it is worth.
final class QueueFacts: Sendable {
    /// Whoever measures more often gets what was read last.
    private static let lifetime = Duration.seconds(15)

    struct Target: Sendable {
        let name: String
        var runnable = 0
        /// How many tasks wait for each reason, by name.
        var held: [(reason: String, count: Int)] = []
        var openLimit: Int?
        /// Failures in a row, by class.
        var failures: [(name: String, count: Int)] = []
        /// The classes of failures whose breaker is open.
        var openBreakers: Set<FailureClass> = []
        var isUnreadable = false
    }

    private let last = Mutex<(targets: [Target], read: MonotonicTime)?>(nil)

    func value(_ home: ControlPlaneHome) throws -> [Target] {
        let now = MonotonicTime.now
        if let last = last.withLock({ $0 }), last.read + Self.lifetime > now { return last.targets }
        let read = try Self.read(home)
        last.withLock { $0 = (read, now) }
        return read
    }

    private static func read(_ home: ControlPlaneHome) throws -> [Target] {
        var unreadable: Set<String> = []
        let targets = try home.scheduledTargets()
        let now = home.context.clock.now()
        return try targets.map { target in
            var facts = Target(name: target.name)
            let order = try QueueOrder([target], home.context) { failed, _ in unreadable.insert(failed.name) }
            facts.runnable = order.entries.count { $0.refusal == nil }
            let reasons = order.entries.compactMap { $0.refusal?.id }
            facts.held = Dictionary(grouping: reasons) { $0 }.map { ($0.key, $0.value.count) }.sorted {
                $0.0 < $1.0
            }
            for entry in order.entries {
                if case .breakerOpen(let trip)? = entry.refusal?.reason {
                    facts.openBreakers.insert(trip.failureClass)
                }
            }
            let limits = try order.queues.first?.limits() ?? []
            facts.openLimit = limits.first { $0.name == "max_open_prs" }?.allowed
            facts.failures = try home.journals.with { journal in
                FailureRun.runs(in: try TaskStandings(journal, target: target.name, now: now).ended)
            }.map { ($0.failureClass.rawValue, $0.failures) }
            facts.isUnreadable = unreadable.contains(target.name)
            return facts
        }
    }
}
