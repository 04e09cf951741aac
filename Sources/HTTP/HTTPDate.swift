internal import Basics

/// The three ways to write a date in a header (RFC 9110, 5.6.7).
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func parse(_ text: String) -> Instant? {
        guard text.utf8.count <= 64 else { return nil }
        let words = text.split(separator: " ").map(String.init)
        switch words.count {
        case 6 where words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT
            return instant(day: words[1], month: words[2], year: words[3], time: words[4])
        case 5:  // Sun Nov  6 08:49:37 1994
            return instant(day: words[2], month: words[1], year: words[4], time: words[3])
        case 4 where words[3] == "GMT":  // Sunday, 06-Nov-94 08:49:37 GMT
            let parts = words[1].split(separator: "-").map(String.init)
            guard parts.count == 3, let year = parts[2].decimal, year < 100 else { return nil }
            return instant(day: parts[0], month: parts[1], year: String(fullYear(year)), time: words[2])
        default: return nil
        }
    }

    /// Two digits name the last or the present century; the standard's "50 years ahead" is close to this.
    private static func fullYear(_ year: Int) -> Int { year < 70 ? 2000 + year : 1900 + year }

    private static func instant(day: String, month: String, year: String, time: String) -> Instant? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { String($0).decimal }
        guard let day = day.decimal, let year = year.decimal, let month = months.firstIndex(of: month),
            let date = CalendarDate(year: year, month: month + 1, day: day),
            clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            hour < 24, minute < 60, second < 61
        else { return nil }
        return Instant(secondsSinceEpoch: date.daysSinceEpoch * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    }
}
