internal import Basics

extension Wildmatch {
    /// Reads a class as git's `wildmatch.c` does; returns the set and the place of its `]`.
    static func gitClass(_ bytes: [UInt8], from open: Int) throws(Problem) -> (ByteSet, Int) {
        var reader = GitClassReader(bytes: bytes, index: open + 1)
        return (try reader.read(), reader.index)
    }
}

private struct GitClassReader {
    let bytes: [UInt8]
    var index: Int
    private var set = ByteSet()
    /// What a `-` would be a range from; `nil` at the start and behind a range or a named class.
    private var previous: UInt8?

    init(bytes: [UInt8], index: Int) { (self.bytes, self.index) = (bytes, index) }

    mutating func read() throws(Wildmatch.Problem) -> ByteSet {
        let isNegated = peek(0) == UInt8(ascii: "!") || peek(0) == UInt8(ascii: "^")
        if isNegated { index += 1 }
        repeat { try readMember() } while peek(0) != UInt8(ascii: "]")
        return isNegated ? ~set : set
    }

    /// One member; afterwards the reader stands behind it.
    private mutating func readMember() throws(Wildmatch.Problem) {
        guard let byte = peek(0) else { throw .unclosedBracket }
        let next = peek(1)
        if byte == UInt8(ascii: "-"), let low = previous, let high = next, high != UInt8(ascii: "]") {
            index += 1
            let end = try takeByte()
            if low <= end { set.insert(low...end) }
            previous = nil
        } else if byte == UInt8(ascii: "["), next == UInt8(ascii: ":"), let name = try takeName() {
            guard let named = Self.classes[name] else { throw .unknownClass }
            for byte in named { set.insert(byte) }
            previous = nil
        } else {
            let member = try takeByte()
            set.insert(member)
            previous = member
        }
    }

    private func peek(_ distance: Int) -> UInt8? {
        index + distance < bytes.count ? bytes[index + distance] : nil
    }

    /// A byte, or the one behind a backslash.
    private mutating func takeByte() throws(Wildmatch.Problem) -> UInt8 {
        if peek(0) == UInt8(ascii: "\\") { index += 1 }
        guard let byte = peek(0) else { throw .unclosedBracket }
        index += 1
        return byte
    }

    /// The `alpha` of `[:alpha:]`; `nil`, and nothing taken, where the next `]` does not close a name.
    private mutating func takeName() throws(Wildmatch.Problem) -> String? {
        let start = index + 2
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "]")) else { throw .unclosedBracket }
        guard end > start, bytes[end - 1] == UInt8(ascii: ":") else { return nil }
        index = end + 1
        return String(decoding: bytes[start..<(end - 1)], as: UTF8.self)
    }

    private static let classes: [String: [UInt8]] = {
        let (upper, lower, digit) = (Array<UInt8>(65...90), Array<UInt8>(97...122), Array<UInt8>(48...57))
        let graph = Array<UInt8>(33...126)
        let alnum = upper + lower + digit
        return [
            "alpha": upper + lower, "digit": digit, "alnum": alnum, "upper": upper, "lower": lower,
            "space": [32] + Array(9...13), "blank": [32, 9], "punct": graph.filter { !alnum.contains($0) },
            "xdigit": digit + Array(65...70) + Array(97...102), "print": [32] + graph, "graph": graph,
            "cntrl": Array(0...31) + [127],
        ]
    }()
}
