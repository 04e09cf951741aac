internal import Basics
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// Places that hold exactly one tree, for programs that check it; what they write is gone afterwards.
protocol CheckGround: Sendable {
    /// Hands out a fresh place.
    func withPlace<Value>(
        _ body: (_ directory: String, _ fence: Fence) throws(StageError) -> Value
    ) throws(StageError) -> Value
}

/// A throwaway layer above a shared checkout, with a thin layer in between that makes it another tree.
struct LayeredGround: CheckGround {
    let lowers: [String]
    let plan: Plan
    let gitDirectory: String
    let context: Context

    func withPlace<Value>(
        _ body: (_ directory: String, _ fence: Fence) throws(StageError) -> Value
    ) throws(StageError) -> Value {
        let place = try FencedPlace(context)
        var fence = place.fence(
            around: place.mount, granting: .everything, plan.sandbox, gitDirectory: gitDirectory)
        fence.overlay = place.overlay(over: lowers)
        return try body(place.mount, fence)
    }
}

/// The grounds that the programs of an attempt's invariants stand on: the frozen tree, and the base to compare with.
final class CheckGrounds {
    private let opening: WorkspaceOpening
    private let tree: ObjectID
    private let layers: CheckLayers?

    init(_ opening: WorkspaceOpening, tree: ObjectID) throws(StageError) {
        (self.opening, self.tree) = (opening, tree)
        layers = opening.plan.checkWorkspace == .overlay ? try CheckLayers(opening, tree: tree) : nil
    }

    /// `nil` where no overlay is stood on.
    var layered: (frozen: LayeredGround, base: LayeredGround)? {
        layers.map { (layered(over: $0.frozen), layered(over: $0.base)) }
    }

    var claimed: (frozen: ClaimedGround, base: ClaimedGround) {
        let desk = ClaimDesk(opening)
        return (ClaimedGround(tree: tree, desk: desk), ClaimedGround(tree: opening.plan.baseTree, desk: desk))
    }

    private func layered(over lowers: [String]) -> LayeredGround {
        LayeredGround(
            lowers: lowers, plan: opening.plan, gitDirectory: opening.gitDirectory,
            context: opening.context)
    }
}

/// The directories that make a frozen tree, and its base, out of one shared checkout; the uppermost first.
private final class CheckLayers {
    let frozen: [String]
    let base: [String]
    /// Keeps the base's files from being changed while anything stands on them.
    private let shared: SharedCheckout
    private let layer: FencedPlace
    private let seeds: [WorkspaceSeeds?]

    init(_ opening: WorkspaceOpening, tree: ObjectID) throws(StageError) {
        let plan = opening.plan
        layer = try FencedPlace(opening.context)
        let (old, new) = (try opening.ground(plan.baseTree), try opening.ground(tree))
        do throws(WorkspaceError) {
            shared = try opening.checkPool(of: old).share(
                old.tree, at: plan.base, submodules: old.submodules,
                cancellation: opening.context.cancellation)
            try TreeLayer.write(new.repository, from: old.tree, to: new.tree, in: layer.upper)
        } catch { throw StageError(workspace: error) }
        let below = try WorkspaceSeeds.find(opening, for: old, above: shared.path)
        let above = try WorkspaceSeeds.find(opening, for: new, above: shared.path)
        try above?.apply(to: layer.upper)
        frozen = [layer.upper] + (above?.layers ?? []) + [shared.path]
        base = (below?.layers ?? []) + [shared.path]
        seeds = [below, above]
    }
}
