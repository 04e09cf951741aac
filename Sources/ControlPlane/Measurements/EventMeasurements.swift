internal import Basics
internal import Journal
internal import Model
internal import Observability
internal import Synchronization

/// What is counted of events as they come, from the start of this process on: Prometheus adds across restarts.
final class EventMeasurements: Sendable {
    static let bounds: [Double] = [1, 5, 15, 60, 300, 900, 3600]
    private static let waitBounds: [Double] = [1, 10, 60, 300, 900, 3600, 14_400, 86_400, 604_800]
    /// So many attempts may be on their way at once; of more than that no duration is told.
    private static let attemptLimit = 10_000

    struct Counts: Sendable {
        /// By target and class.
        var grants: [String: [String: Int]] = [:]
        /// How long granted tasks had waited.
        var waits = Histogram(waitBounds)
        /// Failures that were not their task's, by what failed and how.
        var systemErrors: [String: [String: Int]] = [:]
        /// When the newest event happened.
        var newest: Instant?
        /// By target, then by what ended and what came of it.
        var durations: [String: [String: Histogram]] = [:]
        var breakers: [String: [String: Int]] = [:]
        var merges: [String: Histogram] = [:]
        /// By the fence that held.
        var fences: [String: Int] = [:]
    }

    /// More modes than there are would be somebody's invention.
    private static let modeLimit = 12

    private struct Attempt {
        var began: Instant
        var last: Instant
    }

    private struct State {
        var counts = Counts()
        var attempts: [String: Attempt] = [:]
        var proposed: [String: Instant] = [:]
    }

    private let state = Mutex(State())

    var counts: Counts { state.withLock { $0.counts } }

    func take(_ event: EventRecord) {
        let time = Instant(event.timestamp)
        state.withLock { state in
            if let time { state.counts.newest = max(state.counts.newest ?? time, time) }
            switch event.type.current {
            case .breakerTripped: Self.takeBreaker(event, "open", &state)
            case .breakerProbed: Self.takeBreaker(event, "half_open", &state)
            case .breakerReset: Self.takeBreaker(event, "closed", &state)
            default: break
            }
            guard let target = event.subject.target else { return }
            switch event.type.current {
            case .attemptGranted: Self.takeGrant(event, target, time, &state)
            case .pullRequestCreated, .pullRequestMerged: Self.takeProposal(event, target, &state)
            default: Self.takeStage(event, target, &state)
            }
        }
    }

    /// A service is the scope of its own breaker; of more services than there can be nothing is told.
    private static func takeBreaker(_ event: EventRecord, _ to: String, _ state: inout State) {
        let service = event.payload["service"]?.string.flatMap { Service($0)?.name }
        guard let scope = service ?? event.subject.target else { return }
        guard state.counts.breakers[scope] != nil || state.counts.breakers.count < attemptLimit else { return }
        state.counts.breakers[scope, default: [:]][to, default: 0] += 1
    }

    private static func takeGrant(
        _ event: EventRecord, _ target: String, _ time: Instant?, _ state: inout State
    ) {
        let name = event.payload["class"]?.string.flatMap { BacklogTask.Priority(rawValue: $0) }
        state.counts.grants[target, default: [:]][name?.rawValue ?? "unknown", default: 0] += 1
        guard let time, let since = event.payload["waiting_since"]?.string.flatMap({ Instant($0) }) else { return }
        state.counts.waits.add(Double(max(time - since, .zero).milliseconds) / 1000)
    }

    private static func takeFailure(_ event: EventRecord, _ state: inout State) {
        guard case .attemptFailed(let kind, _) = event.event else { return }
        let failure = FailureClass(kind: kind)
        guard failure != .task else { return }
        state.counts.systemErrors[failure.rawValue, default: [:]][
            event.payload["kind"]?.string == "delivery" ? "delivery" : "failed", default: 0] += 1
    }

    /// The stages of an attempt end with these events, which name them.
    private static let stages: [EventType: String] = [
        .attemptStarted: "prepare", .changeFrozen: "execute", .policyJudged: "rules",
        .deliveryStarted: "invariants", .branchPushed: "push",
    ]
    private static let ends: Set<EventType> = [.attemptSucceeded, .attemptFailed, .attemptInterrupted]

    private static func takeStage(_ event: EventRecord, _ target: String, _ state: inout State) {
        let type = event.type.current
        guard let id = event.subject.attempt, let time = Instant(event.timestamp) else { return }
        if type == .attemptFailed { takeFailure(event, &state) }
        if type == .attemptCreated {
            if state.attempts.count < attemptLimit { state.attempts[id] = Attempt(began: time, last: time) }
            return
        }
        if case .attemptStarted(let isolation?, _) = event.event {
            let isKnown = state.counts.fences[isolation] != nil || state.counts.fences.count < modeLimit
            state.counts.fences[isKnown ? isolation : "other", default: 0] += 1
        }
        guard var attempt = state.attempts[id] else { return }
        func add(_ stage: String, since start: Instant) {
            let seconds = Double(max(time - start, .zero).milliseconds) / 1000
            state.counts.durations[target, default: [:]][stage, default: Histogram(bounds)].add(seconds)
        }
        if let stage = stages[type] {
            add(stage, since: attempt.last)
            attempt.last = time
            state.attempts[id] = attempt
        } else if ends.contains(type) {
            add("all", since: attempt.began)
            state.attempts[id] = nil
        }
    }

    private static func takeProposal(_ event: EventRecord, _ target: String, _ state: inout State) {
        guard let number = event.payload["number"]?.integer, let time = Instant(event.timestamp) else { return }
        let name = "\(target)#\(number)"
        if event.type.current == .pullRequestCreated {
            if state.proposed.count < attemptLimit { state.proposed[name] = time }
        } else if let start = state.proposed.removeValue(forKey: name) {
            let seconds = Double(max(time - start, .zero).milliseconds) / 1000
            state.counts.merges[target, default: Histogram(bounds)].add(seconds)
        }
    }
}
