internal import Model

/// Only plain files, executable files and symlinks may be committed.
struct FileModeRule: Rule {
    private static let accepted: Set<UInt32> = [0o100644, 0o100755, 0o120000]

    func violations(in subject: Case) -> [Violation] {
        subject.judged.compactMap { change in
            guard let mode = change.newMode, !Self.accepted.contains(mode) else { return nil }
            if mode == 0o160000 {
                return Violation(
                    "nested-repository", path: change.path,
                    "'\(change.path)' is a repository inside the repository",
                    hint: "remove its .git directory, or keep it out of the task's change")
            }
            return Violation("file-mode", path: change.path, "'\(change.path)' has the mode \(change.modeText)")
        }
    }
}
