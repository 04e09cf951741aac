internal import Model

/// Only plain files, executable files and symlinks may be committed, and no submodule may be touched.
struct FileModeRule: Rule {
    private static let accepted: Set<UInt32> = [0o100644, 0o100755, 0o120000]
    private static let gitlink: UInt32 = 0o160000

    func violations(in subject: RuleSubject) -> [Violation] {
        subject.ownChanges.compactMap { change in
            if change.newMode == Self.gitlink, change.oldMode != Self.gitlink {
                return Violation(
                    "nested-repository", path: change.path,
                    "'\(change.path)' is a repository inside the repository",
                    hint: "remove its .git directory, or keep it out of the task's change")
            }
            if change.newMode == Self.gitlink || change.oldMode == Self.gitlink {
                return Violation(
                    "nested-repository", path: change.path,
                    "'\(change.path)' is a submodule, which a task may not \(change.operation.rawValue)",
                    hint: "move a submodule by hand, so that a person looks at the commit it stands on")
            }
            guard let mode = change.newMode, !Self.accepted.contains(mode) else { return nil }
            return Violation(
                "file-mode", path: change.path, "'\(change.path)' has the mode \(change.modeText)",
                hint: "only 100644, 100755 and symlinks are committed")
        }
    }
}
