internal import Basics
package import Model

/// Invariants that need no program: they look only at the changed files.
package enum BuiltinInvariant: String, CaseIterable, Sendable {
    case secrets
    case parse
    case noOperation = "no-op"

    /// What does not hold, one line a problem; a file that cannot be read is a problem.
    package func problems(in changes: [Change], _ contents: any ChangeContents) -> [String] {
        changes.filter { $0.operation != .delete && $0.newMode != 0o120000 && !$0.isBinary }.flatMap {
            change -> [String] in
            guard self != .noOperation else { return [] }
            guard let blob = change.newBlob, let bytes = try? contents.bytes(of: blob) else {
                return ["'\(change.path)' is too large to be checked"]
            }
            switch self {
            case .secrets:
                return SecretScan.findings(in: bytes).map { "'\(change.path)' line \($0.line): \($0.kind)" }
            case .parse:
                return ContentSyntax.problem(in: bytes, at: change.path).map { ["'\(change.path)': \($0)"] } ?? []
            case .noOperation: return []
            }
        }
    }
}

/// Whether a file of a known kind can be read by its own format.
enum ContentSyntax {
    /// `nil` for a file that is well-formed or of no known kind.
    static func problem(in bytes: [UInt8], at path: RepoPath) -> String? {
        guard path.name.lowercased().hasSuffix(".json") else { return nil }
        do throws(JSONError) {
            _ = try JSON.parse(bytes)
            return nil
        } catch { return error.message }
    }
}
