internal import Basics

/// Commands that build services read in the output of a job: text in which they stand does nothing after this.
///
/// Read by GitHub's and Forgejo's runners (`::error::` behind any blanks, `##[group]` anywhere), Azure Pipelines
/// (`##vso[…]`), TeamCity (`##teamcity[…]`), GitLab (`section_start:…`) and Travis (`travis_fold:…`). A zero-width space
/// within the command is enough.
package enum ServiceCommands {
    package static let breaker: Unicode.Scalar = "\u{200B}"

    private static let longestName = 40
    /// With the scalars that stay before the break.
    private static let markers: [(word: [Unicode.Scalar], kept: Int)] = [
        ("section_start:", 7), ("section_end:", 7), ("travis_fold:", 6), ("travis_time:", 6),
    ].map { (Array($0.0.unicodeScalars), $0.1) }

    /// The text with every command broken.
    package static func broken(_ text: String) -> String {
        guard mayHold(text) else { return text }
        let scalars = Array(text.unicodeScalars)
        var output = String.UnicodeScalarView()
        var startsLine = true
        var place = 0
        while place < scalars.count {
            let kept = commandStart(scalars, place, startsLine)
            output.append(contentsOf: scalars[place..<(place + max(kept, 1))])
            if kept > 0 { output.append(breaker) }
            let scalar = scalars[place]
            startsLine = scalar == "\n" || scalar == "\r" || (startsLine && scalar.properties.isWhitespace)
            place += max(kept, 1)
        }
        return String(output)
    }

    /// A JSON document that says the same and holds no command: `##[` and the markers cannot stand in it but within a
    /// string, and no line of it begins with a colon.
    package static func broken(json text: String) -> String {
        guard mayHold(text) else { return text }
        var text = text.replacing("##", with: "#\\u0023")
        for name in ["section_start:", "section_end:", "travis_fold:", "travis_time:"] where text.contains(name) {
            text = text.replacing(name, with: name.replacing("_", with: "\\u005f"))
        }
        return text
    }

    /// How much of a command that begins there comes before the break; 0 where none begins.
    private static func commandStart(_ scalars: [Unicode.Scalar], _ place: Int, _ startsLine: Bool) -> Int {
        let next = place + 1 < scalars.count ? scalars[place + 1] : " "
        switch scalars[place] {
        case "#" where next == "#":
            var end = place + 2
            while end < scalars.count, end - place < longestName, isName(scalars[end]) { end += 1 }
            return end < scalars.count && scalars[end] == "[" ? 1 : 0
        case ":" where startsLine && next == ":":
            return place + 2 < scalars.count && isName(scalars[place + 2]) ? 1 : 0
        case "s", "t", "S", "T":
            return markers.first { matches(scalars, place, $0.word) }?.kept ?? 0
        default: return 0
        }
    }

    private static func matches(_ scalars: [Unicode.Scalar], _ place: Int, _ word: [Unicode.Scalar]) -> Bool {
        guard place + word.count <= scalars.count else { return false }
        return zip(scalars[place...], word).allSatisfy { scalar, wanted in
            scalar == wanted || (scalar.value < 0x80 && scalar.properties.lowercaseMapping == String(wanted))
        }
    }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
            || "._-".unicodeScalars.contains(scalar)
    }

    /// Whether a closer look is needed: most texts have neither two colons, nor two hashes, nor an underscore.
    private static func mayHold(_ text: String) -> Bool {
        var last: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "_") || (byte == last && (byte == 0x23 || byte == 0x3A)) { return true }
            last = byte
        }
        return false
    }
}
