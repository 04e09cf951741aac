package import Basics
internal import Model
internal import Runner
internal import Synchronization

/// Remembers when each target was looked at last, and the schedule that it had then.
package final class DueTargets: Sendable {
    private let looked = Mutex<[String: (time: Instant, schedule: Schedule)]>([:])
    private let zones: ZoneSource

    package init(_ zones: ZoneSource) { self.zones = zones }

    /// Whether the target's schedule has come round since it was looked at last; what was missed counts once.
    func isDue(_ target: String, at now: Instant) throws(StageError) -> Bool {
        guard let last = looked.withLock({ $0[target] }), let text = last.schedule.cron,
            let cron = try? CronExpression(text)
        else { return true }
        guard let rules = zones.rules(of: cron.zone), let isDue = cron.isDue(after: last.time, at: now, in: rules)
        else {
            throw StageError(
                .invalid, "nobody can tell when the schedule '\(text)' of '\(target)' comes round",
                causes: ["the time zone '\(cron.zone)' is not known here"],
                hint: "install the system's time zones (tzdata), or write a zone that is known")
        }
        return isDue
    }

    func remember(_ target: String, _ schedule: Schedule, lookedAt now: Instant) {
        looked.withLock { $0[target] = (now, schedule) }
    }
}
