internal import Basics
package import Paths

/// What one task may touch: the intersection of what its layers allow, less what any layer forbids.
package struct Permission: Hashable, Sendable {
    /// A list of patterns, and who wrote it.
    package struct Layer: Hashable, Sendable {
        package let name: String
        package let patterns: [PathPattern]

        package init(_ name: String, _ patterns: [PathPattern]) { (self.name, self.patterns) = (name, patterns) }
    }

    /// Why a path may not be touched.
    package enum Refusal: Hashable, Sendable {
        case notAllowed(by: Layer)
        case forbidden(by: Layer, PathPattern)
        case protected(ProtectedPaths.Reason)
    }

    /// A path must match a pattern of every one of these.
    package let allowed: [Layer]
    package let forbidden: [Layer]
    package let operations: Set<Operation>
    package let scopePatterns: [PathPattern]
    /// The first files of a repository that has none: open in a change that may be nothing else.
    let starting: Set<RepoPath>

    /// Exactly the first files of `.leviathan/`, which is protected from everything else.
    package init(starting paths: [RepoPath], in scope: Scope) {
        allowed = [Layer("the starter files", scope.allowedPaths)]
        (forbidden, operations, scopePatterns) = ([], scope.operations, scope.allowedPaths)
        starting = Set(paths)
    }

    package init(task: BacklogTask, scope: Scope, policy: Policy, limits: [Limits]) {
        let own = Layer("the task's allowed_paths", task.allowedPaths)
        self.init(scope: scope, policy: policy, limits: limits, below: [own])
    }

    /// What any task of the scope may touch at most.
    package init(scope: Scope, policy: Policy, limits: [Limits], below task: [Layer] = []) {
        var allowed = task + [Layer("scope '\(scope.name)' allowed_paths", scope.allowedPaths)]
        for prefixes in limits.compactMap(\.allowedPathPrefixes) {
            allowed.append(Layer("limits.allowed_path_prefixes", prefixes))
        }
        self.allowed = allowed
        forbidden = [
            Layer("the policy's forbidden", policy.forbidden),
            Layer("scope '\(scope.name)' forbidden", scope.forbidden),
        ].filter { !$0.patterns.isEmpty }
        operations = scope.operations
        scopePatterns = scope.allowedPaths
        starting = []
    }

    /// `nil` when the path may be touched.
    package func refusal(of path: RepoPath) -> Refusal? {
        if starting.contains(path) { return nil }
        if let reason = ProtectedPaths.reason(for: path, namedByScope: scopePatterns) { return .protected(reason) }
        for layer in forbidden {
            if let pattern = layer.patterns.first(where: { $0.forbids(path) }) {
                return .forbidden(by: layer, pattern)
            }
        }
        for layer in allowed where !layer.patterns.contains(where: { $0.matches(path) }) {
            return .notAllowed(by: layer)
        }
        return nil
    }

    package func allows(_ path: RepoPath) -> Bool { refusal(of: path) == nil }
}
