package import Basics

/// What kind of thing made an attempt fail: each has a breaker of its own.
package enum FailureClass: String, CaseIterable, Sendable {
    /// The change was rejected, or its executor failed.
    case task
    /// Leviathan, this machine or the contract.
    case environment
    case forge
    /// A service that models are asked at.
    case model

    /// The class of an attempt's failure as the journal has it.
    package init(kind: String?) {
        switch kind {
        case "delivery": self = .forge
        case "model": self = .model
        case "executor", "rejected", nil: self = .task
        default: self = .environment
        }
    }
}

/// An attempt that has ended, as far as a breaker looks at it.
package struct EndedAttempt: Hashable, Sendable {
    package let began: Instant
    package let ended: Instant
    /// `nil` where it succeeded.
    package let failure: FailureClass?

    package init(began: Instant, ended: Instant, failure: FailureClass?) {
        (self.began, self.ended, self.failure) = (began, ended, failure)
    }
}

/// Failures in a row of one class.
package struct FailureRun: Hashable, Sendable {
    package let failureClass: FailureClass
    package let failures: Int
    /// When the first of them ended.
    package let since: Instant

    /// The runs that go on, of attempts in the order of their ends.
    package static func runs(in attempts: [EndedAttempt]) -> [FailureRun] {
        FailureClass.allCases.compactMap { failureClass in
            let last = attempts.lastIndex { $0.failure == nil }.map { $0 + 1 } ?? 0
            let failed = attempts[last...].filter { $0.failure == failureClass }
            guard let first = failed.first else { return nil }
            return FailureRun(failureClass: failureClass, failures: failed.count, since: first.ended)
        }
    }
}

/// A breaker that is open.
package struct BreakerTrip: Hashable, Sendable {
    package let failureClass: FailureClass
    package let failures: Int
    package let since: Instant
    package let limit: EffectiveLimit<Limits.Breaker>
    /// When one attempt may find out whether it is over; `nil` where only a person resets it.
    package let probesAt: Instant?
    /// The attempt that finds it out now.
    package let probe: String?

    package init(
        failureClass: FailureClass, failures: Int, since: Instant, limit: EffectiveLimit<Limits.Breaker>,
        probesAt: Instant?, probe: String? = nil
    ) {
        (self.failureClass, self.failures, self.since) = (failureClass, failures, since)
        (self.limit, self.probesAt, self.probe) = (limit, probesAt, probe)
    }

    /// The same while an attempt probes.
    package func probed(by attempt: String) -> BreakerTrip {
        BreakerTrip(
            failureClass: failureClass, failures: failures, since: since, limit: limit, probesAt: probesAt,
            probe: attempt)
    }

    var release: Refusal.Release { probe != nil ? .byItself : probesAt.map(Refusal.Release.at) ?? .byPerson }

    func text(_ times: TimeText) -> String {
        let opened =
            "the circuit breaker is open since \(times.moment(since)): \(failures) failures in a row "
            + "(\(failureClass.rawValue)), and circuit_breaker.failures is \(limit.value.failures) "
            + "(\(limit.source.rawValue))"
        if let probe { return opened + "; \(probe) finds out whether it is over" }
        return opened + (probesAt.map { "; it is tried again at \(times.full($0))" } ?? "")
    }

    var hint: String { "'leviathan failures' says why; 'leviathan breaker reset' closes it" }
}

/// Derives from the attempts of a target, and from nothing else, whether a breaker is open: so it survives restarts,
/// and the same journal always gives the same answer.
package struct BreakerHistory {
    /// The cooldown doubles after each probe that fails, up to this many times its length.
    private static let longest: Int64 = 16

    private enum State {
        case closed(failures: Int)
        case open(failures: Int, since: Instant, factor: Int64)
    }

    private let limit: EffectiveLimit<Limits.Breaker>
    private var states: [FailureClass: State] = [:]

    /// `attempts` are those since a person last reset the breaker, in the order of their ends.
    package init(_ attempts: [EndedAttempt], _ limit: EffectiveLimit<Limits.Breaker>) {
        self.limit = limit
        for attempt in attempts {
            for failureClass in FailureClass.allCases { see(attempt, failureClass) }
        }
    }

    /// The breaker that is open, if any; one whose probe is due is none.
    package func trip(at now: Instant) -> BreakerTrip? {
        trips.first { trip in trip.probesAt.map { now < $0 } ?? true }
    }

    /// The breaker that lets one attempt through to find out whether it is over.
    package func probing(at now: Instant) -> BreakerTrip? {
        trips.first { trip in trip.probesAt.map { now >= $0 } ?? false }
    }

    package var trips: [BreakerTrip] {
        FailureClass.allCases.compactMap { failureClass in
            guard case .open(let failures, let since, let factor)? = states[failureClass] else { return nil }
            return BreakerTrip(
                failureClass: failureClass, failures: failures, since: since, limit: limit,
                probesAt: limit.value.cooldown.map { since + $0 * Int(factor) })
        }
    }

    private mutating func see(_ attempt: EndedAttempt, _ failureClass: FailureClass) {
        switch states[failureClass] ?? .closed(failures: 0) {
        case .closed(let failures):
            // A failure of another kind says nothing about this one.
            guard attempt.failure == nil || attempt.failure == failureClass else { return }
            guard attempt.failure != nil else { return states[failureClass] = .closed(failures: 0) }
            states[failureClass] =
                failures + 1 >= limit.value.failures
                ? .open(failures: failures + 1, since: attempt.ended, factor: 1) : .closed(failures: failures + 1)
        case .open(let failures, let since, let factor):
            // Only the attempt that began after the cooldown probes; what ran before says nothing new.
            guard let cooldown = limit.value.cooldown, attempt.began >= since + cooldown * Int(factor) else {
                return
            }
            guard let failure = attempt.failure else { return states[failureClass] = .closed(failures: 0) }
            // A probe that fails for another reason leaves the question open, and the breaker with it.
            let isSame = failure == failureClass
            states[failureClass] = .open(
                failures: isSame ? failures + 1 : failures, since: attempt.ended,
                factor: min(factor * 2, Self.longest))
        }
    }
}
