internal import Basics
internal import Journal
internal import Synchronization

/// What is counted of events as they come, from the start of this process on: Prometheus adds across restarts.
final class EventMeasurements: Sendable {
    static let bounds: [Double] = [1, 5, 15, 60, 300, 900, 3600]
    /// So many attempts may be on their way at once; of more than that no duration is told.
    private static let attemptLimit = 10_000

    struct Histogram: Sendable {
        var within = [Int](repeating: 0, count: bounds.count)
        var count = 0
        var seconds = 0.0

        mutating func add(_ value: Double) {
            count += 1
            seconds += value
            for (index, bound) in EventMeasurements.bounds.enumerated() where value <= bound { within[index] += 1 }
        }
    }

    struct Counts: Sendable {
        var grants: [String: Int] = [:]
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
        guard let target = event.subject.target else { return }
        state.withLock { state in
            switch event.type.current {
            case .attemptGranted: state.counts.grants[target, default: 0] += 1
            case .breakerTripped: state.counts.breakers[target, default: [:]]["open", default: 0] += 1
            case .breakerReset: state.counts.breakers[target, default: [:]]["closed", default: 0] += 1
            case .pullRequestCreated, .pullRequestMerged: Self.takeProposal(event, target, &state)
            default: Self.takeStage(event, target, &state)
            }
        }
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
            state.counts.durations[target, default: [:]][stage, default: Histogram()].add(seconds)
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
            state.counts.merges[target, default: Histogram()].add(seconds)
        }
    }
}
