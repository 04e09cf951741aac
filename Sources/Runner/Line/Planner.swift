package import Basics
package import Executors
package import Model

/// A plan with what carries it out.
package struct PlannedTask {
    package let plan: Plan
    let executor: any Executor
    /// What decides whether the task may run, once it is known what was done before.
    let eligibility: Eligibility
}

/// Decides everything that can be decided before anything runs.
package struct Planner {
    package let eligibility: Eligibility
    private let contract: Contract
    private let catalog: ExecutorCatalog
    private let overlayProblem: () -> String?

    /// A planner for this machine, at this moment.
    package init(
        _ contract: Contract, in context: Context, catalog: ExecutorCatalog, overridesStop: Bool = false
    ) throws(StageError) {
        (self.contract, self.catalog) = (contract, catalog)
        eligibility = try Eligibility(contract, in: context, overridesStop: overridesStop)
        overlayProblem = { OverlayTrial(context).problem() }
    }

    /// The plan of a task; refused where the task itself says no, whatever was done before.
    ///
    /// `isPreview`: what is only looked at need not be released.
    package func plan(
        _ task: BacklogTask, base: Base, workspace asked: Plan.WorkspaceKind? = nil, isFenced: Bool = true,
        isPreview: Bool = false
    ) throws(StageError) -> PlannedTask {
        var released = task
        released.ready = task.ready || isPreview
        if let refusal = try eligibility.refusal(of: released) { throw StageError(refusal) }
        guard let scope = contract.policy.scope(task.scope) else {
            throw StageError(.invalid, "task '\(task.id)' has no scope that the policy defines")
        }
        guard !task.allowedPaths.isEmpty else { throw StageError(Refusal(task.id, .allowsNoPath)) }
        let (executor, named) = (try executor(for: task, scope), contract.policy.workspace.kind)
        let invariants = try invariants(for: task)
        let runsPrograms = executor.runsPrograms(for: task) || invariants.contains(where: \.runsProgram)
        let problem = runsPrograms || (asked ?? named) == .overlay ? overlayProblem() : nil
        let choice = try WorkspaceChoice(
            asked: asked, named: named, executor: executor, task: task, isFenced: isFenced,
            overlayProblem: problem)
        let plan = Plan(
            task: task, target: contract.target,
            rules: rules(
                task, scope, invariants,
                WorkspaceChoice.forInvariants(invariants, asked: asked ?? named, overlayProblem: problem)),
            base: base.commit, baseTree: base.tree, executor: executor.name, workspace: choice.kind,
            workspaceReason: choice.reason)
        return PlannedTask(plan: plan, executor: executor, eligibility: eligibility)
    }

    /// What a change of a task is judged by, or of any task of a scope, whether a task may run now or not.
    ///
    /// `placesInvariants`: whether it has to be known where their programs run.
    package func rules(
        of task: BacklogTask?, in scope: Scope, placesInvariants: Bool
    ) throws(StageError) -> RuleSet {
        let invariants = try invariants(for: task)
        guard placesInvariants, invariants.contains(where: \.runsProgram) else {
            return rules(task, scope, invariants, nil)
        }
        let workspace = WorkspaceChoice.forInvariants(
            invariants, asked: contract.policy.workspace.kind, overlayProblem: overlayProblem())
        return rules(task, scope, invariants, workspace)
    }

    private func rules(
        _ task: BacklogTask?, _ scope: Scope, _ invariants: [Invariant], _ workspace: Plan.WorkspaceKind?
    ) -> RuleSet {
        let (policy, limits) = (
            contract.policy, eligibility.limitPlaces(of: task ?? BacklogTask(id: ""), scope)
        )
        let all = limits.map(\.limits)
        return RuleSet(
            scope: scope,
            permission: task.map { Permission(task: $0, scope: scope, policy: policy, limits: all) }
                ?? Permission(scope: scope, policy: policy, limits: all),
            limits: EffectiveLimits(limits), invariants: invariants, invariantWorkspace: workspace,
            sandbox: policy.sandbox.with(scope.sandbox), seeding: policy.workspace,
            blocksWeakenedTests: policy.blocksWeakenedTests)
    }

    private func executor(for task: BacklogTask, _ scope: Scope) throws(StageError) -> any Executor {
        // Plugins are looked for in every directory of PATH: only a message asks for all of them.
        let known = { catalog.all.map(\.name) }
        guard let name = catalog.name(for: task, scope: scope) else {
            throw StageError(
                .invalid, "neither task '\(task.id)' nor scope '\(scope.name)' names an executor",
                hint: "add 'executor: …'; there are \(known().joined(separator: ", "))")
        }
        if let allowed = scope.executors, !allowed.contains(name) {
            throw StageError(
                Refusal(task.id, .executorNotAllowed(name, scope: scope.name, allowed: allowed)))
        }
        guard let executor = catalog.executor(named: name) else {
            let nearest = Suggestion.nearest(to: name, among: known()).map { "did you mean '\($0)'?" }
            throw StageError(
                .executor, "there is no executor '\(name)'",
                hint: nearest ?? "there are \(known().joined(separator: ", "))")
        }
        return executor
    }

    /// An invariant that would run and cannot be checked refuses the task: guardrails fail closed.
    private func invariants(for task: BacklogTask?) throws(StageError) -> [Invariant] {
        var invariants = contract.policy.invariants
        for case .inline(let invariant) in task?.invariants ?? [] { invariants.append(invariant) }
        for invariant in invariants where invariant.when == nil {
            if let refusal = InvariantStage.refusal(of: invariant) { throw refusal }
        }
        return invariants
    }
}
