internal import Basics
internal import Enforcement
internal import Git
internal import Journal
internal import Model
internal import Processes

/// Checks the policy's invariants on the frozen tree.
struct InvariantStage {
    let plan: Plan
    let changeSet: ChangeSet
    let changes: [Change]
    let repository: Repository
    let surroundings: Surroundings
    /// Keeps the output of programs; `nil` where nothing is to be kept.
    let artifacts: ArtifactStore?

    /// Why an invariant that has to run cannot be checked; `nil` when it can.
    static func refusal(of invariant: Invariant) -> StageError? {
        guard case .builtin(let name) = invariant.check, BuiltinInvariant(rawValue: name) == nil else {
            return nil
        }
        return StageError(
            .guardrail, "the invariant '\(invariant.name)' cannot be checked: there is no built-in '\(name)'",
            hint: "the built-in ones are \(BuiltinInvariant.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    func result(of invariant: Invariant) throws(StageError) -> InvariantResult {
        if let patterns = invariant.when,
            !changes.contains(where: { change in patterns.contains { $0.matches(change.path) } })
        {
            return InvariantResult(
                name: invariant.name, outcome: .skipped, severity: invariant.severity,
                detail: "the change touches none of \(patterns.map(\.text).joined(separator: ", "))")
        }
        if let refusal = Self.refusal(of: invariant) { throw refusal }
        switch invariant.check {
        case .builtin(let name): return builtin(name, invariant)
        case .command(let line): return try program(line, invariant)
        }
    }

    private func builtin(_ name: String, _ invariant: Invariant) -> InvariantResult {
        let contents = RepositoryContents(repository: repository)
        let tree = FrozenTree(repository: repository, tree: changeSet.tree)
        let problems = BuiltinInvariant(rawValue: name)?.problems(in: changes, contents, tree: tree) ?? []
        return InvariantResult(
            name: invariant.name, outcome: problems.isEmpty ? .passed : .failed, severity: invariant.severity,
            detail: problems.isEmpty ? nil : problems.prefix(10).joined(separator: "; "))
    }

    /// Runs the program, again as often as its retries say, and on the base too where that tells old failures from new.
    private func program(_ line: String, _ invariant: Invariant) throws(StageError) -> InvariantResult {
        let program = InvariantProgram(
            invariant: invariant, line: line, plan: plan, repository: repository, surroundings: surroundings)
        var run = try program.run(on: changeSet.tree)
        var tries = 1
        while !run.holds, tries <= invariant.retries, run.ending != .cancelled {
            run = try program.run(on: changeSet.tree)
            tries += 1
        }
        if run.ending == .cancelled { throw StageError(.interrupted, "interrupted") }
        var outcome: InvariantResult.Outcome = run.holds ? .passed : run.ending == .timedOut ? .timedOut : .failed
        if outcome == .failed, invariant.comparesWithBase, try !program.run(on: changeSet.baseTree).holds {
            outcome = .brokenAtBase
        }
        let again = tries > 1 ? ["run \(tries) times"] : []
        let detail = outcome == .passed ? again : again + [run.detail]
        return InvariantResult(
            name: invariant.name, outcome: outcome, severity: invariant.severity, duration: run.duration,
            log: try keep(run.log), detail: detail.isEmpty ? nil : detail.joined(separator: "\n"))
    }

    private func keep(_ log: [UInt8]) throws(StageError) -> Digest? {
        guard let artifacts, !log.isEmpty else { return nil }
        do throws(ArtifactError) { return try artifacts.store(log).digest } catch {
            throw StageError(.unexpected, error)
        }
    }
}

extension InvariantResult {
    /// Whether the result stands in the way of a proposal: what was broken before is not this change's fault.
    var rejects: Bool { severity == .block && (outcome == .failed || outcome == .timedOut) }
}
