package import Basics
internal import Model

/// How far a limit is used up.
package struct LimitState: Hashable, Sendable {
    package enum Unit: Hashable, Sendable {
        case count
        /// Millionths of a dollar.
        case money
    }

    package let name: String
    package let observed: Int
    package let allowed: Int
    /// The place that set it.
    package let source: String
    package var unit = Unit.count
    /// How that was found out, where it is not what the journal says.
    package var note: String?
    /// The part of what is observed that is only reserved.
    package var reserved = 0
    /// Nobody can tell how far it is used up.
    package var isUnmeasurable = false

    init(_ name: String, _ observed: Int, of allowed: Int, _ source: String) {
        (self.name, self.observed, self.allowed, self.source) = (name, observed, allowed, source)
    }

    package var text: String {
        "\(name): \(amount(observed)) of \(amount(allowed)) (\(source))" + (note.map { "; \($0)" } ?? "")
    }

    package var observedText: String { amount(observed) }
    package var allowedText: String { amount(allowed) }

    private func amount(_ value: Int) -> String { unit == .count ? "\(value)" : Money.text(value) }

    package var json: JSON {
        let (observed, allowed): (JSON, JSON) =
            unit == .count
            ? (.integer(observed), .integer(allowed)) : (Money.json(observed), Money.json(allowed))
        return [
            "name": .string(name), "observed": observed, "allowed": allowed, "set_by": .string(source),
            "note": .optional(note),
        ]
    }
}

extension LimitCheck {
    /// What counts against limits besides units.
    struct Observed {
        /// In a row, of the class that has most.
        var failures = 0
        /// Attempts of the task that failed; `nil` where no task is asked for.
        var failed: Int?
        /// How open proposals were counted.
        var openNote: String?
        var isOpenUnknown = false
        var forge: KnownForge?
        /// The owner of the task's paths of whose files most proposals may touch some, and how many.
        var owner: (name: String, count: Int)?
        /// The limit of that forge's breaker.
        var breaker: EffectiveLimit<Limits.Breaker>?
    }

    /// Every limit that counts something, with what counts against it now.
    func states(_ observed: Observed) -> [LimitState] {
        proposalStates(observed) + taskStates(observed) + spendingStates()
            + forgeStates(observed.forge, observed.breaker)
            + [
                LimitState(
                    "circuit_breaker.failures", observed.failures, of: effective.breaker.value.failures,
                    effective.breaker.source.rawValue)
            ]
    }

    private func state(
        _ name: String, _ limit: EffectiveLimit<Int>, _ units: [LimitUse.Entry]
    ) -> LimitState {
        LimitState(
            name, units.filter { reach.covers($0, limit.source) }.count, of: limit.value, limit.source.rawValue)
    }

    private func proposalStates(_ observed: Observed) -> [LimitState] {
        let open = limits(\.maxOpenPullRequests, effective.maxOpenPullRequests).map { limit in
            var state = state("max_open_prs", limit, use.open)
            (state.note, state.isUnmeasurable) = (observed.openNote, observed.isOpenUnknown)
            return state
        }
        guard observed.failed != nil else { return open }
        let path = effective.maxOpenPerPath.map { limit in
            LimitState(
                "max_open_prs_per_path", overlappingNames().count, of: limit.value, limit.source.rawValue)
        }
        let owner = effective.maxOpenPerOwner.map { limit in
            var state = LimitState(
                "max_open_prs_per_owner", observed.owner?.count ?? 0, of: limit.value, limit.source.rawValue)
            state.note = observed.owner?.name ?? "nobody owns its paths"
            return state
        }
        return open + [path, owner].compactMap(\.self)
    }

    private func taskStates(_ observed: Observed) -> [LimitState] {
        func begun(_ period: UsedRate.Period) -> [LimitUse.Entry] {
            use.begun.filter { $0.time.map { $0 + period.duration > now } ?? true }
        }
        let attempts = effective.maxAttemptsPerTask
        return limits(\.maxRunningAttempts, effective.maxRunningAttempts).map {
            state("max_running_attempts", $0, use.running)
        }
            + (observed.failed.map {
                [LimitState("max_attempts_per_task", $0, of: attempts.value, attempts.source.rawValue)]
            } ?? [])
            + limits(\.maxTasksPerHour, effective.maxTasksPerHour).map {
                state("max_tasks_per_hour", $0, begun(.hour))
            }
            + limits(\.maxTasksPerDay, effective.maxTasksPerDay).map {
                state("max_tasks_per_day", $0, begun(.day))
            }
    }
}
