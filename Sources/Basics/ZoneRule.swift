/// A time zone as POSIX writes it in `TZ` and at the end of a zone file: `CET-1CEST,M3.5.0,M10.5.0/3`.
package struct ZoneRule: Hashable, Sendable {
    /// Seconds east of Greenwich.
    let standard: Int64
    private let summer: Summer?

    private struct Summer: Hashable {
        let offset: Int64
        let start: Change
        let end: Change
    }

    /// When clocks are changed, by the clock that holds until then.
    fileprivate struct Change: Hashable {
        enum Day: Hashable {
            /// From 1, where February 29 is never counted.
            case julian(Int)
            /// From 0, where February 29 is counted.
            case ofYear(Int)
            /// Week 5 is the last; day 0 is Sunday.
            case weekday(month: Int, week: Int, day: Int)
        }

        let day: Day
        let seconds: Int64
    }

    /// `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        var reader = Reader(text)
        guard reader.name(), let west = reader.time(hours: 24) else { return nil }
        standard = -west
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        var offset = standard + 3600
        if !reader.isAtEnd, !reader.isAt(",") {
            guard let west = reader.time(hours: 24) else { return nil }
            offset = -west
        }
        // Without a rule clocks follow the one of the United States, as everywhere else.
        if reader.isAtEnd { reader = Reader(",M3.2.0,M11.1.0") }
        guard reader.skip(","), let start = reader.change(), reader.skip(","), let end = reader.change(),
            reader.isAtEnd
        else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    /// Whether clocks are ever changed.
    var changes: Bool { summer != nil }

    /// The offset from UTC in seconds.
    package func offset(at time: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = CalendarDate(daysSinceEpoch: (time + standard).flooredDivision(by: 86_400)).year
        let start = summer.start.time(in: year) - standard
        let end = summer.end.time(in: year) - summer.offset
        let isSummer = start < end ? start <= time && time < end : !(end <= time && time < start)
        return isSummer ? summer.offset : standard
    }
}

extension ZoneRule.Change {
    /// Seconds since 1970 on the clock that is changed.
    func time(in year: Int) -> Int64 { dayNumber(in: year) * 86_400 + seconds }

    private func dayNumber(in year: Int) -> Int64 {
        let newYear = Self.firstDay(of: 1, in: year)
        switch day {
        case .ofYear(let day): return newYear + Int64(day)
        case .julian(let day):
            let isLeap = Self.firstDay(of: 3, in: year) - newYear == 60
            return newYear + Int64(day) - (isLeap && day >= 60 ? 0 : 1)
        case .weekday(let month, let week, let day):
            let first = Self.firstDay(of: month, in: year)
            // The epoch was a Thursday.
            let weekday = (first + 4) - (first + 4).flooredDivision(by: 7) * 7
            var found = first + (Int64(day) - weekday + 7) % 7 + Int64(week - 1) * 7
            let next = month == 12 ? Self.firstDay(of: 1, in: year + 1) : Self.firstDay(of: month + 1, in: year)
            while found >= next { found -= 7 }
            return found
        }
    }

    private static func firstDay(of month: Int, in year: Int) -> Int64 {
        CalendarDate(year: min(max(year, 1), 9999), month: month, day: 1)?.daysSinceEpoch ?? 0
    }
}

extension ZoneRule {
    /// Reads the parts of a rule from the front of a text.
    private struct Reader {
        private var rest: Substring.UTF8View

        init(_ text: some StringProtocol) { rest = Substring(text).utf8 }

        var isAtEnd: Bool { rest.isEmpty }

        func isAt(_ mark: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: mark) }

        mutating func skip(_ mark: Unicode.Scalar) -> Bool {
            guard isAt(mark) else { return false }
            rest.removeFirst()
            return true
        }

        /// Three letters or more, or anything between `<` and `>`.
        mutating func name() -> Bool {
            if skip("<") {
                let quoted = rest.prefix { $0 != UInt8(ascii: ">") }
                rest = rest.dropFirst(quoted.count)
                return skip(">") && !quoted.isEmpty
            }
            let letters = rest.prefix { (65...90).contains($0) || (97...122).contains($0) }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number(_ bounds: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { (48...57).contains($0) }
            guard (1...4).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
            return bounds.contains(value) ? value : nil
        }

        /// Hours, and perhaps minutes and seconds, in seconds.
        mutating func time(hours most: Int) -> Int64? {
            let isNegative = skip("-")
            if !isNegative { _ = skip("+") }
            guard let hours = number(0...most) else { return nil }
            var seconds = Int64(hours) * 3600
            for unit: Int64 in [60, 1] where isAt(":") {
                _ = skip(":")
                guard let part = number(0...59) else { return nil }
                seconds += Int64(part) * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            guard let day = day() else { return nil }
            guard skip("/") else { return Change(day: day, seconds: 7200) }
            return time(hours: 167).map { Change(day: day, seconds: $0) }
        }

        private mutating func day() -> Change.Day? {
            if skip("J") { return number(1...365).map(Change.Day.julian) }
            guard skip("M") else { return number(0...365).map(Change.Day.ofYear) }
            guard let month = number(1...12), skip("."), let week = number(1...5), skip("."),
                let day = number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
    }
}
