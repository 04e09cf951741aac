internal import Basics
internal import Forges
internal import Git

/// A branch of this repository's, for targets that are delivered nowhere else.
struct LocalBranch {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// Moves it from where it was seen to the sealed commit, unless somebody works on it.
    func move(_ sealed: SealedCommit, expecting seen: ObjectID?) throws(StageError) {
        let isInUse: Bool
        do throws(GitError) { isInUse = try repository.isCheckedOut(sealed.reference) } catch {
            throw StageError(.delivery, error)
        }
        if isInUse {
            throw StageError(
                .guardrail, "'\(sealed.branch)' is checked out, and was left alone",
                hint: "switch to another branch there ('git worktree list' shows where), then try again")
        }
        do throws(GitError) {
            try repository.updateReference(
                sealed.reference, to: sealed.id, expecting: seen,
                message: "leviathan: \(sealed.attempt)")
        } catch { throw StageError(.delivery, error) }
    }
}
