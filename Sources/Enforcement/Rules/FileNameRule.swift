internal import Basics
internal import Model

/// Names that a reviewer could not read, or that some system would read differently, are refused.
struct FileNameRule: Rule {
    func violations(in subject: Case) -> [Violation] {
        subject.judged.filter { $0.operation != .delete }.compactMap { change in
            Self.problem(with: change.path).map { problem in
                Violation("file-name", path: change.path, "'\(change.path)' cannot be committed: \(problem)")
            }
        }
    }

    private static func problem(with path: RepoPath) -> String? {
        guard path.isValidUTF8 else { return "its name is not valid UTF-8" }
        if path.description.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "its name contains a control character"
        }
        if path.components.contains(where: { ProtectedPaths.isGitLookalike(String(decoding: $0, as: UTF8.self)) })
        {
            return "some systems would take a part of it for '.git'"
        }
        return path.bytes.count > 4000 ? "its name is longer than 4,000 bytes" : nil
    }
}
