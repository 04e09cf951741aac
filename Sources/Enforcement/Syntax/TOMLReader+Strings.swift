internal import Basics

extension TOMLReader {
    /// Any of the four kinds of strings; only those in three quotes go over several lines.
    mutating func string(allowsLines: Bool) throws(SyntaxProblem) -> String {
        let quote = bytes[position]
        let isLiteral = quote == UInt8(ascii: "'")
        guard bytes[position...].starts(with: [quote, quote, quote]) else {
            position += 1
            return try shortString(quote, isLiteral)
        }
        guard allowsLines else { throw problem("a key cannot go over several lines") }
        position += 3
        try longString(quote, isLiteral)
        return ""
    }

    private mutating func shortString(_ quote: UInt8, _ isLiteral: Bool) throws(SyntaxProblem) -> String {
        var content: [UInt8] = []
        while let byte = peek {
            if byte == quote {
                position += 1
                return String(decoding: content, as: UTF8.self)
            }
            guard byte >= 32 && byte != 127 || byte == 9 else {
                throw problem(byte == 10 ? "a string is not closed" : "a control character in a string")
            }
            if byte == UInt8(ascii: "\\"), !isLiteral {
                content += try escape()
            } else {
                content.append(byte)
                position += 1
            }
        }
        throw problem("a string is not closed")
    }

    private mutating func longString(_ quote: UInt8, _ isLiteral: Bool) throws(SyntaxProblem) {
        let start = position
        while let byte = peek {
            switch byte {
            case quote:
                var length = 1
                while position + length < bytes.count, bytes[position + length] == quote { length += 1 }
                guard length <= 5 else { throw problem("too many quotes at the end of a string") }
                position += length
                if length >= 3 { return }
            case UInt8(ascii: "\\") where !isLiteral: try longEscape()
            case 9, 10, 32...126, 128...: position += 1
            case 13 where position + 1 < bytes.count && bytes[position + 1] == 10: position += 2
            default: throw problem("a control character in a string")
            }
        }
        position = start
        throw problem("a string is not closed")
    }

    /// An escape, or a backslash that joins this line to the next text.
    private mutating func longEscape() throws(SyntaxProblem) {
        var end = position + 1
        while end < bytes.count, bytes[end] == 32 || bytes[end] == 9 { end += 1 }
        if end < bytes.count, bytes[end] == 13 { end += 1 }
        guard end < bytes.count, bytes[end] == 10 else {
            _ = try escape()
            return
        }
        position = end
    }

    /// What an escape stands for, with the place moved behind it.
    private mutating func escape() throws(SyntaxProblem) -> [UInt8] {
        guard position + 1 < bytes.count else { throw problem("a string is not closed") }
        let letter = bytes[position + 1]
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "f"): 12,
            UInt8(ascii: "r"): 13, UInt8(ascii: "\""): 34, UInt8(ascii: "\\"): 92,
        ]
        if let byte = simple[letter] {
            position += 2
            return [byte]
        }
        let length = letter == UInt8(ascii: "u") ? 4 : letter == UInt8(ascii: "U") ? 8 : 0
        let digits = bytes[(position + 2)...].prefix(length)
        guard length > 0, digits.count == length,
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+"), let scalar = Unicode.Scalar(value)
        else { throw problem("an escape that TOML does not have") }
        position += 2 + length
        return Array(String(Character(scalar)).utf8)
    }
}
