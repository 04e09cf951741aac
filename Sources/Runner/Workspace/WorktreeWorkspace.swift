internal import Basics
internal import Executors
internal import Git
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// A git worktree of the attempt's own, from the warm pool.
final class WorktreeWorkspace: Workspace {
    private let checkout: ClaimedSlot
    private let base: ObjectID
    private let filled: FilledTree
    private let place: FenceDirectories
    private let scan: ChangeScan
    private let repository: Repository
    private let context: Context
    /// What there was to refuse before the task began.
    private let seededRefusals: Set<Violation>
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
        let seeds = try source.seeds(for: filled)
        let scratch = try opening.missingScratch()
        do throws(WorkspaceError) {
            checkout = try source.pool(of: filled).claim(
                filled.tree, at: plan.base, sparse: opening.sparse, submodules: filled.submodules,
                isListed: opening.isListed, cancellation: opening.context.cancellation)
            files = WorkspaceFileView(try WorkspaceFiles(directory: checkout.path))
        } catch { throw StageError(workspace: error) }
        let setUp = try SetUp(source, for: filled, kind: .worktree, sparse: opening.sparse)
        let said: [String]
        do {
            let store = SetupStore(of: repository, context)
            said = try setUp?.apply(to: checkout.additions, in: store) ?? []
        } catch { throw StageError(setUp: error) }
        do throws(WorkspaceError) {
            let survey = opening.survey(of: filled, leavingOut: seeds.scratch)
            let left = setUp == nil ? ScannedChanges() : try survey.changes(in: checkout)
            scan = opening.scan(of: filled, leavingOut: seeds.scratch, seeded: Set(left.edits.map(\.path)))
            seededRefusals = Set(left.refusals.filter { ![nil, ".git"].contains($0.path?.description) })
            notes = filled.notes + said + seeds.notes + (try seeds.apply(to: checkout.path, making: scratch))
        } catch { throw StageError(workspace: error) }
        let directory = checkout.path
        let fence = try place.fence(
            around: directory, granting: try opening.grants(), plan.sandbox, git: source.git,
            showing: seeds.linkedPlaces)
        programs = FencedPrograms(
            in: directory, plan: plan, fence: opening.isFenced ? fence : nil, opening.context)
    }

    func requireInPlace() throws(StageError) {
        do throws(WorkspaceError) { try requireFiles() } catch { throw StageError(workspace: error) }
    }

    private func requireFiles() throws(WorkspaceError) {
        try place.requireInPlace()
        try checkout.requireInPlace()
    }

    func freeze() throws(StageError) -> FrozenFiles {
        do throws(WorkspaceError) {
            var changes = try whileInPlace(requireFiles) { () throws(WorkspaceError) in
                try scan.changes(in: checkout)
            }
            changes.refusals.removeAll { seededRefusals.contains($0) }
            context.failpoints.reach(.duringFreeze)
            return try FrozenFiles(filled.refusingSubmodules(changes), on: base, repository)
        } catch { throw StageError(workspace: error) }
    }
}
