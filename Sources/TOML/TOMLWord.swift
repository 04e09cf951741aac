internal import Basics

/// The booleans and numbers of TOML.
enum TOMLWord {
    /// `nil` for what is neither; a whole number has to fit into 64 bits.
    static func value(of word: ArraySlice<UInt8>) -> JSON? {
        if word.elementsEqual("true".utf8) { return true }
        if word.elementsEqual("false".utf8) { return false }
        for (mark, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.starts(with: mark.utf8) {
            return integer(word.dropFirst(2), radix: radix)
        }
        let unsigned = unsigned(word)
        if isDecimal(unsigned) { return Int(plain(word)).map(JSON.integer) }
        if unsigned.elementsEqual("inf".utf8) {
            return .double(word.first == UInt8(ascii: "-") ? -.infinity : .infinity)
        }
        // A value that is not even equal to itself could not be compared.
        if unsigned.elementsEqual("nan".utf8) { return "nan" }
        return isFloat(unsigned) ? Double(plain(word)).map(JSON.double) : nil
    }

    private static func integer(_ digits: ArraySlice<UInt8>, radix: Int) -> JSON? {
        guard isGrouped(digits, { Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return Int(plain(digits), radix: radix).map(JSON.integer)
    }

    private static func plain(_ word: ArraySlice<UInt8>) -> String {
        word.contains(UInt8(ascii: "_"))
            ? String(decoding: word.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
            : String(decoding: word, as: UTF8.self)
    }

    private static func unsigned(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        word.first == UInt8(ascii: "+") || word.first == UInt8(ascii: "-") ? word.dropFirst() : word
    }

    /// Digits without a zero in front.
    private static func isDecimal(_ word: ArraySlice<UInt8>) -> Bool {
        isGrouped(word, isDigit) && (word.count == 1 || word.first != UInt8(ascii: "0"))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    /// Digits, with single underscores between them.
    private static func isGrouped(_ word: ArraySlice<UInt8>, _ isDigit: (UInt8) -> Bool) -> Bool {
        var wasDigit = false
        for byte in word {
            guard isDigit(byte) || byte == UInt8(ascii: "_") && wasDigit else { return false }
            wasDigit = isDigit(byte)
        }
        return wasDigit
    }

    /// Digits with a fraction, an exponent or both.
    private static func isFloat(_ word: ArraySlice<UInt8>) -> Bool {
        let mark = word.firstIndex { $0 | 0x20 == UInt8(ascii: "e") }
        if let mark, !isGrouped(unsigned(word[(mark + 1)...]), isDigit) { return false }
        let mantissa = word[..<(mark ?? word.endIndex)]
        guard let dot = mantissa.firstIndex(of: UInt8(ascii: ".")) else { return isDecimal(mantissa) }
        return isDecimal(mantissa[..<dot]) && isGrouped(mantissa[(dot + 1)...], isDigit)
    }
}

/// The dates and times of TOML.
enum TOMLDate {
    /// A date, a time, or both, then perhaps with an offset.
    static func isValue(_ word: ArraySlice<UInt8>) -> Bool {
        if isDate(word) || isTime(word) { return true }
        guard word.count > 11, isDate(word.prefix(10)), "Tt ".utf8.contains(word[word.startIndex + 10]) else {
            return false
        }
        var time = word.dropFirst(11)
        if let last = time.last, "Zz".utf8.contains(last) {
            time = time.dropLast()
        } else if time.count > 6, "+-".utf8.contains(time[time.endIndex - 6]) {
            guard isClock(time.suffix(5), hasSeconds: false) else { return false }
            time = time.dropLast(6)
        }
        return isTime(time)
    }

    static func isDate(_ word: ArraySlice<UInt8>) -> Bool {
        guard let parts = numbers(word, between: "-", widths: [4, 2, 2]) else { return false }
        let (year, month, day) = (parts[0], parts[1], parts[2])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
    }

    private static func isTime(_ word: ArraySlice<UInt8>) -> Bool {
        guard isClock(word.prefix(8), hasSeconds: true) else { return false }
        let fraction = word.dropFirst(8)
        return fraction.isEmpty
            || fraction.count > 1 && fraction.first == UInt8(ascii: ".")
                && fraction.dropFirst().allSatisfy { (48...57).contains($0) }
    }

    private static func isClock(_ word: ArraySlice<UInt8>, hasSeconds: Bool) -> Bool {
        guard let parts = numbers(word, between: ":", widths: hasSeconds ? [2, 2, 2] : [2, 2]) else {
            return false
        }
        // The sixtieth second is a leap second, which the format's grammar allows.
        return parts[0] < 24 && parts[1] < 60 && (!hasSeconds || parts[2] <= 60)
    }

    /// Numbers of so many digits with a mark between them.
    private static func numbers(
        _ word: ArraySlice<UInt8>, between mark: Unicode.Scalar, widths: [Int]
    ) -> [Int]? {
        guard word.count == widths.reduce(widths.count - 1, +) else { return nil }
        let parts = word.split(separator: UInt8(ascii: mark), omittingEmptySubsequences: false)
        guard parts.map(\.count) == widths, parts.joined().allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return parts.map { $0.reduce(0) { total, digit in total * 10 + Int(digit - 48) } }
    }
}
