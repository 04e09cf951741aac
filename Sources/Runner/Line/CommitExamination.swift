package import Basics
package import Enforcement
internal import Git
package import Model

/// Judges the difference between two commits, whoever made it: no task is run, and no plan, attempt or network needed.
package struct CommitExamination {
    /// What is judged, and how far.
    package struct Subject {
        package let base: ObjectID
        package let head: ObjectID
        /// What stands in for the tree of `base`; `nil` for that tree.
        package var baseTree: ObjectID?
        /// The edit of the backlog that Leviathan would have made.
        package var writeBack: WriteBack?
        /// What speaks against the change already.
        package var refusals: [Violation] = []
        /// Without them there is no approval where there are any.
        package var runsInvariants = true

        package init(base: ObjectID, head: ObjectID) { (self.base, self.head) = (base, head) }
    }

    private let checkout: TargetCheckout
    private let context: Context

    package init(_ checkout: TargetCheckout, _ context: Context) {
        (self.checkout, self.context) = (checkout, context)
    }

    /// What rules and invariants say of the way from `base` to `head`; nothing of what `head` holds decides.
    package func examine(
        _ rules: RuleSet, from base: ObjectID, to head: ObjectID
    ) throws(StageError) -> Examination {
        try examine(rules, Subject(base: base, head: head))
    }

    package func examine(_ rules: RuleSet, _ change: Subject) throws(StageError) -> Examination {
        let repository = checkout.repository
        let changes: ChangeSet
        do throws(GitError) {
            let before = try repository.commit(change.base).tree
            let freezer = ChangeFreezer(
                repository: repository, base: change.base, baseTree: change.baseTree ?? before)
            let tree = try repository.commit(change.head).tree
            changes = try freezer.changeSet(
                tree,
                withoutWriteBack: try change.writeBack.map { edit throws(GitError) in
                    try freezer.tree(tree, undoing: edit)
                })
        } catch { throw StageError(.invalid, error) }
        let subject = RuleSubject(
            changes: changes, rules: rules, writeBack: change.writeBack,
            contents: RepositoryContents(repository: repository),
            tree: FrozenTree(repository: repository, tree: changes.tree), refusals: change.refusals,
            secrets: context.redaction)
        return try Enforcement.examine(subject) { (_) throws(StageError) in
        } invariants: { () throws(StageError) in
            guard change.runsInvariants else { return [] }
            return try InvariantStage(input(rules, changes), changes: subject.ownChanges, artifacts: nil).results()
        }
    }

    private func input(_ rules: RuleSet, _ changes: ChangeSet) -> InvariantInput {
        InvariantInput(
            invariants: rules.invariants, tree: changes.tree, base: changes.base, baseTree: changes.baseTree,
            kind: rules.invariantWorkspace ?? .worktree,
            source: WorkspaceSource(
                checkout: checkout, sandbox: rules.sandbox, seeding: rules.seeding,
                timeout: rules.limits.attemptTimeout.value, context: context))
    }
}
