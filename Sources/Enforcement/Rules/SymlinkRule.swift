internal import Basics
internal import Model

/// A symlink must stay inside the repository, wherever the repository is checked out.
struct SymlinkRule: Rule {
    func violations(in subject: Case) -> [Violation] {
        subject.judged.filter { $0.newMode == 0o120000 }.compactMap { change in
            guard let blob = change.newBlob, let bytes = try? subject.contents.bytes(of: blob) else {
                return Violation("symlink", path: change.path, "the target of '\(change.path)' cannot be read")
            }
            guard let problem = Self.problem(with: bytes, from: change.path) else { return nil }
            return Violation(
                "symlink", path: change.path,
                "the symlink '\(change.path)' \(problem): it points to "
                    + "'\(String(decoding: bytes.prefix(200), as: UTF8.self))'",
                hint: "link by a relative path whose '..' come first and that ends inside the repository")
        }
    }

    private static let leaves = "leaves the repository"

    private static func problem(with target: [UInt8], from path: RepoPath) -> String? {
        if target.isEmpty || target.first == RepoPath.separator || target.contains(0) { return leaves }
        // On Windows both would be read as an absolute path, or as one through other directories.
        if target.contains(UInt8(ascii: "\\")) || target.dropFirst().first == UInt8(ascii: ":") { return leaves }
        if target.count > 4000 { return "has a target longer than 4,000 bytes" }
        var depth = path.components.count - 1
        var hasDescended = false
        for part in target.split(separator: RepoPath.separator) where !part.elementsEqual(".".utf8) {
            if ProtectedPaths.isGitLookalike(String(decoding: part, as: UTF8.self)) { return "leads into '.git'" }
            guard part.elementsEqual("..".utf8) else {
                (hasDescended, depth) = (true, depth + 1)
                continue
            }
            depth -= 1
            if depth < 0 { return leaves }
            // 'a/..' is not the directory it seems to be where 'a' is a symlink itself.
            if hasDescended { return "goes up again behind a name, which can lead anywhere" }
        }
        return nil
    }
}
