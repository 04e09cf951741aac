package import Basics
package import Executors
package import Model

/// Decides everything that can be decided before anything runs.
package struct Planner {
    package let contract: Contract
    package let machineLimits: Limits
    package let now: Instant
    package let catalog: ExecutorCatalog
    private let overlayProblem: () -> String?

    /// A planner for this machine, at this moment.
    package init(
        _ contract: Contract, in surroundings: Surroundings, catalog: ExecutorCatalog? = nil
    ) throws(StageError) {
        (self.contract, now) = (contract, surroundings.clock.now())
        self.catalog = catalog ?? ExecutorCatalog(searchPath: surroundings.environment["PATH"])
        machineLimits = try MachineLimits.read(surroundings)
        overlayProblem = { OverlayTrial(surroundings).problem() }
    }

    /// Why the task may not run now; `nil` when it may.
    package func refusal(of task: BacklogTask) -> StageError? {
        func refused(_ reason: String, hint: String? = nil) -> StageError {
            StageError(.guardrail, "task '\(task.id)' may not run: \(reason)", hint: hint)
        }
        switch task.status {
        case .pending, .inProgress, .failed: break
        case .blocked: return refused("it is blocked" + (task.blockedReason.map { ": \($0)" } ?? ""))
        default: return refused("its status is \(task.status.rawValue)")
        }
        guard task.ready else {
            return refused("it is not ready", hint: "set 'ready: true' in the backlog to release it")
        }
        if let date = task.notBefore, now < date { return refused("not before \(date.secondsText)") }
        let waiting = task.dependencies.filter { contract.backlog[$0]?.status != .completed }
        guard waiting.isEmpty else {
            return refused("it depends on \(waiting.joined(separator: ", ")), not completed at the base")
        }
        return nil
    }

    /// The plan of a task; the guardrails of the task itself are checked, those of other runs are not.
    package func plan(
        _ task: BacklogTask, base: Base, workspace asked: Plan.WorkspaceKind? = nil, isFenced: Bool = true
    ) throws(StageError) -> Plan {
        if let refusal = refusal(of: task) { throw refusal }
        guard let scope = contract.policy.scope(task.scope) else {
            throw StageError(.invalid, "task '\(task.id)' has no scope that the policy defines")
        }
        guard !task.allowedPaths.isEmpty else {
            throw StageError(
                .guardrail, "task '\(task.id)' allows no path, and an empty list allows nothing",
                hint: "add allowed_paths to the task")
        }
        let executor = try executor(for: task, scope)
        let invariants = try invariants(for: task)
        let runsPrograms = executor.runsPrograms(for: task) || invariants.contains(where: \.runsProgram)
        let problem = runsPrograms || asked == .overlay ? overlayProblem() : nil
        let choice = try WorkspaceChoice(
            asked: asked, executor: executor, task: task, isFenced: isFenced, overlayProblem: problem)
        let limits = limits(of: task, scope)
        return Plan(
            task: task, target: contract.target, scope: scope,
            permission: Permission(
                task: task, scope: scope, policy: contract.policy, limits: limits.map(\.limits)),
            limits: EffectiveLimits(limits), base: base.commit, baseTree: base.tree,
            executor: executor.name, workspace: choice.kind, workspaceReason: choice.reason,
            checkWorkspace: WorkspaceChoice.forChecks(invariants, asked: asked, overlayProblem: problem),
            invariants: invariants, sandbox: contract.policy.sandbox, seeding: contract.policy.workspace,
            blocksWeakenedTests: contract.policy.blocksWeakenedTests)
    }

    private func limits(of task: BacklogTask, _ scope: Scope) -> [(source: LimitSource, limits: Limits)] {
        [
            (.machine, machineLimits), (.target, contract.policy.limits), (.target, contract.target.limits),
            (.backlog, contract.backlog.limits), (.scope, scope.limits), (.task, task.limits),
        ]
    }

    private func executor(for task: BacklogTask, _ scope: Scope) throws(StageError) -> any Executor {
        let known = catalog.all.map(\.name)
        guard let name = catalog.name(for: task, scope: scope) else {
            throw StageError(
                .invalid, "neither task '\(task.id)' nor scope '\(scope.name)' names an executor",
                hint: "add 'executor: …'; there are \(known.joined(separator: ", "))")
        }
        if let allowed = scope.executors, !allowed.contains(name) {
            throw StageError(
                .guardrail, "scope '\(scope.name)' does not allow the executor '\(name)'",
                hint: "it allows \(allowed.joined(separator: ", "))")
        }
        guard let executor = catalog.executor(named: name) else {
            let nearest = Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
            throw StageError(
                .executor, "there is no executor '\(name)'",
                hint: nearest ?? "there are \(known.joined(separator: ", "))")
        }
        return executor
    }

    /// An invariant that would run and cannot be checked refuses the task: guardrails fail closed.
    private func invariants(for task: BacklogTask) throws(StageError) -> [Invariant] {
        var invariants = contract.policy.invariants
        for case .inline(let invariant) in task.invariants { invariants.append(invariant) }
        for invariant in invariants where invariant.when == nil {
            if let refusal = InvariantStage.refusal(of: invariant) { throw refusal }
        }
        return invariants
    }
}
