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
