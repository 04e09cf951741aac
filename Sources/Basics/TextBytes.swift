extension UInt8 {
    /// Whether it is a letter or a digit of ASCII, `-` or `_`.
    package var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57,
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension [UInt8] {
    /// Where the text begins, behind a byte order mark.
    package var textStart: Int { starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    /// Whether the text begins with the byte order mark of UTF-16.
    package var isUTF16: Bool { starts(with: [0xFF, 0xFE]) || starts(with: [0xFE, 0xFF]) }
}

extension SourcePosition {
    /// The place of a byte, counted out.
    package init(of offset: Int, in bytes: [UInt8]) {
        var (line, column) = (1, 1)
        for byte in bytes[bytes.textStart..<max(min(offset, bytes.count), bytes.textStart)] {
            if byte == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(offset: offset, line: line, column: column)
    }
}

extension String {
    /// The text in double quotes, with the escapes that YAML and TOML share; control characters are always escaped.
    package func doubleQuoted(escaping isSpecial: (Unicode.Scalar) -> Bool) -> String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || isSpecial(scalar):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
