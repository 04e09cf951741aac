internal import Basics

/// What texts in Python source come to, as far as the file itself says it.
package struct PythonValues {
    package let source: PythonSource
    private var constants: [String: String]

    private static let depthLimit = 20
    /// What gives its text back: translated, or without its indentation.
    private static let transparent: Set<String> = [
        "_", "gettext", "ugettext", "N_", "gettext_lazy", "dedent", "cleandoc",
    ]

    init(_ source: PythonSource, constants: [String: String]) {
        (self.source, self.constants) = (source, constants)
    }

    /// Finds the constants of the module: names that one line outside of everything gives a text.
    package init(_ source: PythonSource) {
        self.init(source, constants: [:])
        var assigned: Set<String> = []
        for (number, line) in source.lines.enumerated() {
            let range = source.range(ofLine: number)
            guard source.isWord(line.first) else { continue }
            let name = source.text(line.first)
            // `name += …` and a second assignment, wherever it stands, make it no constant.
            guard let sign = range.prefix(4).dropFirst().first(where: { source.text($0).hasSuffix("=") }) else {
                continue
            }
            let isPlain =
                source.isSign(sign, "=") && (sign == line.first + 1 || source.isSign(line.first + 1, ":"))
            let isFirst = assigned.insert(name).inserted
            constants[name] =
                isPlain && isFirst && line.column == 0 ? text(sign + 1..<range.upperBound) : nil
        }
    }

    /// The text of an expression; `nil` where the file does not say it.
    package func text(_ range: Range<Int>?) -> String? { range.flatMap { text($0, depth: 0) } }

    private func text(_ range: Range<Int>, depth: Int) -> String? {
        guard depth < Self.depthLimit, !range.isEmpty else { return nil }
        var (text, place) = ("", range.lowerBound)
        while place < range.upperBound {
            guard let term = term(at: place, in: range, depth) else { return nil }
            text += term.text
            place = term.end
            if place == range.upperBound { return text }
            guard source.isSign(place, "+") else { return nil }
            place += 1
        }
        return nil
    }

    private func term(at place: Int, in range: Range<Int>, _ depth: Int) -> (text: String, end: Int)? {
        if source.isString(place) {
            // Texts that stand side by side are one.
            var (text, end) = ("", place)
            while end < range.upperBound, source.isString(end) {
                guard let part = literal(end) else { return nil }
                text += part
                end += 1
            }
            return (text, end)
        }
        if source.isSign(place, "(") {
            return text(source.inside(place), depth: depth + 1).map { ($0, source.partner(place) + 1) }
        }
        guard source.isWord(place) else { return nil }
        var last = place
        while source.isSign(last + 1, "."), source.isWord(last + 2) { last += 2 }
        if source.isSign(last + 1, "("), Self.transparent.contains(source.text(last)) {
            return text(source.inside(last + 1), depth: depth + 1).map { ($0, source.partner(last + 1) + 1) }
        }
        guard last == place, let value = constants[source.text(place)] else { return nil }
        return (value, place + 1)
    }

    private func literal(_ place: Int) -> String? {
        var literal = PythonLiteral(source.bytes[source.tokens[place].range], constants)
        return literal.text()
    }
}

/// Reads one string token.
private struct PythonLiteral {
    private let bytes: ArraySlice<UInt8>
    private let constants: [String: String]
    private var position: Int
    private var end: Int
    private var isRaw = false
    private var isFormatted = false
    private var isText = true
    private var result: [UInt8] = []

    init(_ bytes: ArraySlice<UInt8>, _ constants: [String: String]) {
        (self.bytes, self.constants) = (bytes, constants)
        (position, end) = (bytes.startIndex, bytes.endIndex)
        while bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "'") {
            switch bytes[position] | 0x20 {
            case UInt8(ascii: "r"): isRaw = true
            case UInt8(ascii: "f"): isFormatted = true
            case UInt8(ascii: "u"): break
            default: isText = false
            }
            position += 1
        }
        let quote = bytes[position]
        let length =
            bytes[position...].count >= 6 && bytes[position...].starts(with: [quote, quote, quote]) ? 3 : 1
        position += length
        end -= length
    }

    mutating func text() -> String? {
        guard isText else { return nil }
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\\"), !isRaw {
                guard escape() else { return nil }
            } else if isFormatted, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") {
                guard brace(byte) else { return nil }
            } else {
                result.append(byte)
                position += 1
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    /// `{{`, `}}` or the field of a constant.
    private mutating func brace(_ byte: UInt8) -> Bool {
        if position + 1 < end, bytes[position + 1] == byte {
            result.append(byte)
            position += 2
            return true
        }
        guard let close = bytes[position..<end].prefix(100).firstIndex(of: UInt8(ascii: "}")), close > position,
            let value = constants[String(decoding: bytes[position + 1..<close], as: UTF8.self).trimmed]
        else { return false }
        result += value.utf8
        position = close + 1
        return true
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "a"): 7,
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 92,
        UInt8(ascii: "'"): 39, UInt8(ascii: "\""): 34,
    ]

    private mutating func escape() -> Bool {
        guard position + 1 < end else { return false }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case 10: return true
        case 13:
            if position < end, bytes[position] == 10 { position += 1 }
            return true
        case UInt8(ascii: "x"): return code(digits: 2)
        case UInt8(ascii: "u"): return code(digits: 4)
        case UInt8(ascii: "U"): return code(digits: 8)
        case UInt8(ascii: "N"), 48...57: return false
        default:
            // A backslash before any other letter is itself.
            result += Self.simple[letter].map { [$0] } ?? [UInt8(ascii: "\\"), letter]
            return true
        }
    }

    private mutating func code(digits: Int) -> Bool {
        guard position + digits <= end,
            let value = UInt32(String(decoding: bytes[position..<position + digits], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { return false }
        result += String(Character(scalar)).utf8
        position += digits
        return true
    }
}
