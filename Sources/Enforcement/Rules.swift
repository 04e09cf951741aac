package import Model

/// All rules, applied to one change.
package enum Rules {
    /// The rules that look at paths, modes and counts, in the order in which violations are reported.
    static let all: [any Rule] = [
        FileNameRule(), FileModeRule(), SymlinkRule(), BareRepositoryRule(), PathCollisionRule(),
        AllowedPathsRule(), OperationsRule(),
        FileCountRule(), PatchSizeRule(), FileSizeRule(), RequirementsRule(), FilterAttributeRule(),
        SecretNameRule(),
    ]

    /// The rules that read what changed files hold; they are reported after the others.
    static let contentRules: [any ContentRule] = [
        UnreadContentRule(), ConflictMarkerRule(), MalformedContentRule(), SecretRule(),
    ]

    /// The rules that read many files at once, last.
    static let comparisons: [any Rule] = [GrantedSecretRule(), WeakenedTestsRule()]

    /// Everything that the rules find; none of them stops at another's violation.
    package static func findings(in subject: RuleSubject) -> Findings {
        Findings(
            subject.refusals + all.flatMap { $0.violations(in: subject) } + contentViolations(in: subject)
                + comparisons.flatMap { $0.violations(in: subject) })
    }

    /// Lends each file to every rule before it goes on to the next, so that each is read once.
    private static func contentViolations(in subject: RuleSubject) -> [Violation] {
        var found = [[Violation]](repeating: [], count: contentRules.count)
        for change in subject.ownChanges {
            guard let file = ChangedFile(change, in: subject) else { continue }
            for (place, rule) in contentRules.enumerated() { found[place] += rule.violations(in: file) }
        }
        return found.flatMap(\.self)
    }
}

/// What the rules found in a change.
package struct Findings: Hashable, Sendable {
    /// What rejects the change.
    package let violations: [Violation]
    /// What a reviewer should know, whatever becomes of the change.
    package let warnings: [Violation]

    init(_ found: [Violation]) {
        violations = found.filter { $0.severity == .block }
        warnings = found.filter { $0.severity == .warn }
    }
}
