internal import Basics
internal import Git

/// Fetches the files that a partial clone has left at its remote, by the git program and all at once.
///
/// A clone that has its objects from a mirror gets them there, so that the next one finds them.
struct MissingFiles: Sendable {
    /// Says in a clone's configuration that whatever reads it may fetch what is missing; clones of Leviathan's own have it.
    static let setting = "leviathan.fetchMissing"

    private let directory: String
    private let objects: String
    private let context: Context

    init(of checkout: TargetCheckout, _ context: Context) {
        (directory, objects) = (checkout.root, checkout.repository.commonDirectory + "/objects")
        self.context = context
    }

    func fetch(_ ids: [ObjectID], from remote: String) throws(GitError) {
        let name = "fetch \(ids.count) \(ids.count == 1 ? "file" : "files") from \(remote)"
        try context.stage(name) { () throws(GitError) in
            if let mirror = TargetMirror(of: objects, context), mirror.bring(ids) { return }
            try GitCommand(context).bring(ids, from: remote, in: directory, context.cancellation)
        }
    }
}

extension GitCommand {
    func bring(
        _ ids: [ObjectID], from remote: String, in directory: String, _ cancellation: Cancellation
    ) throws(GitError) {
        do throws(GitCommandError) {
            try fetchPromised(ids, from: remote, in: directory, cancellation: cancellation)
        } catch { throw GitError(.notFetched, error.operation, reason: error.reason) }
    }
}

extension TargetCheckout {
    /// From now on what this clone has left at its remote is fetched when it is read.
    func bringMissingFiles(_ context: Context) {
        let missing = MissingFiles(of: self, context)
        repository.bringPromised { (ids, remote) throws(GitError) in try missing.fetch(ids, from: remote) }
    }
}

extension Snapshot {
    /// That this clone lacks something is nothing that the task or its executor did.
    func cause(of error: StageError) -> StageError {
        let repository = checkout.repository
        guard [.executor, .invalid, .unexpected].contains(error.kind),
            let cause = repository.promisedFailure ?? repository.promisedRefusal
        else { return error }
        return StageError(reading: cause)
    }
}

extension StageError {
    /// A repository that cannot be read as it is, or that lacks what its remote would have to give.
    init(reading error: GitError) { self.init(error.kind == .notFetched ? .delivery : .invalid, error) }
}
