internal import Basics
internal import Executors
internal import Git
internal import Model

/// The rules that a commit of the target holds a change against, whether the task may run now or not.
struct TaskRules {
    let stage: ContractStage
    let contract: Contract
    private let planner: Planner
    private let catalog: ExecutorCatalog

    init(_ checkout: TargetCheckout, _ base: Base, _ context: Context) throws(StageError) {
        stage = ContractStage(
            checkout: checkout, base: base,
            fallbackTarget: checkout.fallbackTarget(remote: try checkout.remote(preferring: "origin")),
            in: context)
        contract = try stage.contract(fromWorktree: false)
        catalog = try ExecutorCatalog(checkout, base, context)
        planner = try Planner(contract, in: context, catalog: catalog)
    }

    init(_ checkout: TargetCheckout, commit: ObjectID, _ context: Context) throws(StageError) {
        let tree: ObjectID
        do throws(GitError) { tree = try checkout.repository.commit(commit).tree } catch {
            throw StageError(.invalid, error)
        }
        try self.init(checkout, Base(commit: commit, tree: tree, name: commit.short), context)
    }

    /// `placesInvariants`: whether it has to be known where their programs run.
    func rules(of task: BacklogTask, placesInvariants: Bool) throws(StageError) -> RuleSet {
        guard let scope = contract.policy.scope(task.scope) else {
            throw StageError(
                .invalid, "task '\(task.id)' has no scope that the policy of \(stage.base.name) defines")
        }
        return try planner.rules(of: task, in: scope, placesInvariants: placesInvariants)
    }

    /// What any change of a scope is held against.
    func rules(ofScope name: String, placesInvariants: Bool) throws(StageError) -> RuleSet {
        guard let scope = contract.policy.scope(name) else {
            throw StageError.noScope(name, in: contract.policy, of: stage.base.name)
        }
        return try planner.rules(of: nil, in: scope, placesInvariants: placesInvariants)
    }

    /// The plan as far as `Leviathan-Spec` is made of it.
    func plan(of name: String) throws(StageError) -> Plan {
        let task = try stage.task(name, in: contract)
        let rules = try rules(of: task, placesInvariants: false)
        return Plan(
            task: task, target: contract.target, rules: rules, base: stage.base.commit, baseTree: stage.base.tree,
            executor: catalog.name(for: task, scope: rules.scope) ?? "", workspace: .tree, workspaceReason: "")
    }
}
