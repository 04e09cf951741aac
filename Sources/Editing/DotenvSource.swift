internal import Basics

/// `KEY=value` lines, as `.env` files have them.
struct DotenvSource: StructuredText {
    private enum Quote: String { case none = "", single = "'", double = "\"" }

    private struct Entry {
        let key: String
        let keyRange: Range<Int>
        /// With its quotes, without a comment behind it.
        let valueRange: Range<Int>
        let quote: Quote
        let value: String
        let isExported: Bool
    }

    private let bytes: [UInt8]
    private let entries: [Entry]
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        self.bytes = bytes
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw EditRefusal(syntax: "not a valid .env file: it is not UTF-8 text")
        }
        var entries: [Entry] = []
        var position = bytes.textStart
        while position < bytes.count {
            let start = bytes[position...].firstIndex { !Lines.isSpace($0) } ?? bytes.count
            guard start < bytes.count else { break }
            if bytes[start] != UInt8(ascii: "#") { entries.append(try Self.entry(from: start, in: bytes)) }
            let end = bytes[start] == UInt8(ascii: "#") ? start : entries.last?.valueRange.upperBound ?? start
            position = Lines.next(after: end, in: bytes) ?? bytes.count
        }
        self.entries = entries
        value = .object(entries.map { .init($0.key, .string($0.value)) })
    }

    func representation(of value: JSON) throws(EditRefusal) -> JSON {
        guard !value.isCollection, !value.isNull else {
            throw EditRefusal(".env files have no \(value.isNull ? "null" : value.kindName)")
        }
        return .string(value.plainText)
    }

    func spelling(of path: ValuePath) throws(EditRefusal) -> ValuePath {
        guard let keys = path.keys else { throw EditRefusal(".env files have no lists") }
        return ValuePath([.key(keys.joined(separator: "."))])
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        guard let key = ValuePath(steps).keys?.first, Self.isKey(key) else {
            throw EditRefusal("'\(ValuePath(steps))' is no name of a variable")
        }
        let found = entries.filter { $0.key == key }
        guard found.count <= 1 else {
            throw EditRefusal(
                "'\(key)' stands twice", at: SourcePosition(of: found[1].keyRange.lowerBound, in: bytes))
        }
        let text = value.plainText
        guard let entry = found.first else {
            let last = entries.last
            let line =
                (last?.isExported == true ? "export " : "") + key + "=" + Self.quoted(text, last?.quote ?? .none)
            let place = last.map { Lines.next(after: $0.valueRange.upperBound, in: bytes) ?? bytes.count }
            return [[Lines.insertion(of: [line], at: place ?? bytes.count, in: bytes)]]
        }
        return [[ByteEdit(entry.valueRange, Self.quoted(text, entry.quote))]]
    }

    private static func isKey(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.first.map { !(48...57).contains($0) } == true
            && key.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: ".") }
    }

    private static func entry(from start: Int, in bytes: [UInt8]) throws(EditRefusal) -> Entry {
        let end = Lines.end(of: start, in: bytes)
        func failure(_ problem: String) -> EditRefusal {
            EditRefusal(syntax: "not a valid .env file: \(problem)", at: SourcePosition(of: start, in: bytes))
        }
        guard let equals = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")) else {
            throw failure("a line without '='")
        }
        let isExported = bytes[start..<equals].starts(with: Array("export ".utf8))
        let name = bytes[(isExported ? start + 7 : start)..<equals]
        let keyStart = name.firstIndex { !Lines.isBlank($0) } ?? equals
        let keyEnd = name.lastIndex { !Lines.isBlank($0) }.map { $0 + 1 } ?? keyStart
        let key = String(decoding: bytes[keyStart..<keyEnd], as: UTF8.self)
        guard isKey(key) else { throw failure("'\(key.prefix(60))' is no name of a variable") }
        let valueStart = bytes[(equals + 1)..<end].firstIndex { !Lines.isBlank($0) } ?? equals + 1
        let quote = valueStart < end ? Quote(rawValue: String(Character(Unicode.Scalar(bytes[valueStart])))) : nil
        guard let quote, quote != .none else {
            let range = plainRange(valueStart..<end, in: bytes)
            return Entry(
                key: key, keyRange: keyStart..<keyEnd, valueRange: range, quote: .none,
                value: String(decoding: bytes[range], as: UTF8.self), isExported: isExported)
        }
        guard let close = closingQuote(of: quote, from: valueStart + 1, in: bytes) else {
            throw failure("a value without its closing quote")
        }
        let inner = String(decoding: bytes[(valueStart + 1)..<close], as: UTF8.self)
        return Entry(
            key: key, keyRange: keyStart..<keyEnd, valueRange: valueStart..<(close + 1), quote: quote,
            value: quote == .double ? unescaped(inner) : inner, isExported: isExported)
    }

    /// Up to a comment or the blanks at the end.
    private static func plainRange(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        let comment = range.first {
            bytes[$0] == UInt8(ascii: "#") && ($0 == range.lowerBound || Lines.isBlank(bytes[$0 - 1]))
        }
        let value = bytes[range.lowerBound..<(comment ?? range.upperBound)]
        return range.lowerBound..<(value.lastIndex { !Lines.isBlank($0) }.map { $0 + 1 } ?? range.lowerBound)
    }

    private static func closingQuote(of quote: Quote, from start: Int, in bytes: [UInt8]) -> Int? {
        var position = start
        while position < bytes.count {
            if bytes[position] == quote.rawValue.utf8.first { return position }
            position += quote == .double && bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscape = false
        for character in text {
            if isEscape {
                result += character == "n" ? "\n" : "\"\\$".contains(character) ? "\(character)" : "\\\(character)"
                isEscape = false
            } else if character == "\\" {
                isEscape = true
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func quoted(_ text: String, _ quote: Quote) -> String {
        let isPlain = text.utf8.allSatisfy {
            $0.isNameByte || "./:@%+,=^~?&".utf8.contains($0)
        }
        switch quote {
        case .none where isPlain: return text
        case .single where !text.contains("'"): return "'\(text)'"
        default:
            let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                .replacing("\n", with: "\\n")
            return "\"\(escaped)\""
        }
    }
}
