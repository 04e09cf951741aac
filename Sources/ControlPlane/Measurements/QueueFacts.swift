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
        /// Since when the oldest task that may run waits for its turn.
        var oldest: Instant?
        var openLimit: Int?
        /// Whether each limit that counts something cannot be measured.
        var unmeasurable: [String: Bool] = [:]
        var isUnreadable = false
    }

    enum BreakerState: String, CaseIterable, Sendable {
        case closed, open
        case halfOpen = "half_open"
    }

    struct Breaker: Sendable {
        /// A target, or a service.
        let scope: String
        let kind: String
        var state = BreakerState.closed
        var failures = 0
        /// Whether the probe is past its deadline.
        var isOverdue = false
    }

    struct Budget: Hashable, Sendable {
        let name: String
        let unit: String
    }

    struct Reading: Sendable {
        var targets: [Target] = []
        var breakers: [Breaker] = []
        var budgets: [Budget: LimitState] = [:]
        /// How often tasks began to wait, by target and reason.
        var refusals: [String: [String: Int]] = [:]
    }

    private struct State {
        var isReading = false
        var last: (reading: Reading, at: MonotonicTime)?
        /// The reason of each task that waits, as it was read last.
        var reasons: [String: [String: String]] = [:]
        /// When each task that may run was seen first.
        var seen: [String: [String: Instant]] = [:]
        var refusals: [String: [String: Int]] = [:]
    }

    private let state = Mutex(State())

    /// Whoever comes while another one reads gets what was read before: nobody waits for repositories twice.
    func value(_ home: ControlPlaneHome) throws -> Reading {
        let known = state.withLock { state -> Reading? in
            if let last = state.last, state.isReading || last.at + Self.lifetime > .now { return last.reading }
            state.isReading = true
            return nil
        }
        if let known { return known }
        defer { state.withLock { $0.isReading = false } }
        let reading = try read(home)
        state.withLock { $0.last = (reading, .now) }
        return reading
    }

    private func read(_ home: ControlPlaneHome) throws -> Reading {
        var (reading, unreadable): (Reading, Set<String>) = (Reading(), [])
        let (now, waiting) = (home.context.clock.now(), WaitingFile(home.context).read())
        let targets = try home.scheduledTargets()
        for target in targets {
            let order = try QueueOrder([target], home.context) { failed, _ in unreadable.insert(failed.name) }
            var facts = Target(name: target.name)
            facts.isUnreadable = unreadable.contains(target.name)
            count(order.entries, waiting, now, &facts)
            let limits = try order.queues.first?.limits() ?? []
            facts.openLimit = limits.first { $0.name == "max_open_prs" }?.allowed
            Self.measure(limits, order.entries, &facts)
            Self.budgets(limits, target, &reading)
            try home.journals.with { journal in
                reading.breakers += try BreakerFacts(journal, now).breakers(
                    of: target.name, order.entries.compactMap(\.refusal))
            }
            reading.targets.append(facts)
        }
        forget(except: Set(targets.map(\.name)))
        reading.breakers += try home.journals.with { try BreakerFacts($0, now).services() }
        reading.refusals = state.withLock { $0.refusals }
        return reading
    }

    /// Tells those that began to wait since it was last looked from those that waited already.
    private func count(_ entries: [QueueEntry], _ waiting: WaitingTimes, _ now: Instant, _ facts: inout Target) {
        let (name, runnable) = (facts.name, entries.filter { $0.refusal == nil }.map(\.task.id))
        var reasons: [String: String] = [:]
        for entry in entries { reasons[entry.task.id] = entry.refusal?.id }
        facts.runnable = runnable.count
        facts.held = Dictionary(grouping: reasons.values) { $0 }.map { ($0.key, $0.value.count) }.sorted {
            $0.0 < $1.0
        }
        facts.oldest = state.withLock { state in
            let before = state.reasons[name] ?? [:]
            for (task, reason) in reasons where before[task] != reason {
                state.refusals[name, default: [:]][reason, default: 0] += 1
            }
            state.reasons[name] = reasons
            let known = state.seen[name] ?? [:]
            let seen = Dictionary(runnable.map { ($0, known[$0] ?? now) }) { first, _ in first }
            state.seen[name] = seen
            return runnable.compactMap { waiting.start(of: $0, in: name) ?? seen[$0] }.min()
        }
    }

    private func forget(except names: Set<String>) {
        state.withLock { state in
            state.reasons = state.reasons.filter { names.contains($0.key) }
            state.seen = state.seen.filter { names.contains($0.key) }
            state.refusals = state.refusals.filter { names.contains($0.key) }
        }
    }

    private static func measure(_ limits: [LimitState], _ entries: [QueueEntry], _ facts: inout Target) {
        for limit in limits { facts.unmeasurable[limit.name, default: false] = limit.isUnmeasurable }
        for entry in entries {
            if case .unmeasurable(let limit)? = entry.refusal?.reason { facts.unmeasurable[limit.name] = true }
        }
    }

    /// A budget is named for the place that set it: what many targets share is told once.
    private static func budgets(_ limits: [LimitState], _ target: ScheduledTarget, _ reading: inout Reading) {
        for limit in limits where limit.name.hasPrefix("budget_per_day") {
            let place =
                switch limit.source {
                case LimitSource.machine.rawValue: "machine"
                case LimitSource.group.rawValue: "group:" + (target.group?.name ?? "")
                default: "target:" + target.name
                }
            let budget = Budget(name: place, unit: limit.unit == .money ? "usd" : "tokens")
            if let known = reading.budgets[budget], known.allowed <= limit.allowed { continue }
            reading.budgets[budget] = limit
        }
    }
}
