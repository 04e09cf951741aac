internal import Basics
internal import Enforcement
internal import Git

/// A branch of this repository's, for targets that are delivered nowhere else.
struct LocalBranch {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// Moves it from where it was seen to the proposal's commit, unless somebody works on it.
    func move(_ proposal: Proposal, expecting seen: ObjectID?) throws(StageError) {
        let isInUse: Bool
        do throws(GitError) { isInUse = try repository.isCheckedOut(proposal.reference) } catch {
            throw StageError(.delivery, error)
        }
        if isInUse {
            throw StageError(
                .guardrail, "'\(proposal.branch)' is checked out, and was left alone",
                hint: "switch to another branch there ('git worktree list' shows where), then try again")
        }
        do throws(GitError) {
            try repository.updateReference(
                proposal.reference, to: proposal.commit, expecting: seen,
                message: "leviathan: \(proposal.attempt)")
        } catch { throw StageError(.delivery, error) }
    }
}
