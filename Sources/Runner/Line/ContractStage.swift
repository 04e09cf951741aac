package import Basics
package import Contracts
internal import Git
package import Model

/// Reads the contract, from the base commit unless the working directory was asked for.
package struct ContractStage {
    package let checkout: TargetCheckout
    package let base: Base
    package let fallbackTarget: String
    /// Where plugins are looked for.
    private let searchPath: String?

    package init(checkout: TargetCheckout, base: Base, fallbackTarget: String, in context: Context) {
        (self.checkout, self.base, self.fallbackTarget) = (checkout, base, fallbackTarget)
        searchPath = context.environment["PATH"]
    }

    /// Everything that can be said of the files, errors included.
    package func reading(fromWorktree: Bool) throws(StageError) -> ContractReading {
        try reading(fromWorktree: fromWorktree, AskedNames())
    }

    private func reading(fromWorktree: Bool, _ asked: AskedNames) throws(StageError) -> ContractReading {
        let committed = CommitSource(checkout.repository, tree: base.tree)
        let present = DirectorySource(root: checkout.root)
        if fromWorktree {
            guard try holdsContract(checkout.root, present.hasContract) else {
                throw noContract(in: checkout.root)
            }
            return load(present, asked)
        }
        guard try holdsContract(base.name, committed.hasContract) else {
            guard try holdsContract(checkout.root, present.hasContract) else { throw noContract(in: base.name) }
            throw StageError(
                .invalid, "there is no .leviathan/ in \(base.name), only in the working directory",
                hint: "commit and push it, or try it with --dry-run --from-worktree")
        }
        return load(committed, asked)
    }

    /// What there would be to say if a file below `.leviathan/` of the working directory held other bytes.
    package func reading(with bytes: [UInt8], at path: String) -> ContractReading {
        load(ChangedSource(base: DirectorySource(root: checkout.root), path: path, bytes: bytes))
    }

    /// Whether the base holds anything below `.leviathan/`.
    func baseHoldsContract() throws(StageError) -> Bool {
        try holdsContract(base.name, CommitSource(checkout.repository, tree: base.tree).hasContract)
    }

    /// The contract that other files would be.
    func contract(of source: some ContractSource) throws(StageError) -> Contract {
        let reading = load(source)
        if let contract = reading.contract { return contract }
        throw StageError(.invalid, "the files would not be valid, and nothing was proposed", reading: reading)
    }

    private func load(_ source: some ContractSource, _ asked: AskedNames = AskedNames()) -> ContractReading {
        ContractLoader.load(
            from: source, fallbackTarget: fallbackTarget,
            executors: ExecutorRegistry.declarations(searchPath: searchPath, in: source, note: asked.note))
    }

    /// Whether there is anything below `.leviathan/`; a place that cannot be read is no empty one.
    private func holdsContract(
        _ place: String, _ ask: () throws(ContractSourceError) -> Bool
    ) throws(StageError) -> Bool {
        do throws(ContractSourceError) { return try ask() } catch {
            throw StageError(
                .invalid, "whether there is a .leviathan/ in \(place) cannot be found out",
                causes: [error.description], hint: error.hint)
        }
    }

    /// The contract, or an error that carries all diagnostics.
    package func contract(fromWorktree: Bool) throws(StageError) -> Contract {
        let source = CommitSource(checkout.repository, tree: base.tree)
        let tree = fromWorktree ? nil : source.directory
        let key = tree.map { ContractMemory.Key(tree: $0, fallbackTarget: fallbackTarget) }
        let hasPlugin = { ExecutorRegistry.plugins(searchPath: searchPath, in: source)($0) }
        if let key, let known = ContractMemory.shared.contract(key, hasPlugin: hasPlugin) { return known }
        do throws(GitError) { try checkout.bringContract(of: base) } catch { throw StageError(reading: error) }
        let asked = AskedNames()
        let reading = try reading(fromWorktree: fromWorktree, asked)
        if let contract = reading.contract {
            if let key { ContractMemory.shared.remember(contract, key, plugins: asked.answers) }
            return contract
        }
        let count = reading.diagnostics.count { $0.severity == .error }
        throw StageError(
            .invalid,
            "the contract in \(fromWorktree ? "the working directory" : base.name) has \(count) error\(count == 1 ? "" : "s")",
            hint: "'leviathan lint' shows them all", reading: reading)
    }

    /// The task of that id, or an error that suggests the nearest.
    package func task(_ id: String, in contract: Contract) throws(StageError) -> BacklogTask {
        if let task = contract.backlog[id] { return task }
        let message = "there is no task '\(id)' in the backlog of \(base.name)"
        let present = load(DirectorySource(root: checkout.root))
        if present.contract?.backlog[id] != nil {
            throw StageError(
                .invalid, message,
                hint:
                    "it is only in the working directory: commit and push it, or try it with --dry-run --from-worktree"
            )
        }
        let ids = contract.backlog.tasks.map(\.id)
        let nearest = Suggestion.nearest(to: id, among: ids).map { "did you mean '\($0)'?" }
        throw StageError(.invalid, message, hint: nearest ?? "'leviathan tasks' lists them")
    }

    /// Tasks that only the working directory has, such as one that was just written: nothing is done for them yet.
    package func tasksOnlyHere(_ contract: Contract) -> [String] {
        let committed = CommitSource(checkout.repository, tree: base.tree)
        let present = DirectorySource(root: checkout.root)
        let isSame = (try? committed.read(ContractPaths.backlog)) == (try? present.read(ContractPaths.backlog))
        let names = (try? present.list(ContractPaths.backlogDirectory)) ?? []
        let known = (try? committed.list(ContractPaths.backlogDirectory)) ?? []
        guard !isSame || names != known else { return [] }
        return (load(present).contract?.backlog.tasks ?? []).map(\.id).filter { contract.backlog[$0] == nil }
    }

    private func noContract(in place: String) -> StageError {
        StageError(
            .invalid, "there is no .leviathan/ in \(place)", hint: "'leviathan init' writes a first version of it")
    }
}
