package import Basics
package import Executors
package import Git
package import Paths

/// A workspace without a checkout: files are read from the base tree, edits are kept until they are frozen.
package final class TreeWorkspace: FileView, Workspace {
    /// No executor that works on single files needs a larger one.
    private static let fileLimit = 64 << 20

    private enum Edit {
        case write([UInt8], isExecutable: Bool?)
        case remove
    }

    private let repository: Repository
    private let base: ObjectID
    private let failpoints: Failpoints
    private var edits: [RepoPath: Edit] = [:]
    /// Entries that a listing came by: to look one up again costs as much as its largest directory.
    private var known: [RepoPath: TreeEntry] = [:]

    package init(_ repository: Repository, base: ObjectID, failpoints: Failpoints = .none) {
        (self.repository, self.base, self.failpoints) = (repository, base, failpoints)
    }

    package func read(_ path: RepoPath) throws(FileViewError) -> [UInt8]? {
        switch edits[path] {
        case .write(let bytes, _): return bytes
        case .remove: return nil
        case nil: break
        }
        return try view("read '\(path)'") {
            guard let entry = try entry(at: path) else { return nil }
            guard entry.kind == .regular || entry.kind == .executable else {
                throw FileViewError("'\(path)' is not a plain file")
            }
            // Who lists files is going to read them.
            return try repository.blob(entry.id, limit: Self.fileLimit) {
                known.values.filter(\.isBlob).map(\.id)
            }
        }
    }

    package func kind(of path: RepoPath) throws(FileViewError) -> FileKind? {
        let edit = edits[path]
        if case .remove = edit { return nil }
        if case .write(_, let isExecutable?) = edit { return isExecutable ? .executable : .regular }
        let entry = try view("look at '\(path)'") { try self.entry(at: path) }
        switch entry?.kind {
        case .executable: return .executable
        case .regular: return .regular
        case nil, .directory: return edit == nil ? nil : .regular
        case .symlink, .submodule: return edit == nil ? .other : .regular
        }
    }

    package func list(
        under directory: RepoPath?, where isWanted: (RepoPath) -> Bool
    ) throws(FileViewError) -> [RepoPath] {
        var found: Set<RepoPath> = []
        try view("list files") {
            try repository.walk(tree: base, under: directory) { path, entry in
                if !entry.isDirectory, isWanted(path) {
                    found.insert(path)
                    known[path] = entry
                }
                return .descend
            }
        }
        for (path, edit) in edits where directory.map({ path.isBelow($0) }) ?? true {
            if case .remove = edit { found.remove(path) } else if isWanted(path) { found.insert(path) }
        }
        return found.sorted()
    }

    package func hasDirectory(_ path: RepoPath) throws(FileViewError) -> Bool {
        for (edited, edit) in edits where edited.isBelow(path) { if case .write = edit { return true } }
        return try view("look at '\(path)'") { try repository.entry(at: path, in: base)?.isDirectory ?? false }
    }

    package func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool?) throws(FileViewError) {
        edits[path] = .write(bytes, isExecutable: isExecutable)
        failpoints.reach(.midExecution)
    }

    package func remove(_ path: RepoPath) throws(FileViewError) {
        guard try read(path) != nil else { throw FileViewError("'\(path)' is not there to be removed") }
        edits[path] = .remove
    }

    var files: any FileView { self }

    var programs: (any ProgramRunner)? { nil }

    func freeze() throws(StageError) -> FrozenFiles {
        do throws(GitError) { return FrozenFiles(tree: try writeTree()) } catch {
            throw StageError(.executor, error)
        }
    }

    /// Writes what was edited as a tree, without touching any checkout.
    private func writeTree() throws(GitError) -> ObjectID {
        var treeEdits: [TreeEdit] = []
        for (path, edit) in edits.sorted(by: { $0.key < $1.key }) {
            let existing = try entry(at: path)
            switch edit {
            case .remove: if existing != nil { treeEdits.append(.remove(path)) }
            case .write(let bytes, let isExecutable):
                let keeps = existing?.kind == .executable
                let mode: FileMode = isExecutable ?? keeps ? .executable : .regular
                treeEdits.append(.upsert(path, try repository.writeBlob(bytes), mode))
            }
        }
        failpoints.reach(.duringFreeze)
        return treeEdits.isEmpty ? base : try repository.tree(updating: base, with: treeEdits)
    }

    private func entry(at path: RepoPath) throws(GitError) -> TreeEntry? {
        if let entry = known[path] { return entry }
        return try repository.entry(at: path, in: base)
    }

    private func view<Result>(_ operation: String, _ body: () throws -> Result) throws(FileViewError) -> Result {
        do { return try body() } catch let error as FileViewError { throw error } catch let error as GitError {
            throw FileViewError("cannot \(operation)", causes: [error.description])
        } catch { throw FileViewError("cannot \(operation)", causes: ["\(error)"]) }
    }
}
