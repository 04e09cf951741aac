internal import Basics
internal import Paths

/// One line of a `.gitignore`, matched as git matches it.
struct IgnorePattern: Sendable {
    /// `!pattern`: takes an earlier line back.
    let isNegated: Bool
    private let onlyDirectories: Bool
    /// Whether the pattern has a slash, and so names a path from the file's directory on.
    private let isAnchored: Bool
    private let glob: [UInt8]

    /// `nil` for comments and empty lines.
    init?(line: some Collection<UInt8>) {
        var text = Array(line)
        if text.last == 0x0D { text.removeLast() }
        guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
        Self.trimSpaces(&text)
        isNegated = text.first == UInt8(ascii: "!")
        if isNegated { text.removeFirst() }
        onlyDirectories = text.last == RepoPath.separator
        if onlyDirectories { text.removeLast() }
        isAnchored = text.contains(RepoPath.separator)
        if text.first == RepoPath.separator { text.removeFirst() }
        guard !text.isEmpty else { return nil }
        glob = text
    }

    /// Spaces at the end go, unless a backslash keeps them.
    private static func trimSpaces(_ text: inout [UInt8]) {
        while text.last == 0x20 {
            let slashes = text.dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count
            if slashes % 2 == 1 { return }
            text.removeLast()
        }
    }

    /// `path`: relative to the directory of the file that holds the line.
    func matches(_ path: ArraySlice<UInt8>, isDirectory: Bool) -> Bool {
        if onlyDirectories && !isDirectory { return false }
        if isAnchored { return Self.matches(glob[...], path) }
        let name = path.lastIndex(of: RepoPath.separator).map { path[($0 + 1)...] } ?? path
        return Self.matches(glob[...], name)
    }

    /// Git's wildmatch with path names: `*` stays in a component, `**` between slashes spans any number.
    ///
    /// Each star remembers where it began; an outer one is tried further only by itself, so that hostile lines
    /// cost at most the product of both lengths for each `**`.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var steps = 100_000
        return match(pattern, text, isAtStart: true, &steps)
    }

    private static func match(
        _ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, isAtStart: Bool, _ steps: inout Int
    ) -> Bool {
        var (pattern, text, isAtStart) = (pattern, text, isAtStart)
        while let byte = pattern.first {
            steps -= 1
            guard steps > 0 else { return false }
            switch byte {
            case UInt8(ascii: "*"): return matchStar(pattern, text, isAtStart: isAtStart, &steps)
            case UInt8(ascii: "?"):
                guard let other = text.first, other != RepoPath.separator else { return false }
                (pattern, text) = (pattern.dropFirst(), text.dropFirst())
            case UInt8(ascii: "["):
                guard let other = text.first, other != RepoPath.separator,
                    let (holds, rest) = IgnoreClass.matches(other, pattern.dropFirst()), holds
                else { return false }
                (pattern, text) = (rest, text.dropFirst())
            default:
                if byte == UInt8(ascii: "\\") { pattern = pattern.dropFirst() }
                guard let wanted = pattern.first, wanted == text.first else { return false }
                (pattern, text) = (pattern.dropFirst(), text.dropFirst())
            }
            isAtStart = byte == RepoPath.separator
        }
        return text.isEmpty
    }

    private static func matchStar(
        _ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, isAtStart: Bool, _ steps: inout Int
    ) -> Bool {
        let rest = pattern.drop { $0 == UInt8(ascii: "*") }
        let stars = rest.startIndex - pattern.startIndex
        let spans = stars == 2 && isAtStart && (rest.isEmpty || rest.first == RepoPath.separator)
        if spans, rest.isEmpty { return true }
        // '**/' is nothing at all, too.
        if spans, match(rest.dropFirst(), text, isAtStart: true, &steps) { return true }
        var place = text
        while true {
            if match(rest, place, isAtStart: false, &steps) { return true }
            guard steps > 0, let byte = place.first, spans || byte != RepoPath.separator else { return false }
            place = place.dropFirst()
        }
    }
}

/// A class such as `[a-z]` or `[![:space:]]`.
enum IgnoreClass {
    /// Whether the byte is in it, and what comes behind; `nil` for a class that never ends.
    static func matches(_ byte: UInt8, _ pattern: ArraySlice<UInt8>) -> (Bool, ArraySlice<UInt8>)? {
        var rest = pattern
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest = rest.dropFirst() }
        var found = false
        var isFirst = true
        while let next = rest.first, next != UInt8(ascii: "]") || isFirst {
            isFirst = false
            if next == UInt8(ascii: "["), rest.dropFirst().first == UInt8(ascii: ":") {
                guard let (holds, behind) = named(byte, rest.dropFirst(2)) else { return nil }
                (found, rest) = (found || holds, behind)
                continue
            }
            guard let low = take(&rest) else { return nil }
            // Its beginning counts even where a range runs backwards.
            if low == byte { found = true }
            if rest.first == UInt8(ascii: "-"), let after = rest.dropFirst().first, after != UInt8(ascii: "]") {
                rest = rest.dropFirst()
                guard let high = take(&rest) else { return nil }
                if low <= high, (low...high).contains(byte) { found = true }
            }
        }
        return rest.isEmpty ? nil : (found != isNegated, rest.dropFirst())
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        if rest.first == UInt8(ascii: "\\") { rest = rest.dropFirst() }
        return rest.popFirst()
    }

    private static func named(_ byte: UInt8, _ rest: ArraySlice<UInt8>) -> (Bool, ArraySlice<UInt8>)? {
        guard let end = rest.firstIndex(of: UInt8(ascii: ":")), end + 1 < rest.endIndex,
            rest[end + 1] == UInt8(ascii: "]")
        else { return nil }
        let isUpper = (65...90).contains(byte)
        let isLower = (97...122).contains(byte)
        let isDigit = (48...57).contains(byte)
        let holds =
            switch String(decoding: rest[..<end], as: UTF8.self) {
            case "alpha": isUpper || isLower
            case "digit": isDigit
            case "alnum": isUpper || isLower || isDigit
            case "upper": isUpper
            case "lower": isLower
            case "space": byte == 32 || (9...13).contains(byte)
            case "blank": byte == 32 || byte == 9
            case "punct": (33...126).contains(byte) && !(isUpper || isLower || isDigit)
            case "xdigit": isDigit || (65...70).contains(byte) || (97...102).contains(byte)
            case "print": (32...126).contains(byte)
            case "graph": (33...126).contains(byte)
            case "cntrl": byte < 32 || byte == 127
            default: false
            }
        return (holds, rest[(end + 2)...])
    }
}
