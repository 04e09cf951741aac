internal import Basics
internal import Model

extension ReachabilityRule {
    /// Judges patterns of tasks by one scope and the policy around it, each pattern once.
    final class Judge {
        private let scope: Scope
        private let forbidden: [PathPattern]
        private let prefixes: [PathPattern]?
        private var known: [String: String?] = [:]

        init(_ scope: Scope, _ policy: Policy) {
            (self.scope, forbidden, prefixes) = (scope, policy.forbidden, policy.limits.allowedPathPrefixes)
        }

        /// Why no path that the pattern matches may be touched; `nil` when one may.
        func reason(_ pattern: PathPattern) -> String? {
            if let answer = known[pattern.text] { return answer }
            let answer = judge(Candidate(pattern))
            known[pattern.text] = .some(answer)
            return answer
        }

        private func judge(_ candidate: Candidate) -> String? {
            let pattern = candidate.pattern
            if let reason = protection(candidate) { return "'\(pattern)' is always protected: \(reason.rawValue)" }
            if let cover = forbidden.first(where: candidate.isCovered) {
                return "the policy forbids '\(cover)', which covers '\(pattern)'"
            }
            if let cover = scope.forbidden.first(where: candidate.isCovered) {
                return "scope '\(scope.name)' forbids '\(cover)', which covers '\(pattern)'"
            }
            if !scope.allowedPaths.contains(where: candidate.canMeet) {
                return "nothing that '\(pattern)' matches is allowed by scope '\(scope.name)'"
                    + list(scope.allowedPaths)
            }
            if let prefixes, !prefixes.contains(where: candidate.canMeet) {
                return "nothing that '\(pattern)' matches is within limits.allowed_path_prefixes" + list(prefixes)
            }
            return nil
        }

        private func protection(_ candidate: Candidate) -> ProtectedPaths.Reason? {
            let names = scope.allowedPaths
            if let path = candidate.path { return ProtectedPaths.reason(for: path, namedByScope: names) }
            guard let inside = try? candidate.directory?.appending("x"),
                let reason = ProtectedPaths.reason(for: inside, namedByScope: names)
            else { return nil }
            let isOpened = names.contains { named in
                guard named.isLiteral, let path = try? RepoPath(named.text) else { return false }
                return candidate.pattern.matches(path)
                    && ProtectedPaths.reason(for: path, namedByScope: names) == nil
            }
            return isOpened ? nil : reason
        }

        private func list(_ patterns: [PathPattern]) -> String {
            if patterns.isEmpty { return ", which allows nothing" }
            let shown = patterns.prefix(5).map(\.text).joined(separator: ", ")
            return " (\(shown)\(patterns.count > 5 ? ", …" : ""))"
        }
    }

    /// A pattern with what it fixes: one path, or the directory that all its paths lie below.
    private struct Candidate {
        let pattern: PathPattern
        let path: RepoPath?
        let directory: RepoPath?

        init(_ pattern: PathPattern) {
            self.pattern = pattern
            path = pattern.isLiteral ? try? RepoPath(pattern.text) : nil
            directory = path == nil ? pattern.fixedDirectory : nil
        }

        func canMeet(_ other: PathPattern) -> Bool { path.map(other.matches) ?? pattern.couldOverlap(other) }

        func isCovered(by other: PathPattern) -> Bool {
            if let path { return other.matches(path) }
            return other == pattern || directory.map(other.coversEverything(below:)) ?? (other.text == "**")
        }
    }
}
