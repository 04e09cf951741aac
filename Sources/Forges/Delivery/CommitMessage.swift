internal import Basics
package import Model

/// The message of a proposal's commit: subject, the task in words, and trailers that say where the commit comes from.
package struct CommitMessage: Hashable, Sendable {
    package let subject: String
    /// The whole message, its subject included.
    package let text: String

    /// `changeID` is the name that a change has at Gerrit, where it goes there.
    package init(
        _ task: BacklogTask, scope: String, trailers: [(name: String, value: String)], changeID: String? = nil
    ) {
        subject = TextDefusal.commitSubject(Self.prefix(of: scope) + ": ", task.displayTitle, limit: 100)
        var paragraphs = [subject]
        if let details = task.details.map(Self.body), !details.isEmpty { paragraphs.append(details) }
        paragraphs.append(
            trailers.map { "\($0.name): \(TextDefusal.trailerValue($0.value))" }.joined(separator: "\n"))
        let message = paragraphs.joined(separator: "\n\n") + "\n"
        text = changeID.map { GerritChangeID.adding($0, to: message) } ?? message
    }

    private init(subject: String, text: String) { (self.subject, self.text) = (subject, text) }

    /// What follows the subject: all that reviewers see where the message is their only text.
    package var body: String { String(text.dropFirst(subject.count).drop { $0.isNewline }) }

    /// The same message with the committer's word that they may contribute it.
    package func signedOff(by committer: String, _ email: String) -> CommitMessage {
        CommitMessage(subject: subject, text: SignOff.adding(name: committer, email: email, to: text))
    }

    private static func prefix(of scope: String) -> String {
        switch scope {
        case "docs": "docs"
        case "tests", "test": "test"
        case "dependencies", "deps": "build(deps)"
        case "ci": "ci"
        case "infra": "chore(infra)"
        default: "chore"
        }
    }

    /// A description as paragraphs of 72 columns; no line of it can pass for a trailer or a comment.
    private static func body(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(100).map { line in
            var (lines, current) = ([String](), "")
            for word in line.split(separator: " ") {
                if !current.isEmpty && current.count + word.count + 1 > 72 {
                    lines.append(current)
                    current = ""
                }
                current += (current.isEmpty ? "" : " ") + word
            }
            return (lines + [current]).joined(separator: "\n")
        }.joined(separator: "\n")
        return TextDefusal.commitBody(lines).paragraphs.joined(separator: "\n\n")
    }
}
