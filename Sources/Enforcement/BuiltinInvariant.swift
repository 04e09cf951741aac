internal import Analysis
internal import Basics
internal import Kubernetes
package import Model

/// Invariants that need no program: they look at the changed files, and where those link to.
package enum BuiltinInvariant: String, CaseIterable, Sendable {
    /// No changed file brings in a credential.
    case secrets
    /// Changed files of a known format are well-formed.
    case parse
    /// Relative links in changed Markdown files lead somewhere.
    case links
    /// Changed Kubernetes files keep the rules of `leviathan check-manifests`.
    case manifests
    /// Always holds; for trying a policy out.
    case noOperation = "no-op"

    /// What does not hold, one line a problem; a file that cannot be read is a problem.
    ///
    /// `tree` is asked where links lead; without it `links` cannot be checked, and says so.
    package func problems(
        in changes: [Change], _ contents: any ChangeContents, tree: (any TreeQuestion)? = nil
    ) -> [String] {
        let origins = Dictionary(changes.map { ($0.path, $0.oldBlob) }) { first, _ in first }
        let files = changes.compactMap { change in
            ChangedFile(
                change, origins: change.renamedFrom.flatMap { origins[$0] ?? nil }.map { [$0] } ?? [],
                contents: contents)
        }
        switch self {
        case .noOperation: return []
        case .secrets: return files.flatMap { Self.messages($0, SecretRule()) }
        case .parse:
            return files.filter { ContentSyntax($0.path) != nil }.flatMap {
                Self.messages($0, MalformedContentRule())
            }
        case .manifests:
            return ManifestInvariant(changes: changes, contents: contents, tree: tree).problems(in: files)
        case .links: return LinkCheck(changes: changes, contents: contents, tree: tree).problems(in: files)
        }
    }

    private static func messages(_ file: ChangedFile, _ rule: some ContentRule) -> [String] {
        let found = UnreadContentRule().violations(in: file) + rule.violations(in: file)
        return found.filter { $0.severity == .block }.map(\.message)
    }
}
