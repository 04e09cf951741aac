package import Basics

/// Everything that is decided before anything runs.
package final class Plan: Sendable {
    package typealias WorkspaceKind = Model.WorkspaceKind

    package let task: BacklogTask
    package let target: TargetDescription
    /// What the change will be judged by.
    package let rules: RuleSet
    /// The commit that the change is made on.
    package let base: ObjectID
    package let baseTree: ObjectID
    package let executor: String
    package let workspace: WorkspaceKind
    package let workspaceReason: String

    package init(
        task: BacklogTask, target: TargetDescription, rules: RuleSet, base: ObjectID, baseTree: ObjectID,
        executor: String, workspace: WorkspaceKind, workspaceReason: String
    ) {
        (self.task, self.target, self.rules) = (task, target, rules)
        (self.base, self.baseTree, self.executor) = (base, baseTree, executor)
        (self.workspace, self.workspaceReason) = (workspace, workspaceReason)
    }

    package var scope: Scope { rules.scope }
    package var permission: Permission { rules.permission }
    package var limits: EffectiveLimits { rules.limits }
    package var invariants: [Invariant] { rules.invariants }
    package var checkWorkspace: WorkspaceKind? { rules.invariantWorkspace }
    package var sandbox: Sandbox { rules.sandbox }
    package var seeding: WorkspaceSeeding { rules.seeding }
    package var blocksWeakenedTests: Bool { rules.blocksWeakenedTests }
}
