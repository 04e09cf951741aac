internal import Basics
package import Paths

/// Where a symlink leads, by its words alone: what stands on the way may be another thing tomorrow.
///
/// It must stay inside the repository, wherever the repository is checked out.
package enum SymlinkTarget {
    /// What a person can do about a problem.
    package static let advice = "link by a relative path whose '..' come first and that ends inside the repository"

    private static let leaves = "leaves the repository"
    private static let longest = 4000

    /// What is wrong with a target, as the end of a sentence about the link; `nil` when it stays inside.
    package static func problem(with target: [UInt8], from path: RepoPath) -> String? {
        if target.isEmpty || target.first == RepoPath.separator || target.contains(0) { return leaves }
        // On Windows both would be read as an absolute path, or as one through other directories.
        if target.contains(UInt8(ascii: "\\")) || target.dropFirst().first == UInt8(ascii: ":") {
            return leaves + " on some systems"
        }
        if target.count > longest { return "has a target longer than 4,000 bytes" }
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
