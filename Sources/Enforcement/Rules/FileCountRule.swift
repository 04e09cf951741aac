internal import Model

/// A change touches no more files than a reviewer can hold.
struct FileCountRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        let count = subject.ownChanges.count
        guard let limit = subject.limits.maxFiles, count > limit.value else { return [] }
        return [
            Violation(
                "too-many-files",
                "the change touches \(count) files; \(limit.source.rawValue) allows \(limit.value)",
                hint: "split the task, or raise max_files")
        ]
    }
}
