internal import Basics
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// Places that hold exactly one tree, for programs that check it; what they write is gone afterwards.
protocol CheckGround {
    /// Whether several programs can run at the same time.
    var isParallel: Bool { get }

    /// Hands out a fresh place.
    func withPlace<Value>(
        _ body: (_ directory: String, _ fence: Fence) throws(StageError) -> Value
    ) throws(StageError) -> Value
}

/// A throwaway layer above a shared checkout, with a thin layer in between that makes it another tree.
struct LayeredGround: CheckGround, Sendable {
    let lowers: [String]
    let plan: Plan
    let gitDirectory: String
    let surroundings: Surroundings

    var isParallel: Bool { true }

    func withPlace<Value>(
        _ body: (_ directory: String, _ fence: Fence) throws(StageError) -> Value
    ) throws(StageError) -> Value {
        let place = try FencedPlace(surroundings)
        var fence = place.fence(
            around: place.mount, granting: .everything, plan.sandbox, gitDirectory: gitDirectory)
        fence.overlay = place.overlay(over: lowers)
        return try body(place.mount, fence)
    }
}

/// A worktree from the pool, claimed anew for each program, and so scrubbed.
struct ClaimedGround: CheckGround {
    let tree: ObjectID
    let opening: WorkspaceOpening

    var isParallel: Bool { false }

    func withPlace<Value>(
        _ body: (_ directory: String, _ fence: Fence) throws(StageError) -> Value
    ) throws(StageError) -> Value {
        let place = try FencedPlace(opening.surroundings)
        let checkout: Checkout
        do throws(WorkspaceError) {
            checkout = try opening.pool.claim(
                tree, at: opening.plan.base, cancellation: opening.surroundings.cancellation)
        } catch { throw StageError(workspace: error) }
        let fence = place.fence(
            around: checkout.path, granting: .everything, opening.plan.sandbox,
            gitDirectory: opening.repository.commonDirectory)
        return try body(checkout.path, fence)
    }
}

/// The grounds that the programs of an attempt's invariants stand on: the frozen tree, and the base to compare with.
final class CheckGrounds {
    private let opening: WorkspaceOpening
    /// Keeps the base's files from being changed while anything stands on them.
    private let shared: SharedCheckout?
    private let layer: FencedPlace?
    private let lowers: [String]
    private let tree: ObjectID

    init(_ opening: WorkspaceOpening, tree: ObjectID) throws(StageError) {
        (self.opening, self.tree) = (opening, tree)
        guard opening.plan.checkWorkspace == .overlay else {
            shared = nil
            layer = nil
            lowers = []
            return
        }
        let plan = opening.plan
        let place = try FencedPlace(opening.surroundings)
        do throws(WorkspaceError) {
            let checkout = try opening.pool.share(
                plan.baseTree, at: plan.base, cancellation: opening.surroundings.cancellation)
            try TreeLayer.write(opening.repository, from: plan.baseTree, to: tree, in: place.upper)
            lowers = [place.upper, checkout.path]
            shared = consume checkout
        } catch { throw StageError(workspace: error) }
        layer = consume place
    }

    var frozen: any CheckGround {
        lowers.isEmpty ? ClaimedGround(tree: tree, opening: opening) : layered(over: lowers)
    }

    var base: any CheckGround {
        lowers.isEmpty
            ? ClaimedGround(tree: opening.plan.baseTree, opening: opening)
            : layered(over: Array(lowers.dropFirst()))
    }

    /// `nil` where programs run one after the other.
    var layered: (frozen: LayeredGround, base: LayeredGround)? {
        lowers.isEmpty ? nil : (layered(over: lowers), layered(over: Array(lowers.dropFirst())))
    }

    private func layered(over lowers: [String]) -> LayeredGround {
        LayeredGround(
            lowers: lowers, plan: opening.plan, gitDirectory: opening.repository.commonDirectory,
            surroundings: opening.surroundings)
    }
}
