/// Moments as a person reads them: by the clock on their wall, or exactly, in UTC.
package struct TimeText: Sendable {
    private let zones: ZoneSource
    private let clock: Clock
    /// Whether the exact time in UTC was asked for.
    private let isExact: Bool
    /// Whether sentences, too, say only what a column has room for.
    private var isBrief = false

    package init(_ zones: ZoneSource, _ clock: Clock, isExact: Bool) {
        (self.zones, self.clock, self.isExact) = (zones, clock, isExact)
    }

    /// For machines, and wherever nobody knows who reads it.
    package static let exact = TimeText(
        ZoneSource(["TZ": ""]), Clock { Instant(secondsSinceEpoch: 0) }, isExact: true)

    /// The same for sentences that stand in a table.
    package var forTables: TimeText {
        var times = self
        times.isBrief = true
        return times
    }

    /// Date, time and zone: `2026-01-01 01:00:00 +01:00`.
    package func full(_ instant: Instant) -> String {
        isExact ? instant.secondsText : local(instant, offset: offset(at: instant))
    }

    /// The same, and how long ago that is: `2026-01-01 01:00:00 +01:00 (3 min ago)`.
    package func moment(_ instant: Instant) -> String {
        if isExact { return instant.secondsText }
        return isBrief ? brief(instant) : "\(full(instant)) (\(distance(instant)))"
    }

    /// For the column of a table: how long ago where that says more, else the day.
    package func brief(_ instant: Instant) -> String {
        if isExact { return instant.secondsText }
        let distance = instant - clock.now()
        return Self.sayable.contains(distance) ? self.distance(instant) : String(full(instant).prefix(10))
    }

    /// Hours, minutes and seconds.
    package func timeOfDay(_ instant: Instant) -> String {
        isExact
            ? String(instant.secondsText.dropFirst(11))
            : String(local(instant, offset: offset(at: instant)).dropFirst(11).prefix(8))
    }

    /// A recorded time; what is none is shown as it is.
    package func full(_ recorded: String) -> String { Instant(recorded).map(full) ?? recorded }
    package func moment(_ recorded: String) -> String { Instant(recorded).map(moment) ?? recorded }
    package func brief(_ recorded: String) -> String { Instant(recorded).map(brief) ?? recorded }

    /// Reads a time as a person writes it: one without a zone is by their own clock.
    package func read(_ text: String) -> Instant? {
        let hasTime = text.utf8.count > 10
        let spelling =
            hasTime
            ? text.replacing(" UTC", with: "Z").replacing(" +", with: "+").replacing(" -", with: "-") : text
        guard let instant = Instant(spelling) else { return nil }
        let hasZone = hasTime && spelling.dropFirst(10).contains { "Zz+-".contains($0) }
        guard !isExact, !hasZone else { return instant }
        return zones.localRules.time(showing: instant.secondsSinceEpoch).map {
            Instant(secondsSinceEpoch: $0)
        } ?? instant
    }

    package var now: Instant { clock.now() }

    // MARK: How it is made

    /// Nearer than this a distance says more than a date.
    private static let sayable = Duration.seconds(-14 * 86_400)...Duration.seconds(14 * 86_400)

    private func offset(at instant: Instant) -> Int64? { zones.localRules.offset(at: instant.secondsSinceEpoch) }

    /// What a zone does not tell is shown in UTC.
    private func local(_ instant: Instant, offset: Int64?) -> String {
        guard let offset, offset != 0 || zones.localRules != .utc else {
            return instant.secondsText.dropLast().replacing("T", with: " ") + " UTC"
        }
        let shown = Instant(secondsSinceEpoch: instant.secondsSinceEpoch + offset).secondsText
        return shown.dropLast().replacing("T", with: " ") + " " + Self.zone(offset)
    }

    /// `+05:45`; seconds, which clocks of long ago had, are left out.
    private static func zone(_ offset: Int64) -> String {
        let minutes = abs(offset) / 60
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
    }

    private func distance(_ instant: Instant) -> String {
        let seconds = (instant - clock.now()).components.seconds
        if seconds == 0 { return "just now" }
        let amount = Self.amount(abs(seconds))
        return seconds < 0 ? amount + " ago" : "in " + amount
    }

    /// In the largest unit of which there is one at least.
    private static func amount(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h"
        case ..<(365 * 86_400): "\(seconds / 86_400) d"
        default: "\(seconds / (365 * 86_400)) y"
        }
    }
}
