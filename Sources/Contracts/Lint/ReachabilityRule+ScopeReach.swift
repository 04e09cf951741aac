internal import Basics
internal import Model
internal import Paths

extension ReachabilityRule {
    /// Says why patterns of tasks match nothing that one scope and the policy around it allow; looks at each
    /// wildcard once.
    final class ScopeReach {
        private let permission: Permission
        private var known: [String: String?] = [:]

        init(_ scope: Scope, _ policy: Policy) {
            permission = Permission(scope: scope, policy: policy, limits: [policy.limits])
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
            guard pattern.isLiteral, let directory = try? PathPattern(pattern.text + "/"),
                permission.hindrance(of: directory) == nil
            else { return "" }
            return "; did you mean '\(directory)'?"
        }
    }
}
