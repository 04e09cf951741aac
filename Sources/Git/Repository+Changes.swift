internal import Basics

extension Repository {
    /// The paths of the files that differ between two trees; subtrees with the same id are never opened.
    ///
    /// libgit2 walks both trees to their last leaf, which in a large repository costs more than all the rest.
    func changedPaths(from old: ObjectID?, to new: ObjectID?) throws(GitError) -> [RepoPath] {
        var found: [RepoPath] = []
        var waiting: [(old: ObjectID?, new: ObjectID?, prefix: [UInt8])] = [(old, new, [])]
        while let (old, new, prefix) = waiting.popLast() {
            if old == new { continue }
            let before = try namedEntries(of: old)
            let after = try namedEntries(of: new)
            for name in Set(before.keys).union(after.keys) where before[name] != after[name] {
                let (left, right) = (before[name], after[name])
                let path = prefix + name
                if left?.isDirectory == true || right?.isDirectory == true {
                    let (leftTree, rightTree) = (left.flatMap(\.tree), right.flatMap(\.tree))
                    waiting.append((leftTree, rightTree, path + [RepoPath.separator]))
                }
                if left?.isDirectory == false || right?.isDirectory == false, let file = try? RepoPath(bytes: path)
                {
                    found.append(file)
                }
            }
        }
        return found
    }

    private func namedEntries(of tree: ObjectID?) throws(GitError) -> [[UInt8]: TreeEntry] {
        guard let tree else { return [:] }
        return Dictionary(try entries(of: tree).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension TreeEntry {
    fileprivate var tree: ObjectID? { isDirectory ? id : nil }
}
