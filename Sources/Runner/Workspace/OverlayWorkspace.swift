internal import Basics
internal import Executors
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// A layer of the attempt's own above a checkout that many attempts share; the layer is the change.
final class OverlayWorkspace: Workspace {
    private let checkout: SharedSlot
    private let base: ObjectID
    private let filled: FilledTree
    private let place: FenceDirectories
    private let layers: OverlayLayers
    private let scan: ChangeScan
    private let repository: Repository
    private let context: Context
    let notes: [String]
    let files: any FileView
    let programs: (any ProgramRunner)?

    init(_ opening: WorkspaceOpening) throws(StageError) {
        let plan = opening.plan
        (repository, context) = (opening.repository, opening.context)
        place = try FenceDirectories(opening.context)
        base = plan.baseTree
        let source = opening.source
        filled = try source.filled(base)
        do throws(WorkspaceError) {
            checkout = try source.pool(of: filled).share(
                filled.tree, at: plan.base, submodules: filled.submodules,
                cancellation: opening.context.cancellation)
        } catch { throw StageError(workspace: error) }
        let seeds = try source.seeds(for: filled)
        let setUp = try SetUp(source, for: filled, kind: .overlay)
        do {
            let store = SetupStore(of: repository, context)
            layers = try OverlayLayers(setUp, in: store, above: [checkout.path])
        } catch { throw StageError(setUp: error) }
        scan = opening.scan(of: filled, leavingOut: seeds.scratch)
        let scratch = try opening.missingScratch()
        do throws(WorkspaceError) {
            notes = filled.notes + seeds.notes + (try seeds.apply(to: place.upper, making: scratch))
            files = WorkspaceFileView(try WorkspaceFiles(upper: place.upper, lower: checkout.path))
        } catch { throw StageError(workspace: error) }
        var fence = try place.fence(
            around: place.mount, granting: try opening.grants(), plan.sandbox, git: source.git,
            showing: seeds.linkedPlaces)
        fence.overlay = place.overlay(over: layers.paths)
        programs = FencedPrograms(in: place.mount, plan: plan, fence: fence, opening.context)
    }

    func requireInPlace() throws(StageError) {
        do throws(WorkspaceError) { try requireLayers() } catch { throw StageError(workspace: error) }
    }

    private func requireLayers() throws(WorkspaceError) {
        try place.requireInPlace()
        try checkout.requireInPlace()
    }

    func freeze() throws(StageError) -> FrozenFiles {
        do throws(WorkspaceError) {
            let changes = try whileInPlace(requireLayers) { () throws(WorkspaceError) in
                try scan.changes(inUpperLayer: place.upper)
            }
            context.failpoints.reach(.duringFreeze)
            return try FrozenFiles(filled.refusingSubmodules(changes), on: base, repository)
        } catch { throw StageError(workspace: error) }
    }
}
