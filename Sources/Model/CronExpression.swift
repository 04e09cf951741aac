/// When to wake, as cron writes it: minute, hour, day of month, month, day of week, and behind them a time zone.
package struct CronExpression: Hashable, Sendable {
    /// Bit n is set when n fits.
    package let minutes: UInt64
    package let hours: UInt64
    package let daysOfMonth: UInt64
    package let months: UInt64
    /// Bit 0 is Sunday.
    package let weekdays: UInt64
    /// With both day fields given either one suffices, as in cron.
    package let needsBothDays: Bool
    /// An IANA name such as `Europe/Berlin`; UTC when none is given.
    package let zone: String

    package init(_ text: String) throws(CronError) {
        var fields = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        if let meant = fields.first.flatMap({ Self.shorthands[$0] }) {
            fields = meant.split(separator: " ").map(String.init) + fields.dropFirst()
        }
        let hasZone = fields.count == 6 && ScheduleWindow.isZoneName(fields[5])
        zone = hasZone ? fields.removeLast() : "UTC"
        guard fields.count == 5 else { throw CronError(text: text, problem: .fieldCount(fields.count)) }
        minutes = try Self.set(fields[0], .minute)
        hours = try Self.set(fields[1], .hour)
        daysOfMonth = try Self.set(fields[2], .dayOfMonth)
        months = try Self.set(fields[3], .month)
        let days = try Self.set(fields[4], .weekday)
        weekdays = days & 0x7f | (days >> 7 & 1)
        needsBothDays = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
    }

    private static let shorthands = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// Reads a list such as `1-5,10-30/5,*`.
    private static func set(_ field: String, _ kind: CronField) throws(CronError) -> UInt64 {
        var bits: UInt64 = 0
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = item.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let base = parts.first, let range = kind.range(base, hasStep: parts.count == 2)
            else { throw CronError(text: String(item), problem: .field(kind)) }
            var step = 1
            if parts.count == 2 {
                guard let number = CronField.number(parts[1]), number >= 1 else {
                    throw CronError(text: String(item), problem: .field(kind))
                }
                step = number
            }
            for value in stride(from: range.lowerBound, through: range.upperBound, by: step) {
                bits |= 1 << UInt64(value)
            }
        }
        return bits
    }
}

/// One of the five fields, with the values it takes.
package enum CronField: String, Sendable {
    case minute, hour
    case dayOfMonth = "day of month"
    case month
    case weekday = "day of week"

    package var values: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    /// `*`, `5`, `mon` or `1-5`; a single value with a step runs to the end.
    fileprivate func range(_ text: Substring, hasStep: Bool) -> ClosedRange<Int>? {
        if text == "*" { return values }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = value(ends[0]) else { return nil }
        if ends.count == 1 { return first...(hasStep ? values.upperBound : first) }
        guard let last = value(ends[1]), first <= last else { return nil }
        return first...last
    }

    private func value(_ text: Substring) -> Int? {
        if let number = Self.number(text) { return values.contains(number) ? number : nil }
        let name = text.lowercased()
        switch self {
        case .month: return Self.monthNames.firstIndex(of: name).map { $0 + 1 }
        case .weekday: return Self.weekdayNames.firstIndex(of: name)
        default: return nil
        }
    }

    fileprivate static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 3, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    static let monthNames = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
}

/// Why a text is no cron expression.
package struct CronError: Error, Hashable {
    package enum Problem: Hashable, Sendable {
        case fieldCount(Int)
        case field(CronField)
    }

    package let text: String
    package let problem: Problem

    package var reason: String {
        switch problem {
        case .fieldCount(let count): "it has \(count) fields instead of five"
        case .field(let field):
            "'\(text)' is no \(field.rawValue) (\(field.values.lowerBound) to \(field.values.upperBound))"
        }
    }
}
