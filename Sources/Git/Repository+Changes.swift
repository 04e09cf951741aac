internal import Basics
internal import CLibGit2
internal import Glibc
internal import Paths

extension Repository {
    /// The paths of the files that differ between two trees; subtrees with the same id are never opened.
    ///
    /// libgit2 walks both trees to their last leaf, which in a large repository costs more than all the rest.
    func changedPaths(from old: ObjectID?, to new: ObjectID?) throws(GitError) -> [RepoPath] {
        var found: [RepoPath] = []
        var waiting: [(old: ObjectID?, new: ObjectID?, prefix: [UInt8])] = [(old, new, [])]
        while let (old, new, prefix) = waiting.popLast() {
            if old == new { continue }
            let (before, after) = try differingEntries(old, new)
            for name in Set(before.keys).union(after.keys) where before[name] != after[name] {
                let (left, right) = (before[name], after[name])
                let path = prefix + name
                if left?.isDirectory == true || right?.isDirectory == true {
                    let (leftTree, rightTree) = (left.flatMap(\.tree), right.flatMap(\.tree))
                    waiting.append((leftTree, rightTree, path + [RepoPath.separator]))
                }
                if left?.isDirectory == false || right?.isDirectory == false {
                    found.append(try Self.file(at: path))
                }
            }
        }
        return found
    }

    /// A name that leads out of the repository is no change to leave out, but a tree that nobody may look past.
    private static func file(at path: [UInt8]) throws(GitError) -> RepoPath {
        do throws(RepoPathError) { return try RepoPath(bytes: path) } catch {
            throw GitError(.corrupt, "compare two trees", reason: "\(error)")
        }
    }

    /// What is left of two trees, by name, once the entries that are the same at both ends are taken away unread.
    private func differingEntries(
        _ old: ObjectID?, _ new: ObjectID?
    ) throws(GitError) -> (before: [[UInt8]: TreeEntry], after: [[UInt8]: TreeEntry]) {
        guard let old, let new else {
            return (Self.named(try old.map(entries) ?? []), Self.named(try new.map(entries) ?? []))
        }
        return try withTree(old) { (left) throws(GitError) in
            try withTree(new) { (right) throws(GitError) in
                let counts = (git_tree_entrycount(left), git_tree_entrycount(right))
                let least = min(counts.0, counts.1)
                var start = 0
                while start < least, Self.isSame(left, start, right, start) { start += 1 }
                var tail = 0
                while tail < least - start, Self.isSame(left, counts.0 - tail - 1, right, counts.1 - tail - 1) {
                    tail += 1
                }
                func middle(_ tree: OpaquePointer, _ count: Int) -> [[UInt8]: TreeEntry] {
                    Self.named(
                        (start..<count - tail).compactMap { git_tree_entry_byindex(tree, $0).map(TreeEntry.init) })
                }
                return (middle(left, counts.0), middle(right, counts.1))
            }
        }
    }

    private static func isSame(_ left: OpaquePointer, _ index: Int, _ right: OpaquePointer, _ other: Int) -> Bool {
        guard let one = git_tree_entry_byindex(left, index), let two = git_tree_entry_byindex(right, other) else {
            return false
        }
        return git_oid_equal(git_tree_entry_id(one), git_tree_entry_id(two)) != 0
            && git_tree_entry_filemode_raw(one) == git_tree_entry_filemode_raw(two)
            && strcmp(git_tree_entry_name(one), git_tree_entry_name(two)) == 0
    }

    private static func named(_ entries: [TreeEntry]) -> [[UInt8]: TreeEntry] {
        Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension TreeEntry {
    fileprivate var tree: ObjectID? { isDirectory ? id : nil }
}
