package import Basics
internal import Contracts
internal import Model
internal import Paths

/// Everything that an evaluation found, as services show it beside the lines of a change.
extension Evaluation {
    /// What rejects comes first; what stands in no file is shown where the policy sets it.
    package var findings: [Diagnostic] {
        violations.map { diagnostic($0, .error) } + rejectingInvariants.map { diagnostic($0, .error) }
            + reproductionFinding + warnings.map { diagnostic($0, .warning) }
            + (invariants ?? []).filter { !$0.outcome.isFine && !$0.rejects }.map { diagnostic($0, .warning) }
    }

    /// What was not looked at, and what the commits say that is not so.
    package var remarks: [String] {
        let omitted = omission.flatMap { reason in
            invariantCount > 0 ? "\(Self.count(invariantCount, "invariant")) not run: \(reason.rawValue)" : nil
        }
        return (differences + notes + [omitted].compactMap(\.self)).map(clean)
    }

    /// The text without what programs were given as secrets.
    func clean(_ text: String) -> String { redaction?.redacted(text) ?? text }

    private func diagnostic(_ violation: Violation, _ severity: Diagnostic.Severity) -> Diagnostic {
        Diagnostic(
            violation.rule, severity, clean(violation.message),
            at: Self.place(violation.path?.description ?? ContractPaths.policy, violation.line ?? 1),
            hint: violation.hint.map(clean))
    }

    private func diagnostic(_ invariant: InvariantResult, _ severity: Diagnostic.Severity) -> Diagnostic {
        let detail = invariant.detail.map { "\n" + $0 } ?? ""
        return Diagnostic(
            "invariant-" + invariant.outcome.rawValue, severity,
            clean("the invariant '\(invariant.name)': \(invariant.outcome.rawValue)" + detail),
            at: invariantPlaces[invariant.name] ?? Self.place(ContractPaths.policy, 1))
    }

    private var reproductionFinding: [Diagnostic] {
        guard let reproduction, reproduction.outcome != .reproduced else { return [] }
        let reason = reproduction.reason.map { ": " + clean($0) } ?? ""
        return [
            Diagnostic(
                "not-reproduced", .error,
                "the commit \(reproduction.commit.short) \(reproduction.outcome.rawValue)\(reason)",
                at: Self.place(ContractPaths.backlog, 1))
        ]
    }

    private static func place(_ file: String, _ line: Int) -> SourcePlace {
        let position = SourcePosition(offset: 0, line: line, column: 1)
        return SourcePlace(file: file, span: SourceSpan(start: position, end: position))
    }
}
