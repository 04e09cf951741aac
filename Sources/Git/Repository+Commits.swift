package import Basics
internal import CLibGit2

extension Repository {
    /// Writes a commit object and moves no reference.
    package func createCommit(
        tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String
    ) throws(GitError) -> ObjectID {
        var handles: [OpaquePointer?] = []
        defer { handles.forEach { git_commit_free($0) } }
        for parent in parents {
            var raw: OpaquePointer?
            var name = parent.raw
            try check("read the commit \(parent.short)") { git_commit_lookup(&raw, pointer, &name) }
            handles.append(raw)
        }
        return try withTree(tree) { (root) throws(GitError) in
            try author.withPointer { (author) throws(GitError) in
                try committer.withPointer { (committer) throws(GitError) in
                    var id = git_oid()
                    try withoutLookingForPacks { () throws(GitError) in
                        try check("write a commit") {
                            git_commit_create(
                                &id, pointer, nil, author, committer, nil, message, root, handles.count, &handles)
                        }
                    }
                    return ObjectID(id)
                }
            }
        }
    }

    package func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(GitError) -> Bool {
        if ancestor == descendant { return true }
        // libgit2 tells a commit that is not here from a damaged repository only where it is asked for alone.
        _ = try commit(ancestor)
        var (low, high) = (ancestor.raw, descendant.raw)
        let answer = git_graph_descendant_of(pointer, &high, &low)
        try check("compare \(ancestor.short) with \(descendant.short)") { min(answer, 0) }
        return answer == 1
    }
}
