internal import Basics
internal import Git
internal import Paths

/// The `.gitignore` files of a tree, read when a directory is first asked about.
///
/// Those of the workspace do not count: a program could hide what it did by writing one.
final class IgnoreRules {
    private static let fileLimit = 1 << 20
    private static let lineLimit = 10_000

    private let repository: Repository
    private let tree: ObjectID
    private var patterns: [[UInt8]: [IgnorePattern]] = [:]
    private var directories: [[UInt8]: Bool] = [:]

    init(_ repository: Repository, tree: ObjectID) { (self.repository, self.tree) = (repository, tree) }

    /// Whether git would leave the path out; a file in an ignored directory is ignored whatever else is said.
    func isIgnored(_ path: [UInt8], isDirectory: Bool) throws(GitError) -> Bool {
        if let parent = Self.parent(of: path), try isIgnoredDirectory(parent) { return true }
        return try decides(path, isDirectory: isDirectory)
    }

    private func isIgnoredDirectory(_ path: [UInt8]) throws(GitError) -> Bool {
        if let known = directories[path] { return known }
        var answer = false
        if let parent = Self.parent(of: path) { answer = try isIgnoredDirectory(parent) }
        if !answer { answer = try decides(path, isDirectory: true) }
        directories[path] = answer
        return answer
    }

    /// The last line that matches decides, and a deeper file comes after a higher one.
    private func decides(_ path: [UInt8], isDirectory: Bool) throws(GitError) -> Bool {
        var directory = Self.parent(of: path) ?? []
        while true {
            let start = directory.isEmpty ? 0 : directory.count + 1
            for pattern in try patterns(in: directory).reversed()
            where pattern.matches(path[start...], isDirectory: isDirectory) {
                return !pattern.isNegated
            }
            if directory.isEmpty { return false }
            directory = Self.parent(of: directory) ?? []
        }
    }

    private static func parent(of path: [UInt8]) -> [UInt8]? {
        path.lastIndex(of: RepoPath.separator).map { Array(path[..<$0]) }
    }

    private func patterns(in directory: [UInt8]) throws(GitError) -> [IgnorePattern] {
        if let known = patterns[directory] { return known }
        let name = (directory.isEmpty ? [] : directory + [RepoPath.separator]) + Array(".gitignore".utf8)
        var found: [IgnorePattern] = []
        if let path = try? RepoPath(bytes: name), let entry = try repository.entry(at: path, in: tree),
            entry.kind == .regular || entry.kind == .executable
        {
            let bytes = try repository.blob(entry.id, limit: Self.fileLimit)
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
            found = text.split(separator: 0x0A).prefix(Self.lineLimit).compactMap { IgnorePattern(line: $0) }
        }
        patterns[directory] = found
        return found
    }
}
