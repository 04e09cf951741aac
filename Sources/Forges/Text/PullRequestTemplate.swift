internal import Basics

/// A repository's own pull-request template, and where Leviathan's part goes into it.
package struct PullRequestTemplate {
    /// Where a forge looks for it, the first place first; names count in any case.
    package static func places(_ kind: ForgeKind) -> [String] {
        let name = "pull_request_template.md"
        switch kind {
        case .github: return [".github/", "", "docs/"].map { $0 + name }
        case .gitlab: return [".gitlab/merge_request_templates/default.md"]
        case .gitea: return [".gitea/", ".forgejo/", ".github/", "", "docs/"].map { $0 + name }
        case .gerrit, .plain: return []
        }
    }

    /// Where a template asks for exactly this.
    private static let placeholder = "<!-- leviathan -->"
    private static let longest = 16_384

    /// Headings under which people say what a change is.
    private static let headings = [
        "description", "summary", "what", "changes", "what does this", "overview", "proposed change", "motivation",
        "what & why", "what and why", "purpose",
    ]

    private let text: String

    init(_ text: String) {
        self.text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.longest)))
    }

    func filled(with part: String) -> String {
        guard text.contains(where: { !$0.isWhitespace }) else { return part + "\n" }
        if let place = text.firstRange(of: Self.placeholder) {
            let before = String(text[..<place.lowerBound])
            guard !Self.swallows(before) else { return part + "\n\n" + text }
            return before + part + text[place.upperBound...]
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if let heading = lines.firstIndex(where: Self.asksForDescription),
            !Self.swallows(lines[...heading].joined(separator: "\n"))
        {
            return (lines[...heading] + ["", part[...], ""] + lines[(heading + 1)...]).joined(separator: "\n")
        }
        // What is left open at the end of the template would hide what follows it.
        return Self.swallows(text) ? part + "\n\n" + text : text + "\n\n---\n\n" + part + "\n"
    }

    private static func asksForDescription(_ line: Substring) -> Bool {
        guard line.hasPrefix("#") else { return false }
        let words = line.drop { $0 == "#" }.drop { !$0.isLetter && !$0.isNumber }.lowercased()
        return headings.contains { words.hasPrefix($0) }
    }

    /// Whether the text ends within a comment or a code block.
    private static func swallows(_ text: String) -> Bool {
        var rest = text[...]
        while let open = rest.firstRange(of: "<!--") {
            guard let close = rest[open.upperBound...].firstRange(of: "-->") else { return true }
            rest = rest[close.upperBound...]
        }
        let fences = text.split(whereSeparator: \.isNewline).filter { line in
            let content = line.drop { $0 == " " }
            return content.hasPrefix("```") || content.hasPrefix("~~~")
        }
        return !fences.count.isMultiple(of: 2)
    }
}
