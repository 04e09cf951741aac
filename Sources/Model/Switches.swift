package import Basics

/// A person's order that nothing more is done.
package struct StopOrder: Hashable, Sendable {
    package var reason: String?
    package var since: Instant?
    package var by: String?
    /// Whether what runs ends as well.
    package var endsRunning = false
    /// Why the order could not be read: it counts all the same.
    package var problem: String?

    package init(reason: String? = nil, since: Instant? = nil, by: String? = nil, problem: String? = nil) {
        (self.reason, self.since, self.by, self.problem) = (reason, since, by, problem)
    }

    package func text(_ times: TimeText) -> String {
        if let problem { return "the stop file cannot be read, which counts as stopped: \(problem)" }
        return "everything is stopped" + (since.map { " since \(times.moment($0))" } ?? "")
            + (by.map { " by \($0)" } ?? "") + (reason.map { ": \($0)" } ?? "")
    }
}

/// Who switched autonomy off.
package enum SwitchSource: String, Hashable, Sendable {
    case person = "autonomy off"
    case policy = "policy autonomy.enabled"
    case registration = "the target is disabled"

    var hint: String {
        switch self {
        case .person: "'leviathan autonomy on' lets the scheduler take tasks again"
        case .policy: "set 'autonomy: {enabled: true}' in policy.yaml, or propose the task yourself"
        case .registration: "'leviathan target enable' lets the scheduler look at it again"
        }
    }
}

/// Tasks that began within the last hour or day.
package struct UsedRate: Hashable, Sendable {
    package enum Period: Hashable, Sendable {
        case hour
        case day

        package var duration: Duration { self == .hour ? .seconds(3600) : .seconds(86_400) }
        var limitName: String { self == .hour ? "max_tasks_per_hour" : "max_tasks_per_day" }
        var text: String { self == .hour ? "an hour" : "24 hours" }
    }

    package let period: Period
    package let started: Int
    package let limit: EffectiveLimit<Int>
    /// When so many of them are over that another may begin.
    package let until: Instant

    package init(period: Period, started: Int, limit: EffectiveLimit<Int>, until: Instant) {
        (self.period, self.started, self.limit, self.until) = (period, started, limit, until)
    }
}
