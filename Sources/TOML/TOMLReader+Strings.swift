internal import Basics

extension TOMLReader {
    /// A string of any of the four kinds.
    mutating func string() throws(TOMLError) -> (text: String, style: TOMLNode.Style) {
        if take("\"\"\"") { return (try multiline(quote: "\"\"\"", hasEscapes: true), .multilineBasic) }
        if take("'''") { return (try multiline(quote: "'''", hasEscapes: false), .multilineLiteral) }
        let start = position
        let quote = bytes[position]
        let isBasic = quote == UInt8(ascii: "\"")
        position += 1
        var content: [UInt8] = []
        while let byte = peek, byte != quote, !isAtLineBreak {
            position += 1
            if byte == UInt8(ascii: "\\"), isBasic { content += try escape() } else { content.append(byte) }
        }
        guard peek == quote else { throw failure("a string without an end", at: start) }
        position += 1
        return (String(decoding: content, as: UTF8.self), isBasic ? .basic : .literal)
    }

    private mutating func multiline(quote: String, hasEscapes: Bool) throws(TOMLError) -> String {
        let start = position - 3
        if !take("\r\n") { _ = take("\n") }
        var content: [UInt8] = []
        let mark = bytes[start]
        while let byte = peek {
            if byte == mark, take(quote) {
                // Up to two quotes may stand right before the end.
                for _ in 0..<2 where peek == mark {
                    content.append(mark)
                    position += 1
                }
                return String(decoding: content, as: UTF8.self)
            }
            position += 1
            if byte == UInt8(ascii: "\\"), hasEscapes {
                if !skipLineEnding() { content += try escape() }
            } else if byte != UInt8(ascii: "\r") {
                content.append(byte)
            }
        }
        throw failure("a string without an end", at: start)
    }

    /// Behind a backslash that ends its line, all white space is left out.
    private mutating func skipLineEnding() -> Bool {
        let start = position
        skipBlanks()
        guard isAtLineBreak else {
            position = start
            return false
        }
        while isAtLineBreak || peek == 32 || peek == 9 { position += 1 }
        return true
    }

    /// What stands behind a backslash.
    private mutating func escape() throws(TOMLError) -> [UInt8] {
        guard let byte = peek else { throw failure("unexpected end") }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [byte]
        case UInt8(ascii: "u"): return try character(digits: 4)
        case UInt8(ascii: "U"): return try character(digits: 8)
        default: throw failure("an unknown escape", at: position - 2)
        }
    }

    private mutating func character(digits count: Int) throws(TOMLError) -> [UInt8] {
        let digits = bytes[position...].prefix(count)
        guard digits.count == count, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(number)
        else { throw failure("an escape that stands for no character", at: position - 2) }
        position += count
        return Array(String(scalar).utf8)
    }
}
