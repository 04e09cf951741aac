package import Basics
internal import Model

/// How far a limit of a target is used up.
package struct LimitState: Hashable, Sendable {
    package let name: String
    package let observed: Int
    package let allowed: Int
    /// The place that set it.
    package let source: String

    package var text: String { "\(name): \(observed) of \(allowed) (\(source))" }

    package var json: JSON {
        [
            "name": .string(name), "observed": .integer(observed), "allowed": .integer(allowed),
            "set_by": .string(source),
        ]
    }
}

extension LimitCheck {
    /// Every limit that counts units, with what counts against it now.
    func states(failures: Int) -> [LimitState] {
        func state(_ name: String, _ limit: EffectiveLimit<Int>, _ units: [LimitUse.Entry]) -> LimitState {
            LimitState(
                name: name, observed: units.filter { reach.covers($0, limit.source) }.count, allowed: limit.value,
                source: limit.source.rawValue)
        }
        func begun(_ period: UsedRate.Period) -> [LimitUse.Entry] {
            use.begun.filter { $0.time.map { $0 + period.duration > now } ?? true }
        }
        let breaker = effective.breaker
        return limits(\.maxOpenPullRequests, effective.maxOpenPullRequests).map {
            state("max_open_prs", $0, use.open)
        }
            + limits(\.maxRunningAttempts, effective.maxRunningAttempts).map {
                state("max_running_attempts", $0, use.running)
            }
            + limits(\.maxTasksPerHour, effective.maxTasksPerHour).map {
                state("max_tasks_per_hour", $0, begun(.hour))
            }
            + limits(\.maxTasksPerDay, effective.maxTasksPerDay).map {
                state("max_tasks_per_day", $0, begun(.day))
            }
            + [
                LimitState(
                    name: "circuit_breaker.failures", observed: failures, allowed: breaker.value.failures,
                    source: breaker.source.rawValue)
            ]
    }
}
