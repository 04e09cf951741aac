/// What a time zone's clocks show, as the system's zone files (RFC 9636) have it.
package struct ZoneRules: Hashable, Sendable {
    private let transitions: [Int64]
    /// The offset from UTC in seconds before the first transition, and after each of them.
    private let offsets: [Int64]
    private let tail: Tail

    /// What holds behind the last transition.
    private enum Tail: Hashable {
        /// The offset stays as the last transition left it.
        case constant
        case rule(ZoneRule)
        /// The file has a rule that cannot be read.
        case unreadable
    }

    package static let utc = ZoneRules(transitions: [], offsets: [0], tail: .constant)

    private init(transitions: [Int64], offsets: [Int64], tail: Tail) {
        (self.transitions, self.offsets, self.tail) = (transitions, offsets, tail)
    }

    /// What `TZ` says without a file, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    package init(_ rule: ZoneRule) {
        self.init(
            transitions: [], offsets: [rule.standard], tail: rule.changes ? .rule(rule) : .constant)
    }

    /// Reads a zone file of version 2 or later; `nil` where it is none.
    package init?(_ bytes: [UInt8]) {
        guard let first = Header(bytes, at: 0), first.version >= 0x32,
            let header = Header(bytes, at: first.end(timeSize: 4))
        else { return nil }
        let (times, types) = (header.start, header.start + header.times * 8)
        let kinds = types + header.times
        guard header.types > 0, header.end(timeSize: 8) <= bytes.count else { return nil }
        func offset(_ type: Int) -> Int64? {
            guard type < header.types else { return nil }
            return Self.integer(bytes, at: kinds + type * 6, size: 4)
        }
        guard let standard = offset(0) else { return nil }
        var (transitions, offsets): ([Int64], [Int64]) = ([], [standard])
        for index in 0..<header.times {
            guard let offset = offset(Int(bytes[types + index])) else { return nil }
            transitions.append(Self.integer(bytes, at: times + index * 8, size: 8))
            offsets.append(offset)
        }
        guard zip(transitions, transitions.dropFirst()).allSatisfy(<) else { return nil }
        let footer = String(decoding: bytes[header.end(timeSize: 8)...], as: UTF8.self).filter { $0 != "\n" }
        self.init(
            transitions: transitions, offsets: offsets, tail: Self.tail(footer, after: offsets.last ?? standard))
    }

    /// The last line of the file; an empty one says that nothing changes any more.
    private static func tail(_ footer: String, after last: Int64) -> Tail {
        if footer.isEmpty { return .constant }
        guard let rule = ZoneRule(footer) else { return .unreadable }
        return rule.changes || rule.standard != last ? .rule(rule) : .constant
    }

    /// The offset from UTC in seconds; `nil` where the file does not tell.
    package func offset(at time: Int64) -> Int64? {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= time { low = middle + 1 } else { high = middle }
        }
        guard low == transitions.count else { return offsets[low] }
        return switch tail {
        case .constant: offsets[low]
        case .rule(let rule): rule.offset(at: time)
        case .unreadable: nil
        }
    }

    /// The minute that clocks show, counted from 1970-01-01 00:00 on them.
    package func localMinute(_ time: Int64) -> Int64? {
        offset(at: time).map { (time + $0).flooredDivision(by: 60) }
    }

    /// The moment at which clocks show so many seconds since 1970-01-01 00:00 on them; the first of two, and where they
    /// never do, as if they had not been put forward yet.
    package func time(showing local: Int64) -> Int64? {
        guard let early = offset(at: local - 86_400), let late = offset(at: local + 86_400) else { return nil }
        let found = [local - early, local - late].filter { offset(at: $0) == local - $0 }
        return found.min() ?? local - early
    }

    private static func integer(_ bytes: [UInt8], at start: Int, size: Int) -> Int64 {
        var value: UInt64 = 0
        for byte in bytes[start..<start + size] { value = value << 8 | UInt64(byte) }
        let shift = UInt64(64 - size * 8)
        return Int64(bitPattern: value << shift) >> Int64(shift)
    }

    /// The counts at the head of a block of data.
    private struct Header {
        let version: UInt8
        /// Where the data begins.
        let start: Int
        let times: Int
        let types: Int
        private let letters: Int
        private let others: (utc: Int, standard: Int, leaps: Int)

        init?(_ bytes: [UInt8], at place: Int) {
            start = place + 44
            guard bytes.count >= start, bytes[place..<place + 4].elementsEqual("TZif".utf8) else { return nil }
            version = bytes[place + 4]
            let counts = (0..<6).map { ZoneRules.integer(bytes, at: place + 20 + $0 * 4, size: 4) }
            guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
            others = (Int(counts[0]), Int(counts[1]), Int(counts[2]))
            (times, types, letters) = (Int(counts[3]), Int(counts[4]), Int(counts[5]))
        }

        func end(timeSize: Int) -> Int {
            start + times * (timeSize + 1) + types * 6 + letters + others.leaps * (timeSize + 4) + others.standard
                + others.utc
        }
    }
}
