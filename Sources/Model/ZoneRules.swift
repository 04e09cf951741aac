internal import Basics

/// What a time zone's clocks show, as the system's zone files (RFC 9636) have it.
package struct ZoneRules: Hashable, Sendable {
    private let transitions: [Int64]
    /// The offset from UTC in seconds before the first transition, and after each of them.
    private let offsets: [Int64]
    /// Whether the offset goes on changing behind the last transition by a rule that is not read.
    private let goesOn: Bool

    package static let utc = ZoneRules(transitions: [], offsets: [0], goesOn: false)

    private init(transitions: [Int64], offsets: [Int64], goesOn: Bool) {
        (self.transitions, self.offsets, self.goesOn) = (transitions, offsets, goesOn)
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
        let footer = bytes[header.end(timeSize: 8)...]
        self.init(transitions: transitions, offsets: offsets, goesOn: footer.contains(UInt8(ascii: ",")))
    }

    /// The offset from UTC in seconds; `nil` where the file does not tell.
    package func offset(at time: Int64) -> Int64? {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low == transitions.count && goesOn ? nil : offsets[low]
    }

    /// The minute that clocks show, counted from 1970-01-01 00:00 on them.
    package func localMinute(_ time: Int64) -> Int64? {
        offset(at: time).map { (time + $0).flooredDivision(by: 60) }
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
