internal import Basics
internal import Git
internal import Reports

/// Runs the task of a branch again, and sees whether the branch holds what that gives and nothing else.
struct Reproduction {
    private let checkout: TargetCheckout
    private let range: ReviewedRange
    private let context: Context

    init(_ checkout: TargetCheckout, _ range: ReviewedRange, _ context: Context) {
        (self.checkout, self.range, self.context) = (checkout, range, context)
    }

    /// `isRejected`: nothing is run for a change that is not accepted anyway, or whose trailers cannot be believed.
    func result(_ commits: [Commit], isRejected: Bool) throws(StageError) -> Evaluation.Reproduction {
        guard let commit = commits.first else {
            return Evaluation.Reproduction(
                .notReproducible, of: range.head.id, reason: "no commit says by which attempt it was made")
        }
        guard !isRejected else {
            return Evaluation.Reproduction(
                .notReproducible, of: commit.id,
                reason: "it was not run again, since the change is rejected anyway")
        }
        let finding = try Verification(context, directory: checkout.root).verify(commit.id.hex)
        switch finding.outcome {
        case .notReproducible:
            return Evaluation.Reproduction(.notReproducible, of: commit.id, reason: finding.reason)
        case .differs:
            let now = finding.tree?.short ?? "nothing"
            return Evaluation.Reproduction(
                .differs, of: commit.id,
                reason: "it has the tree \(commit.tree.short), and running it again gave \(now)")
        case .reproduced:
            let isAll = try holdsNothingElse(than: commit)
            return Evaluation.Reproduction(
                isAll ? .reproduced : .differs, of: commit.id,
                reason: isAll ? nil : "the branch holds more than this commit, which nothing reproduces")
        }
    }

    /// Whether the head is the commit, has its files, or is what merging it with the target gives, as build services do.
    private func holdsNothingElse(than commit: Commit) throws(StageError) -> Bool {
        let head = range.head
        if head.tree == commit.tree { return true }
        do throws(GitError) {
            guard head.parents.count == 2, head.parents.contains(commit.id),
                let other = head.parents.first(where: { $0 != commit.id }),
                try checkout.repository.isAncestor(other, of: range.base.commit)
            else { return false }
            return try checkout.repository.mergedTree(other, commit.id) == head.tree
        } catch { throw StageError(.invalid, error) }
    }
}
