internal import Basics

/// How long the texts of a pull request may be, in Unicode scalars.
package struct TextLimits: Hashable, Sendable {
    package let title: Int
    package let body: Int

    package init(title: Int, body: Int) { (self.title, self.body) = (title, body) }

    package init(_ kind: ForgeKind) {
        self =
            switch kind {
            case .github: TextLimits(title: 256, body: 65_536)
            case .gitlab: TextLimits(title: 255, body: 1_048_576)
            case .gitea: TextLimits(title: 255, body: 262_144)
            case .gerrit: TextLimits(title: 72, body: 16_384)
            case .plain: TextLimits(title: 255, body: 1_048_576)
            }
    }
}

/// The title and the text of a pull request, with the marker in it.
package struct PullRequestText: Hashable, Sendable {
    package let title: String
    /// All of it, the repository's own template included.
    package let body: String
    /// What stands between the marker and its end.
    let section: String
    package let marker: PullRequestMarker

    /// Writes the text for the forge's limits, into the repository's own template where it has one.
    package init(_ facts: PullRequestFacts, limits: TextLimits, template: String? = nil) {
        title = Self.title(facts, limits)
        var composed = Composition(facts, title: title, .whole, template)
        for budget in TextBudget.ever where composed.body.unicodeScalars.count > limits.body {
            composed = Composition(facts, title: title, budget, template)
        }
        // A template that leaves no room is no help to anybody.
        if composed.body.unicodeScalars.count > limits.body {
            composed = Composition(facts, title: title, .least, nil)
        }
        (body, section, marker) = (composed.body, composed.section, composed.marker)
    }

    private static func title(_ facts: PullRequestFacts, _ limits: TextLimits) -> String {
        let line = TextCleaning.oneLine(facts.title)
        var limit = limits.title
        var title = TextDefusal.plain(TextCleaning.shortened(line.isEmpty ? facts.task : line, to: limit))
        // Each broken reference makes it a little longer.
        while title.unicodeScalars.count > limits.title, limit > 8 {
            limit -= title.unicodeScalars.count - limits.title
            title = TextDefusal.plain(TextCleaning.shortened(line, to: limit))
        }
        return title
    }

    private struct Composition {
        let section: String
        let marker: PullRequestMarker
        let body: String

        init(_ facts: PullRequestFacts, title: String, _ budget: TextBudget, _ template: String?) {
            section = PullRequestSection(facts, budget).text
            marker = PullRequestMarker(
                task: facts.task, attempt: facts.attempt, title: title, text: section, trace: facts.trace)
            let own = PullRequestText.framed(section, marker)
            body = template.map { PullRequestTemplate($0).filled(with: own) } ?? own + "\n"
        }
    }

    private static func framed(_ section: String, _ marker: PullRequestMarker) -> String {
        "\(marker.text)\n\n\(section)\n\n\(PullRequestMarker.end)"
    }

    // MARK: Bringing an existing text up to date

    /// What has to change about the title and the text of an existing pull request.
    ///
    /// A title that people changed stays theirs, and so does everything around Leviathan's own part of the text;
    /// a text whose marker was removed is theirs altogether. Boxes that people ticked stay ticked.
    package func update(for existing: PullRequest) -> PullRequestUpdate {
        var update = PullRequestUpdate()
        guard let found = PullRequestMarker.find(in: existing.body) else { return update }
        let wroteTitle = found.marker.titleDigest == PullRequestMarker.digest(existing.title)
        if wroteTitle, existing.title != title { update.title = title }
        let isSameText = found.marker.textDigest == marker.textDigest
        guard !isSameText || update.title != nil else { return update }
        let after = existing.body[found.range.upperBound...]
        guard !isSameText else {
            update.body = existing.body[..<found.range.lowerBound] + marker.text + after
            return update
        }
        guard let end = after.firstRange(of: PullRequestMarker.end) else { return update }
        let ticked = Self.ticks(in: after[..<end.lowerBound])
        update.body =
            existing.body[..<found.range.lowerBound] + Self.framed(Self.ticking(section, ticked), marker)
            + after[end.upperBound...]
        return update
    }

    private static func ticks(in text: Substring) -> Set<String> {
        Set(
            text.split(whereSeparator: \.isNewline).compactMap { line in
                ["- [x] ", "- [X] "].contains { line.hasPrefix($0) } ? String(line.dropFirst(6)) : nil
            })
    }

    private static func ticking(_ section: String, _ ticked: Set<String>) -> String {
        section.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isTicked = line.hasPrefix("- [ ] ") && ticked.contains(String(line.dropFirst(6)))
            return isTicked ? "- [x] " + line.dropFirst(6) : String(line)
        }.joined(separator: "\n")
    }
}

/// How much of each part is shown; the next smaller one serves where a forge's limit is passed.
struct TextBudget {
    let files: Int
    let details: Int
    let items: Int
    let itemLength: Int

    static let whole = TextBudget(files: 200, details: 20_000, items: 100, itemLength: 2000)
    static let least = TextBudget(files: 0, details: 0, items: 3, itemLength: 60)
    static let ever = [
        TextBudget(files: 100, details: 8000, items: 60, itemLength: 500),
        TextBudget(files: 50, details: 4000, items: 40, itemLength: 300),
        TextBudget(files: 20, details: 1500, items: 25, itemLength: 150),
        TextBudget(files: 5, details: 500, items: 10, itemLength: 80), least,
    ]
}
