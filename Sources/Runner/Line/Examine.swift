internal import Basics
package import Enforcement
internal import Git
internal import Journal
internal import Model

/// A frozen change with what rules and invariants say of it.
package struct ExaminedChange {
    package let change: FrozenChange
    package let examination: Examination
    /// `nil` where no program ran.
    let isolation: Isolation?
}

extension FrozenChange {
    /// Judges the change by the plan's rules and invariants, and records what each of them said.
    func examine() throws(StageError) -> ExaminedChange {
        let (attempt, failpoints) = (attempt, attempt.context.failpoints)
        let examination = try Enforcement.examine(subject(in: attempt.opening)) { findings throws(StageError) in
            failpoints.reach(.afterExamination)
            try attempt.record { (log) throws(JournalError) in try log.recordJudged(findings) }
            failpoints.reach(.afterExaminationRecorded)
        } invariants: { () throws(StageError) in
            let results = try invariants(in: attempt.opening, keepingLogsIn: attempt.log?.artifacts)
            for result in results {
                try attempt.record { (log) throws(JournalError) in try log.recordInvariant(result) }
                failpoints.reach(.duringInvariants)
            }
            failpoints.reach(.afterInvariants)
            return results
        }
        return ExaminedChange(
            change: self, examination: examination, isolation: isolation ?? invariantIsolation(examination))
    }

    func subject(in opening: WorkspaceOpening) -> RuleSubject {
        RuleSubject(
            changes: changes, rules: attempt.plan.rules, writeBack: writeBack,
            contents: RepositoryContents(repository: opening.repository),
            tree: FrozenTree(repository: opening.repository, tree: changes.tree), refusals: refusals,
            secrets: attempt.context.redaction)
    }

    func invariants(
        in opening: WorkspaceOpening, keepingLogsIn artifacts: ArtifactFiles?
    ) throws(StageError) -> [InvariantResult] {
        try InvariantStage(
            opening: opening, changeSet: changes, taskTree: taskTree, changes: taskChanges, artifacts: artifacts
        ).results()
    }

    /// How the programs of invariants were kept from harm, where any ran.
    private func invariantIsolation(_ examination: Examination) -> Isolation? {
        let plan = attempt.plan
        let programs = plan.invariants.filter(\.runsProgram)
        let names = Set(programs.map(\.name))
        let ran = examination.invariants?.contains { names.contains($0.name) && $0.outcome != .skipped }
        guard ran == true else { return nil }
        let isOpen = plan.sandbox.opensNetwork || programs.contains(where: \.opensNetwork)
        return FenceDirectories.isolation(attempt.context, networkIsOpen: isOpen)
    }
}
