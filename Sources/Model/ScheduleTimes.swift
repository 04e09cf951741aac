package import Basics

/// A minute on the clocks of a zone.
private struct LocalMinute {
    let minute: Int
    let hour: Int
    let date: CalendarDate
    /// 0 is Sunday.
    let weekday: Int

    /// `count`: minutes from 1970-01-01 00:00, a Thursday.
    init(_ count: Int64) {
        let days = count.flooredDivision(by: 1440)
        let rest = Int(count - days * 1440)
        (minute, hour, date) = (rest % 60, rest / 60, CalendarDate(daysSinceEpoch: days))
        let fromSunday = days + 4
        weekday = Int(fromSunday - fromSunday.flooredDivision(by: 7) * 7)
    }

    var minuteOfDay: Int { hour * 60 + minute }
}

extension ScheduleWindow {
    /// Whether it is open; `nil` where nobody can tell what the clocks there show.
    package func isOpen(at time: Instant, in rules: ZoneRules) -> Bool? {
        guard let count = rules.localMinute(time.secondsSinceEpoch) else { return nil }
        let now = LocalMinute(count)
        let (today, yesterday) = (has(now.weekday), has((now.weekday + 6) % 7))
        if start < end { return today && (start..<end).contains(now.minuteOfDay) }
        return (today && now.minuteOfDay >= start) || (yesterday && now.minuteOfDay < end)
    }

    private func has(_ weekday: Int) -> Bool { weekdays & (1 << UInt8(weekday)) != 0 }

    /// When it opens next, to the minute, within the coming week.
    package func opening(after time: Instant, in rules: ZoneRules) -> Instant? {
        let first = time.secondsSinceEpoch.flooredDivision(by: 60) + 1
        for minute in first...first + 8 * 1440 {
            let instant = Instant(secondsSinceEpoch: minute * 60)
            if isOpen(at: instant, in: rules) == true { return instant }
        }
        return nil
    }
}

extension CronExpression {
    /// How far back a schedule is looked at: what was missed before counts once, as all that was missed does.
    private static let reach: Int64 = 366 * 1440

    private func matches(_ time: LocalMinute) -> Bool {
        func has(_ bits: UInt64, _ value: Int) -> Bool { bits & (1 << UInt64(value)) != 0 }
        guard has(minutes, time.minute), has(hours, time.hour), has(months, time.date.month) else { return false }
        let (day, weekday) = (has(daysOfMonth, time.date.day), has(weekdays, time.weekday))
        return needsBothDays ? day && weekday : day || weekday
    }

    /// Whether an instant of the schedule lies behind `earlier`, up to `now`.
    ///
    /// Each counts once, also where the clocks are put forward over it or back behind it; `nil` where nobody can tell
    /// what the clocks show.
    package func isDue(after earlier: Instant, at now: Instant, in rules: ZoneRules) -> Bool? {
        let last = now.secondsSinceEpoch.flooredDivision(by: 60)
        let first = max(earlier.secondsSinceEpoch.flooredDivision(by: 60) + 1, last - Self.reach)
        guard first <= last else { return false }
        // Clocks that were put back show times that they have shown before: the latest so far tells.
        guard var shown = (1...180).compactMap({ rules.localMinute((first - $0) * 60) }).max() else { return nil }
        for minute in first...last {
            guard let local = rules.localMinute(minute * 60) else { return nil }
            while shown < local {
                shown += 1
                if matches(LocalMinute(shown)) { return true }
            }
        }
        return false
    }
}
