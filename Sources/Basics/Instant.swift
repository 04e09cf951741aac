/// A moment in UTC, to the microsecond.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let microsecondsSinceEpoch: Int64

    package init(microsecondsSinceEpoch: Int64) { self.microsecondsSinceEpoch = microsecondsSinceEpoch }

    package init(secondsSinceEpoch: Int64) { microsecondsSinceEpoch = secondsSinceEpoch * 1_000_000 }

    package var secondsSinceEpoch: Int64 { microsecondsSinceEpoch.flooredDivision(by: 1_000_000) }

    /// The same moment with its fraction of a second dropped.
    package var wholeSeconds: Instant { Instant(secondsSinceEpoch: secondsSinceEpoch) }

    /// RFC 3339 with microseconds: `2026-01-01T00:00:00.000000Z`.
    package var description: String {
        let fraction = String(microsecondsSinceEpoch - secondsSinceEpoch * 1_000_000)
        return dateTime + "." + String(repeating: "0", count: 6 - fraction.count) + fraction + "Z"
    }

    /// RFC 3339 to the second: `2026-01-01T00:00:00Z`.
    package var secondsText: String { dateTime + "Z" }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }

    package static func + (left: Instant, right: Duration) -> Instant {
        Instant(microsecondsSinceEpoch: left.microsecondsSinceEpoch + right.microseconds)
    }

    package static func - (left: Instant, right: Instant) -> Duration {
        .microseconds(left.microsecondsSinceEpoch - right.microsecondsSinceEpoch)
    }

    private var dateTime: String {
        let days = secondsSinceEpoch.flooredDivision(by: 86_400)
        let second = Int(secondsSinceEpoch - days * 86_400)
        let date = CalendarDate(daysSinceEpoch: days)
        return date.description + "T"
            + [second / 3600, second / 60 % 60, second % 60].map(\.twoDigits)
            .joined(separator: ":")
    }
}

extension Duration {
    package var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    package var milliseconds: Int64 { microseconds / 1000 }
}

/// A day of the proleptic Gregorian calendar.
package struct CalendarDate: Hashable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Refuses a day that its month does not have.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysIn(month: month, of: year)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// Howard Hinnant's `civil_from_days`.
    package init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * monthIndex + 2) / 5 + 1)
        month = Int(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    /// Howard Hinnant's `days_from_civil`.
    package var daysSinceEpoch: Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = shiftedYear.flooredDivision(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let monthIndex = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * monthIndex + 2) / 5 + Int64(day) - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package var description: String {
        String(repeating: "0", count: max(0, 4 - String(year).count))
            + "\(year)-\(month.twoDigits)-\(day.twoDigits)"
    }

    private static func daysIn(month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int {
    fileprivate var twoDigits: String { self < 10 ? "0\(self)" : "\(self)" }
}

extension Int64 {
    /// Division that rounds down, so that moments before the epoch work too.
    package func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
