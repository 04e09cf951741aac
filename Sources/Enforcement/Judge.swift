package import Model

/// Judges a frozen change; the only place where an `Approval` can be made.
package enum Judge {
    /// Every rule, in the order in which violations are reported.
    static let rules: [any Rule] = [
        FileNameRule(), FileModeRule(), SymlinkRule(), AllowedPathsRule(), OperationsRule(), FileCountRule(),
        PatchSizeRule(), FileSizeRule(), RequirementsRule(), ConflictMarkerRule(),
    ]

    package static func judge(_ subject: Case) -> Verdict {
        let violations = rules.flatMap { $0.violations(in: subject) }
        guard violations.isEmpty else { return .rejected(violations) }
        return .approved(Approval(changes: subject.changes, writeBack: subject.writeBack))
    }
}

/// What the judgement came to.
package enum Verdict: Sendable {
    case approved(Approval)
    case rejected([Violation])

    package var violations: [Violation] {
        if case .rejected(let violations) = self { violations } else { [] }
    }
}

/// Proof that every rule accepted exactly this change.
package struct Approval: Sendable {
    package let changes: ChangeSet
    package let writeBack: WriteBack?

    fileprivate init(changes: ChangeSet, writeBack: WriteBack?) {
        (self.changes, self.writeBack) = (changes, writeBack)
    }
}
