internal import Basics

extension TOMLParser {
    /// A string of any of the four kinds.
    mutating func string() throws(EditRefusal) -> (text: String, style: TOMLNode.Style) {
        if take("\"\"\"") { return (try multiline(quote: "\"\"\"", hasEscapes: true), .multilineBasic) }
        if take("'''") { return (try multiline(quote: "'''", hasEscapes: false), .multilineLiteral) }
        let start = position
        let quote = bytes[position]
        position += 1
        var content: [UInt8] = []
        while let byte = peek, byte != quote {
            guard byte != Lines.feed, byte != Lines.carriageReturn else { break }
            position += 1
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                content += try escape()
            } else {
                content.append(byte)
            }
        }
        guard peek == quote else { throw failure("a string without an end", at: start) }
        position += 1
        return (String(decoding: content, as: UTF8.self), quote == UInt8(ascii: "\"") ? .basic : .literal)
    }

    private mutating func multiline(quote: String, hasEscapes: Bool) throws(EditRefusal) -> String {
        let start = position - 3
        if !take("\r\n") { _ = take("\n") }
        var content: [UInt8] = []
        let mark = Array(quote.utf8)[0]
        while let byte = peek {
            if looksAt(quote) {
                position += 3
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
            } else if byte != Lines.carriageReturn || peek != Lines.feed {
                content.append(byte)
            }
        }
        throw failure("a string without an end", at: start)
    }

    /// Behind a backslash that ends its line, all white space is left out.
    private mutating func skipLineEnding() -> Bool {
        var end = position
        while end < bytes.count, Lines.isBlank(bytes[end]) { end += 1 }
        guard end < bytes.count, bytes[end] == Lines.feed || bytes[end] == Lines.carriageReturn else {
            return false
        }
        while end < bytes.count, Lines.isSpace(bytes[end]) { end += 1 }
        position = end
        return true
    }

    private mutating func escape() throws(EditRefusal) -> [UInt8] {
        guard let byte = peek else { throw failure("unexpected end") }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [byte]
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            let digits = String(decoding: bytes[position...].prefix(count), as: UTF8.self)
            guard digits.utf8.count == count, digits.allSatisfy(\.isHexDigit),
                let number = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(number)
            else { throw failure("an escape that stands for no character", at: position - 2) }
            position += count
            return Array(String(scalar).utf8)
        default: throw failure("an unknown escape", at: position - 2)
        }
    }
}
