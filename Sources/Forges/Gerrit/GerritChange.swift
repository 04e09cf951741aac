internal import Basics
internal import Crypto

/// The name under which Gerrit knows a change through all its versions.
package enum GerritChangeID {
    private static let footer = "Change-Id: "

    /// The same for every attempt at a task, so that a new one becomes a new version of the same change.
    ///
    /// `I` and the first 40 hex digits of the SHA-256 of "leviathan change", project, branch, task and generation,
    /// with a NUL between them. The generation goes up when a task is taken up again after its change was abandoned.
    package static func compute(project: String, branch: String, task: String, generation: Int = 0) -> String {
        let parts = ["leviathan change", project, branch, task, String(generation)]
        return "I" + SHA256.digest(of: parts.joined(separator: "\0")).hex.prefix(40)
    }

    /// The commit message with the footer among its trailers, shortened in its middle where it is too long.
    package static func adding(_ changeID: String, to message: String, limits: TextLimits = TextLimits(.gerrit))
        -> String
    {
        var paragraphs = message.paragraphs.map(String.init)
        while paragraphs.last?.hasSuffix("\n") == true { paragraphs[paragraphs.count - 1].removeLast() }
        let hasTrailers = paragraphs.count > 1 && paragraphs.last.map(isTrailers) == true
        var trailers = hasTrailers ? paragraphs.removeLast().split(separator: "\n").map(String.init) : []
        trailers.removeAll { $0.hasPrefix(footer) }
        trailers.append(footer + changeID)
        let end = "\n\n" + trailers.joined(separator: "\n") + "\n"
        let pointer = "\n\n(Shortened; leviathan has the whole text.)"
        let text = paragraphs.joined(separator: "\n\n")
        let room = limits.body - end.unicodeScalars.count
        guard text.unicodeScalars.count > room else { return text + end }
        return TextCleaning.shortened(text, to: max(1, room - pointer.unicodeScalars.count)) + pointer + end
    }

    /// The Change-Id in a commit message's last paragraph.
    package static func read(_ message: String) -> String? {
        trailers(message).last { $0.hasPrefix(footer) }.map { String($0.dropFirst(footer.count)) }
    }

    static func trailers(_ message: String) -> [Substring] {
        guard let last = message.paragraphs.last else { return [] }
        return last.split(separator: "\n")
    }

    /// Whether every line is `Name: value`, or continues one.
    static func isTrailers(_ paragraph: String) -> Bool {
        paragraph.split(separator: "\n").allSatisfy { line in
            if line.first == " " { return true }
            guard let colon = line.firstRange(of: ": ") else { return false }
            let name = line.prefix(upTo: colon.lowerBound)
            return !name.isEmpty && name.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "-" }
        }
    }
}

/// `Signed-off-by`, by which somebody vouches for where a change comes from.
package enum SignOff {
    /// The message with the line among its trailers; the same message where it has it already.
    package static func adding(name: String, email: String, to message: String) -> String {
        let clean = { (text: String) in TextCleaning.oneLine(text).filter { $0 != "<" && $0 != ">" } }
        let line = "Signed-off-by: \(clean(name)) <\(clean(email))>"
        var body = message
        while body.hasSuffix("\n") { body.removeLast() }
        let trailers = GerritChangeID.trailers(body)
        if trailers.contains(where: { $0 == line }) { return body + "\n" }
        // A message of one paragraph has no trailers: its last line may look like one, and is the subject.
        let paragraphs = body.paragraphs
        let isBlock = paragraphs.count > 1 && GerritChangeID.isTrailers(String(paragraphs.last ?? ""))
        return body + (isBlock ? "\n" : "\n\n") + line + "\n"
    }
}
