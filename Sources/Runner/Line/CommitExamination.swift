package import Basics
package import Enforcement
internal import Git
package import Model

/// Judges the difference between two commits, whoever made it: no task is run, and no plan, attempt or network needed.
package struct CommitExamination {
    private let checkout: TargetCheckout
    private let context: Context

    package init(_ checkout: TargetCheckout, _ context: Context) {
        (self.checkout, self.context) = (checkout, context)
    }

    /// What rules and invariants say of the way from `base` to `head`; nothing of what `head` holds decides.
    package func examine(
        _ rules: RuleSet, from base: ObjectID, to head: ObjectID
    ) throws(StageError) -> Examination {
        let repository = checkout.repository
        let (before, changes): (Commit, ChangeSet)
        do throws(GitError) {
            before = try repository.commit(base)
            changes = try ChangeFreezer(repository: repository, base: base, baseTree: before.tree)
                .changeSet(try repository.commit(head).tree)
        } catch { throw StageError(.invalid, error) }
        let subject = RuleSubject(
            changes: changes, rules: rules, contents: RepositoryContents(repository: repository),
            tree: FrozenTree(repository: repository, tree: changes.tree))
        return try Enforcement.examine(subject) { (_) throws(StageError) in
        } invariants: { () throws(StageError) in
            try InvariantStage(input(rules, changes), changes: changes.changes, artifacts: nil).results()
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
