internal import Basics
internal import Model

/// No file grows beyond the size that its pattern allows.
struct FileSizeRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        subject.ownChanges.compactMap { change in
            guard change.operation != .delete, let limit = subject.limits.maxFileSize(of: change.path),
                change.size > limit.bytes
            else { return nil }
            return Violation(
                "file-too-large", path: change.path,
                "'\(change.path)' is \(SizeText.text(change.size)); files matching '\(limit.pattern)' may have "
                    + SizeText.text(limit.bytes))
        }
    }
}
