internal import Basics
internal import Enforcement
internal import Git
internal import Journal
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// Checks the policy's invariants on the frozen tree.
struct InvariantStage {
    let opening: WorkspaceOpening
    let changeSet: ChangeSet
    /// What answers are remembered for: the mark in the backlog names the attempt, and would make each a new question.
    let taskTree: ObjectID
    let changes: [Change]
    /// Keeps the output of programs; `nil` where nothing is to be kept.
    let artifacts: ArtifactStore?

    private var plan: Plan { opening.plan }

    /// Why an invariant that has to run cannot be checked; `nil` when it can.
    static func refusal(of invariant: Invariant) -> StageError? {
        guard case .builtin(let name) = invariant.check, BuiltinInvariant(rawValue: name) == nil else {
            return nil
        }
        return StageError(
            .guardrail, "the invariant '\(invariant.name)' cannot be checked: there is no built-in '\(name)'",
            hint: "the built-in ones are \(BuiltinInvariant.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    /// What each invariant came to, in the order of the policy.
    func results() throws(StageError) -> [InvariantResult] {
        var results: [InvariantResult?] = []
        var waiting: [(index: Int, program: InvariantProgram, key: Digest?)] = []
        let cache = CheckCache(opening.context, artifacts: artifacts)
        let checked = try opening.ground(taskTree).tree
        for (index, invariant) in plan.invariants.enumerated() {
            var known = try resultWithoutProgram(invariant)
            if known == nil, case .command(let line) = invariant.check {
                let program = InvariantProgram(
                    invariant: invariant, line: line, plan: plan, context: opening.context)
                let key = cache.key(of: program, on: checked)
                known = !opening.usesCache ? nil : key.flatMap { cache.result(of: invariant, under: $0) }
                if known == nil { waiting.append((index, program, key)) }
            }
            results.append(known)
        }
        for (item, finding) in zip(waiting, try findings(of: waiting.map(\.program))) {
            let result = try result(of: item.program.invariant, finding)
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
        guard case .builtin(let name) = invariant.check else { return nil }
        let contents = RepositoryContents(repository: opening.repository)
        let tree = FrozenTree(repository: opening.repository, tree: changeSet.tree)
        let problems = BuiltinInvariant(rawValue: name)?.problems(in: changes, contents, tree: tree) ?? []
        return InvariantResult(
            name: invariant.name, outcome: problems.isEmpty ? .passed : .failed, severity: invariant.severity,
            detail: problems.isEmpty ? nil : problems.prefix(10).joined(separator: "; "))
    }

    /// Runs the programs, as many at once as there are processors where their places allow it.
    private func findings(of programs: [InvariantProgram]) throws(StageError) -> [InvariantProgram.Finding] {
        guard !programs.isEmpty else { return [] }
        let grounds = try CheckGrounds(opening, tree: changeSet.tree)
        defer { withExtendedLifetime(grounds) {} }
        guard let (frozen, base) = grounds.layered else {
            let (frozen, base) = grounds.claimed
            return try findings(of: programs, on: frozen, comparingWith: base, atOnce: frozen.desk.width)
        }
        return try findings(of: programs, on: frozen, comparingWith: base, atOnce: Workers.usual)
    }

    private func findings(
        of programs: [InvariantProgram], on frozen: some CheckGround, comparingWith base: some CheckGround,
        atOnce: Int
    ) throws(StageError) -> [InvariantProgram.Finding] {
        let outcomes = Workers.map(programs.count, atOnce: atOnce) { index in
            Result { () throws(StageError) in
                try programs[index].finding(on: frozen, comparingWith: base)
            }
        }
        var findings: [InvariantProgram.Finding] = []
        for outcome in outcomes { findings.append(try outcome.get()) }
        return findings
    }

    private func result(
        of invariant: Invariant, _ finding: InvariantProgram.Finding
    ) throws(StageError) -> InvariantResult {
        let again = finding.tries > 1 ? ["run \(finding.tries) times"] : []
        let detail = finding.outcome == .passed ? again : again + [finding.run.detail]
        return InvariantResult(
            name: invariant.name, outcome: finding.outcome, severity: invariant.severity,
            duration: finding.run.duration, log: try keep(finding.run.log),
            detail: detail.isEmpty ? nil : detail.joined(separator: "\n"))
    }

    private func keep(_ log: [UInt8]) throws(StageError) -> Digest? {
        guard let artifacts, !log.isEmpty else { return nil }
        do throws(ArtifactError) { return try artifacts.store(log).digest } catch {
            throw StageError(.unexpected, error)
        }
    }
}
