internal import Basics
internal import Model

/// A symlink must stay inside the repository, wherever the repository is checked out.
struct SymlinkRule: Rule {
    func violations(in subject: Case) -> [Violation] {
        subject.judged.filter { $0.newMode == 0o120000 }.compactMap { change in
            guard let blob = change.newBlob, let bytes = try? subject.contents.bytes(of: blob) else {
                return Violation("symlink", path: change.path, "the target of '\(change.path)' cannot be read")
            }
            guard Self.leavesRepository(bytes, from: change.path) else { return nil }
            return Violation(
                "symlink", path: change.path,
                "the symlink '\(change.path)' leaves the repository: it points to "
                    + "'\(String(decoding: bytes.prefix(200), as: UTF8.self))'")
        }
    }

    private static func leavesRepository(_ target: [UInt8], from path: RepoPath) -> Bool {
        if target.isEmpty || target.first == RepoPath.separator || target.contains(0) { return true }
        var depth = path.components.count - 1
        for part in target.split(separator: RepoPath.separator) {
            if part.elementsEqual("..".utf8) { depth -= 1 } else if !part.elementsEqual(".".utf8) { depth += 1 }
            if depth < 0 { return true }
            if ProtectedPaths.isGitLookalike(String(decoding: part, as: UTF8.self)) { return true }
        }
        return false
    }
}
