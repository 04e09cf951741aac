internal import Basics
internal import Contracts
internal import Enforcement
internal import Git
internal import Model
internal import Paths

/// Turns what a workspace holds into a change set that nothing can alter any more.
struct ChangeFreezer {
    /// A frozen change, with the backlog's own edit where there is one.
    struct Frozen {
        let changes: ChangeSet
        let writeBack: WriteBack?
        /// Why the backlog was left as it is, where it should not have been.
        let writeBackRefusal: WriteBackRefusal?
    }

    let repository: Repository
    let base: ObjectID
    let baseTree: ObjectID

    /// `tree` is what the executor left; the write-back is added to it unless there is nothing to propose.
    func freeze(
        _ tree: ObjectID, of task: BacklogTask, writeBack fields: WriteBackFields?,
        beside neighbours: BacklogNeighbours = .none
    ) throws(GitError) -> Frozen {
        guard tree != baseTree, let fields else { return try unmarked(tree) }
        do throws(WriteBackRefusal) {
            if let mark = try mark(of: task, fields, beside: neighbours) { return try frozen(tree, mark) }
        } catch { return try unmarked(tree, because: error) }
        return try unmarked(tree)
    }

    private func unmarked(_ tree: ObjectID, because refusal: WriteBackRefusal? = nil) throws(GitError) -> Frozen {
        Frozen(changes: try changeSet(tree), writeBack: nil, writeBackRefusal: refusal)
    }

    /// The mark of a task in the base's backlog; `nil` where the task stands in no file.
    func mark(
        of task: BacklogTask, _ fields: WriteBackFields, beside neighbours: BacklogNeighbours
    ) throws(WriteBackRefusal) -> WriteBack? {
        guard let place = task.place, let path = try? RepoPath(place.file) else { return nil }
        let marked = try BacklogEditor.marking(
            task.id, asCompleted: fields, in: try backlogBytes(at: path), beside: neighbours)
        do throws(GitError) { return WriteBack(path: path, blob: try repository.writeBlob(marked)) } catch {
            throw WriteBackRefusal(message: error.description)
        }
    }

    private func frozen(_ tree: ObjectID, _ mark: WriteBack) throws(WriteBackRefusal) -> Frozen {
        do throws(GitError) {
            let full = try repository.tree(updating: tree, with: [.upsert(mark.path, mark.blob, .regular)])
            return Frozen(
                changes: try changeSet(full, withoutWriteBack: tree), writeBack: mark, writeBackRefusal: nil)
        } catch { throw WriteBackRefusal(message: error.description) }
    }

    /// A tree that holds the backlog as the base has it.
    func tree(_ tree: ObjectID, undoing edit: WriteBack) throws(GitError) -> ObjectID {
        guard let entry = try repository.entry(at: edit.path, in: baseTree) else { return tree }
        return try repository.tree(updating: tree, with: [.upsert(edit.path, entry.id, .regular)])
    }

    private func backlogBytes(at path: RepoPath) throws(WriteBackRefusal) -> [UInt8] {
        do throws(GitError) {
            guard let entry = try repository.entry(at: path, in: baseTree) else {
                throw GitError(.notFound, "read '\(path)'", reason: "it is not in the base commit")
            }
            return try repository.blob(entry.id, limit: contractFileLimit)
        } catch { throw WriteBackRefusal(message: error.description) }
    }

    /// The difference between the base and a tree, as rules look at it; how long the patch may be is a question about
    /// `own`, what the task itself left.
    func changeSet(_ tree: ObjectID, withoutWriteBack own: ObjectID? = nil) throws(GitError) -> ChangeSet {
        let deltas = try repository.diff(from: baseTree, to: tree)
        let origins = try renameOrigins(deltas, tree)
        var changes: [Change] = []
        for delta in deltas {
            guard let path = (delta.new ?? delta.old)?.path else { continue }
            changes.append(
                Change(
                    path: path, operation: delta.operation, oldMode: delta.old?.mode, newMode: delta.new?.mode,
                    oldBlob: delta.old?.id, newBlob: delta.new?.id, size: try size(of: delta.new),
                    added: delta.added,
                    removed: delta.removed, isBinary: delta.isBinary, renamedFrom: origins[path]))
        }
        let patch = try repository.patchText(from: baseTree, to: own ?? tree)
        return ChangeSet(
            base: base, baseTree: baseTree, tree: tree, changes: changes, patchBytes: patch.bytes.count)
    }

    private func size(of side: FileDelta.Side?) throws(GitError) -> Int {
        guard let side, FileMode(rawValue: side.mode) != .submodule else { return 0 }
        return try repository.blobSize(side.id)
    }

    /// For each new file that seems to be an old one under another name, that name.
    private func renameOrigins(_ deltas: [FileDelta], _ tree: ObjectID) throws(GitError) -> [RepoPath: RepoPath] {
        guard deltas.contains(where: { $0.status == .added }), deltas.contains(where: { $0.status == .deleted })
        else {
            return [:]
        }
        var origins: [RepoPath: RepoPath] = [:]
        let renamed = try repository.diff(from: baseTree, to: tree, findRenames: true, countsLines: false)
        for delta in renamed where delta.status == .renamed {
            if let old = delta.old, let new = delta.new { origins[new.path] = old.path }
        }
        return origins
    }
}

extension FileDelta {
    fileprivate var operation: Operation {
        switch status {
        case .added: .create
        case .deleted: .delete
        case .modified, .renamed, .typeChanged: .update
        }
    }
}
