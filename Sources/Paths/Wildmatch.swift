internal import Basics

/// One pattern with wildcards over paths, compiled.
///
/// Policy patterns, `.gitignore`, `.gitattributes` and `CODEOWNERS` differ in how they are written (`Wildmatch.Dialect`),
/// and are all matched here: byte by byte, and in at most as many steps as the lengths of pattern and path multiplied.
package struct Wildmatch: Sendable {
    package enum Kind: Sendable { case exact, subtree, wildcard }

    package enum Token: Hashable, Sendable {
        case byte(UInt8)
        /// Any number of bytes within a component.
        case anyRun
        /// Zero or more whole components, each with its slash.
        case anyComponents
        /// A byte of a set, which holds no slash.
        case oneOf(ByteSet)
    }

    package let kind: Kind
    /// The bytes every match begins with; for `.exact` all of them.
    package let literalPrefix: [UInt8]
    /// The bytes every match ends with, behind the last wildcard and apart from the beginning.
    package let literalSuffix: [UInt8]
    private let tokens: [Token]

    package init(_ tokens: [Token]) {
        literalPrefix = Self.literals(tokens)
        self.tokens = Array(tokens[literalPrefix.count...])
        literalSuffix = Self.literals(self.tokens.reversed()).reversed()
        let isSubtree =
            self.tokens == [.anyComponents, .anyRun]
            && (literalPrefix.last ?? RepoPath.separator) == RepoPath.separator
        kind = self.tokens.isEmpty ? .exact : isSubtree ? .subtree : .wildcard
    }

    /// Matches nothing but these bytes.
    init(exactly bytes: [UInt8]) {
        (kind, literalPrefix, literalSuffix, tokens) = (.exact, bytes, [], [])
    }

    /// The bytes at the beginning, up to the first wildcard.
    private static func literals(_ tokens: some Sequence<Token>) -> [UInt8] {
        var bytes: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { break }
            bytes.append(byte)
        }
        return bytes
    }

    /// Whether beginning and end are those of every match.
    package func fits(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        let tail = path.count - literalSuffix.count
        guard tail >= literalPrefix.count else { return false }
        for (index, byte) in literalPrefix.enumerated() where path[index] != byte { return false }
        for (index, byte) in literalSuffix.enumerated() where path[tail + index] != byte { return false }
        return true
    }

    package func matches(_ path: [UInt8]) -> Bool { path.withUnsafeBufferPointer { matches($0) } }

    package func matches(_ path: ArraySlice<UInt8>) -> Bool { path.withUnsafeBufferPointer { matches($0) } }

    package func matches(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        guard fits(path) else { return false }
        switch kind {
        case .exact: return path.count == literalPrefix.count
        case .subtree: return path.count > literalPrefix.count
        case .wildcard:
            var steps = 0
            return matchesWildcards(path, &steps)
        }
    }

    /// What finding out takes: each comparison of a token with a byte, and each step back.
    package func steps(on path: [UInt8]) -> Int {
        path.withUnsafeBufferPointer { path in
            var steps = 0
            _ = fits(path) && matchesWildcards(path, &steps)
            return steps
        }
    }

    /// Walks once through the path, remembering only the last `*` and the last `**`.
    ///
    /// That is enough: what stands between two `**` has a fixed number of components, so its first fit is as
    /// good as any later one, and the same holds for what stands between two `*` within a component. So each
    /// component of the pattern is compared with each of the path at most once.
    private func matchesWildcards(_ path: UnsafeBufferPointer<UInt8>, _ steps: inout Int) -> Bool {
        var position = literalPrefix.count
        var token = 0
        var run: (token: Int, position: Int)?
        var components: (token: Int, position: Int)?
        while true {
            steps += 1
            if token == tokens.count {
                if position == path.count { return true }
            } else if case .anyRun = tokens[token] {
                token += 1
                run = (token, position)
                continue
            } else if case .anyComponents = tokens[token] {
                token += 1
                (components, run) = ((token, position), nil)
                continue
            } else if position < path.count, accepts(tokens[token], path[position]) {
                (token, position) = (token + 1, position + 1)
                continue
            }
            if let last = run, last.position < path.count, path[last.position] != RepoPath.separator {
                run = (last.token, last.position + 1)
                (token, position) = (last.token, last.position + 1)
            } else if let last = components,
                let slash = path[last.position...].firstIndex(of: RepoPath.separator)
            {
                components = (last.token, slash + 1)
                (token, position, run) = (last.token, slash + 1, nil)
            } else {
                return false
            }
        }
    }

    private func accepts(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let expected): byte == expected
        case .oneOf(let set): set.contains(byte)
        case .anyRun, .anyComponents: false
        }
    }
}
