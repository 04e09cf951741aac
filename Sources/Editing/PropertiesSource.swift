internal import Basics

/// Java properties, where the whole path is one key, dots included.
struct PropertiesSource: StructuredText {
    private struct Entry {
        let key: String
        let keyRange: Range<Int>
        let valueRange: Range<Int>
        let value: String
    }

    private let bytes: [UInt8]
    private let entries: [Entry]
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        self.bytes = bytes
        guard !bytes.contains(0) else { throw EditRefusal(syntax: "not valid properties: there is a NUL byte") }
        var entries: [Entry] = []
        var position = bytes.textStart
        while position < bytes.count {
            let start = bytes[position...].firstIndex { !Self.isSpace($0) && $0 != Lines.feed } ?? bytes.count
            guard start < bytes.count else { break }
            if "#!".utf8.contains(bytes[start]) {
                position = Lines.next(after: start, in: bytes) ?? bytes.count
                continue
            }
            let end = Self.logicalEnd(from: start, in: bytes)
            entries.append(try Self.entry(start..<end, in: bytes))
            position = Lines.next(after: end, in: bytes) ?? bytes.count
        }
        self.entries = entries
        value = .object(entries.map { .init($0.key, .string($0.value)) })
    }

    func representation(of value: JSON) throws(EditRefusal) -> JSON {
        guard !value.isCollection, !value.isNull else {
            throw EditRefusal("properties have no \(value.isNull ? "null" : value.kindName)")
        }
        return .string(value.plainText)
    }

    func spelling(of path: ValuePath) throws(EditRefusal) -> ValuePath {
        guard let keys = path.keys else { throw EditRefusal("properties have no lists") }
        return ValuePath([.key(keys.joined(separator: "."))])
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        guard let key = ValuePath(steps).keys?.first else { return [] }
        let found = entries.filter { $0.key == key }
        guard found.count <= 1 else {
            throw EditRefusal(
                "'\(key)' stands twice", at: SourcePosition(of: found[1].keyRange.lowerBound, in: bytes))
        }
        let text = Self.escaped(value.plainText, isKey: false)
        guard let entry = found.first else {
            let line = Self.escaped(key, isKey: true) + separator(of: entries.last) + text
            let place = entries.last.map { Lines.next(after: $0.valueRange.upperBound, in: bytes) ?? bytes.count }
            return [[Lines.insertion(of: [line], at: place ?? bytes.count, in: bytes)]]
        }
        let isBare = entry.valueRange.isEmpty && entry.keyRange.upperBound == entry.valueRange.lowerBound
        return [[ByteEdit(entry.valueRange, (isBare ? "=" : "") + text)]]
    }

    private func separator(of entry: Entry?) -> String {
        guard let entry, entry.valueRange.lowerBound > entry.keyRange.upperBound else { return "=" }
        let text = String(
            decoding: bytes[entry.keyRange.upperBound..<entry.valueRange.lowerBound], as: UTF8.self)
        return text.utf8.allSatisfy { " =:\t".utf8.contains($0) } ? text : "="
    }

    // MARK: Reading

    private static func isSpace(_ byte: UInt8) -> Bool {
        Lines.isBlank(byte) || byte == 0x0C || byte == Lines.carriageReturn
    }

    /// The end of the last of the lines that backslashes tie together.
    private static func logicalEnd(from start: Int, in bytes: [UInt8]) -> Int {
        var end = Lines.end(of: start, in: bytes)
        while bytes[start..<end].reversed().prefix(while: { $0 == UInt8(ascii: "\\") }).count % 2 == 1,
            let next = Lines.next(after: end, in: bytes)
        {
            end = Lines.end(of: next, in: bytes)
        }
        return end
    }

    private static func entry(_ range: Range<Int>, in bytes: [UInt8]) throws(EditRefusal) -> Entry {
        var end = range.lowerBound
        while end < range.upperBound, !isSpace(bytes[end]), !"=:".utf8.contains(bytes[end]) {
            end = min(end + (bytes[end] == UInt8(ascii: "\\") ? 2 : 1), range.upperBound)
        }
        var start = end
        while start < range.upperBound, isSpace(bytes[start]) { start += 1 }
        if start < range.upperBound, "=:".utf8.contains(bytes[start]) {
            start += 1
            while start < range.upperBound, isSpace(bytes[start]) { start += 1 }
        }
        let keyRange = range.lowerBound..<end
        return Entry(
            key: try unescaped(keyRange, in: bytes), keyRange: keyRange, valueRange: start..<range.upperBound,
            value: try unescaped(start..<range.upperBound, in: bytes))
    }

    private static func unescaped(
        _ range: Range<Int>, in bytes: [UInt8]
    ) throws(EditRefusal) -> String {
        let raw = bytes[range]
        var units: [UInt16] = []
        // Old files are Latin-1, new ones UTF-8.
        var rest = Array(
            String(validating: raw, as: UTF8.self)?.utf16
                ?? String(raw.map { Character(Unicode.Scalar($0)) }).utf16)[...]
        while let unit = rest.popFirst() {
            guard unit == UInt16(UInt8(ascii: "\\")), let next = rest.popFirst() else {
                units.append(unit)
                continue
            }
            switch UInt8(exactly: next).map({ Character(Unicode.Scalar($0)) }) {
            case "n": units.append(10)
            case "r": units.append(13)
            case "t": units.append(9)
            case "f": units.append(12)
            case "u":
                let digits = String(decoding: rest.prefix(4), as: UTF16.self)
                guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit),
                    let number = UInt16(digits, radix: 16)
                else {
                    throw EditRefusal(
                        syntax: "not valid properties: a broken \\u escape",
                        at: SourcePosition(of: range.lowerBound, in: bytes))
                }
                units.append(number)
                rest = rest.dropFirst(4)
            case "\r", "\n":
                // The line goes on behind the next one's indentation.
                rest = rest.drop { $0 == 10 || $0 == 32 || $0 == 9 || $0 == 12 }
            default: units.append(next)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Only ASCII, which every reader takes for the same.
    private static func escaped(_ text: String, isKey: Bool) -> String {
        var result = ""
        for (index, unit) in text.utf16.enumerated() {
            switch unit {
            case 10: result += "\\n"
            case 13: result += "\\r"
            case 9: result += "\\t"
            case 12: result += "\\f"
            case 92: result += "\\\\"
            case 32 where isKey || index == 0: result += "\\ "
            case 35, 33, 61, 58: result += (isKey ? "\\" : "") + String(Character(Unicode.Scalar(UInt8(unit))))
            case 0x20...0x7E: result += String(Character(Unicode.Scalar(UInt8(unit))))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }
}
