internal import Basics
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// Where workspaces of a repository come from, and what the policy puts into them; knows of no task and no attempt.
struct WorkspaceSource {
    let checkout: TargetCheckout
    let sandbox: Sandbox
    let seeding: WorkspaceSeeding
    /// The longest that a set-up may take.
    let timeout: Duration
    let context: Context
    var isFenced = true

    var repository: Repository { checkout.repository }
    /// What programs may read of the repository.
    var git: GitMetadata { GitMetadata(repository) }

    /// How many checkouts are kept at most.
    var slots: Int { seeding.slots ?? SlotPool.slotLimit }

    func pool(of tree: FilledTree, atLeast least: Int = 1) -> SlotPool {
        SlotPool(of: tree.repository, context, slots: max(least, slots))
    }

    /// What to check out for a tree: the same with its submodules, where the policy asks for them.
    func filled(_ tree: ObjectID) throws(StageError) -> FilledTree {
        guard seeding.fillsSubmodules else { return FilledTree(tree, of: repository) }
        let places = FilledTree.Places(
            of: repository, checkout: checkout.root,
            store: SlotPool.place(of: repository, context) + "/objects")
        do throws(WorkspaceError) { return try FilledTree(tree, of: repository, from: places) } catch {
            throw StageError(workspace: error)
        }
    }

    /// The untracked files of the user's checkout that a workspace of a tree gets.
    func seeds(for tree: FilledTree) throws(StageError) -> SeedPlan {
        do throws(WorkspaceError) {
            return try SeedPlan(seeding, from: checkout.root, repository: tree.repository, tree: tree.tree)
        } catch { throw StageError(workspace: error) }
    }

    /// What programs see of the environment, in a set-up as later.
    var environment: [String: String] {
        FenceDirectories.environment(context.environment, adding: sandbox.environment)
    }

    /// Where programs see their files; `nil` where each run sees them elsewhere.
    var stablePath: String? {
        get throws(StageError) { isFenced ? try FenceDirectories.stablePath(context) : nil }
    }
}
