internal import Basics
package import Paths

/// What is left of a task's pattern after every layer and protection has had its say.
package enum PatternReach: Hashable, Sendable {
    /// Nothing that the pattern matches may be touched.
    case nothing(because: String)
    /// What it matches may be touched, under conditions; each is a clause such as `only within docs/** (…)`.
    case allowed([String])
}

extension Permission {
    /// Judges the pattern itself, before anybody knows which files there are.
    package func reach(of pattern: PathPattern) -> PatternReach {
        let candidate = PatternCandidate(pattern)
        if let reason = hindrance(of: candidate) { return .nothing(because: reason) }
        return .allowed(conditions(of: candidate))
    }

    /// Why nothing that the pattern matches may be touched; `nil` where something may.
    package func hindrance(of pattern: PathPattern) -> String? { hindrance(of: PatternCandidate(pattern)) }

    private func hindrance(of candidate: PatternCandidate) -> String? {
        let pattern = candidate.pattern
        if let reason = protection(of: candidate) {
            return "'\(pattern)' is always protected: \(reason.rawValue)"
        }
        for layer in forbidden {
            if let cover = layer.patterns.first(where: candidate.isForbidden) {
                return "\(layer.name) '\(cover)' covers '\(pattern)'"
            }
        }
        for layer in allowed where !layer.patterns.contains(where: candidate.canMeet) {
            let list = layer.patterns.isEmpty ? ", which allow nothing" : " (\(Self.list(layer.patterns)))"
            return "'\(pattern)' meets nothing in \(layer.name)\(list)"
        }
        return nil
    }

    private func conditions(of candidate: PatternCandidate) -> [String] {
        let narrowed = allowed.filter { !$0.patterns.contains(where: candidate.isCovered) }.map { layer in
            "only within \(Self.list(layer.patterns.filter(candidate.canMeet))) (\(layer.name))"
        }
        let holes = forbidden.compactMap { layer -> String? in
            let patterns = layer.patterns.filter(candidate.canMeet)
            return patterns.isEmpty ? nil : "except \(Self.list(patterns)) (\(layer.name))"
        }
        return narrowed + holes
    }

    private static func list(_ patterns: [PathPattern]) -> String {
        patterns.prefix(5).map(\.text).joined(separator: ", ") + (patterns.count > 5 ? ", …" : "")
    }

    private func protection(of candidate: PatternCandidate) -> ProtectedPaths.Reason? {
        if let path = candidate.path { return ProtectedPaths.reason(for: path, namedByScope: scopePatterns) }
        guard let inside = try? candidate.directory?.appending("x"),
            let reason = ProtectedPaths.reason(for: inside, namedByScope: scopePatterns)
        else { return nil }
        let isOpened = scopePatterns.contains { named in
            guard named.isLiteral, let path = try? RepoPath(named.text) else { return false }
            return candidate.pattern.matches(path)
                && ProtectedPaths.reason(for: path, namedByScope: scopePatterns) == nil
        }
        return isOpened ? nil : reason
    }
}

/// A pattern with what it fixes: one path, or the directory that all its paths lie below.
private struct PatternCandidate {
    let pattern: PathPattern
    let path: RepoPath?
    let directory: RepoPath?

    init(_ pattern: PathPattern) {
        self.pattern = pattern
        path = pattern.isLiteral ? try? RepoPath(pattern.text) : nil
        directory = path == nil ? pattern.fixedDirectory : nil
    }

    func canMeet(_ other: PathPattern) -> Bool { path.map(other.matches) ?? pattern.couldOverlap(other) }

    func isForbidden(by other: PathPattern) -> Bool { path.map(other.forbids) ?? isCovered(by: other) }

    func isCovered(by other: PathPattern) -> Bool {
        if let path { return other.matches(path) }
        return other == pattern || directory.map(other.coversEverything(below:)) ?? (other.text == "**")
    }
}
