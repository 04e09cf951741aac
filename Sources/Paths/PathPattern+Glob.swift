/// Expands `{a,b}` into one spelling for each alternative.
enum BraceExpansion {
    private static let limit = 256

    static func expand(_ text: String) throws(PathPatternError) -> [String] {
        var finished: [String] = []
        var waiting = [text]
        while let next = waiting.popLast() {
            guard let open = firstBrace(in: next) else {
                finished.append(next)
                continue
            }
            guard let group = group(in: next, from: open) else {
                throw PathPatternError(pattern: text, problem: .unclosedBrace)
            }
            for choice in group.choices.reversed() {
                waiting.append(String(next[..<open]) + choice + next[next.index(after: group.end)...])
            }
            guard finished.count + waiting.count <= limit else {
                throw PathPatternError(pattern: text, problem: .tooManyAlternatives)
            }
        }
        return finished
    }

    private static func firstBrace(in text: String) -> String.Index? {
        var inClass = false
        for index in text.indices {
            switch text[index] {
            case "[": inClass = true
            case "]": inClass = false
            case "{" where !inClass: return index
            default: continue
            }
        }
        return nil
    }

    private static func group(in text: String, from open: String.Index) -> (choices: [String], end: String.Index)?
    {
        var depth = 0
        var choices: [String] = []
        var start = text.index(after: open)
        for index in text.indices[open...] {
            switch text[index] {
            case "{": depth += 1
            case ",", "}":
                if text[index] == "}" { depth -= 1 }
                let closes = depth == 0
                guard closes || (depth == 1 && text[index] == ",") else { continue }
                choices.append(String(text[start..<index]))
                start = text.index(after: index)
                if closes { return (choices, index) }
            default: continue
            }
        }
        return nil
    }
}

/// One brace-free pattern, compiled.
struct Glob: Sendable {
    enum Kind: Sendable { case exact, subtree, wildcard }

    private enum Token: Sendable {
        case byte(UInt8)
        case anyByte
        case anyRun
        /// Zero or more whole components, each with its slash.
        case anyComponents
        case oneOf([ClosedRange<UInt8>], negated: Bool)
    }

    let kind: Kind
    /// The bytes every match begins with; for `.exact` all of them.
    let literalPrefix: [UInt8]
    /// The bytes every match ends with, behind the last wildcard and apart from the beginning.
    let literalSuffix: [UInt8]
    private let tokens: [Token]

    init(_ spelling: String, pattern: String) throws(PathPatternError) {
        var bytes = Array(spelling.utf8)
        if bytes.last == RepoPath.separator { bytes += "**".utf8 }
        let tokens = try Self.tokens(of: bytes, pattern: pattern)
        literalPrefix = Self.literals(tokens)
        self.tokens = Array(tokens[literalPrefix.count...])
        literalSuffix = Self.literals(self.tokens.reversed()).reversed()
        if self.tokens.isEmpty {
            kind = .exact
        } else if self.tokens.count == 2, case .anyComponents = self.tokens[0], case .anyRun = self.tokens[1] {
            kind = .subtree
        } else {
            kind = .wildcard
        }
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
    func fits(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        let tail = path.count - literalSuffix.count
        guard tail >= literalPrefix.count else { return false }
        for (index, byte) in literalPrefix.enumerated() where path[index] != byte { return false }
        for (index, byte) in literalSuffix.enumerated() where path[tail + index] != byte { return false }
        return true
    }

    func matches(_ path: [UInt8]) -> Bool {
        guard path.withUnsafeBufferPointer(fits) else { return false }
        switch kind {
        case .exact: return path.count == literalPrefix.count
        case .subtree: return path.count > literalPrefix.count
        case .wildcard: return matchesWildcards(path)
        }
    }

    /// Walks once through the path, remembering only the last `*` and the last `**`.
    ///
    /// That is enough: what stands between two `**` has a fixed number of components, so its first fit is as
    /// good as any later one, and the same holds for what stands between two `*` within a component.
    private func matchesWildcards(_ path: [UInt8]) -> Bool {
        var position = literalPrefix.count
        var token = 0
        var run: (token: Int, position: Int)?
        var components: (token: Int, position: Int)?
        while true {
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
        case .anyByte: byte != RepoPath.separator
        case .oneOf(let ranges, let negated):
            byte != RepoPath.separator && ranges.contains { $0.contains(byte) } != negated
        case .anyRun, .anyComponents: false
        }
    }

    private static func tokens(of bytes: [UInt8], pattern: String) throws(PathPatternError) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "?"): tokens.append(.anyByte)
            case UInt8(ascii: "["):
                let (token, end) = try characterClass(in: bytes, from: index, pattern: pattern)
                tokens.append(token)
                index = end
            case UInt8(ascii: "*"):
                let end = bytes[index...].firstIndex { $0 != UInt8(ascii: "*") } ?? bytes.count
                let startsComponent = index == 0 || bytes[index - 1] == RepoPath.separator
                if end - index == 2, startsComponent, end == bytes.count {
                    tokens += [.anyComponents, .anyRun]
                } else if end - index == 2, startsComponent, bytes[end] == RepoPath.separator {
                    tokens.append(.anyComponents)
                    index = end + 1
                    continue
                } else {
                    tokens.append(.anyRun)
                }
                index = end
                continue
            default: tokens.append(.byte(bytes[index]))
            }
            index += 1
        }
        return tokens
    }

    /// Reads `[a-z]` or `[!a-z]`; returns the token and the place of its `]`.
    private static func characterClass(
        in bytes: [UInt8], from open: Int, pattern: String
    ) throws(PathPatternError) -> (Token, Int) {
        var index = open + 1
        let negated =
            index < bytes.count && (bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^"))
        if negated { index += 1 }
        let first = index
        var ranges: [ClosedRange<UInt8>] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") || index == first {
            let low = bytes[index]
            guard low != RepoPath.separator else { break }
            if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-"),
                bytes[index + 2] != UInt8(ascii: "]")
            {
                guard low <= bytes[index + 2] else { throw PathPatternError(pattern: pattern, problem: .badRange) }
                ranges.append(low...bytes[index + 2])
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "]") else {
            throw PathPatternError(pattern: pattern, problem: .unclosedBracket)
        }
        return (.oneOf(ranges, negated: negated), index)
    }
}
