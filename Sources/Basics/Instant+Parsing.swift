extension Instant {
    /// Reads `2026-02-01`, or an RFC 3339 date-time with a fraction and a zone; no zone means UTC.
    package init?(_ text: some StringProtocol) {
        var scanner = ByteScanner(text)
        guard let date = scanner.date() else { return nil }
        var microseconds = date.daysSinceEpoch * 86_400_000_000
        if !scanner.isAtEnd {
            guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "), let time = scanner.timeOfDay(),
                let zone = scanner.zoneOffset(), scanner.isAtEnd
            else { return nil }
            microseconds += time - zone
        }
        self.init(microsecondsSinceEpoch: microseconds)
    }
}

/// Reads fixed-width digits and marks from the front of a text.
private struct ByteScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: some StringProtocol) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ mark: Character) -> Bool {
        guard rest.first == mark.asciiValue else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest.removeFirst(digits)
        return text.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    mutating func date() -> CalendarDate? {
        guard let year = number(digits: 4), skip("-"), let month = number(digits: 2), skip("-"),
            let day = number(digits: 2)
        else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    /// Microseconds since midnight.
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(digits: 2), hour < 24, skip(":"), let minute = number(digits: 2), minute < 60
        else { return nil }
        var second = 0
        if skip(":") {
            guard let value = number(digits: 2), value < 61 else { return nil }
            second = value
        }
        guard let fraction = fractionMicroseconds() else { return nil }
        return Int64(hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    private mutating func fractionMicroseconds() -> Int64? {
        guard skip(".") else { return 0 }
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        let six = digits.prefix(6).map { Int64($0 - 48) } + Array(repeating: 0, count: max(0, 6 - digits.count))
        return six.reduce(0) { $0 * 10 + $1 }
    }

    /// Microseconds east of Greenwich.
    mutating func zoneOffset() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hour = number(digits: 2), hour < 24 else { return nil }
        _ = skip(":")
        guard let minute = isAtEnd ? 0 : number(digits: 2), minute < 60 else { return nil }
        return sign * Int64(hour * 3600 + minute * 60) * 1_000_000
    }
}
