package import Basics
internal import CLibGit2

extension Repository {
    /// The tree that committing an index file would give; the file itself stays as it is.
    ///
    /// The staged files are not looked for: git has them before it writes the index, and opening each file of the
    /// repository took longer than everything else that a hook does. What is missing is told when it is read.
    /// The setting is that of the process: only for commands that do nothing beside it.
    package func tree(ofIndexAt path: String) throws(GitError) -> ObjectID {
        _ = shim_look_for_named_objects(0)
        defer { _ = shim_look_for_named_objects(1) }
        var index: OpaquePointer?
        try check("read the index '\(path)'") { git_index_open(&index, path) }
        defer { git_index_free(index) }
        var tree = git_oid()
        try check("write the tree of what is staged") { git_index_write_tree_to(&tree, index, pointer) }
        return ObjectID(tree)
    }
}
