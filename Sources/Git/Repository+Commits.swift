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
                    try check("write a commit") {
                        git_commit_create(
                            &id, pointer, nil, author, committer, nil, message, root, handles.count, &handles)
                    }
                    return ObjectID(id)
                }
            }
        }
    }

    /// The best common ancestor; `nil` when the histories have nothing in common.
    package func mergeBase(_ one: ObjectID, _ two: ObjectID) throws(GitError) -> ObjectID? {
        var (id, first, second) = (git_oid(), one.raw, two.raw)
        let code = git_merge_base(&id, pointer, &first, &second)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try check("find the merge base of \(one.short) and \(two.short)") { code }
        return ObjectID(id)
    }

    package func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(GitError) -> Bool {
        if ancestor == descendant { return true }
        var (low, high) = (ancestor.raw, descendant.raw)
        let answer = git_graph_descendant_of(pointer, &high, &low)
        try check("compare \(ancestor.short) with \(descendant.short)") { min(answer, 0) }
        return answer == 1
    }

    /// How many commits each side has that the other lacks.
    package func aheadBehind(
        _ local: ObjectID, _ upstream: ObjectID
    ) throws(GitError) -> (ahead: Int, behind: Int) {
        var (ahead, behind, one, two) = (0, 0, local.raw, upstream.raw)
        try check("compare \(local.short) with \(upstream.short)") {
            git_graph_ahead_behind(&ahead, &behind, pointer, &one, &two)
        }
        return (ahead, behind)
    }
}
