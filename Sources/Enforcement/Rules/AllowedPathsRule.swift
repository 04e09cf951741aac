internal import Basics
internal import Model
internal import Paths

/// Every path must be allowed by each layer, forbidden by none, and not protected.
struct AllowedPathsRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        let permission = subject.permission
        let allowed = permission.allowed.map { PathPatternSet($0.patterns) }
        let forbidden = permission.forbidden.map { PathPatternSet($0.patterns) }
        return subject.ownChanges.compactMap { change in
            // Most paths are fine, which the compiled patterns say fast; the permission says why one is not.
            if allowed.allSatisfy({ $0.matches(change.path) }),
                !forbidden.contains(where: { $0.forbids(change.path) }),
                ProtectedPaths.reason(for: change.path, namedByScope: []) == nil
            {
                return nil
            }
            return permission.refusal(of: change.path).map { Self.violation($0, of: change) }
        }
    }

    private static func violation(_ refusal: Permission.Refusal, of change: Change) -> Violation {
        switch refusal {
        case .protected(let reason):
            Violation("path-protected", path: change.path, "'\(change.path)' is protected: \(reason.rawValue)")
        case .forbidden(let layer, let pattern):
            Violation(
                "path-forbidden", path: change.path, "'\(change.path)' matches '\(pattern)' in \(layer.name)")
        case .notAllowed(let layer):
            Violation(
                "path-not-allowed", path: change.path, "'\(change.path)' is not covered by \(layer.name)",
                hint: hint(for: layer))
        }
    }

    private static func hint(for layer: Permission.Layer) -> String {
        guard !layer.patterns.isEmpty else { return "the list is empty, and an empty list allows nothing" }
        let shown = layer.patterns.prefix(5).map(\.text).joined(separator: ", ")
        return "it allows \(shown)\(layer.patterns.count > 5 ? ", …" : "")"
    }
}
