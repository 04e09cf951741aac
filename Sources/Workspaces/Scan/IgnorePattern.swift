internal import Basics
internal import Paths

/// One line of a `.gitignore`, matched as git matches it.
struct IgnorePattern: Sendable {
    /// `!pattern`: takes an earlier line back.
    let isNegated: Bool
    private let onlyDirectories: Bool
    /// Whether the pattern has a slash, and so names a path from the file's directory on.
    private let isAnchored: Bool
    /// `nil` for what git takes to match nothing, such as a class that is not closed.
    private let wildmatch: Wildmatch?

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
        wildmatch = try? Wildmatch(text, .git)
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
        let isWhole = isAnchored || !path.contains(RepoPath.separator)
        let text =
            isWhole ? path : path[(path.lastIndex(of: RepoPath.separator) ?? path.startIndex)...].dropFirst()
        return wildmatch?.matches(text) ?? false
    }
}
