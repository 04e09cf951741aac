package import Basics
package import YAML

/// Values as YAML, with the habits of the document that they are written into.
package struct YAMLFormatter {
    /// Spaces a level.
    private let unit: Int
    /// Whether the list below a key is indented.
    private let indentsLists: Bool
    private let prefersSingleQuotes: Bool

    package init(root: YAMLNode?) {
        var habits = Habits()
        if let root { habits.look(at: root, depth: 0) }
        unit = habits.unit ?? 2
        indentsLists = habits.indentsLists ?? true
        prefersSingleQuotes = habits.quotes == .singleQuoted
    }

    /// What the first places that say something show.
    private struct Habits {
        var unit: Int?
        var indentsLists: Bool?
        var quotes: YAMLScalar.Style?
        private var visited = 0

        mutating func look(at node: YAMLNode, depth: Int) {
            visited += 1
            guard visited < 2000, depth < 60, unit == nil || indentsLists == nil || quotes == nil else { return }
            if let style = node.scalar?.style, style == .singleQuoted || style == .doubleQuoted {
                quotes = quotes ?? style
            }
            for item in node.items ?? [] { look(at: item, depth: depth + 1) }
            for entry in node.entries ?? [] {
                let step = entry.value.indent - node.indent
                if node.isBlockCollection, entry.value.isBlockCollection, entry.value.aliasSpan == nil {
                    if entry.value.entries != nil { unit = unit ?? ((1...8).contains(step) ? step : nil) }
                    if entry.value.items != nil { indentsLists = indentsLists ?? (step > 0) }
                }
                look(at: entry.value, depth: depth + 1)
            }
        }
    }

    /// How far a collection below a key is indented.
    package func indent(of value: JSON, below indent: Int) -> Int {
        value.elements == nil || indentsLists ? indent + unit : indent
    }

    /// Lines in block style, each with its indentation.
    package func lines(of value: JSON, indent: Int, gap: String = "- ") -> [String] {
        let margin = String(repeating: " ", count: indent)
        if value.isEmptyCollection { return [margin + flow(value)] }
        switch value {
        case .object(let members):
            return members.flatMap { member -> [String] in
                let key = margin + key(member.name) + ":"
                guard member.value.isCollection, !member.value.isEmptyCollection else {
                    return Self.split(key + " " + scalar(member.value, indent: indent))
                }
                return [key] + lines(of: member.value, indent: self.indent(of: member.value, below: indent))
            }
        case .array(let elements):
            return elements.flatMap { element -> [String] in
                guard element.isCollection, !element.isEmptyCollection else {
                    return Self.split(margin + gap + scalar(element, indent: indent))
                }
                var inner = lines(of: element, indent: indent + gap.count)
                inner[0] = margin + gap + inner[0].dropFirst(indent + gap.count)
                return inner
            }
        default: return [margin + scalar(value, indent: indent)]
        }
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Ways to write a value on the line where it stands, the best one first.
    func inlineTexts(
        of value: JSON, replacing style: YAMLScalar.Style?, isInFlow: Bool, indent: Int
    ) -> [String] {
        guard let text = value.string else { return [flow(value)] }
        var ways: [String] = []
        switch style {
        case .singleQuoted: ways = [singleQuoted(text)].compactMap { $0 }
        case .doubleQuoted: break
        case .literal where text.contains("\n"), .folded where text.contains("\n"):
            ways = [literal(text, indent: indent)].compactMap { isInFlow ? nil : $0 }
        default: ways = [string(text, isInFlow: isInFlow)]
        }
        return ways + [doubleQuoted(text)]
    }

    private func scalar(_ value: JSON, indent: Int) -> String {
        guard let text = value.string else { return flow(value) }
        if text.contains("\n"), let literal = literal(text, indent: indent) { return literal }
        return string(text, isInFlow: false)
    }

    /// A value in flow style.
    package func flow(_ value: JSON, isQuoted: Bool = false) -> String {
        switch value {
        case .array(let elements):
            return "[" + elements.map { flow($0, isQuoted: isQuoted) }.joined(separator: ", ") + "]"
        case .object(let members):
            let parts = members.map {
                key($0.name, isInFlow: true, isQuoted: isQuoted) + ": " + flow($0.value, isQuoted: isQuoted)
            }
            return "{" + parts.joined(separator: ", ") + "}"
        case .string(let text):
            return isQuoted ? doubleQuoted(text) : string(text, isInFlow: true)
        default: return value.text()
        }
    }

    package func key(_ key: String, isInFlow: Bool = false, isQuoted: Bool = false) -> String {
        guard !isQuoted, let plain = Self.plain(key, isInFlow: isInFlow), plain.text == key, key != "<<",
            key.utf8.count < 1000
        else { return doubleQuoted(key) }
        return key
    }

    private func string(_ text: String, isInFlow: Bool) -> String {
        if let plain = Self.plain(text, isInFlow: isInFlow), plain.value == .string(text), !plain.isOldBoolean,
            // Older readers take these two for something of their own, whatever stands around them.
            text != "<<", text != "=",
            !Self.isOldScalar(text)
        {
            return text
        }
        return prefersSingleQuotes
            ? singleQuoted(text) ?? doubleQuoted(text)
            : doubleQuoted(text)
    }

    /// The scalar that the plain text is read as, where it is read as one and the same text.
    private static func plain(_ text: String, isInFlow: Bool) -> YAMLScalar? {
        guard !text.isEmpty, text.utf8.count < 10_000,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !isSpecial($0) })
        else { return nil }
        // What is plain must be so behind a dash, behind a colon, and within brackets where it stands in some.
        let sample = isInFlow ? "[\(text)]" : "- \(text)"
        guard let node = try? YAML.parse(Array(sample.utf8)).first?.root, node.items?.count == 1,
            let scalar = node.items?.first?.scalar, scalar.style == .plain, scalar.text == text,
            node.items?.first?.tag == nil, node.items?.first?.anchor == nil
        else { return nil }
        return scalar
    }

    /// Whether a reader of YAML 1.1 takes the text for a number, a date or a time.
    private static func isOldScalar(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, "0123456789+-.=".unicodeScalars.contains(first) else {
            return false
        }
        return text == "="
            || text.unicodeScalars.allSatisfy { "0123456789+-._:eExXbBoabcdfABCDFTZ ".unicodeScalars.contains($0) }
                && !isVersion(text)
    }

    /// `1.2.3` and the like, which no reader takes for anything but text.
    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count > 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }

    private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    private func singleQuoted(_ text: String) -> String? {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !Self.isSpecial($0) }) else { return nil }
        return "'" + text.replacing("'", with: "''") + "'"
    }

    private func doubleQuoted(_ text: String) -> String { text.doubleQuoted(escaping: Self.isSpecial) }

    /// Lines behind a `|`; `nil` for a text that cannot stand there.
    private func literal(_ text: String, indent: Int) -> String? {
        let allowed = text.unicodeScalars.allSatisfy {
            ($0.value >= 0x20 || $0 == "\n" || $0 == "\t") && !Self.isSpecial($0)
        }
        guard allowed, let first = text.first, first != " ", first != "\n", first != "\t", !text.hasSuffix("\n\n"),
            !text.hasSuffix(" ")
        else { return nil }
        let margin = String(repeating: " ", count: max(indent, 0) + unit)
        let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : margin + $0
        }
        return (text.hasSuffix("\n") ? "|\n" : "|-\n") + lines.joined(separator: "\n")
    }
}
