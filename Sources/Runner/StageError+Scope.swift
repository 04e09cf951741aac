internal import Basics
package import Model

extension StageError {
    /// A scope that was named and is not there; `base`: whose policy that is, where it is not clear.
    package static func noScope(_ name: String, in policy: Policy, of base: String? = nil) -> StageError {
        let names = policy.scopes.map(\.name)
        let known = names.isEmpty ? "define one in policy.yaml" : "there are \(names.joined(separator: ", "))"
        return StageError(
            .invalid, "the policy\(base.map { " of " + $0 } ?? "") has no scope '\(name)'",
            hint: Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" } ?? known)
    }
}
