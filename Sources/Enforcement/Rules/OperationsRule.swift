internal import Model

/// The scope says whether files may be created, updated or deleted.
struct OperationsRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        let allowed = subject.permission.operations
        let words = Operation.allCases.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
        return subject.ownChanges.filter { !allowed.contains($0.operation) }.map { change in
            Violation(
                "operation-not-allowed", path: change.path,
                "scope '\(subject.scope.name)' does not allow to \(change.operation.rawValue) '\(change.path)'",
                hint: "its operations are: \(words.isEmpty ? "none" : words)")
        }
    }
}
