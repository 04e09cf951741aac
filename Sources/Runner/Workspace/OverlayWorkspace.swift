internal import Basics
internal import Executors
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// A layer of the attempt's own above a checkout that many attempts share; the layer is the change.
final class OverlayWorkspace: Workspace {
    private let checkout: SharedCheckout
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
            checkout = try opening.pool.share(
                plan.baseTree, at: plan.base, cancellation: opening.surroundings.cancellation)
            files = WorkspaceFileView(try WorkspaceFiles(upper: place.upper, lower: checkout.path))
        } catch { throw StageError(workspace: error) }
        var fence = place.fence(
            around: place.mount, granting: try opening.grants(), plan.sandbox,
            gitDirectory: repository.commonDirectory)
        fence.overlay = place.overlay(over: [checkout.path])
        programs = FencedPrograms(in: place.mount, plan: plan, fence: fence, opening.surroundings)
    }

    func freeze() throws(StageError) -> FrozenFiles {
        do throws(WorkspaceError) {
            let changes = try scan.changes(inUpperLayer: place.upper)
            surroundings.failpoints.reach(.duringFreeze)
            return try FrozenFiles(changes, on: checkout.tree, repository)
        } catch { throw StageError(workspace: error) }
    }
}
