/// A pattern of a `CODEOWNERS` file: like one of `.gitignore`, without exceptions.
struct OwnerPattern: Sendable {
    private enum Part: Sendable {
        /// Any number of whole components.
        case anyDepth
        case name([Token])
    }

    private enum Token: Sendable {
        case byte(UInt8)
        case anyByte
        case anyRun
    }

    private static let longest = 1000
    private static let slash = UInt8(ascii: "/")

    private let parts: [Part]
    /// Whether a directory that fits brings everything below it along.
    private let reachesBelow: Bool

    /// `nil` for what is no pattern.
    init?(_ text: String, _ dialect: CodeOwners.Dialect) {
        guard !text.isEmpty, text.utf8.count <= Self.longest else { return nil }
        // GitHub takes neither classes nor negation.
        if dialect == .github, text.hasPrefix("!") || text.contains("[") { return nil }
        let bytes = Array(text.utf8)
        var names = bytes.split(separator: Self.slash, omittingEmptySubsequences: true).map { Array($0) }
        let endsInSlash = bytes.last == Self.slash
        guard !names.isEmpty || bytes == [Self.slash] else { return nil }
        let isAnchored: Bool
        switch dialect {
        case .github:
            // As in .gitignore, a slash anywhere but at the end ties a pattern to the root.
            isAnchored = bytes.dropLast().contains(Self.slash)
            // `docs/*` means what lies directly in it, and no deeper.
            let isDirect = names.count > 1 && names.last == Array("*".utf8) && !endsInSlash
            reachesBelow = !isDirect
        case .gitlab:
            isAnchored = bytes.first == Self.slash
            reachesBelow = endsInSlash
        }
        if endsInSlash, names.isEmpty { names = [Array("**".utf8)] }
        var parts: [Part] = isAnchored ? [] : [.anyDepth]
        for name in names { parts.append(name == Array("**".utf8) ? .anyDepth : .name(Self.tokens(name))) }
        // What ends in a slash is a directory: only what lies below it is meant.
        if endsInSlash { parts.append(.name([.anyRun])) }
        if case .anyDepth = parts.last { parts.append(.name([.anyRun])) }
        self.parts = parts
    }

    func matches(_ path: [UInt8]) -> Bool {
        let components = path.split(separator: Self.slash)
        // Which parts may come next, after each component: no way is tried twice.
        var open = closure([0])
        for component in components {
            var next: Set<Int> = []
            for place in open where place < parts.count {
                switch parts[place] {
                case .anyDepth: next.insert(place)
                case .name(let tokens): if Self.fits(tokens, component) { next.insert(place + 1) }
                }
            }
            open = closure(next)
            if open.contains(parts.count), reachesBelow { return true }
            if open.isEmpty { return false }
        }
        return open.contains(parts.count)
    }

    /// A part that stands for any depth may stand for none.
    private func closure(_ places: Set<Int>) -> Set<Int> {
        var all = places
        for place in places {
            var next = place
            while next < parts.count, case .anyDepth = parts[next] {
                next += 1
                all.insert(next)
            }
        }
        return all
    }

    private static func tokens(_ name: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var isEscaped = false
        for byte in name {
            if isEscaped || !"*?\\".utf8.contains(byte) {
                tokens.append(.byte(byte))
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "?") {
                tokens.append(.anyByte)
            } else {
                if case .anyRun = tokens.last { continue }
                tokens.append(.anyRun)
            }
        }
        return tokens
    }

    /// Walks through once, remembering only the last run.
    private static func fits(_ tokens: [Token], _ name: ArraySlice<UInt8>) -> Bool {
        let name = Array(name)
        var (token, position) = (0, 0)
        var run: (token: Int, position: Int)?
        while position < name.count {
            if token < tokens.count {
                switch tokens[token] {
                case .anyRun:
                    token += 1
                    run = (token, position)
                    continue
                case .byte(let byte) where byte == name[position]:
                    (token, position) = (token + 1, position + 1)
                    continue
                case .anyByte:
                    (token, position) = (token + 1, position + 1)
                    continue
                case .byte: break
                }
            }
            guard let last = run else { return false }
            run = (last.token, last.position + 1)
            (token, position) = (last.token, last.position + 1)
        }
        return tokens[token...].allSatisfy { if case .anyRun = $0 { true } else { false } }
    }
}
