package import Basics

/// What an attempt was asked for, and by which rules it was judged: the whole task and its whole effective policy.
///
/// Its digest is the commit's `Leviathan-Spec`.
package struct Specification: Fingerprinted {
    let task: BacklogTask
    let scope: Scope
    let permission: Permission
    let limits: EffectiveLimits
    let executor: String
    let invariants: [Invariant]
    let sandbox: Sandbox
    let seeding: WorkspaceSeeding
    let blocksWeakenedTests: Bool

    package init(_ plan: Plan) {
        (task, scope, permission, limits) = (plan.task, plan.scope, plan.permission, plan.limits)
        (executor, invariants, sandbox) = (plan.executor, plan.invariants, plan.sandbox)
        (seeding, blocksWeakenedTests) = (plan.seeding, plan.blocksWeakenedTests)
    }

    package var fingerprint: JSON {
        .fingerprint([
            "task": task, "scope": scope, "permission": permission, "limits": limits, "executor": executor,
            "invariants": invariants, "sandbox": sandbox, "seeding": seeding,
            "blocksWeakenedTests": blocksWeakenedTests,
        ])
    }
}
