internal import Basics
internal import Model

/// Compares what was done with the limits of every place: each counts its own units, and the first that is used up
/// refuses.
struct LimitCheck {
    let places: [(source: LimitSource, limits: Limits)]
    let effective: EffectiveLimits
    let reach: LimitReach
    let use: LimitUse
    let now: Instant
    /// Whether a proposal may touch a path that the task may touch.
    var overlaps: (LimitUse.Entry) -> Bool = { _ in false }

    func reason() -> Refusal.Reason? {
        running() ?? proposals() ?? overlapping() ?? started(.hour) ?? started(.day)
    }

    /// The same without what depends on the paths of a task.
    func sharedReason() -> Refusal.Reason? { running() ?? proposals() ?? started(.hour) ?? started(.day) }

    private func running() -> Refusal.Reason? {
        for limit in limits(\.maxRunningAttempts, effective.maxRunningAttempts) {
            let running = use.running.filter { reach.covers($0, limit.source) }
            if running.count >= limit.value {
                return .attemptsRunning(target: reach.target, attempts: running.map(\.name), limit)
            }
        }
        return nil
    }

    private func proposals() -> Refusal.Reason? {
        for limit in limits(\.maxOpenPullRequests, effective.maxOpenPullRequests) {
            let names = underWay { reach.covers($0, limit.source) }
            if names.count >= limit.value { return .proposalsOpen(names, limit) }
        }
        return nil
    }

    private func overlapping() -> Refusal.Reason? {
        guard let limit = effective.maxOpenPerPath else { return nil }
        let names = overlappingNames()
        return names.count >= limit.value ? .proposalsOverlap(names, limit) : nil
    }

    /// What is open or will be, and may touch a path that the task may touch.
    func overlappingNames() -> [String] {
        underWay { $0.target == reach.target && !reach.isOwn($0) && overlaps($0) }
    }

    /// What runs will be open, and counts; what runs on a proposal that is open counts once.
    func underWay(_ counts: (LimitUse.Entry) -> Bool) -> [String] {
        let open = use.open.filter(counts)
        let running = use.running.filter { entry in
            counts(entry) && !open.contains { $0.target == entry.target && $0.task == entry.task }
        }
        return (open + running).map(\.name)
    }

    /// A task that began within the period already is not counted again.
    private func started(_ period: UsedRate.Period) -> Refusal.Reason? {
        let limits =
            period == .hour
            ? limits(\.maxTasksPerHour, effective.maxTasksPerHour)
            : limits(\.maxTasksPerDay, effective.maxTasksPerDay)
        for limit in limits {
            let times = use.begun.filter { reach.covers($0, limit.source) && !reach.isOwn($0) }
                .compactMap(\.time).filter { $0 + period.duration > now }.sorted()
            guard times.count >= limit.value else { continue }
            // With none allowed the end of the period changes nothing, but then a person has to raise it anyway.
            let until = limit.value == 0 ? now : times[times.count - limit.value]
            return .tasksStarted(
                UsedRate(period: period, started: times.count, limit: limit, until: until + period.duration))
        }
        return nil
    }

    /// The limit of every place that sets one, the strictest first; the platform's where none does.
    func limits(
        _ value: (Limits) -> Int?, _ standard: EffectiveLimit<Int>?
    ) -> [EffectiveLimit<Int>] {
        let set = places.compactMap { place in
            value(place.limits).map { EffectiveLimit(value: $0, source: place.source) }
        }
        if set.isEmpty { return standard.map { [$0] } ?? [] }
        return set.sorted { $0.value < $1.value }
    }
}

extension EffectiveLimits {
    /// The pause after so many failures: what is written, doubled with each, and up to half more, which the failed
    /// attempt decides, so that the same journal always gives the same.
    func pause(afterFailures failures: Int, of attempt: String) -> Duration {
        guard backoff.value > .zero, failures > 0 else { return .zero }
        let longest = max(backoff.value, .seconds(86_400))
        var pause = backoff.value
        for _ in 1..<failures where pause < longest { pause = pause * 2 }
        pause = min(pause, longest)
        let part = attempt.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        return pause + .microseconds(pause.microseconds / 2 * Int64(part % 1000) / 1000)
    }
}
