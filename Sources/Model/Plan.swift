package import Basics

/// Everything that is decided before anything runs.
package struct Plan: Sendable {
    package enum WorkspaceKind: String, CaseIterable, Sendable { case tree, overlay, worktree }

    package let task: BacklogTask
    package let target: TargetDescription
    package let scope: Scope
    package let permission: Permission
    package let limits: EffectiveLimits
    /// The commit that the change is made on.
    package let base: ObjectID
    package let baseTree: ObjectID
    package let executor: String
    package let workspace: WorkspaceKind
    package let workspaceReason: String
    /// Where the programs of invariants run; `nil` when there are none.
    package let checkWorkspace: WorkspaceKind?
    package let invariants: [Invariant]
    package let sandbox: Sandbox
    package let seeding: WorkspaceSeeding
    /// Whether weakened tests reject the change; otherwise they only warn.
    package let blocksWeakenedTests: Bool

    package init(
        task: BacklogTask, target: TargetDescription, scope: Scope, permission: Permission,
        limits: EffectiveLimits,
        base: ObjectID, baseTree: ObjectID, executor: String, workspace: WorkspaceKind, workspaceReason: String,
        checkWorkspace: WorkspaceKind? = nil, invariants: [Invariant], sandbox: Sandbox,
        seeding: WorkspaceSeeding = WorkspaceSeeding(), blocksWeakenedTests: Bool = false
    ) {
        (self.task, self.target, self.scope, self.permission) = (task, target, scope, permission)
        (self.limits, self.base, self.baseTree, self.executor) = (limits, base, baseTree, executor)
        (self.workspace, self.workspaceReason) = (workspace, workspaceReason)
        (self.checkWorkspace, self.seeding) = (checkWorkspace, seeding)
        (self.invariants, self.sandbox) = (invariants, sandbox)
        self.blocksWeakenedTests = blocksWeakenedTests
    }
}
