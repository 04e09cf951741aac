internal import Basics
internal import Contracts
internal import Executors
internal import Model
internal import Paths

/// Proposes the first `.leviathan/` of a repository that has none: exactly the starter files, under rules of their own.
///
/// There is no policy yet that such a change could be judged by, and no task of a backlog that could ask for it; a person
/// reviews what the rules will be, like any other proposal.
struct Onboarding {
    static let taskID = "onboarding"
    private static let scopeName = "onboarding"

    private let starter: StarterFiles

    init(_ starter: StarterFiles) { self.starter = starter }

    /// The contract that the files will be, once nothing is wrong with it and the base holds none.
    func contract(_ stage: ContractStage) throws(StageError) -> Contract {
        if try stage.baseHoldsContract() {
            throw StageError(
                .invalid, "there is a .leviathan/ in \(stage.base.name) already",
                hint: "'leviathan lint' checks it; change it as you change other files")
        }
        return try stage.contract(of: StarterSource(starter))
    }

    /// What the backlog would hold for it.
    func task() throws(StageError) -> BacklogTask {
        var task = BacklogTask(id: Self.taskID)
        (task.title, task.scope, task.ready) = ("Add Leviathan's first files", Self.scopeName, true)
        do throws(PathPatternError) {
            task.allowedPaths = try starter.files.map { (file) throws(PathPatternError) in
                try PathPattern(file.path)
            }
        } catch { throw StageError(.unexpected, error.message) }
        task.details =
            "The contract, the policy and the backlog by which Leviathan will work here. Nothing runs before this is merged."
        return task
    }

    func plan(_ task: BacklogTask, _ snapshot: Snapshot, _ context: Context) throws(StageError) -> PlannedTask {
        let contract = snapshot.contract
        var scope = Scope(name: Self.scopeName)
        (scope.allowedPaths, scope.operations) = (task.allowedPaths, [.create])
        let eligibility = try Eligibility(contract, in: context)
        if let refusal = try eligibility.refusal(of: task) { throw StageError(refusal) }
        let rules = RuleSet(
            scope: scope, permission: Permission(starting: try paths(), in: scope),
            limits: EffectiveLimits(eligibility.limitPlaces(of: task, scope)), invariants: [],
            sandbox: contract.policy.sandbox)
        let executor = StarterExecutor(files: starter.files)
        let plan = Plan(
            task: task, target: contract.target, rules: rules, base: snapshot.base.commit,
            baseTree: snapshot.base.tree, executor: executor.name, workspace: .tree,
            workspaceReason: "only new files are written, which needs no checkout")
        return PlannedTask(plan: plan, executor: executor, eligibility: eligibility)
    }

    private func paths() throws(StageError) -> [RepoPath] {
        do { return try starter.files.map { try RepoPath($0.path) } } catch {
            throw StageError(.unexpected, "\(error)")
        }
    }
}

/// The starter files, read as a contract.
struct StarterSource: ContractSource {
    private let files: [String: [UInt8]]

    init(_ starter: StarterFiles) {
        files = Dictionary(starter.files.map { ($0.path, Array($0.text.utf8)) }) { first, _ in first }
    }

    func read(_ path: String) -> [UInt8]? { files[path] }

    func list(_ directory: String) -> [String] {
        files.keys.filter { $0.hasPrefix(directory + "/") && !$0.dropFirst(directory.count + 1).contains("/") }
            .map { String($0.dropFirst(directory.count + 1)) }.sorted()
    }
}

/// Writes the files that were made of what a person said of the repository.
private struct StarterExecutor: Executor {
    let name = "starter"
    let version = "1"
    let summary = "writes the first .leviathan/"
    let files: [(path: String, text: String)]

    func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        do {
            for (path, text) in self.files { try files.write(try RepoPath(path), text) }
        } catch {
            throw ExecutorError(name, "the first files cannot be written", causes: ["\(error)"])
        }
        return Report(notes: ["wrote \(self.files.map(\.path).joined(separator: ", "))"])
    }
}
