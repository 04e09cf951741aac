internal import Basics
internal import Model
internal import Paths

extension ReachabilityRule {
    /// Says why patterns of tasks match nothing that one scope and the policy around it allow; looks at each pattern once.
    final class ScopeReach {
        private let permission: Permission
        private var known: [String: String?] = [:]

        init(_ scope: Scope, _ policy: Policy) {
            permission = Permission(scope: scope, policy: policy, limits: [policy.limits])
        }

        /// Why no path that the pattern matches may be touched; `nil` when one may.
        func reason(_ pattern: PathPattern) -> String? {
            if let answer = known[pattern.text] { return answer }
            var answer: String?
            if case .nothing(let reason) = permission.reach(of: pattern) { answer = reason + hint(pattern) }
            known[pattern.text] = .some(answer)
            return answer
        }

        /// A name without a slash at its end is one file, where the directory may have been meant.
        private func hint(_ pattern: PathPattern) -> String {
            guard pattern.isLiteral, let directory = try? PathPattern(pattern.text + "/"),
                case .allowed = permission.reach(of: directory)
            else { return "" }
            return "; did you mean '\(directory)'?"
        }
    }
}
