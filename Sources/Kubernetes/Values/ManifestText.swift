package import Basics

/// Writes manifests as YAML: in block style, members in their order, the same bytes for the same values.
///
/// Text stands unquoted only where every version of YAML reads it as text. `kubectl` reads YAML 1.1, in which `yes`,
/// `0x1`, `1:30` and `2026-01-01` are none.
package enum ManifestText {
    /// Documents of one stream, each behind a `---` but the first.
    package static func stream(_ documents: [JSON]) -> String {
        documents.map(document).joined(separator: "---\n")
    }

    package static func document(_ value: JSON) -> String {
        var writer = Writer()
        writer.block(value, indent: 0)
        return writer.text
    }

    private struct Writer {
        var text = ""

        /// A value on lines of its own.
        mutating func block(_ value: JSON, indent: Int) {
            switch value {
            case .object(let members) where !members.isEmpty:
                for member in members {
                    pad(indent)
                    write(member, indent: indent)
                }
            case .array(let elements) where !elements.isEmpty:
                for element in elements {
                    pad(indent)
                    text += "- "
                    item(element, indent: indent + 2)
                }
            default:
                pad(indent)
                text += Self.inline(value, indent: indent) + "\n"
            }
        }

        /// An element of a list, of which the first line stands behind its dash.
        private mutating func item(_ value: JSON, indent: Int) {
            guard case .object(let members) = value, let first = members.first else {
                // A list in a list is rare, and shortest as JSON, which is YAML as well.
                text += Self.inline(value, indent: indent) + "\n"
                return
            }
            write(first, indent: indent)
            for member in members.dropFirst() {
                pad(indent)
                write(member, indent: indent)
            }
        }

        private mutating func write(_ member: JSON.Member, indent: Int) {
            text += ScalarText.key(member.name) + ":"
            switch member.value {
            case .object(let members) where !members.isEmpty:
                text += "\n"
                block(member.value, indent: indent + 2)
            case .array(let elements) where !elements.isEmpty:
                text += "\n"
                block(member.value, indent: indent + 2)
            default: text += " " + Self.inline(member.value, indent: indent + 2) + "\n"
            }
        }

        private mutating func pad(_ indent: Int) { text += String(repeating: " ", count: indent) }

        /// A value that goes on behind its key; only a literal text takes further lines.
        private static func inline(_ value: JSON, indent: Int) -> String {
            switch value {
            case .string(let string): ScalarText.value(string, indent: indent)
            case .array(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
            case .object(let members):
                "{" + members.map { ScalarText.quoted($0.name) + ": " + flow($0.value) }.joined(separator: ", ")
                    + "}"
            default: value.text()
            }
        }

        private static func flow(_ value: JSON) -> String {
            if case .string(let string) = value { return ScalarText.quoted(string) }
            return inline(value, indent: 0)
        }
    }
}

/// One text as YAML.
enum ScalarText {
    /// A key never goes over several lines.
    static func key(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// A value whose further lines, where it has any, are indented so far.
    static func value(_ text: String, indent: Int) -> String {
        if isPlain(text) { return text }
        return literal(text, indent: indent) ?? quoted(text)
    }

    /// Whether text means itself in every version of YAML.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, isLetter(first) || first == UInt8(ascii: "/") else { return false }
        guard bytes.count <= 200, !words.contains(text.lowercased()), bytes.last != UInt8(ascii: " ") else {
            return false
        }
        return bytes.indices.allSatisfy { index in
            switch bytes[index] {
            case UInt8(ascii: ":"):
                // Behind a colon and a blank a value begins.
                index + 1 < bytes.count && bytes[index + 1] != UInt8(ascii: " ")
            case let byte:
                isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "_./@+=- ".utf8.contains(byte)
            }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// What some reader takes for a boolean or for nothing.
    private static let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

    /// Lines below a `|`; `nil` where those could be read differently.
    private static func literal(_ text: String, indent: Int) -> String? {
        let hasEnd = text.hasSuffix("\n")
        let body = hasEnd ? text.dropLast() : text[...]
        // By scalars: CR LF is one character.
        let lines = body.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 1 || hasEnd, let first = lines.first, let last = lines.last else { return nil }
        guard let start = first.first, start != " ", !last.isEmpty else { return nil }
        guard lines.allSatisfy({ $0.first != "\t" && $0.allSatisfy(isPrintable) }) else { return nil }
        let margin = String(repeating: " ", count: indent)
        let written = lines.map { $0.isEmpty ? "" : margin + String($0) }
        return "|" + (hasEnd ? "" : "-") + "\n" + written.joined(separator: "\n")
    }

    /// Printable in YAML, and no line break of any of its versions.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E: true
        case 0xA0...0xD7FF: scalar.value != 0x2028 && scalar.value != 0x2029
        case 0xE000...0xFFFD: scalar.value != 0xFEFF
        case 0x10000...0x10FFFF: true
        default: false
        }
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default: result += escaped(scalar.value)
            }
        }
        return result + "\""
    }

    private static func escaped(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        let (sign, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        return "\\" + sign + String(repeating: "0", count: width - digits.count) + digits
    }
}
