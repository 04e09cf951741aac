/// What a change is judged by: read from one commit, and the same whoever made the change.
package struct RuleSet: Sendable {
    package let scope: Scope
    package let permission: Permission
    package let limits: EffectiveLimits
    package let invariants: [Invariant]
    /// Where the programs of invariants run; `nil` when there are none.
    package let invariantWorkspace: Plan.WorkspaceKind?
    package let sandbox: Sandbox
    package let seeding: WorkspaceSeeding
    /// Whether weakened tests reject the change; otherwise they only warn.
    package let blocksWeakenedTests: Bool

    package init(
        scope: Scope, permission: Permission, limits: EffectiveLimits, invariants: [Invariant],
        invariantWorkspace: Plan.WorkspaceKind? = nil, sandbox: Sandbox,
        seeding: WorkspaceSeeding = WorkspaceSeeding(), blocksWeakenedTests: Bool = false
    ) {
        (self.scope, self.permission, self.limits) = (scope, permission, limits)
        (self.invariants, self.invariantWorkspace) = (invariants, invariantWorkspace)
        (self.sandbox, self.seeding, self.blocksWeakenedTests) = (sandbox, seeding, blocksWeakenedTests)
    }
}
