internal import Basics
internal import Enforcement
internal import Model

/// Checks the policy's invariants on the frozen tree.
struct InvariantStage {
    let plan: Plan
    let changes: [Change]
    let contents: any ChangeContents

    /// In the order in which the policy declares them.
    func results() throws(StageError) -> [InvariantResult] {
        var results: [InvariantResult] = []
        for invariant in plan.invariants { results.append(try result(of: invariant)) }
        return results
    }

    /// Why an invariant that has to run cannot be checked; `nil` when it can.
    static func refusal(of invariant: Invariant) -> StageError? {
        switch invariant.check {
        case .builtin(let name) where BuiltinInvariant(rawValue: name) != nil: nil
        case .builtin(let name):
            StageError(
                .guardrail, "the invariant '\(invariant.name)' cannot be checked: there is no built-in '\(name)'",
                hint: "the built-in ones are \(BuiltinInvariant.allCases.map(\.rawValue).joined(separator: ", "))")
        case .command:
            StageError(
                .guardrail,
                "the invariant '\(invariant.name)' runs a program, which this version cannot fence, so nothing is proposed",
                hint: "restrict it with 'when: [src/**]' to changes that need it, or use a built-in invariant")
        }
    }

    private func result(of invariant: Invariant) throws(StageError) -> InvariantResult {
        if let patterns = invariant.when,
            !changes.contains(where: { change in patterns.contains { $0.matches(change.path) } })
        {
            return InvariantResult(
                name: invariant.name, outcome: .skipped, severity: invariant.severity,
                detail: "the change touches none of \(patterns.map(\.text).joined(separator: ", "))")
        }
        if let refusal = Self.refusal(of: invariant) { throw refusal }
        guard case .builtin(let name) = invariant.check, let builtin = BuiltinInvariant(rawValue: name) else {
            throw StageError(.unexpected, "the invariant '\(invariant.name)' has no check")
        }
        let problems = builtin.problems(in: changes, contents)
        return InvariantResult(
            name: invariant.name, outcome: problems.isEmpty ? .passed : .failed, severity: invariant.severity,
            detail: problems.isEmpty ? nil : problems.prefix(10).joined(separator: "; "))
    }
}
