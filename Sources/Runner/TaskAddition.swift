package import Basics
package import Contracts
package import Model

/// A new task on its way into the working directory's backlog.
package struct TaskAddition {
    package let checkout: TargetCheckout
    package let contract: Contract
    package let executors: ExecutorDeclarations
    private let stage: ContractStage
    private let before: ContractReading

    /// Reads the contract of the working directory, to which nothing can be added while it is wrong itself.
    package init(_ directory: String, _ context: Context) throws(StageError) {
        checkout = try TargetCheckout.openYoung(directory)
        let fallback = checkout.fallbackTarget(remote: try checkout.remote(preferring: "origin"))
        // Only named in errors: the files come from the working directory, with or without a commit.
        stage = ContractStage(checkout: checkout, base: .none, fallbackTarget: fallback, in: context)
        before = try stage.reading(fromWorktree: true)
        contract = try stage.contract(fromWorktree: true)
        executors = ExecutorRegistry.declarations(
            searchPath: context.environment["PATH"], in: DirectorySource(root: checkout.root))
    }

    package var ids: Set<String> { Set(contract.backlog.tasks.map(\.id)) }

    /// The scope of that name, or the one whose tasks an executor of that name does.
    package func scope(_ name: String) throws(StageError) -> Scope {
        if let scope = contract.policy.scope(name) { return scope }
        let served = contract.policy.scopes.filter { $0.executor == name }
        if served.count == 1 { return served[0] }
        throw StageError.noScope(name, in: contract.policy)
    }

    /// What the executor of a task in that scope wants to know; `nil` for a plugin, and where nobody names one.
    package func declaration(_ scope: Scope, executor: String?) throws(StageError) -> ExecutorInputs? {
        guard let name = executor ?? scope.executor ?? (executors[scope.name] == nil ? nil : scope.name) else {
            return nil
        }
        guard executors.isKnown(name) else {
            let nearest = Suggestion.nearest(to: name, among: executors.names).map { "did you mean '\($0)'?" }
            throw StageError(
                .invalid, "there is no executor '\(name)'",
                hint: nearest ?? "there are \(executors.names.joined(separator: ", "))")
        }
        return executors[name]
    }

    /// What was made of a task: the file to write, and what a person should still know.
    package struct Written {
        package let path: String
        package let bytes: [UInt8]
        package let warnings: [Diagnostic]
    }

    /// The file with the task in it; refused where the contract would then have more errors than before.
    package func written(_ task: NewTask, inOwnFile: Bool) throws(StageError) -> Written {
        let (path, bytes) = inOwnFile ? try ownFile(task) : try backlog(with: task)
        let new = findings(bytes, path)
        // Lint only warns of what nobody released: here it is the one task that is looked at.
        let errors = new.filter { $0.severity == .error || $0.id == "paths-never-match" }
        guard errors.isEmpty else {
            throw StageError(
                .invalid, "the task would not be valid, and nothing was written",
                causes: errors.prefix(10).map { $0.message + ($0.hint.map { " (\($0))" } ?? "") },
                hint: "'leviathan executors NAME' shows what an executor takes")
        }
        return Written(path: path, bytes: bytes, warnings: new.filter { $0.severity == .warning })
    }

    /// Refuses paths that nothing can come of, before a person is asked for anything else.
    package func checkPaths(of task: NewTask) throws(StageError) {
        var task = task
        // Inputs are asked for later.
        task.isReady = false
        let (path, bytes) = try backlog(with: task)
        let ids = [
            "missing-allowed-paths", "empty-allowed-paths", "bad-pattern", "pattern-never-matches",
            "paths-never-match",
        ]
        guard let finding = findings(bytes, path).first(where: { ids.contains($0.id) }) else { return }
        throw StageError(.invalid, finding.message, hint: finding.hint)
    }

    /// What lint says of the contract with these bytes, and did not say of it before.
    private func findings(_ bytes: [UInt8], _ path: String) -> [Diagnostic] {
        let known = Set(before.diagnostics.map { "\($0.id) \($0.message)" })
        return stage.reading(with: bytes, at: path).diagnostics.filter {
            !known.contains("\($0.id) \($0.message)")
        }
    }

    private func ownFile(_ task: NewTask) throws(StageError) -> (String, [UInt8]) {
        let path = ContractPaths.backlogDirectory + "/" + task.id + ".yaml"
        guard !FileSystem.exists(checkout.root + "/" + path) else {
            throw StageError(.invalid, "'\(path)' is there already", hint: "choose another --id")
        }
        return (path, Array(task.text.utf8))
    }

    private func backlog(with task: NewTask) throws(StageError) -> (String, [UInt8]) {
        let source = DirectorySource(root: checkout.root)
        let bytes: [UInt8]
        do throws(ContractSourceError) { bytes = try source.read(ContractPaths.backlog) ?? [] } catch {
            throw StageError(.invalid, "'\(ContractPaths.backlog)' cannot be read", causes: [error.description])
        }
        do throws(BacklogAdditionError) {
            return (ContractPaths.backlog, try BacklogAddition.adding(task, to: bytes))
        } catch { throw StageError(.invalid, error) }
    }
}
