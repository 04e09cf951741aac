internal import Basics
internal import Git
internal import Model
internal import Workspaces

/// What invariants are checked on, and by: two trees of a repository, with no plan and no attempt.
struct InvariantInput {
    let invariants: [Invariant]
    /// The files to judge.
    let tree: ObjectID
    /// The same as far as answers are remembered for it: without what only names an attempt.
    let rememberedTree: ObjectID
    let base: ObjectID
    let baseTree: ObjectID
    /// Where programs run, `overlay` or `worktree`.
    let kind: WorkspaceKind
    let source: WorkspaceSource
    /// One checkout besides the attempt's own there has to be, or both would wait for each other.
    var leastSlots = 1
    /// Whether earlier answers may be used.
    var usesCache = true

    init(
        invariants: [Invariant], tree: ObjectID, rememberedTree: ObjectID? = nil, base: ObjectID,
        baseTree: ObjectID, kind: WorkspaceKind, source: WorkspaceSource
    ) {
        (self.invariants, self.tree, self.rememberedTree) = (invariants, tree, rememberedTree ?? tree)
        (self.base, self.baseTree, self.kind) = (base, baseTree, kind)
        // programs of invariants are never without a fence
        var fenced = source
        fenced.isFenced = true
        self.source = fenced
    }

    init(_ opening: WorkspaceOpening, tree: ObjectID, rememberedTree: ObjectID) {
        let plan = opening.plan
        self.init(
            invariants: plan.invariants, tree: tree, rememberedTree: rememberedTree, base: plan.base,
            baseTree: plan.baseTree, kind: plan.checkWorkspace ?? .worktree, source: opening.source)
        leastSlots = opening.isInReview && plan.workspace == .worktree ? 2 : 1
        usesCache = opening.usesCache
    }
}

/// The two trees of an invariant.
enum InvariantSide: Sendable { case change, base }

/// The change and the base as places to run programs, prepared as far as the repository is needed for it.
struct InvariantTrees {
    struct Side {
        let filled: FilledTree
        let seeds: SeedPlan
        let setUp: SetUp?
        /// Only results of base trees are shared: what a task's tree makes of a set-up judges nobody else's.
        let store: SetupStore
    }

    let change: Side
    let base: Side

    /// `own`: where results go that end with these invariants.
    init(_ input: InvariantInput, own: String) throws(StageError) {
        let source = input.source
        let shared = SetupStore(of: source.repository, source.context)
        let (old, new) = (try source.filled(input.baseTree), try source.filled(input.tree))
        let seeds = try source.seeds(for: old)
        let before = try SetUp(source, for: old, kind: input.kind)
        let after = try SetUp(source, for: new, kind: input.kind)
        base = Side(filled: old, seeds: seeds, setUp: before, store: shared)
        do throws(WorkspaceError) {
            change = Side(
                filled: new, seeds: try seeds.leavingOut(trackedBy: new.tree, of: new.repository), setUp: after,
                store: after?.key == before?.key ? shared : SetupStore(directory: own, clock: source.context.clock)
            )
        } catch { throw StageError(workspace: error) }
    }

    subscript(side: InvariantSide) -> Side { side == .change ? change : base }
}
