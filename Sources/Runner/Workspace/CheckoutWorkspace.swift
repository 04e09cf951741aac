internal import Basics
internal import Executors
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// A git worktree of the attempt's own, from the warm pool.
final class CheckoutWorkspace: Workspace {
    private let checkout: Checkout
    private let place: FencedPlace
    private let scan: ChangeScan
    private let repository: Repository
    private let surroundings: Surroundings
    let files: any FileView
    let programs: (any ProgramRunner)?

    init(_ opening: WorkspaceOpening) throws(StageError) {
        let plan = opening.plan
        (repository, surroundings, scan) = (opening.repository, opening.surroundings, opening.scan)
        place = try FencedPlace(opening.surroundings)
        do throws(WorkspaceError) {
            checkout = try opening.pool.claim(
                plan.baseTree, at: plan.base, cancellation: opening.surroundings.cancellation)
            files = WorkspaceFileView(try WorkspaceFiles(directory: checkout.path))
        } catch { throw StageError(workspace: error) }
        let fence =
            opening.isFenced
            ? place.fence(
                around: checkout.path, granting: try opening.grants(), plan.sandbox,
                gitDirectory: repository.commonDirectory)
            : nil
        programs = FencedPrograms(in: checkout.path, plan: plan, fence: fence, opening.surroundings)
    }

    func freeze() throws(StageError) -> FrozenFiles {
        do throws(WorkspaceError) {
            let changes = try scan.changes(in: checkout)
            surroundings.failpoints.reach(.duringFreeze)
            return try FrozenFiles(changes, on: checkout.tree, repository)
        } catch { throw StageError(workspace: error) }
    }
}
