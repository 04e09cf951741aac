internal import Basics
internal import Git

/// Whether what a commit of somebody else's says of itself may be acted on.
///
/// Its base decides which programs run, and behind which fence: only what was merged into the remote's default branch may.
struct TrustedBase {
    private let checkout: TargetCheckout

    init(_ checkout: TargetCheckout) { self.checkout = checkout }

    /// Refuses a commit that stands on anything but a commit of the remote's default branch.
    func require(of commit: Commit, _ base: ObjectID) throws(StageError) {
        guard commit.parents == [base] else {
            throw refusal(commit, "its only parent would have to be \(base.short), which it names as its base")
        }
        guard let remote = try checkout.remote(preferring: "origin") else {
            throw refusal(
                commit, "there is no remote here whose default branch could tell whether its base was merged")
        }
        let tips = try tips(of: remote)
        guard !tips.isEmpty else {
            throw refusal(commit, "the default branch of '\(remote)' is not known here")
        }
        do throws(GitError) {
            for tip in tips where try checkout.repository.isAncestor(base, of: tip) { return }
        } catch {
            throw StageError(
                .invalid, refused(commit), causes: ["whether its base was merged cannot be told: " + error.message]
            )
        }
        throw refusal(commit, "its base \(base.short) is not part of the default branch of '\(remote)'")
    }

    /// The remote's default branch, and the one that the contract there names instead of it.
    private func tips(of remote: String) throws(StageError) -> [ObjectID] {
        let usual: Base?
        do throws(GitError) { usual = try checkout.defaultBase(remote) } catch {
            throw StageError(.invalid, error)
        }
        guard let usual else { return [] }
        return [usual.commit, try checkout.base(asked: nil, remote: remote).commit]
    }

    private func refused(_ commit: Commit) -> String {
        "the commit \(commit.id.short) is not verified: it is not this home's own"
    }

    private func refusal(_ commit: Commit, _ reason: String) -> StageError {
        StageError(
            .invalid, refused(commit), causes: [reason],
            hint:
                "its policy and its programs are never followed here; 'git fetch' brings a base that was merged since"
        )
    }
}
