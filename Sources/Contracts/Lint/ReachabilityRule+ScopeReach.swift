internal import Basics
internal import Model
internal import Paths

extension ReachabilityRule {
    /// Says why patterns of tasks match nothing that one scope and the policy around it allow; looks at each
    /// wildcard once.
    final class ScopeReach {
        private let permission: Permission
        /// What stands at the root, as the scope names it.
        private let heads: [String]
        private var known: [String: String?] = [:]

        init(_ scope: Scope, _ policy: Policy) {
            permission = Permission(scope: scope, policy: policy, limits: [policy.limits])
            let firsts = scope.allowedPaths.compactMap { $0.text.split(separator: "/").first.map(String.init) }
            heads = Set(firsts.filter { !$0.contains("*") }).sorted()
        }

        /// Why no path that the pattern matches may be touched; `nil` when one may.
        func reason(_ pattern: PathPattern) -> String? {
            if pattern.isLiteral { return look(pattern) }
            if let answer = known[pattern.text] { return answer }
            let answer = look(pattern)
            known[pattern.text] = .some(answer)
            return answer
        }

        private func look(_ pattern: PathPattern) -> String? {
            permission.hindrance(of: pattern).map { $0 + hint(pattern) }
        }

        /// A name without a slash at its end is one file, where the directory may have been meant.
        private func hint(_ pattern: PathPattern) -> String {
            let meant = [pattern.isLiteral ? pattern.text + "/" : nil, spelled(pattern.text)].compactMap(\.self)
            let found = meant.first { text in
                (try? PathPattern(text)).map { permission.hindrance(of: $0) == nil } ?? false
            }
            return found.map { "; did you mean '\($0)'?" } ?? ""
        }

        /// With the first part as the scope spells it.
        private func spelled(_ text: String) -> String? {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first.map(String.init), !first.contains("*"),
                let head = Suggestion.nearest(to: first, among: heads), head != first
            else { return nil }
            return ([head] + parts.dropFirst().map(String.init)).joined(separator: "/")
        }
    }
}
