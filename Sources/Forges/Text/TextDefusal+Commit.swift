internal import Basics

/// Text of a task's within a commit message, where more words have power than in a pull request.
extension TextDefusal {
    /// The subject on one line of at most so many characters.
    package static func commitSubject(_ prefix: String, _ text: String, limit: Int) -> String {
        let line = plain(TextCleaning.oneLine(text))
        return prefix + TextCleaning.shortened(line, to: limit)
    }

    /// Paragraphs in which nothing closes, mentions, skips a build or passes for a trailer.
    package static func commitBody(_ text: String) -> String {
        plain(text).split(separator: "\n", omittingEmptySubsequences: false)
            .map { withoutTrailer(String($0)) }.joined(separator: "\n")
    }

    /// A value of a trailer that Leviathan writes, on one line.
    package static func trailerValue(_ text: String) -> String { plain(TextCleaning.oneLine(text)) }

    /// A line such as `Signed-off-by: …` no longer begins with a name that tools look for.
    private static func withoutTrailer(_ line: String) -> String {
        guard let colon = line.firstIndex(of: ":") else { return line }
        // Git takes spaces before the colon, too.
        let name = line[..<colon].split(separator: " ", omittingEmptySubsequences: false).reversed()
            .drop(while: \.isEmpty).reversed().joined(separator: " ")
        let isName =
            name.contains("-") && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isName || ["BREAKING CHANGE", "BREAKING-CHANGE"].contains(name) else { return line }
        return String(line[..<colon]) + String(Character(breaker)) + line[colon...]
    }
}
