/// Why a text is not the JSON that was expected.
package struct JSONError: ExplainedError, Equatable {
    package let problem: String
    package let offset: Int

    package init(problem: String, offset: Int) { (self.problem, self.offset) = (problem, offset) }

    package var message: String { "not valid JSON: \(problem) at byte \(offset)" }
}

extension JSON {
    /// Reads one value; of members with the same name the last one counts.
    package static func parse(
        _ bytes: some Sequence<UInt8>, maximumDepth: Int = 200
    ) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: Array(bytes), maximumDepth: maximumDepth)
        let value = try parser.value(depth: 0)
        try parser.expectEnd()
        return value
    }

    package static func parse(_ text: String) throws(JSONError) -> JSON { try parse(text.utf8) }
}

private struct JSONParser {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0

    init(bytes: [UInt8], maximumDepth: Int) { (self.bytes, self.maximumDepth) = (bytes, maximumDepth) }

    mutating func value(depth: Int) throws(JSONError) -> JSON {
        guard depth <= maximumDepth else { throw failure("nested deeper than \(maximumDepth) levels") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("unexpected end")
        default: return try number()
        }
    }

    mutating func expectEnd() throws(JSONError) {
        skipSpace()
        if peek != nil { throw failure("something follows the value") }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func failure(_ problem: String) -> JSONError { JSONError(problem: problem, offset: position) }

    private mutating func skipSpace() {
        while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func word(_ text: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[position...].starts(with: text.utf8) else { throw failure("unknown word") }
        position += text.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) throws(JSONError) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        var places: [[UInt8]: Int] = [:]
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw failure("expected a member name") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw failure("expected ':'") }
            let member = JSON.Member(name, try value(depth: depth + 1))
            let key = Array(name.utf8)
            if let place = places[key] {
                members[place] = member
            } else {
                places[key] = members.count
                members.append(member)
            }
            skipSpace()
        } while take(",")
        guard take("}") else { throw failure("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(JSONError) -> JSON {
        position += 1
        skipSpace()
        if take("]") { return .array([]) }
        var elements: [JSON] = []
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw failure("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = position
        _ = take("-")
        let whole = skipDigits()
        guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else {
            throw failure("unexpected character")
        }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard skipDigits() > 0 else { throw failure("expected a digit") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard skipDigits() > 0 else { throw failure("expected a digit") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger { return Int(text).map(JSON.integer) ?? .bigInteger(text) }
        guard let value = Double(text), value.isFinite else { throw failure("a number beyond all bounds") }
        return .double(value)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = peek, (48...57).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure("invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"): content += try escape()
            case 0..<0x20: throw failure("a control character in a string")
            default: content.append(byte)
            }
        }
        throw failure("a string without an end")
    }

    private mutating func escape() throws(JSONError) -> [UInt8] {
        guard let byte = peek else { throw failure("unexpected end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        default: throw failure("an unknown escape")
        }
    }

    /// The scalar of `\uXXXX`, or of a surrogate pair; a lone surrogate becomes U+FFFD.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let unit = try codeUnit()
        guard UTF16.isLeadSurrogate(unit), bytes[position...].starts(with: "\\u".utf8) else {
            return Unicode.Scalar(unit) ?? "\u{FFFD}"
        }
        let back = position
        position += 2
        let trail = try codeUnit()
        guard UTF16.isTrailSurrogate(trail) else {
            position = back
            return "\u{FFFD}"
        }
        return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
        guard digits.utf8.count == 4, let value = Hex.decode(digits) else {
            throw failure("expected four hex digits")
        }
        position += 4
        return UInt16(value[0]) << 8 | UInt16(value[1])
    }
}
