internal import Basics
internal import Paths

/// A pattern of a `CODEOWNERS` file: like one of `.gitignore`, without exceptions.
struct OwnerPattern: Sendable {
    private static let longest = 1000

    private let pattern: Wildmatch
    /// The same for what lies below; `nil` where a directory that fits does not bring it along.
    private let below: Wildmatch?

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
        if !isAnchored { tokens.insert(.anyComponents, at: 0) }
        pattern = Wildmatch(tokens)
        below = reachesBelow ? Wildmatch(tokens + [.byte(RepoPath.separator), .anyComponents, .anyRun]) : nil
    }

    func matches(_ path: [UInt8]) -> Bool { pattern.matches(path) || below?.matches(path) == true }
}
