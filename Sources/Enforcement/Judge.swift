package import Model

/// Judges a frozen change; the only place where an `Approval` can be made.
package enum Judge {
    /// The rules that look at paths, modes and counts, in the order in which violations are reported.
    static let rules: [any Rule] = [
        FileNameRule(), FileModeRule(), SymlinkRule(), PathCollisionRule(), AllowedPathsRule(), OperationsRule(),
        FileCountRule(), PatchSizeRule(), FileSizeRule(), RequirementsRule(), FilterAttributeRule(),
    ]

    /// The rules that read what changed files hold; they are reported after the others.
    static let contentRules: [any ContentRule] = [
        UnreadContentRule(), ConflictMarkerRule(), MalformedContentRule(), SecretRule(),
    ]

    /// The rules that read many files at once, last.
    static let comparisons: [any Rule] = [WeakenedTestsRule()]

    package static func judge(_ subject: Case) -> Verdict {
        let found =
            subject.refusals + rules.flatMap { $0.violations(in: subject) } + contentViolations(in: subject)
            + comparisons.flatMap { $0.violations(in: subject) }
        guard found.contains(where: { $0.severity == .block }) else {
            return .approved(Approval(changes: subject.changes, writeBack: subject.writeBack, warnings: found))
        }
        return .rejected(found)
    }

    /// Lends each file to every rule before it goes on to the next, so that each is read once.
    private static func contentViolations(in subject: Case) -> [Violation] {
        var found = [[Violation]](repeating: [], count: contentRules.count)
        for change in subject.judged {
            guard let file = ChangedFile(change, in: subject) else { continue }
            for (place, rule) in contentRules.enumerated() { found[place] += rule.violations(in: file) }
        }
        return found.flatMap(\.self)
    }
}

/// What the judgement came to.
package enum Verdict: Sendable {
    case approved(Approval)
    /// Every violation that was found, those that only warn among them.
    case rejected([Violation])

    /// What rejects the change.
    package var violations: [Violation] {
        if case .rejected(let found) = self { found.filter { $0.severity == .block } } else { [] }
    }

    /// What a reviewer should know, whatever the judgement.
    package var warnings: [Violation] {
        switch self {
        case .approved(let approval): approval.warnings
        case .rejected(let found): found.filter { $0.severity == .warn }
        }
    }
}

/// Proof that every rule accepted exactly this change.
package struct Approval: Sendable {
    package let changes: ChangeSet
    package let writeBack: WriteBack?
    /// What does not stand in the way, but belongs before a reviewer's eyes.
    package let warnings: [Violation]

    fileprivate init(changes: ChangeSet, writeBack: WriteBack?, warnings: [Violation]) {
        (self.changes, self.writeBack, self.warnings) = (changes, writeBack, warnings)
    }
}
