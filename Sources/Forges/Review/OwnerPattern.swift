internal import Basics
internal import Paths

/// A pattern of a `CODEOWNERS` file: like one of `.gitignore`, without exceptions.
struct OwnerPattern: Sendable {
    private static let longest = 1000

    private let pattern: Wildmatch
    /// The same for what lies below; `nil` where a directory that fits does not bring it along.
    private let below: Wildmatch?
    /// The same as patterns of paths, to be held against others; empty where that cannot be said.
    private let reach: [PathPattern]

    /// `nil` for what is no pattern.
    init?(_ text: String, _ dialect: CodeOwners.Dialect) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.longest else { return nil }
        // GitHub takes neither classes nor negation.
        if dialect == .github, bytes[0] == UInt8(ascii: "!") || bytes.contains(UInt8(ascii: "[")) { return nil }
        var names = bytes.split(separator: RepoPath.separator).map { Array($0) }
        let endsInSlash = bytes.last == RepoPath.separator
        let isAnchored: Bool
        let reachesBelow: Bool
        switch dialect {
        case .github:
            // As in .gitignore, a slash anywhere but at the end ties a pattern to the root.
            isAnchored = bytes.dropLast().contains(RepoPath.separator)
            // `docs/*` means what lies directly in it, and no deeper.
            reachesBelow = names.count < 2 || names.last != Array("*".utf8) || endsInSlash
        case .gitlab:
            isAnchored = bytes[0] == RepoPath.separator
            reachesBelow = endsInSlash
        }
        if names.isEmpty { names = [Array("**".utf8)] }
        // What ends in a slash is a directory: only what lies below it is meant.
        if endsInSlash { names.append(Array("*".utf8)) }
        let spelling = Array(names.joined(separator: [RepoPath.separator]))
        guard var tokens = try? Wildmatch.tokens(of: spelling, .owners) else { return nil }
        let text = String(decoding: spelling, as: UTF8.self)
        // What ends in a slash reaches all that lies below it.
        let own = endsInSlash ? [text + "*"] : reachesBelow ? [text, text + "/**"] : [text]
        let places = own + (isAnchored ? [] : own.map { "**/" + $0 })
        let patterns = places.compactMap { try? PathPattern($0) }
        reach = text.contains("{") || text.contains("\\") || patterns.count < places.count ? [] : patterns
        if !isAnchored { tokens.insert(.anyComponents, at: 0) }
        pattern = Wildmatch(tokens)
        below = reachesBelow ? Wildmatch(tokens + [.byte(RepoPath.separator), .anyComponents, .anyRun]) : nil
    }

    func matches(_ path: [UInt8]) -> Bool { pattern.matches(path) || below?.matches(path) == true }

    /// Whether some path may match both; in doubt it does.
    func couldOverlap(_ other: PathPattern) -> Bool {
        reach.isEmpty || reach.contains { $0.couldOverlap(other) }
    }

    /// Whether it matches everything below a directory.
    func coversEverything(below directory: RepoPath) -> Bool {
        reach.contains { $0.coversEverything(below: directory) }
    }
}
