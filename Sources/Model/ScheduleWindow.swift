/// Hours of some days of the week, in a named time zone: `Mon-Fri 08:00-18:00 Europe/Berlin`.
package struct ScheduleWindow: Hashable, Sendable {
    /// Bit 0 is Sunday.
    package let weekdays: UInt8
    /// Minutes after midnight.
    package let start: Int
    /// Minutes after midnight; not later than the start when the window runs past midnight.
    package let end: Int
    /// An IANA name such as `Europe/Berlin`; UTC when none is given.
    package let zone: String

    package init(_ text: String) throws(ScheduleWindowError) {
        var parts = text.split(separator: " ").map(String.init)
        guard let first = parts.first else { throw .noHours }
        if first.first?.isNumber == true {
            weekdays = 0x7f
        } else {
            weekdays = try Self.weekdays(first)
            parts.removeFirst()
        }
        guard let hours = parts.first else { throw .noHours }
        (start, end) = try Self.hours(hours)
        guard parts.count <= 2 else { throw .tooManyParts }
        zone = parts.count == 2 ? parts[1] : "UTC"
        guard Self.isZoneName(zone) else { throw .zone(zone) }
    }

    private static func weekdays(_ text: String) throws(ScheduleWindowError) -> UInt8 {
        var bits: UInt8 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: "-", omittingEmptySubsequences: false).map(weekday)
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else {
                throw .weekday(String(item))
            }
            var day = first
            bits |= 1 << UInt8(day)
            while day != last {
                day = (day + 1) % 7
                bits |= 1 << UInt8(day)
            }
        }
        return bits
    }

    private static func weekday(_ name: Substring) -> Int? {
        let spelling = name.lowercased()
        return CronField.weekdayNames.firstIndex { spelling == $0 }
            ?? fullNames.firstIndex { spelling == $0 }
    }

    private static let fullNames = [
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ]

    private static func hours(_ text: String) throws(ScheduleWindowError) -> (Int, Int) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(minutes)
        guard ends.count == 2, let start = ends[0], let end = ends[1], start != end, start < 24 * 60 else {
            throw .hours(text)
        }
        return (start, end)
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ part in
                (1...2).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
            }), parts[1].utf8.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return nil }
        let total = hour * 60 + minute
        return minute < 60 && total <= 24 * 60 ? total : nil
    }

    static func isZoneName(_ name: String) -> Bool {
        if name == "UTC" { return true }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (2...3).contains(parts.count) && name.utf8.count <= 64
            && parts.allSatisfy { part in
                part.first?.isLetter == true
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-+".contains($0)) }
            }
    }
}

/// Why a text is no window.
package enum ScheduleWindowError: Error, Hashable {
    case noHours
    case tooManyParts
    case weekday(String)
    case hours(String)
    case zone(String)

    package var reason: String {
        switch self {
        case .noHours: "it names no hours"
        case .tooManyParts: "it has more than days, hours and a time zone"
        case .weekday(let text): "'\(text)' is no day of the week, nor a range of them"
        case .hours(let text): "'\(text)' is no stretch of a day, such as 08:00-18:00"
        case .zone(let text): "'\(text)' is no time zone, such as Europe/Berlin or UTC"
        }
    }
}
