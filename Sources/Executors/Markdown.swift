internal import Basics

/// Pieces of Markdown.
enum Markdown {
    /// One line of text: line breaks become spaces.
    static func inline(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ").trimmed
    }

    /// The anchor that forges give to a heading.
    static func anchor(_ heading: String) -> String {
        String(
            heading.lowercased().compactMap {
                $0.isLetter || $0.isNumber || $0 == "_" ? $0 : $0 == " " || $0 == "-" ? "-" : nil
            })
    }

    /// A table whose cells cannot break out of their column.
    static func table(columns: [String], rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { inline($0).replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let rule = "|" + String(repeating: " --- |", count: columns.count)
        return ([line(columns), rule] + rows.map(line)).joined(separator: "\n")
    }

    /// A fenced block whose fence is longer than any in the text.
    static func codeBlock(_ text: String, language: String) -> String {
        var fence = "```"
        while text.contains(fence) { fence += "`" }
        return "\(fence)\(inline(language))\n\(text.hasSuffix("\n") ? text : text + "\n")\(fence)"
    }
}
