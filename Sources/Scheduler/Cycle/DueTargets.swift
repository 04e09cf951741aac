internal import Basics
internal import Model
internal import Synchronization

/// Remembers when each target was looked at last, and the schedule that it had then.
package final class DueTargets: Sendable {
    private let looked = Mutex<[String: (time: Instant, schedule: Schedule)]>([:])

    package init() {}

    /// Whether the target's schedule has come round since it was looked at last; what was missed counts once.
    func isDue(_ target: String, at now: Instant) -> Bool {
        guard let last = looked.withLock({ $0[target] }), let text = last.schedule.cron,
            let cron = try? CronExpression(text)
        else { return true }
        return cron.isDue(after: last.time, at: now, in: .utc) == true
    }

    func remember(_ target: String, _ schedule: Schedule, lookedAt now: Instant) {
        looked.withLock { $0[target] = (now, schedule) }
    }
}
