/// Many patterns asked as one: only those whose fixed beginning and end fit a path are walked.
package struct PathPatternSet: Sendable {
    /// One brace-free spelling of a pattern.
    private struct Entry: Sendable {
        let glob: Wildmatch
        /// Whether beginning and end alone decide, as in `docs/` and `docs/**/*.md`.
        let endsDecide: Bool

        init(_ spelling: String, pattern: String) throws(PathPatternError) {
            glob = try Wildmatch(spelling: spelling, of: pattern)
            let (prefix, suffix) = (glob.literalPrefix, glob.literalSuffix)
            endsDecide =
                (prefix.isEmpty || prefix.last == RepoPath.separator) && !suffix.contains(RepoPath.separator)
                && spelling.utf8.dropFirst(prefix.count).elementsEqual(Array("**/*".utf8) + suffix)
        }

        func matches(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
            guard glob.fits(path) else { return false }
            switch glob.kind {
            case .exact: return path.count == glob.literalPrefix.count
            case .subtree: return path.count > glob.literalPrefix.count
            case .wildcard: return endsDecide || glob.matches(path)
            }
        }
    }

    private let patterns: [PathPattern]
    /// By the first byte of what every match begins with.
    private let byFirstByte: [[Entry]]
    /// Those that begin with a wildcard.
    private let others: [Entry]

    package init(_ patterns: [PathPattern]) {
        self.patterns = patterns
        var table = [[Entry]](repeating: [], count: 256)
        var others: [Entry] = []
        for pattern in patterns {
            // A pattern that exists was expanded and compiled before.
            for spelling in (try? BraceExpansion.expand(pattern.text)) ?? [pattern.text] {
                guard let entry = try? Entry(spelling, pattern: pattern.text) else { continue }
                if let first = entry.glob.literalPrefix.first {
                    table[Int(first)].append(entry)
                } else {
                    others.append(entry)
                }
            }
        }
        (byFirstByte, self.others) = (table, others)
    }

    package func matches(_ path: RepoPath) -> Bool {
        path.bytes.withUnsafeBufferPointer { bytes in
            for entry in byFirstByte[Int(bytes[0])] where entry.matches(bytes) { return true }
            for entry in others where entry.matches(bytes) { return true }
            return false
        }
    }

    /// Whether patterns that forbid mean the path (`PathPattern.forbids`).
    package func forbids(_ path: RepoPath) -> Bool {
        if patterns.isEmpty { return false }
        if matches(path) { return true }
        let spellings = PathFolding.spellings(of: path.bytes)
        return patterns.contains { $0.forbids(spellings: spellings, of: path) }
    }
}
