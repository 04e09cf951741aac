internal import Basics
internal import Git
internal import Reports

/// The stretch of history that is judged: what a head has and the target branch has not.
struct ReviewedRange {
    /// The tip of the target branch.
    let base: Base
    let head: Commit
    let headName: String
    /// The branch that the head is the end of, as far as anybody says.
    let branch: String?
    /// What both have in common; several where branches were merged crosswise.
    let mergeBases: [ObjectID]
    /// The tree of the merge base, or that of all of them merged.
    let baseTree: ObjectID
    /// The newest first.
    let commits: [Commit]

    var mergeBase: ObjectID { mergeBases[0] }
    /// Whether the head brings nothing.
    var isEmpty: Bool { commits.isEmpty }

    var evaluation: Evaluation {
        Evaluation(
            head: Evaluation.Revision(headName, head.id), rules: Evaluation.Revision(base.name, base.commit),
            mergeBases: mergeBases, commits: commits.count)
    }
}

extension Repository {
    /// The tree that several merge bases stand for together; `nil` where they contradict each other.
    func commonTree(of bases: [ObjectID]) throws(GitError) -> ObjectID? {
        var merged = try commit(bases[0])
        for next in bases.dropFirst() {
            guard let tree = try mergedTree(merged.id, next) else { return nil }
            let id = try createCommit(
                tree: tree, parents: [merged.id, next], author: merged.author, committer: merged.committer,
                message: "")
            merged = try commit(id)
        }
        return merged.tree
    }
}
