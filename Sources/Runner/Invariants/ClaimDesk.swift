internal import Basics
internal import Git
internal import Glibc
internal import Model
internal import Processes
internal import Synchronization
internal import Workspaces

/// Hands out worktrees to programs that check trees at the same time.
///
/// Not checked by the compiler: the threads share one handle of the repository, which may hold objects that are in
/// memory only. Whatever asks the repository does so inside `state`'s lock.
final class ClaimDesk: @unchecked Sendable {
    private struct State {
        /// How many checkouts are with this desk's programs now.
        var lent = 0
        /// Why the pool gave none; nobody asks again.
        var failure: StageError?
    }

    /// How often to look again while all slots are taken.
    private static let pause: Int32 = 10

    let gitDirectory: String
    let context: Context
    private let opening: WorkspaceOpening
    /// What is checked out for each tree.
    private var grounds: [ObjectID: FilledTree] = [:]
    private let state = Mutex(State())

    init(_ opening: WorkspaceOpening) {
        (self.opening, context) = (opening, opening.context)
        gitDirectory = opening.gitDirectory
    }

    var plan: Plan { opening.plan }

    /// How many programs may have a checkout at the same time; one slot is left to the attempt, or to others.
    var width: Int { max(1, min(Workers.usual, opening.slots - 1)) }

    /// A checkout of exactly that tree, to be given back.
    ///
    /// While other programs of this desk have checkouts, theirs come free some time, and nobody loses patience.
    func claim(_ tree: ObjectID) throws(StageError) -> Checkout {
        while true {
            if context.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
            if let checkout = try attempt(tree) { return checkout }
            var wake = pollfd(fd: context.cancellation.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wake, 1, Self.pause)
        }
    }

    func giveBack() { state.withLock { $0.lent -= 1 } }

    private func attempt(_ tree: ObjectID) throws(StageError) -> Checkout? {
        try state.withLock { (state) throws(StageError) -> Checkout? in
            if let failure = state.failure { throw failure }
            let ground = try ground(tree)
            do throws(WorkspaceError) {
                let found = try take(ground, waits: state.lent == 0)
                if found != nil { state.lent += 1 }
                return found
            } catch {
                let failure = StageError(workspace: error)
                state.failure = failure
                throw failure
            }
        }
    }

    private func take(_ ground: FilledTree, waits: Bool) throws(WorkspaceError) -> Checkout? {
        let pool = opening.checkPool(of: ground)
        guard waits else {
            return try pool.claimIfFree(
                ground.tree, at: plan.base, submodules: ground.submodules, cancellation: context.cancellation)
        }
        return try pool.claim(
            ground.tree, at: plan.base, submodules: ground.submodules, cancellation: context.cancellation)
    }

    private func ground(_ tree: ObjectID) throws(StageError) -> FilledTree {
        if let known = grounds[tree] { return known }
        let made = try opening.ground(tree)
        grounds[tree] = made
        return made
    }

    /// Gives a checkout all that the policy wants in it.
    func furnish(_ additions: CheckoutAdditions, with tree: ObjectID) throws(StageError) {
        let (setUp, seeds) = try state.withLock { (_) throws(StageError) in
            let ground = try ground(tree)
            return (
                try CheckoutSetUp(opening, for: ground, in: additions.path),
                try WorkspaceSeeds.seedPlan(opening, ground)
            )
        }
        _ = try setUp?.apply(to: additions)
        do throws(WorkspaceError) { _ = try seeds.apply(to: additions.path) } catch {
            throw StageError(workspace: error)
        }
    }
}

/// A worktree from the pool, claimed anew for each program, and so scrubbed.
struct ClaimedGround: CheckGround {
    let tree: ObjectID
    let desk: ClaimDesk

    func withPlace<Value>(
        _ body: (_ directory: String, _ fence: Fence) throws(StageError) -> Value
    ) throws(StageError) -> Value {
        let place = try FencedPlace(desk.context)
        let checkout = try desk.claim(tree)
        defer { desk.giveBack() }
        try desk.furnish(checkout.additions, with: tree)
        let fence = place.fence(
            around: checkout.path, granting: .everything, desk.plan.sandbox, gitDirectory: desk.gitDirectory)
        return try body(checkout.path, fence)
    }
}
