internal import Basics
internal import Model

/// Every path must be allowed by each layer, forbidden by none, and not protected.
struct AllowedPathsRule: Rule {
    func violations(in subject: Case) -> [Violation] {
        subject.judged.compactMap { change in
            switch subject.permission.refusal(of: change.path) {
            case nil: nil
            case .protected(let reason):
                Violation("path-protected", path: change.path, "'\(change.path)' is protected: \(reason.rawValue)")
            case .forbidden(let layer, let pattern):
                Violation(
                    "path-forbidden", path: change.path,
                    "'\(change.path)' matches '\(pattern)' in \(layer.name)")
            case .notAllowed(let layer):
                Violation(
                    "path-not-allowed", path: change.path, "'\(change.path)' is not covered by \(layer.name)",
                    hint: Self.hint(for: layer))
            }
        }
    }

    private static func hint(for layer: Permission.Layer) -> String {
        guard !layer.patterns.isEmpty else { return "the list is empty, and an empty list allows nothing" }
        let shown = layer.patterns.prefix(5).map(\.text).joined(separator: ", ")
        return "it allows \(shown)\(layer.patterns.count > 5 ? ", …" : "")"
    }
}
