internal import Basics
internal import Git
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// Throwaway layers above a shared checkout, with a thin layer in between that makes it another tree.
final class OverlayInvariantWorkspaces: InvariantWorkspaces {
    private let input: InvariantInput
    private let trees: InvariantTrees
    /// Kept from being changed while anything stands on it.
    private let checkout: SharedSlot
    private var made: [InvariantSide: Result<LayeredTree, SetUpFailure>] = [:]

    init(_ input: InvariantInput, _ trees: InvariantTrees) throws(StageError) {
        (self.input, self.trees) = (input, trees)
        let base = trees.base.filled
        do throws(WorkspaceError) {
            checkout = try input.source.pool(of: base, atLeast: input.leastSlots).share(
                base.tree, at: input.base, submodules: base.submodules,
                cancellation: input.source.context.cancellation)
        } catch { throw StageError(workspace: error) }
    }

    var width: Int { Workers.usual }

    func open(_ side: InvariantSide, isAlone: Bool) throws(StageError) -> OpenedInvariantWorkspace {
        switch try tree(side) {
        case .failure(let failure): return .couldNotRun(failure.text)
        case .success(let tree):
            return .workspace(
                try OverlayInvariantWorkspace(
                    tree, input.source.sandbox, git: input.source.git, input.source.context))
        }
    }

    private func tree(_ side: InvariantSide) throws(StageError) -> Result<LayeredTree, SetUpFailure> {
        if let known = made[side] { return known }
        do {
            let layer = side == .change ? try difference() : nil
            let tree = try LayeredTree(
                trees[side], above: checkout.path, difference: layer, input.source.context)
            made[side] = .success(tree)
        } catch let error as SetUpFailure { made[side] = .failure(error) } catch { throw StageError(setUp: error) }
        return try tree(side)
    }

    /// What turns the checkout of the base into the change.
    private func difference() throws -> FilledLayer {
        let place = try FenceDirectories(input.source.context)
        try TreeLayer.write(
            trees.change.filled.repository, from: trees.base.filled.tree, to: trees.change.filled.tree,
            in: place.upper)
        return FilledLayer(place)
    }
}

/// A layer with something in it; gone when the value ends.
private final class FilledLayer: Sendable {
    let path: String
    private let place: FenceDirectories

    init(_ place: consuming FenceDirectories) {
        path = place.upper
        self.place = place
    }

    func requireInPlace() throws(WorkspaceError) { try place.requireInPlace() }
}

/// The layers that make one tree, with its set-up and its seeds.
private final class LayeredTree: Sendable {
    let lowers: [String]
    /// Where links among the seeds lead.
    let linkedPlaces: [String]
    private let layers: OverlayLayers
    private let difference: FilledLayer?
    private let seeds: FilledLayer?

    init(
        _ side: InvariantTrees.Side, above checkout: String, difference: FilledLayer?,
        _ context: Context
    ) throws {
        let files = (difference.map { [$0.path] } ?? []) + [checkout]
        layers = try OverlayLayers(side.setUp, in: side.store, above: files)
        self.difference = difference
        linkedPlaces = side.seeds.linkedPlaces
        if side.seeds.isEmpty {
            seeds = nil
        } else {
            let place = try FenceDirectories(context)
            for note in try side.seeds.apply(to: place.upper) { context.observer.progress(note) }
            seeds = FilledLayer(place)
        }
        lowers = (seeds.map { [$0.path] } ?? []) + layers.paths
    }

    func requireInPlace() throws(WorkspaceError) {
        try difference?.requireInPlace()
        try seeds?.requireInPlace()
    }
}

private final class OverlayInvariantWorkspace: InvariantWorkspace {
    let directory: String
    let fence: Fence
    private let place: FenceDirectories
    private let tree: LayeredTree

    init(
        _ tree: LayeredTree, _ sandbox: Sandbox, git: GitMetadata, _ context: Context
    ) throws(StageError) {
        self.tree = tree
        place = try FenceDirectories(context)
        directory = place.mount
        var fence = try place.fence(
            around: place.mount, granting: .everything, sandbox, git: git, showing: tree.linkedPlaces)
        fence.overlay = place.overlay(over: tree.lowers)
        self.fence = fence
    }

    func prepare() throws(StageError) -> String? { nil }

    func requireInPlace() throws(StageError) {
        do throws(WorkspaceError) {
            try place.requireInPlace()
            try tree.requireInPlace()
        } catch { throw StageError(workspace: error) }
    }

    /// What the program writes lands in a layer that is empty before.
    func clearReport(at path: RepoPath) throws(StageError) {}

    func report(at path: RepoPath) throws(StageError) -> [UInt8]? {
        try InvariantReport.read(path, below: place.upper)
    }
}
