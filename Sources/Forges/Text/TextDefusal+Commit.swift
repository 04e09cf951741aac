internal import Basics

/// Text of a task's within a commit message, where more words have power than in a pull request.
extension TextDefusal {
    /// What makes a build server look away, in any case and with any of these words between brackets.
    private static let quietWords: Set<String> = [
        "skip ci", "ci skip", "no ci", "skip actions", "actions skip", "skip-ci", "ci-skip", "skip cd", "cd skip",
    ]

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

    static func withoutQuietWords(_ text: String) -> String {
        var output = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            output += rest[...open]
            rest = rest[rest.index(after: open)...]
            guard let close = rest.prefix(24).firstIndex(of: "]") else { continue }
            let words = rest[..<close].split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
            if quietWords.contains(words) { output.unicodeScalars.append(breaker) }
        }
        return (output + rest).replacing("***NO_CI***", with: "***NO\u{200B}_CI***")
    }

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
