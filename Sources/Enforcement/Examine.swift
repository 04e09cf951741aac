package import Model

/// Judges a frozen change by rules and, where these accept it, by invariants.
///
/// It needs no plan and no attempt: the change may be anybody's. `onFindings` is told what the rules found before
/// the first invariant runs; `invariants` runs those of the rule set on exactly the tree of the change.
package func examine<Failure: Error>(
    _ subject: RuleSubject, onFindings: (Findings) throws(Failure) -> Void,
    invariants: () throws(Failure) -> [InvariantResult]
) throws(Failure) -> Examination {
    let findings = Rules.findings(in: subject)
    try onFindings(findings)
    guard findings.violations.isEmpty else { return Examination(subject, findings, nil) }
    return Examination(subject, findings, try invariants())
}

/// What rules and invariants say of one change.
package struct Examination: Sendable {
    package let changes: ChangeSet
    package let writeBack: WriteBack?
    package let findings: Findings
    /// What each invariant came to, in the order of the rule set; `nil` where the rules rejected the change first.
    package let invariants: [InvariantResult]?
    private let required: [Invariant]

    fileprivate init(_ subject: RuleSubject, _ findings: Findings, _ invariants: [InvariantResult]?) {
        (changes, writeBack, required) = (subject.changes, subject.writeBack, subject.rules.invariants)
        (self.findings, self.invariants) = (findings, invariants)
    }

    /// The approval of exactly this change; `nil` unless no rule rejects it and every invariant of the rule set was
    /// looked at and none rejects it.
    package var approval: Approval? {
        guard findings.violations.isEmpty, let invariants, invariants.map(\.name) == required.map(\.name),
            !zip(required, invariants).contains(where: { $0.severity != $1.severity || $1.rejects })
        else { return nil }
        return Approval(self)
    }
}

/// Proof that every rule and every invariant that blocks accepted exactly this change.
package struct Approval: Sendable {
    package let changes: ChangeSet
    package let writeBack: WriteBack?

    fileprivate init(_ examination: Examination) {
        (changes, writeBack) = (examination.changes, examination.writeBack)
    }
}
