internal import Basics
internal import Model

/// Takes the power out of words that forges act upon, without a reader seeing it.
///
/// A zero-width space behind `@` or `#`, or within a closing word, is enough: the forge no longer finds what it
/// looks for, and the text looks as it was written.
package enum TextDefusal {
    package static let breaker = ServiceCommands.breaker

    /// GitHub's and GitLab's words for "this ends that issue".
    private static let closingWords = [
        "closing", "closed", "closes", "close", "fixing", "fixed", "fixes", "fix", "resolving", "resolved",
        "resolves", "resolve", "implementing", "implemented", "implements", "implement",
    ].map { Array($0.unicodeScalars) }

    /// Text for a title or a commit message: mentions, references, closing words and `[skip ci]` do nothing.
    package static func plain(_ text: String) -> String {
        let scalars = Array(TextCleaning.clean(text).unicodeScalars)
        var output = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if let end = urlEnd(scalars, index) {
                output.append(contentsOf: scalars[index..<end])
                index = end
                continue
            }
            output.append(scalars[index])
            if needsBreak(scalars, index, mentionsToo: true) { output.append(breaker) }
            index += 1
        }
        return withoutServiceWords(String(output))
    }

    /// Text that people may copy, such as code: only what could close an issue or act on a service is taken apart.
    static func code(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var output = String.UnicodeScalarView()
        for index in scalars.indices {
            output.append(scalars[index])
            if startsClosing(scalars, index) { output.append(breaker) }
        }
        return withoutServiceWords(String(output))
    }

    /// Whether something has to be put behind the scalar at that place.
    static func needsBreak(_ scalars: [Unicode.Scalar], _ index: Int, mentionsToo: Bool) -> Bool {
        let next = index + 1 < scalars.count ? scalars[index + 1] : " "
        let before = index > 0 ? scalars[index - 1] : " "
        switch scalars[index] {
        case "@":
            return mentionsToo && !isWord(before)
                && (isWord(next) || next == "@" || next == "." || next.value > 127)
        // behind `#` trackers read commands, too: `ABC-1 #close`
        case "#": return isDigit(next) || isWord(next) && next != "_" && !isWord(before)
        case "!": return isDigit(next)
        case "&", "%", "$", "~": return isDigit(next) && !isWord(before)
        case "-": return isDigit(next) && isShortReference(scalars, index)
        default: return startsClosing(scalars, index)
        }
    }

    /// Where the web address ends that begins there; such a text is a link, in which forges look for nothing.
    static func urlEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        guard scalars[start] == "h" || scalars[start] == "H", start == 0 || !isWord(scalars[start - 1]) else {
            return nil
        }
        guard let scheme = ["https://", "http://"].first(where: { matches(scalars, start, $0) }) else {
            return nil
        }
        let hostStart = start + scheme.unicodeScalars.count
        var end = hostStart
        while end < scalars.count, isHostScalar(scalars[end]) { end += 1 }
        // Without a dot in its host no forge makes a link of it, and would look for mentions inside.
        guard let dot = scalars[hostStart..<end].firstIndex(of: "."), dot > hostStart, dot + 1 < end,
            end == scalars.count || !isURLScalar(scalars[end]) || "/?#:.,".unicodeScalars.contains(scalars[end])
        else { return nil }
        while end < scalars.count, isURLScalar(scalars[end]) { end += 1 }
        while end > hostStart, ".,;:!?)'*_~".unicodeScalars.contains(scalars[end - 1]) { end -= 1 }
        return end
    }

    private static func isHostScalar(_ scalar: Unicode.Scalar) -> Bool {
        (isWord(scalar) && scalar != "_") || scalar == "-" || scalar == "."
    }

    /// `GH-` before a number.
    private static func isShortReference(_ scalars: [Unicode.Scalar], _ dash: Int) -> Bool {
        dash >= 2 && matches(scalars, dash - 2, "gh") && (dash == 2 || !isWord(scalars[dash - 3]))
    }

    /// Whether a closing word with something to close behind it begins there.
    private static func startsClosing(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        guard index == 0 || !isWord(scalars[index - 1]), "cfriCFRI".unicodeScalars.contains(scalars[index]) else {
            return false
        }
        for word in closingWords where matches(scalars, index, word) {
            let end = index + word.count
            guard end < scalars.count, !isWord(scalars[end]) else { continue }
            return isReference(scalars, skipFiller(scalars, end))
        }
        return false
    }

    /// Passes over what forges and Markdown allow between a closing word and its reference.
    private static func skipFiller(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
        var index = start
        let limit = min(scalars.count, start + 40)
        while index < limit {
            if let word = ["issues", "issue"].first(where: { matches(scalars, index, $0) }) {
                index += word.count
            } else if scalars[index].properties.isWhitespace
                || !isWord(scalars[index])
                    && !["#", "!"].contains(scalars[index])
            {
                index += 1
            } else {
                break
            }
        }
        return index
    }

    private static func isReference(_ scalars: [Unicode.Scalar], _ start: Int) -> Bool {
        guard start < scalars.count else { return false }
        if matches(scalars, start, "http://") || matches(scalars, start, "https://") { return true }
        // `#1`, `!1`, `owner/name#1`, `GH-1`, `PROJECT-1`.
        var index = start
        let limit = min(scalars.count, start + 200)
        while index < limit, isWord(scalars[index]) || "./-".unicodeScalars.contains(scalars[index]) { index += 1 }
        if index < limit, scalars[index] == "#" || scalars[index] == "!" {
            return index + 1 < scalars.count && isDigit(scalars[index + 1])
        }
        let word = scalars[start..<index]
        guard let dash = word.firstIndex(of: "-"), dash > start, dash + 1 < index else { return false }
        return isDigit(scalars[dash + 1]) && word[..<dash].allSatisfy { isWord($0) }
    }

    static func matches(_ scalars: [Unicode.Scalar], _ start: Int, _ text: String) -> Bool {
        matches(scalars, start, Array(text.unicodeScalars))
    }

    private static func matches(_ scalars: [Unicode.Scalar], _ start: Int, _ text: [Unicode.Scalar]) -> Bool {
        guard start >= 0, start + text.count <= scalars.count else { return false }
        return zip(scalars[start...], text).allSatisfy { lower($0) == $1 }
    }

    private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isURLScalar(_ scalar: Unicode.Scalar) -> Bool {
        isWord(scalar) || "-._~:/?#@!$&'()+,;=%".unicodeScalars.contains(scalar)
    }
}
