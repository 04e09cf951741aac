package import Basics
internal import CLibGit2

/// How two commits came from what they have in common.
extension Repository {
    /// The best common ancestors of two commits: none for unrelated histories, several where branches were merged crosswise.
    package func mergeBases(_ one: ObjectID, _ other: ObjectID) throws(GitError) -> [ObjectID] {
        // libgit2 says of a commit that is not here and of one without a common ancestor the same.
        for id in [one, other] { _ = try commit(id) }
        var (bases, left, right) = (git_oidarray(), one.raw, other.raw)
        defer { git_oidarray_dispose(&bases) }
        let code = git_merge_bases(&bases, pointer, &left, &right)
        if code == GIT_ENOTFOUND.rawValue, git_error_last()?.pointee.klass == Int32(GIT_ERROR_MERGE.rawValue) {
            return []
        }
        try checkHistory("find what \(one.short) and \(other.short) have in common", code)
        return (0..<bases.count).map { ObjectID(bases.ids[$0]) }
    }

    /// The commits that `head` has and `base` has not, the newest first; refused where there are more than `limit`.
    package func commits(
        of head: ObjectID, notIn base: [ObjectID], limit: Int
    ) throws(GitError) -> [Commit] {
        var walk: OpaquePointer?
        try check("walk through the history") { git_revwalk_new(&walk, pointer) }
        defer { git_revwalk_free(walk) }
        git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue)
        var start = head.raw
        try check("walk from \(head.short)") { git_revwalk_push(walk, &start) }
        for id in base {
            var end = id.raw
            try checkHistory("walk to \(id.short)", git_revwalk_hide(walk, &end))
        }
        var (found, next): ([Commit], git_oid) = ([], git_oid())
        while true {
            let code = git_revwalk_next(&next, walk)
            if code == GIT_ITEROVER.rawValue { return found }
            try checkHistory("walk through the history of \(head.short)", code)
            guard found.count < limit else {
                throw GitError(
                    .tooLarge, "read the history of \(head.short)",
                    reason: "it has more than \(limit) commits that the base has not")
            }
            found.append(try commit(ObjectID(next)))
        }
    }

    /// The tree that merging two commits gives; `nil` where both changed the same lines.
    ///
    /// Attributes and settings have no say in it, whatever lies in a checkout.
    package func mergedTree(_ ours: ObjectID, _ theirs: ObjectID) throws(GitError) -> ObjectID? {
        let objects = try objectsAlone()
        defer { git_repository_free(objects) }
        var (left, right): (OpaquePointer?, OpaquePointer?) = (nil, nil)
        var (one, other) = (ours.raw, theirs.raw)
        try check("read the commit \(ours.short)") { git_commit_lookup(&left, objects, &one) }
        defer { git_commit_free(left) }
        try check("read the commit \(theirs.short)") { git_commit_lookup(&right, objects, &other) }
        defer { git_commit_free(right) }
        var (index, options) = (OpaquePointer?.none, git_merge_options())
        git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION))
        try check("merge \(ours.short) and \(theirs.short)") {
            git_merge_commits(&index, objects, left, right, &options)
        }
        defer { git_index_free(index) }
        guard git_index_has_conflicts(index) == 0 else { return nil }
        var tree = git_oid()
        try check("write the tree of a merge") { git_index_write_tree_to(&tree, index, pointer) }
        return ObjectID(tree)
    }

    /// libgit2 has no code of its own for a commit that it comes across on its way and that is not here.
    private func checkHistory(_ operation: String, _ code: Int32) throws(GitError) {
        guard code < 0 else { return }
        let isMissing = git_error_last()?.pointee.klass == Int32(GIT_ERROR_ODB.rawValue)
        let error = GitError.last(code, operation)
        throw isMissing ? GitError(.notFound, operation, reason: error.reason, code: error.code) : error
    }
}
