internal import Basics

extension TOMLReader {
    private static let depthLimit = 100

    mutating func value(depth: Int) throws(SyntaxProblem) {
        guard depth <= Self.depthLimit else { throw problem("nested deeper than \(Self.depthLimit) levels") }
        switch peek {
        case nil: throw problem("a key without a value")
        case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try string(allowsLines: true)
        case UInt8(ascii: "["): try array(depth)
        case UInt8(ascii: "{"): try inlineTable(depth)
        default: try plainValue()
        }
    }

    private mutating func array(_ depth: Int) throws(SyntaxProblem) {
        position += 1
        while true {
            try skipLines()
            if take("]") { return }
            try value(depth: depth + 1)
            try skipLines()
            if take("]") { return }
            guard take(",") else { throw problem("expected ',' or ']' in an array") }
        }
    }

    private mutating func inlineTable(_ depth: Int) throws(SyntaxProblem) {
        position += 1
        let table = TOMLTable()
        skipBlanks()
        if take("}") { return }
        while true {
            let keys = try key()
            try assignment(keys, in: table, isInline: true, depth: depth + 1)
            skipBlanks()
            if take("}") { return }
            guard take(",") else { throw problem("expected ',' or '}' in an inline table") }
            skipBlanks()
        }
    }

    // MARK: Booleans, numbers, dates

    private mutating func plainValue() throws(SyntaxProblem) {
        let start = position
        while let byte = peek, Self.isBare(byte) || "+.:".utf8.contains(byte) { position += 1 }
        // A date and its time may be parted by one space.
        if position - start == 10, peek == 32, position + 2 < bytes.count,
            (48...57).contains(bytes[position + 1]), TOMLDate.isDate(bytes[start..<position])
        {
            position += 1
            while let byte = peek, Self.isBare(byte) || "+.:".utf8.contains(byte) { position += 1 }
        }
        let word = bytes[start..<position]
        guard Self.isPlainValue(word) else {
            position = start
            let text = String(decoding: word.prefix(40), as: UTF8.self)
            throw problem(text.isEmpty ? "a key without a value" : "'\(text)' is no value; text stands in quotes")
        }
    }

    private static func isPlainValue(_ word: ArraySlice<UInt8>) -> Bool {
        if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) { return true }
        return isInteger(word) || isFloat(word) || TOMLDate.isValue(word)
    }

    private static func isInteger(_ word: ArraySlice<UInt8>) -> Bool {
        let digits: (UInt8) -> Bool
        switch word.prefix(2) {
        case let head where head.elementsEqual("0x".utf8):
            digits = { (48...57).contains($0) || (97...102).contains($0 | 0x20) }
        case let head where head.elementsEqual("0o".utf8): digits = { (48...55).contains($0) }
        case let head where head.elementsEqual("0b".utf8): digits = { (48...49).contains($0) }
        default: return isDecimal(unsigned(word))
        }
        return isGrouped(word.dropFirst(2), digits)
    }

    private static func unsigned(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        word.first == UInt8(ascii: "+") || word.first == UInt8(ascii: "-") ? word.dropFirst() : word
    }

    /// Digits without a zero in front.
    private static func isDecimal(_ word: ArraySlice<UInt8>) -> Bool {
        isGrouped(word) { (48...57).contains($0) } && (word.count == 1 || word.first != UInt8(ascii: "0"))
    }

    /// Digits, with single underscores between them.
    private static func isGrouped(_ word: ArraySlice<UInt8>, _ isDigit: (UInt8) -> Bool) -> Bool {
        var wasDigit = false
        for byte in word {
            if byte == UInt8(ascii: "_") {
                guard wasDigit else { return false }
                wasDigit = false
            } else {
                guard isDigit(byte) else { return false }
                wasDigit = true
            }
        }
        return wasDigit
    }

    private static func isFloat(_ word: ArraySlice<UInt8>) -> Bool {
        let body = unsigned(word)
        if body.elementsEqual("inf".utf8) || body.elementsEqual("nan".utf8) { return true }
        let exponentStart = body.firstIndex { $0 | 0x20 == UInt8(ascii: "e") }
        let mantissa = body[..<(exponentStart ?? body.endIndex)]
        if let exponentStart {
            let exponent = unsigned(body[(exponentStart + 1)...])
            guard isGrouped(exponent, { (48...57).contains($0) }) else { return false }
        }
        guard let dot = mantissa.firstIndex(of: UInt8(ascii: ".")) else {
            return exponentStart != nil && isDecimal(mantissa)
        }
        return isDecimal(mantissa[..<dot]) && isGrouped(mantissa[(dot + 1)...]) { (48...57).contains($0) }
    }
}

/// The dates and times of TOML.
enum TOMLDate {
    /// A date, a time, or both, then perhaps with an offset.
    static func isValue(_ word: ArraySlice<UInt8>) -> Bool {
        if isDate(word) || isTime(word) { return true }
        guard word.count > 11, isDate(word.prefix(10)) else { return false }
        let separator = word[word.startIndex + 10]
        guard separator | 0x20 == UInt8(ascii: "t") || separator == 32 else { return false }
        var time = word.dropFirst(11)
        if let last = time.last, last | 0x20 == UInt8(ascii: "z") {
            time = time.dropLast()
        } else if time.count > 6, let sign = Optional(time[time.endIndex - 6]), "+-".utf8.contains(sign) {
            guard isClock(time.suffix(5), hasSeconds: false) else { return false }
            time = time.dropLast(6)
        }
        return isTime(time)
    }

    static func isDate(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = number(parts[0]), let month = number(parts[1]),
            let day = number(parts[2])
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
    }

    private static func isTime(_ word: ArraySlice<UInt8>) -> Bool {
        guard isClock(word.prefix(8), hasSeconds: true) else { return false }
        let fraction = word.dropFirst(8)
        if fraction.isEmpty { return true }
        return fraction.first == UInt8(ascii: ".") && fraction.count > 1
            && fraction.dropFirst().allSatisfy { (48...57).contains($0) }
    }

    private static func isClock(_ word: ArraySlice<UInt8>, hasSeconds: Bool) -> Bool {
        let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == (hasSeconds ? 3 : 2), parts.allSatisfy({ $0.count == 2 }) else { return false }
        let numbers = parts.compactMap(number)
        // The sixtieth second is a leap second, which the format's grammar allows.
        return numbers.count == parts.count && numbers[0] < 24 && numbers[1] < 60
            && (!hasSeconds || numbers[2] <= 60)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.reduce(0) { total, byte in
            total.flatMap { (48...57).contains(byte) ? $0 * 10 + Int(byte - 48) : nil }
        }
    }
}
