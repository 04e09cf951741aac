package import Basics
internal import CLibGit2

extension Repository {
    /// The tree that committing an index file would give; the file itself stays as it is.
    package func tree(ofIndexAt path: String) throws(GitError) -> ObjectID {
        var index: OpaquePointer?
        try check("read the index '\(path)'") { git_index_open(&index, path) }
        defer { git_index_free(index) }
        var tree = git_oid()
        try check("write the tree of what is staged") { git_index_write_tree_to(&tree, index, pointer) }
        return ObjectID(tree)
    }
}
