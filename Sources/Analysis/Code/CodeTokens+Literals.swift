internal import Basics

extension CodeTokens {
    /// The text that a literal stands for; `nil` where it holds code, is a pattern, or has an escape of its own kind.
    ///
    /// `constants` are the names that may stand in a template of JavaScript.
    package func literal(_ place: Int, constants: [String: String] = [:]) -> String? {
        guard isString(place), let content = content(of: tokens[place]) else { return nil }
        let quote = source[content.lowerBound - 1]
        let isRaw =
            language == .go && quote == UInt8(ascii: "`") || source[tokens[place].start] == UInt8(ascii: "r")
        if isRaw { return String(decoding: source[content], as: UTF8.self) }
        guard quote != UInt8(ascii: "/") else { return nil }
        var reader = LiteralReader(source[content], language, isTemplate: quote == UInt8(ascii: "`"), constants)
        return reader.text()
    }

    private func content(of token: CodeToken) -> Range<Int>? {
        let strings = mask.strings
        var (low, high) = (0, strings.count)
        while low < high {
            let middle = (low + high) / 2
            if strings[middle].range.lowerBound < token.start { low = middle + 1 } else { high = middle }
        }
        guard low < strings.count, strings[low].range.lowerBound == token.start else { return nil }
        return strings[low].content
    }
}

/// Takes the escapes of a literal back.
private struct LiteralReader {
    private let bytes: ArraySlice<UInt8>
    private let language: CodeLanguage
    private let isTemplate: Bool
    private let constants: [String: String]
    private var position: Int
    private var result: [UInt8] = []

    init(_ bytes: ArraySlice<UInt8>, _ language: CodeLanguage, isTemplate: Bool, _ constants: [String: String]) {
        (self.bytes, self.language, self.isTemplate, self.constants) = (bytes, language, isTemplate, constants)
        position = bytes.startIndex
    }

    mutating func text() -> String? {
        while position < bytes.endIndex {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\") {
                guard escape() else { return nil }
            } else if isTemplate, byte == UInt8(ascii: "$"), next == UInt8(ascii: "{") {
                guard field() else { return nil }
            } else {
                result.append(byte)
                position += 1
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private var next: UInt8? { position + 1 < bytes.endIndex ? bytes[position + 1] : nil }

    /// `${NAME}` of a constant.
    private mutating func field() -> Bool {
        guard let end = bytes[position...].prefix(100).firstIndex(of: UInt8(ascii: "}")),
            let value = constants[String(decoding: bytes[position + 2..<end], as: UTF8.self).trimmed]
        else { return false }
        result += value.utf8
        position = end + 1
        return true
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "0"): 0,
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11,
        UInt8(ascii: "\\"): 92, UInt8(ascii: "'"): 39, UInt8(ascii: "\""): 34, UInt8(ascii: "`"): 96,
    ]

    private mutating func escape() -> Bool {
        guard let letter = next else { return false }
        position += 2
        switch letter {
        case UInt8(ascii: "x"): return code(digits: 2)
        case UInt8(ascii: "u"): return code(digits: 4)
        case UInt8(ascii: "U"): return code(digits: 8)
        case 10, 13:
            // A line that goes on; Rust drops the indentation as well.
            if language == .rust {
                while position < bytes.endIndex, bytes[position] <= 32 { position += 1 }
            } else if letter == 13, position < bytes.endIndex, bytes[position] == 10 {
                position += 1
            }
            return true
        default:
            guard let byte = Self.simple[letter] ?? (language == .script ? letter : nil) else { return false }
            result.append(byte)
            return true
        }
    }

    /// `41`, `0041` or `{41}`.
    private mutating func code(digits: Int) -> Bool {
        var (first, last) = (position, position + digits)
        var end = last
        if position < bytes.endIndex, bytes[position] == UInt8(ascii: "{") {
            guard let close = bytes[position...].prefix(10).firstIndex(of: UInt8(ascii: "}")) else { return false }
            (first, last, end) = (position + 1, close, close + 1)
        }
        guard last <= bytes.endIndex,
            let value = UInt32(String(decoding: bytes[first..<last], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { return false }
        result += String(Character(scalar)).utf8
        position = end
        return true
    }
}
