internal import Basics
internal import Kubernetes
internal import Model
internal import Paths

/// Holds changed Kubernetes files against the rules about manifests, together with the files beside them.
///
/// What the base's version of a file already broke is not held against the change.
struct ManifestInvariant {
    private let contents: any ChangeContents
    private let tree: (any TreeQuestion)?
    private let changes: [RepoPath: Change]

    /// More neighbours than that are not manifests that belong together.
    private static let mostNeighbours = 500

    init(changes: [Change], contents: any ChangeContents, tree: (any TreeQuestion)?) {
        (self.contents, self.tree) = (contents, tree)
        self.changes = Dictionary(changes.map { ($0.path, $0) }) { first, _ in first }
    }

    func problems(in files: [ChangedFile]) -> [String] {
        let own = files.filter { ManifestFile.mayHold($0.path.description) }
        guard !own.isEmpty else { return [] }
        guard let tree else { return ["the files beside '\(own[0].path)' cannot be read: there is no tree"] }
        var problems = own.filter { $0.after == nil }.map { "'\($0.path)' cannot be checked: it cannot be read" }
        do {
            let neighbours = try neighbours(of: own, tree)
            let after = own.compactMap { file in file.after.map { ManifestFile(path: "\(file.path)", bytes: $0) } }
            let before = own.compactMap { file in file.before.map { ManifestFile(path: "\(file.path)", bytes: $0) }
            }
            let known = counts(errors(in: before + neighbours))
            problems += new(errors(in: after + neighbours), known, Set(own.map { "\($0.path)" }))
        } catch { problems.append("the files beside '\(own[0].path)' cannot be read") }
        return problems
    }

    private func errors(in files: [ManifestFile]) -> [Diagnostic] {
        ManifestCheck.findings(in: files).filter { $0.severity == .error }
    }

    /// A problem by what it says, wherever its line went.
    private struct Known: Hashable {
        let file, id, message: String

        init(_ finding: Diagnostic) {
            (file, id, message) = (finding.place?.file ?? "", finding.id, finding.message)
        }
    }

    private func counts(_ findings: [Diagnostic]) -> [Known: Int] {
        findings.reduce(into: [:]) { $0[Known($1), default: 0] += 1 }
    }

    private func new(_ findings: [Diagnostic], _ known: [Known: Int], _ files: Set<String>) -> [String] {
        var left = known
        return findings.compactMap { finding in
            guard let place = finding.place else { return finding.message }
            if let count = left[Known(finding)], count > 0 {
                left[Known(finding)] = count - 1
                return nil
            }
            // A neighbour that was not changed may have lost what it referred to; a message says where it is either way.
            let isOwn = files.contains(place.file)
            guard isOwn || known[Known(finding)] == nil else { return nil }
            return "'\(place.file)' line \(place.span.start.line): \(finding.message) [\(finding.id)]"
        }
    }

    /// The manifests in the directories of changed files that the change left alone.
    private func neighbours(of files: [ChangedFile], _ tree: any TreeQuestion) throws -> [ManifestFile] {
        var found: [(path: RepoPath, blob: ObjectID)] = []
        for directory in Set(files.map { $0.path.parent }) {
            for name in try tree.names(in: directory) {
                guard found.count < Self.mostNeighbours,
                    ManifestFile.mayHold(String(decoding: name, as: UTF8.self)),
                    let path = try? RepoPath(
                        bytes: (directory.map { $0.bytes + [RepoPath.separator] } ?? []) + name),
                    changes[path] == nil, case .file(let blob) = try tree.item(at: path)
                else { continue }
                found.append((path, blob))
            }
        }
        try contents.expect(found.map(\.blob))
        return try found.compactMap { path, blob in
            try contents.bytes(of: blob).map { ManifestFile(path: path.description, bytes: $0) }
        }
    }
}
