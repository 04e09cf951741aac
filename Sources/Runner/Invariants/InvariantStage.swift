internal import Basics
internal import Enforcement
internal import Git
internal import Journal
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// Checks invariants on a change.
struct InvariantStage {
    private let input: InvariantInput
    private let changes: [Change]
    /// Keeps the output of programs; `nil` where nothing is to be kept.
    private let artifacts: ArtifactFiles?

    init(_ input: InvariantInput, changes: [Change], artifacts: ArtifactFiles?) {
        (self.input, self.changes, self.artifacts) = (input, changes, artifacts)
    }

    /// `taskTree`: the frozen tree without the mark in the backlog, which names the attempt, and would make each a new
    /// question.
    init(
        opening: WorkspaceOpening, changeSet: ChangeSet, taskTree: ObjectID, changes: [Change],
        artifacts: ArtifactFiles?
    ) {
        self.init(
            InvariantInput(opening, tree: changeSet.tree, rememberedTree: taskTree), changes: changes,
            artifacts: artifacts)
    }

    /// Why an invariant that has to run cannot be checked; `nil` when it can.
    static func refusal(of invariant: Invariant) -> StageError? {
        guard case .builtin(let name) = invariant.check, BuiltinInvariant(rawValue: name) == nil else {
            return nil
        }
        return StageError(
            .refusal, "the invariant '\(invariant.name)' cannot be checked: there is no built-in '\(name)'",
            hint: "the built-in ones are \(BuiltinInvariant.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    /// What each invariant came to, in the order of the policy.
    func results() throws(StageError) -> [InvariantResult] {
        let cache = InvariantCache(input.source.context, artifacts: artifacts)
        var results: [InvariantResult?] = []
        var waiting: [(index: Int, program: InvariantProgram, key: Digest?)] = []
        var keys: InvariantKeys?
        for (index, invariant) in input.invariants.enumerated() {
            var known = try resultWithoutProgram(invariant)
            if known == nil, case .command(let line) = invariant.check {
                let program = InvariantProgram(
                    invariant: invariant, line: line, sandbox: input.source.sandbox,
                    timeLimit: input.source.timeout, context: input.source.context)
                if keys == nil { keys = try InvariantKeys(input) }
                let key = keys?.key(of: program)
                if input.usesCache, let key { known = cache.result(of: invariant, under: key) }
                if known == nil { waiting.append((index, program, key)) }
            }
            results.append(known)
        }
        for (item, finding) in zip(waiting, try findings(of: waiting.map(\.program))) {
            let result = try result(finding)
            results[item.index] = result
            if let key = item.key, finding.tries == 1 { cache.keep(result, under: key) }
        }
        return results.compactMap(\.self)
    }

    /// `nil` where a program has to run.
    private func resultWithoutProgram(_ invariant: Invariant) throws(StageError) -> InvariantResult? {
        if let patterns = invariant.when,
            !changes.contains(where: { change in patterns.contains { $0.matches(change.path) } })
        {
            return InvariantResult(
                name: invariant.name, outcome: .skipped, severity: invariant.severity,
                detail: "the change touches none of \(patterns.map(\.text).joined(separator: ", "))")
        }
        if let refusal = Self.refusal(of: invariant) { throw refusal }
        guard case .builtin(let name) = invariant.check, let builtin = BuiltinInvariant(rawValue: name) else {
            return nil
        }
        let repository = input.source.repository
        let problems = builtin.problems(
            in: changes, RepositoryContents(repository: repository),
            tree: FrozenTree(repository: repository, tree: input.tree))
        return InvariantResult(
            name: invariant.name, outcome: problems.isEmpty ? .passed : .failed, severity: invariant.severity,
            detail: problems.isEmpty ? nil : problems.prefix(10).joined(separator: "; "))
    }

    /// Runs the programs, as many at once as their places allow.
    private func findings(of programs: [InvariantProgram]) throws(StageError) -> [InvariantFinding] {
        guard !programs.isEmpty else { return [] }
        let own = try FenceDirectories(input.source.context)
        let trees = try InvariantTrees(input, own: own.setUps)
        let places: any InvariantWorkspaces =
            input.kind == .overlay
            ? try OverlayInvariantWorkspaces(input, trees) : WorktreeInvariantWorkspaces(input, trees)
        return try InvariantScheduler(programs: programs, places: places).findings()
    }

    private func result(_ finding: InvariantFinding) throws(StageError) -> InvariantResult {
        InvariantResult(
            name: finding.invariant.name, outcome: finding.outcome, severity: finding.invariant.severity,
            duration: finding.run?.duration ?? .zero, log: try keep(finding.run?.log ?? []),
            detail: finding.detail, comparison: finding.comparison)
    }

    private func keep(_ log: [UInt8]) throws(StageError) -> Digest? {
        guard let artifacts, !log.isEmpty else { return nil }
        do throws(ArtifactError) { return try artifacts.store(log).digest } catch {
            throw StageError(.unexpected, error)
        }
    }
}

/// Under which keys answers on a tree are remembered.
private struct InvariantKeys {
    private let input: InvariantInput
    private let tree: ObjectID
    private let directory: String?
    /// `nil` where there are too many to look at, and so nothing is remembered.
    private let seeds: [String]?

    init(_ input: InvariantInput) throws(StageError) {
        self.input = input
        tree = try input.source.filled(input.rememberedTree).tree
        directory = try input.source.stablePath
        let plan = try input.source.seeds(for: input.source.filled(input.baseTree))
        do throws(WorkspaceError) { seeds = try plan.state() } catch { throw StageError(workspace: error) }
    }

    /// `nil` for a program whose answer may come from elsewhere.
    func key(of program: InvariantProgram) -> Digest? {
        guard !program.opensNetwork, let seeds else { return nil }
        let lines = program.line + " " + (input.source.seeding.setup ?? "")
        return InvariantCache.key(
            InvariantQuestion(
                invariant: program.invariant, sandbox: input.source.sandbox, seeding: input.source.seeding,
                kind: input.kind, tree: tree, base: input.base, timeout: program.timeout, directory: directory,
                environment: program.environment,
                tools: ToolFacts.of(lines, searchPath: program.environment["PATH"] ?? ""), seeds: seeds))
    }
}
