internal import Basics
internal import Editing

/// The versions that a manifest allows, such as `^1.2`, `>=2.0,<3` or `1.*`.
package enum VersionRange {
    private struct Clause {
        let mark: String
        let markRange: Range<String.Index>
        let version: Substring
    }

    /// The range with its operators, and the named version in it; `nil` where only a person can say how.
    ///
    /// An upper bound that would shut the version out moves to the next version of its own kind: `<3` and 3.1 make `<4`.
    package static func updating(_ range: String, to version: String, exactMark: String = "") -> String? {
        let text = range.trimmed
        if ["", "*", "x", "latest"].contains(text.lowercased()) { return exactMark + version }
        guard let clauses = clauses(of: text), !clauses.isEmpty else { return nil }
        var edits: [(range: Range<String.Index>, text: String)] = []
        for clause in clauses {
            guard let replacement = updated(clause, to: version) else { return nil }
            if replacement.mark != clause.mark { edits.append((clause.markRange, replacement.mark)) }
            edits.append((clause.version.startIndex..<clause.version.endIndex, replacement.version))
        }
        var result = text
        for edit in edits.reversed() { result.replaceSubrange(edit.range, with: edit.text) }
        return result
    }

    private static func clauses(of text: String) -> [Clause]? {
        var clauses: [Clause] = []
        var rest = text[...]
        func isMark(_ character: Character) -> Bool { "<>=!~^".contains(character) }
        func isVersion(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber || ".*+-_!".contains(character))
        }
        while !rest.isEmpty {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            guard !rest.isEmpty else { break }
            let mark = rest.prefix(while: isMark)
            rest = rest[mark.endIndex...].drop { $0 == " " || $0 == "\t" }
            let version = rest.prefix(while: isVersion)
            guard marks.contains(String(mark)), let first = version.first, first.isNumber || first == "v" else {
                return nil
            }
            rest = rest[version.endIndex...]
            clauses.append(
                Clause(mark: String(mark), markRange: mark.startIndex..<mark.endIndex, version: version))
            guard rest.first.map({ ", \t".contains($0) }) ?? true else { return nil }
        }
        return clauses
    }

    private static let marks = ["", "=", "==", "===", "~=", "!=", "<", "<=", ">", ">=", "^", "~", "~>"]

    private static func updated(_ clause: Clause, to version: String) -> (mark: String, version: String)? {
        let old = String(clause.version)
        switch clause.mark {
        case "!=": return VersionOrder.compare(old, version) == 0 ? nil : (clause.mark, old)
        case "<":
            return (
                clause.mark, VersionOrder.compare(version, old) < 0 ? old : nextBound(like: old, above: version)
            )
        case "<=": return (clause.mark, VersionOrder.compare(version, old) <= 0 ? old : version)
        case ">": return (">=", version)
        case "~=", "~>": return (clause.mark, shortened(version, like: old))
        default: return (clause.mark, wildcard(like: old, for: version) ?? version)
        }
    }

    /// `~=1.4` for 2.3.4 is `~=2.3`: with a third number it would shut out 2.4 as well, which was allowed before.
    private static func shortened(_ version: String, like old: String) -> String {
        let isPlain = { (text: String) in text.allSatisfy { $0.isNumber || $0 == "." } }
        let parts = old.split(separator: ".").count
        guard isPlain(old), isPlain(version), parts > 1 else { return version }
        return version.split(separator: ".").prefix(parts).joined(separator: ".")
    }

    /// `1.*` for 2.3.4 is `2.*`.
    private static func wildcard(like old: String, for version: String) -> String? {
        let parts = old.split(separator: ".")
        guard let place = parts.firstIndex(where: { $0 == "*" || $0 == "x" || $0 == "X" }), place > 0 else {
            return nil
        }
        let kept = version.split(separator: ".").prefix(place)
        return kept.joined(separator: ".") + "." + parts[place...].joined(separator: ".")
    }

    /// The next major, minor or patch version, as many parts long as the bound before.
    private static func nextBound(like old: String, above version: String) -> String {
        let oldParts = VersionOrder.numbers(old)
        let parts = VersionOrder.numbers(version)
        let place = oldParts.lastIndex { $0 != 0 } ?? 0
        var next = (0..<max(oldParts.count, place + 1)).map { $0 < parts.count ? $0 <= place ? parts[$0] : 0 : 0 }
        next[place] += 1
        return next.map(String.init).joined(separator: ".")
    }
}

/// Which of two versions comes first, by their numbers.
package enum VersionOrder {
    package static func numbers(_ version: String) -> [Int] {
        let plain = version.first == "v" ? version.dropFirst() : version[...]
        let release = plain.prefix { $0.isNumber || $0 == "." }
        return release.split(separator: ".").map { Int($0) ?? 0 }
    }

    /// Below zero where the first one comes first.
    package static func compare(_ left: String, _ right: String) -> Int {
        let (first, second) = (numbers(left), numbers(right))
        for index in 0..<max(first.count, second.count) {
            let difference = (index < first.count ? first[index] : 0) - (index < second.count ? second[index] : 0)
            if difference != 0 { return difference }
        }
        return left == right ? 0 : rank(left) - rank(right)
    }

    /// Numbers alone, or with what says that it is one of those.
    package static func isStable(_ version: String) -> Bool {
        let plain = version.first == "v" ? version.dropFirst() : version[...]
        guard plain.first?.isNumber == true else { return false }
        let suffix = plain.drop { $0.isASCII && ($0.isNumber || $0 == ".") }
        return suffix.isEmpty || suffix.first == "+" || suffix.hasPrefix("post")
    }

    /// A version with a letter behind its numbers, such as `2.0rc1`, comes before the one without.
    private static func rank(_ version: String) -> Int {
        let plain = version.first == "v" ? version.dropFirst() : version[...]
        let suffix = plain.drop { $0.isNumber || $0 == "." }
        return suffix.isEmpty || suffix.first == "+" || suffix.hasPrefix("post") ? 1 : 0
    }
}
