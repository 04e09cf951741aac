internal import Basics

/// A pattern over repository paths, as people write it in a policy.
///
/// `dir/` is the subtree. A pattern with a wildcard is a glob: `*` and `?` stay within one component, `**`
/// spans any number of components, `[a-z]` is one character of a class, `{a,b}` is either. Anything else is
/// exactly one file. All comparison is byte by byte.
package struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    private let alternatives: [Wildmatch]
    /// For paths that were folded; `nil` where the pattern is its own folded spelling.
    private let folded: [Wildmatch]?

    package init(_ text: String) throws(PathPatternError) {
        if let problem = Self.problem(in: text) { throw PathPatternError(pattern: text, problem: problem) }
        self.text = text
        alternatives = try Self.compile(text)
        folded = try Self.folded(text)
    }

    package var description: String { text }

    /// Whether the pattern names exactly one file.
    package var isLiteral: Bool { alternatives.count == 1 && alternatives[0].kind == .exact }

    package func matches(_ path: RepoPath) -> Bool {
        for glob in alternatives where glob.matches(path.bytes) { return true }
        return false
    }

    /// Whether a pattern that forbids means the path: it matches, or would match what some file system takes it for.
    package func forbids(_ path: RepoPath) -> Bool {
        matches(path) || forbids(spellings: PathFolding.spellings(of: path.bytes), of: path)
    }

    func forbids(spellings: [[UInt8]], of path: RepoPath) -> Bool {
        guard !spellings.isEmpty || folded != nil else { return false }
        let globs = folded ?? alternatives
        return (spellings.isEmpty ? [path.bytes] : spellings).contains { spelling in
            globs.contains { $0.matches(spelling) }
        }
    }

    package static func == (left: PathPattern, right: PathPattern) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// A range from capital to small letters has no folded spelling, and would not mean what it seems to.
    private static func folded(_ text: String) throws(PathPatternError) -> [Wildmatch]? {
        guard let folded = PathFolding.pattern(text) else { return nil }
        do throws(PathPatternError) { return try compile(folded) } catch {
            throw PathPatternError(
                pattern: text, problem: error.problem == .badRange ? .mixedRange : error.problem)
        }
    }

    private static func compile(_ text: String) throws(PathPatternError) -> [Wildmatch] {
        var compiled: [Wildmatch] = []
        for spelling in try BraceExpansion.expand(text) {
            compiled.append(try Wildmatch(spelling: spelling, of: text))
        }
        return compiled
    }

    private static func problem(in text: String) -> PathPatternError.Problem? {
        if text.isEmpty { return .empty }
        if text.utf8.count > 1000 { return .tooLong }
        if text.utf8.first == RepoPath.separator { return .absolute }
        if text.utf8.contains(0) { return .containsNUL }
        if text.utf8.contains(UInt8(ascii: "\\")) { return .backslash }
        var parts = text.utf8.split(separator: RepoPath.separator, omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        for part in parts {
            if part.isEmpty { return .emptyComponent }
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) { return .dotComponent }
        }
        return nil
    }
}

/// Why a text is not a path pattern.
package struct PathPatternError: ExplainedError, Equatable {
    package enum Problem: String, Sendable, CaseIterable {
        case empty = "it is empty"
        case tooLong = "it is longer than 1,000 bytes"
        case absolute = "it is absolute"
        case containsNUL = "it contains a NUL byte"
        case backslash = "it contains a backslash"
        case emptyComponent = "it has an empty component ('//')"
        case dotComponent = "it has a '.' or '..' component"
        case unclosedBracket = "its '[' is never closed"
        case badRange = "its '[...]' class is empty or runs backwards"
        case mixedRange = "its '[...]' class runs backwards once capital letters count as small ones"
        case unclosedBrace = "its '{' is never closed"
        case tooManyAlternatives = "its '{...}' stand for more than 256 patterns"
    }

    package let pattern: String
    package let problem: Problem

    package init(pattern: String, problem: Problem) { (self.pattern, self.problem) = (pattern, problem) }

    package var message: String { "the pattern '\(pattern)' cannot be used: \(problem.rawValue)" }

    package var hint: String? {
        switch problem {
        case .absolute, .dotComponent: "patterns are relative to the repository's root, such as docs/**"
        case .backslash: "separate directories with '/'"
        default: nil
        }
    }
}
