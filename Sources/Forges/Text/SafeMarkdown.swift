internal import Basics

/// Markdown made from text that must not act as Markdown.
enum SafeMarkdown {
    private static let escaped = Set("\\`*_[]|~$".unicodeScalars)

    /// One line of text that looks as written, in code spans too.
    static func inline(_ text: String) -> String {
        let line = TextCleaning.oneLine(text)
        var output = ""
        var rest = line[...]
        // A code span is kept where it begins and ends on the line and holds nothing that could end it.
        while let open = rest.firstIndex(of: "`") {
            let inside = rest[rest.index(after: open)...]
            guard let close = inside.firstIndex(of: "`"), close > inside.startIndex else {
                output += prose(String(rest[...open]))
                rest = inside
                continue
            }
            output += prose(String(rest[..<open])) + code(String(inside[..<close]))
            rest = inside[inside.index(after: close)...]
        }
        return output + prose(String(rest))
    }

    /// A code span that shows exactly the text, whatever it holds; in a table too.
    static func code(_ text: String) -> String {
        let line = TextDefusal.code(visible(text))
        var fence = "`"
        while line.contains(fence) { fence += "`" }
        let pad = line.hasPrefix("`") || line.hasSuffix("`") ? " " : ""
        return fence + pad + line.replacing("|", with: "\\|") + pad + fence
    }

    /// Paragraphs, lists and code blocks; everything else is shown as it was written.
    static func block(_ text: String) -> String {
        var lines = TextCleaning.clean(text).split(separator: "\n", omittingEmptySubsequences: false)[...]
        var output: [String] = []
        while let line = lines.popFirst() {
            let content = line.drop { $0 == " " || $0 == "\t" }
            if content.hasPrefix("```"), let end = lines.firstIndex(where: { isFence($0) }) {
                output.append(codeBlock(lines[..<end].map { String($0) }))
                lines = lines[(end + 1)...]
            } else if content.isEmpty {
                if output.last?.isEmpty == false { output.append("") }
            } else {
                output.append(Self.line(String(content)))
            }
        }
        while output.last?.isEmpty == true { output.removeLast() }
        return output.joined(separator: "\n")
    }

    static func table(_ columns: [String], _ rows: [[String]]) -> String {
        let rule = "|" + String(repeating: " --- |", count: columns.count)
        return
            (["| " + columns.joined(separator: " | ") + " |", rule]
            + rows.map { "| " + $0.joined(separator: " | ") + " |" }).joined(separator: "\n")
    }

    private static func isFence(_ line: Substring) -> Bool {
        line.drop { $0 == " " || $0 == "\t" }.hasPrefix("```")
    }

    private static func codeBlock(_ lines: [String]) -> String {
        let text = lines.map { TextDefusal.code($0) }.joined(separator: "\n")
        var fence = "```"
        while text.contains(fence) { fence += "`" }
        return "\(fence)text\n\(text)\n\(fence)"
    }

    /// A line with its list mark, if it has one; nothing else at its start means anything.
    private static func line(_ content: String) -> String {
        if let first = content.first, "-*+".contains(first), content.dropFirst().first == " " {
            return "- " + inert(String(content.dropFirst(2)))
        }
        let digits = content.prefix { $0.isASCII && $0.isNumber }
        let rest = content.dropFirst(digits.count)
        if (1...3).contains(digits.count), let mark = rest.first, mark == "." || mark == ")",
            rest.dropFirst().first == " "
        {
            return "\(digits). " + inert(String(rest.dropFirst(2)))
        }
        return inert(content)
    }

    /// Inline text that begins no heading, list, quotation or command.
    private static func inert(_ content: String) -> String {
        let safe = inline(content)
        guard let first = safe.first else { return safe }
        if "#+-=/:".contains(first) { return "\\" + safe }
        let digits = safe.prefix { $0.isASCII && $0.isNumber }
        if !digits.isEmpty, let mark = safe.dropFirst(digits.count).first, mark == "." || mark == ")" {
            return digits + "\\" + safe.dropFirst(digits.count)
        }
        return safe
    }

    private static func prose(_ text: String) -> String {
        let scalars = Array(TextDefusal.withoutServiceWords(text).unicodeScalars)
        var output = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if let end = TextDefusal.urlEnd(scalars, index) {
                // Ampersands may stay bare: no entity can stand in what is a link's text and target at once.
                output.append(contentsOf: scalars[index..<end])
                index = end
                continue
            }
            append(scalars[index], to: &output)
            if TextDefusal.needsBreak(scalars, index, mentionsToo: true) { output.append(TextDefusal.breaker) }
            index += 1
        }
        return String(output)
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout String.UnicodeScalarView) {
        switch scalar {
        case "<": output.append(contentsOf: "&lt;".unicodeScalars)
        case ">": output.append(contentsOf: "&gt;".unicodeScalars)
        case "&": output.append(contentsOf: "&amp;".unicodeScalars)
        default:
            if escaped.contains(scalar) { output.append("\\") }
            output.append(scalar)
        }
    }

    /// The text on one line with everything that cannot be seen made visible.
    private static func visible(_ text: String) -> String {
        var output = ""
        for scalar in TextCleaning.withoutSecrets(text).unicodeScalars {
            let category = scalar.properties.generalCategory
            let isHidden =
                category == .control || category == .format || category == .lineSeparator
                || category == .paragraphSeparator
            if isHidden {
                output += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
