internal import Basics
internal import Enforcement
internal import Git
internal import Journal
internal import Model

/// What policy and invariants say of a frozen change.
struct Judgement {
    let opening: WorkspaceOpening
    let frozen: ChangeFreezer.Frozen
    /// What could not be frozen.
    let refusals: [Violation]

    func verdict() -> Verdict {
        let (plan, repository) = (opening.plan, opening.repository)
        return Judge.judge(
            Case(
                changes: frozen.changes, permission: plan.permission, scope: plan.scope, limits: plan.limits,
                writeBack: frozen.writeBack, contents: RepositoryContents(repository: repository),
                tree: FrozenTree(repository: repository, tree: frozen.changes.tree),
                blocksWeakenedTests: plan.blocksWeakenedTests, refusals: refusals))
    }

    func invariants(keepingLogsIn artifacts: ArtifactStore?) throws(StageError) -> [InvariantResult] {
        let mark = frozen.writeBack?.path
        return try InvariantStage(
            opening: opening, changeSet: frozen.changes,
            changes: frozen.changes.changes.filter { $0.path != mark }, artifacts: artifacts
        ).results()
    }
}
