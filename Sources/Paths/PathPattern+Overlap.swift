extension PathPattern {
    /// Whether some path matches both patterns.
    package func couldOverlap(_ other: PathPattern) -> Bool {
        if isLiteral, let path = try? RepoPath(text) { return other.matches(path) }
        if other.isLiteral, let path = try? RepoPath(other.text) { return matches(path) }
        if let directory = fixedDirectory, other.coversEverything(below: directory) { return true }
        if let directory = other.fixedDirectory, coversEverything(below: directory) { return true }
        let (left, right) = (outlines, other.outlines)
        return left.contains { one in right.contains { one.overlaps($0) } }
    }

    /// The directory that everything the pattern matches lies below; `nil` when it may match at the top.
    package var fixedDirectory: RepoPath? {
        if text.contains("{") { return nil }
        let wildcard = text.utf8.firstIndex { "*?[".utf8.contains($0) } ?? text.utf8.endIndex
        guard let slash = text.utf8[..<wildcard].lastIndex(of: RepoPath.separator) else { return nil }
        return try? RepoPath(bytes: Array(text.utf8[..<slash]))
    }

    /// Whether the pattern is the whole tree below a directory, or below the root.
    package func coversEverything(below directory: RepoPath) -> Bool {
        let pattern = text.utf8
        if pattern.elementsEqual("**".utf8) { return true }
        let subtree: Substring.UTF8View
        if pattern.last == RepoPath.separator {
            subtree = pattern.dropLast(1)
        } else {
            guard pattern.count > 3, pattern.suffix(3).elementsEqual("/**".utf8) else { return false }
            subtree = pattern.dropLast(3)
        }
        guard directory.bytes.starts(with: subtree), !subtree.contains(where: { "*?[{".utf8.contains($0) }) else {
            return false
        }
        let length = subtree.count
        return directory.bytes.count == length || directory.bytes[length] == RepoPath.separator
    }

    private var outlines: [PathOutline] {
        ((try? BraceExpansion.expand(text)) ?? [text]).map(PathOutline.init)
    }
}

/// A brace-free pattern, cut into what each component may be.
private struct PathOutline {
    private enum Component {
        case anyNumber
        case name([NameToken])
    }

    private let components: [Component]

    init(_ spelling: String) {
        var parts = spelling.utf8.split(separator: RepoPath.separator, omittingEmptySubsequences: false).map(
            Array.init)
        if parts.last?.isEmpty == true { parts[parts.count - 1] = Array("**".utf8) }
        components = parts.map { $0.elementsEqual("**".utf8) ? .anyNumber : .name(NameToken.tokens(of: $0)) }
    }

    /// Fills a table from the ends: whether what is left of one pattern meets what is left of the other.
    func overlaps(_ other: PathOutline) -> Bool {
        let (rows, columns) = (components.count, other.components.count)
        var below = [Bool](repeating: false, count: columns + 1)
        var row = below
        for i in stride(from: rows, through: 0, by: -1) {
            for j in stride(from: columns, through: 0, by: -1) {
                row[j] = meets(other, i, j, down: below, right: j < columns && row[j + 1])
            }
            swap(&row, &below)
        }
        return below[0]
    }

    private func meets(_ other: PathOutline, _ i: Int, _ j: Int, down: [Bool], right: Bool) -> Bool {
        let left = components.indices.contains(i) ? components[i] : nil
        let opposite = other.components.indices.contains(j) ? other.components[j] : nil
        guard let left, let opposite else { return left == nil && opposite == nil }
        switch (left, opposite) {
        case (.anyNumber, _) where i == components.count - 1: return true
        case (_, .anyNumber) where j == other.components.count - 1: return true
        case (.anyNumber, _), (_, .anyNumber): return down[j] || right
        case (.name(let one), .name(let two)): return down[j + 1] && NameToken.overlap(one, two)
        }
    }
}

/// What one byte of a name may be, or any run of bytes.
private enum NameToken {
    case anyRun
    case oneOf(ByteSet)

    static func overlap(_ left: [NameToken], _ right: [NameToken]) -> Bool {
        var below = [Bool](repeating: false, count: right.count + 1)
        var row = below
        for i in stride(from: left.count, through: 0, by: -1) {
            for j in stride(from: right.count, through: 0, by: -1) {
                row[j] = meets(i < left.count ? left[i] : nil, j < right.count ? right[j] : nil) { step in
                    switch step {
                    case .down: below[j]
                    case .right: j < right.count && row[j + 1]
                    case .both: j < right.count && below[j + 1]
                    }
                }
            }
            swap(&row, &below)
        }
        return below[0]
    }

    private enum Step { case down, right, both }

    private static func meets(_ left: NameToken?, _ right: NameToken?, _ rest: (Step) -> Bool) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (.anyRun?, nil): rest(.down)
        case (nil, .anyRun?): rest(.right)
        case (nil, _), (_, nil): false
        case (.anyRun?, _), (_, .anyRun?): rest(.down) || rest(.right)
        case (.oneOf(let one)?, .oneOf(let two)?): one.meets(two) && rest(.both)
        }
    }

    /// A pattern that exists was read before, so that its components can be.
    static func tokens(of name: [UInt8]) -> [NameToken] {
        ((try? Wildmatch.tokens(of: name, .policy)) ?? [.anyRun]).map { token in
            switch token {
            case .byte(let byte):
                var set = ByteSet()
                set.insert(byte)
                return .oneOf(set)
            case .oneOf(let set): return .oneOf(set)
            case .anyRun, .anyComponents: return .anyRun
            }
        }
    }
}
