internal import Basics
internal import Model
internal import Paths

/// A directory that git would take for a repository is refused: its settings would act on whoever stands in it.
///
/// Git needs no `.git` to find one: `HEAD`, `objects` and `refs` in a directory are enough.
struct BareRepositoryRule: Rule {
    /// What git looks into once it has found a repository, beside the names that it is found by.
    private static let names: Set<String> = [
        "head", "objects", "refs", "commondir", "config", "config.worktree", "hooks", "info", "gitdir",
    ]

    func violations(in subject: RuleSubject) -> [Violation] {
        var known: [[String]: Bool] = [:]
        return subject.ownChanges.compactMap { change in
            guard change.operation != .delete else { return nil }
            let parts = FoldedName.parts(of: change.path)
            for depth in parts.indices where Self.names.contains(parts[depth]) {
                let directory = Array(parts[..<depth])
                let components = change.path.components[..<depth]
                let isOne: Bool
                do {
                    isOne = try known[directory] ?? Self.isRepository(components, directory, in: subject)
                } catch {
                    return Violation(
                        "bare-repository", path: change.path,
                        "whether '\(change.path)' is part of a bare repository cannot be checked")
                }
                known[directory] = isOne
                if isOne { return Self.violation(change.path, directory) }
            }
            return nil
        }
    }

    private static func violation(_ path: RepoPath, _ directory: [String]) -> Violation {
        let place = directory.isEmpty ? "the root" : "'\(directory.joined(separator: "/"))'"
        return Violation(
            "bare-repository", path: path,
            "'\(path)' makes \(place) look like a bare repository, whose settings git obeys",
            hint: "keep repositories that tests need as archives, or make them when the tests run")
    }

    /// Whether the directory holds what git knows a repository by, in any spelling.
    private static func isRepository(
        _ components: ArraySlice<ArraySlice<UInt8>>, _ folded: [String], in subject: RuleSubject
    ) throws -> Bool {
        var names = Set<String>()
        if let tree = subject.tree {
            let path = components.isEmpty ? nil : try RepoPath(bytes: Array(components.joined(separator: [0x2F])))
            for name in try tree.names(in: path) {
                names.insert(FoldedName.of(String(decoding: name, as: UTF8.self)))
            }
        }
        // Spellings of the directory that differ are one directory where it counts.
        for change in subject.ownChanges where change.operation != .delete {
            let parts = FoldedName.parts(of: change.path)
            if parts.count > folded.count, parts.starts(with: folded) { names.insert(parts[folded.count]) }
        }
        return names.contains("head")
            && (names.isSuperset(of: ["objects", "refs"]) || names.contains("commondir"))
    }
}
