package import Basics
internal import CLibGit2

extension Repository {
    /// Of some ten million files.
    private static let largestIndex = 1 << 30

    /// The tree that committing an index file would give; the file itself stays as it is.
    ///
    /// The staged files are not looked for: git has them before it writes the index, and opening each file of the
    /// repository took longer than everything else that a hook does. What is missing is told when it is read.
    /// The setting is that of the process: only for commands that do nothing beside it.
    package func tree(ofIndexAt path: String) throws(GitError) -> ObjectID {
        if let noted = try notedTree(ofIndexAt: path) { return noted }
        _ = shim_look_for_named_objects(0)
        defer { _ = shim_look_for_named_objects(1) }
        var index: OpaquePointer?
        try check("read the index '\(path)'") { git_index_open(&index, path) }
        defer { git_index_free(index) }
        var tree = git_oid()
        try check("write the tree of what is staged") { git_index_write_tree_to(&tree, index, pointer) }
        return ObjectID(tree)
    }

    /// The tree that git itself made of what is staged; `nil` where it has not, as before `git commit` begins.
    private func notedTree(ofIndexAt path: String) throws(GitError) -> ObjectID? {
        let file: [UInt8]
        // libgit2 reads it next, and says what is wrong with it.
        do throws(FileError) { file = try FileSystem.read(path, limit: Self.largestIndex) } catch { return nil }
        guard let tree = IndexNotes.tree(in: file) else { return nil }
        return try holds(tree) ? tree : nil
    }
}
