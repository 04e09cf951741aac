internal import Basics
internal import Forges
internal import Git
internal import Model

/// A branch of this repository's, for targets that are delivered nowhere else.
struct LocalBranch {
    private let repository: Repository
    private let context: Context

    init(_ repository: Repository, _ context: Context) { (self.repository, self.context) = (repository, context) }

    /// Moves it from where it was seen to the sealed commit, unless somebody works on it.
    func move(_ sealed: SealedCommit, of task: String, expecting seen: ObjectID?) throws(StageError) {
        let isInUse: Bool
        do throws(GitError) { isInUse = try repository.isCheckedOut(sealed.reference) } catch {
            throw StageError(.delivery, error)
        }
        if isInUse { throw StageError(Refusal(task, .branchInUse(sealed.branch))) }
        try ReferenceLocks(repository, context).write(sealed.reference, failing: .delivery) {
            () throws(GitError) in
            try repository.updateReference(
                sealed.reference, to: sealed.id, expecting: seen,
                message: "leviathan: \(sealed.attempt)")
        }
    }
}
