/// Breaks text into lines that fit.
package enum Wrapping {
    /// Breaks at spaces and indents each line; lines that begin with two spaces stay as they are.
    ///
    /// A word that is wider than a line gets a line of its own, unbroken, so that it can be copied.
    /// Text from outside has to be made safe before, colours are to be added after.
    package static func wrap(_ text: String, width: Int, indent: Int = 0) -> String {
        let margin = String(repeating: " ", count: max(0, indent))
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
            paragraph.hasPrefix("  ") ? [String(paragraph)] : lines(paragraph, width: max(1, width - indent))
        }.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }

    private static func lines(_ paragraph: Substring, width: Int) -> [String] {
        var (lines, line, used) = ([String](), "", 0)
        for word in paragraph.split(separator: " ") {
            let wordWidth = DisplayWidth.of(String(word))
            if !line.isEmpty && used + 1 + wordWidth > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line += (line.isEmpty ? "" : " ") + word
            used += (used == 0 ? 0 : 1) + wordWidth
        }
        return lines + [line]
    }
}
