package import Basics

/// Values and keys as TOML.
package enum TOMLText {
    package static func key(_ key: String) -> String {
        !key.isEmpty && key.utf8.allSatisfy(\.isNameByte) ? key : basic(key)
    }

    package static func keys(_ keys: some Sequence<String>) -> String { keys.map(key).joined(separator: ".") }

    /// A value on one line, in the quotes of the one that it replaces where it can stand in them.
    ///
    /// `nil` for one that holds a null, which TOML does not have.
    package static func text(of value: JSON, replacing style: TOMLNode.Style = .basic) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return string(text, replacing: style)
        case .array(let elements):
            let texts = elements.compactMap { text(of: $0) }
            return texts.count == elements.count ? "[" + texts.joined(separator: ", ") + "]" : nil
        case .object(let members):
            let texts = members.compactMap { member in
                text(of: member.value).map { key(member.name) + " = " + $0 }
            }
            guard texts.count == members.count else { return nil }
            return texts.isEmpty ? "{}" : "{ " + texts.joined(separator: ", ") + " }"
        default: return value.text()
        }
    }

    private static func string(_ text: String, replacing style: TOMLNode.Style) -> String {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        switch style {
        case .literal where isPrintable && !text.contains("'"): return "'\(text)'"
        case .dateTime where TOMLDate.isValue(Array(text.utf8)[...]): return text
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

    private static func basic(_ text: String) -> String { text.doubleQuoted { $0.value == 0x7F } }
}
