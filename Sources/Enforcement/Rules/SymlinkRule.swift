internal import Basics
internal import Model

/// A symlink must stay inside the repository, wherever the repository is checked out.
struct SymlinkRule: Rule {
    func violations(in subject: RuleSubject) -> [Violation] {
        subject.ownChanges.filter { $0.newMode == 0o120000 }.compactMap { change in
            guard let blob = change.newBlob, let bytes = try? subject.contents.bytes(of: blob) else {
                return Violation("symlink", path: change.path, "the target of '\(change.path)' cannot be read")
            }
            guard let problem = SymlinkTarget.problem(with: bytes, from: change.path) else { return nil }
            return Violation(
                "symlink", path: change.path,
                "the symlink '\(change.path)' \(problem): it points to "
                    + "'\(String(decoding: bytes.prefix(200), as: UTF8.self))'",
                hint: SymlinkTarget.advice)
        }
    }
}
