internal import Basics
internal import Git
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// Worktrees from the pool, claimed anew for each run, and so scrubbed.
///
/// Only the thread that hands them out uses the repository; a program's own thread does the rest.
final class WorktreeInvariantWorkspaces: InvariantWorkspaces {
    private let input: InvariantInput
    private let trees: InvariantTrees

    init(_ input: InvariantInput, _ trees: InvariantTrees) { (self.input, self.trees) = (input, trees) }

    /// One slot is left to the attempt, or to others.
    var width: Int { max(1, min(Workers.usual, input.source.slots - 1)) }

    func open(_ side: InvariantSide, isAlone: Bool) throws(StageError) -> OpenedInvariantWorkspace {
        let (tree, cancellation) = (trees[side].filled, input.source.context.cancellation)
        let pool = input.source.pool(of: tree, atLeast: input.leastSlots)
        do throws(WorkspaceError) {
            if isAlone {
                let checkout = try pool.claim(
                    tree.tree, at: input.base, submodules: tree.submodules, cancellation: cancellation)
                return .workspace(try place(checkout, side))
            }
            guard
                let checkout = try pool.claimIfFree(
                    tree.tree, at: input.base, submodules: tree.submodules, cancellation: cancellation)
            else { return .taken }
            return .workspace(try place(checkout, side))
        } catch { throw StageError(workspace: error) }
    }

    private func place(
        _ checkout: consuming ClaimedSlot, _ side: InvariantSide
    ) throws(WorkspaceError) -> WorktreeInvariantWorkspace {
        do throws(StageError) { return try WorktreeInvariantWorkspace(checkout, trees[side], input.source) } catch
        {
            throw WorkspaceError(.storage, error.message, causes: error.causes, hint: error.hint)
        }
    }
}

private final class WorktreeInvariantWorkspace: InvariantWorkspace {
    let directory: String
    let fence: Fence
    private let checkout: ClaimedSlot
    private let place: FenceDirectories
    private let setUp: SetUp?
    private let store: SetupStore
    private let seeds: SeedPlan
    private let progress: @Sendable (String) -> Void

    init(
        _ checkout: consuming ClaimedSlot, _ side: InvariantTrees.Side, _ source: WorkspaceSource
    ) throws(StageError) {
        place = try FenceDirectories(source.context)
        directory = checkout.path
        fence = try place.fence(
            around: checkout.path, granting: .everything, source.sandbox, git: source.git,
            showing: side.seeds.linkedPlaces)
        self.checkout = checkout
        (setUp, store, seeds) = (side.setUp, side.store, side.seeds)
        progress = source.context.observer.progress
    }

    func prepare() throws(StageError) -> String? {
        do {
            let notes = try setUp?.apply(to: checkout.additions, in: store) ?? []
            for note in try notes + seeds.apply(to: directory) { progress(note) }
            return nil
        } catch let error as SetUpFailure { return error.text } catch { throw StageError(setUp: error) }
    }

    func requireInPlace() throws(StageError) {
        do throws(WorkspaceError) {
            try place.requireInPlace()
            try checkout.requireInPlace()
        } catch { throw StageError(workspace: error) }
    }

    func clearReport(at path: RepoPath) throws(StageError) {
        let place = directory + "/" + path.description
        do throws(FileError) {
            guard let status = try FileSystem.status(place), status.kind != .directory else { return }
            try FileSystem.removeTree(place)
        } catch { throw StageError(.executor, error) }
    }

    func report(at path: RepoPath) throws(StageError) -> [UInt8]? {
        try InvariantReport.read(path, below: directory)
    }
}
