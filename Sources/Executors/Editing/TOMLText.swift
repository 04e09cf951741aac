internal import Basics

/// Values and keys as TOML.
enum TOMLText {
    static func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57,
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    static func key(_ key: String) -> String {
        !key.isEmpty && key.utf8.allSatisfy(isBareKey) ? key : basic(key)
    }

    static func keys(_ keys: some Sequence<String>) -> String { keys.map(key).joined(separator: ".") }

    /// A value on one line, in the quotes of the one that it replaces where it can stand in them.
    static func text(of value: JSON, replacing style: TOMLNode.Style = .basic) throws(EditRefusal) -> String {
        switch value {
        case .null: throw EditRefusal("TOML has no null")
        case .string(let text): return string(text, replacing: style)
        case .array(let elements):
            var texts: [String] = []
            for element in elements { texts.append(try self.text(of: element)) }
            return "[" + texts.joined(separator: ", ") + "]"
        case .object(let members):
            var texts: [String] = []
            for member in members { texts.append(key(member.name) + " = " + (try text(of: member.value))) }
            return texts.isEmpty ? "{}" : "{ " + texts.joined(separator: ", ") + " }"
        default: return value.text()
        }
    }

    private static func string(_ text: String, replacing style: TOMLNode.Style) -> String {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        switch style {
        case .literal where isPrintable && !text.contains("'"): return "'\(text)'"
        case .dateTime where isDateTime(text): return text
        case .multilineBasic where text.contains("\n"):
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                basic(String($0)).dropFirst().dropLast()
            }
            return "\"\"\"\n" + lines.joined(separator: "\n") + "\"\"\""
        case .multilineLiteral where text.contains("\n") && !text.contains("'''") && !text.hasSuffix("'"):
            let isPlain = text.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" || $0 == "\t"
            }
            return isPlain ? "'''\n\(text)'''" : basic(text)
        default: return basic(text)
        }
    }

    private static func basic(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    // MARK: Reading

    static func number(_ text: String) -> JSON? {
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "inf", "+inf": return .double(.infinity)
        case "-inf": return .double(-.infinity)
        // A value that is not even equal to itself could not be compared.
        case "nan", "+nan", "-nan": return .string("nan")
        default: break
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            let digits = text.dropFirst(2)
            guard hasGoodUnderscores(digits, isDigit: { $0.isHexDigit }), digits.first != "-", digits.first != "+"
            else {
                return nil
            }
            return Int(digits.replacing("_", with: ""), radix: radix).map(JSON.integer)
        }
        return decimal(text)
    }

    private static func decimal(_ text: String) -> JSON? {
        let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        let parts = unsigned.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = parts.first, parts.count <= 2 else { return nil }
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = halves.first, halves.count <= 2, whole == "0" || whole.first != "0",
            halves.allSatisfy({ hasGoodUnderscores($0, isDigit: { $0.isASCII && $0.isNumber }) })
        else { return nil }
        if parts.count == 2 {
            let exponent = parts[1].first == "-" || parts[1].first == "+" ? parts[1].dropFirst() : parts[1]
            guard hasGoodUnderscores(exponent, isDigit: { $0.isASCII && $0.isNumber }) else { return nil }
        }
        let plain = text.replacing("_", with: "")
        return halves.count == 1 && parts.count == 1
            ? Int(plain).map(JSON.integer) : Double(plain).map(JSON.double)
    }

    /// Digits, with single underscores between them.
    private static func hasGoodUnderscores(_ text: Substring, isDigit: (Character) -> Bool) -> Bool {
        let groups = text.split(separator: "_", omittingEmptySubsequences: false)
        return groups.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
    }

    /// A date, a time, or both with or without an offset.
    static func isDateTime(_ text: String) -> Bool {
        guard text.utf8.count >= 8, text.utf8.count <= 40 else { return false }
        let bytes = Array(text.utf8)
        if bytes[2] == UInt8(ascii: ":") { return isTime(bytes[...]) }
        guard bytes.count >= 10, matches(bytes[..<10], "0000-00-00"),
            let month = Int(String(decoding: bytes[5..<7], as: UTF8.self)), (1...12).contains(month),
            let day = Int(String(decoding: bytes[8..<10], as: UTF8.self)), (1...31).contains(day)
        else { return false }
        if bytes.count == 10 { return true }
        guard "Tt ".utf8.contains(bytes[10]) else { return false }
        var time = bytes[11...]
        if let last = time.last, "Zz".utf8.contains(last) {
            time = time.dropLast()
        } else if time.count > 6, matches(time.suffix(5), "00:00"), "+-".utf8.contains(time[time.endIndex - 6]) {
            time = time.dropLast(6)
        }
        return isTime(time)
    }

    private static func isTime(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= 8, matches(bytes.prefix(8), "00:00:00") else { return false }
        let fraction = bytes.dropFirst(8)
        return fraction.isEmpty
            || fraction.count > 1 && fraction.first == UInt8(ascii: ".")
                && fraction.dropFirst().allSatisfy { (48...57).contains($0) }
    }

    private static func matches(_ bytes: ArraySlice<UInt8>, _ shape: String) -> Bool {
        bytes.count == shape.utf8.count
            && zip(bytes, shape.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? (48...57).contains($0) : $0 == $1 }
    }
}
