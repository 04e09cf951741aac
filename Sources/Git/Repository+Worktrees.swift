package import Basics
internal import CLibGit2

/// A linked worktree of a repository.
package struct Worktree: Hashable, Sendable {
    package let name: String
    package let path: String
    /// Why it is locked; `nil` when it is not.
    package let lockReason: String?
    /// Whether its directory is still there.
    package let isValid: Bool
}

extension Repository {
    /// Adds a worktree with a detached HEAD; no branch is made, and with `checksOut: false` no file.
    ///
    /// libgit2 can only add worktrees that own a branch, so the few files of git's worktree format
    /// (gitrepository-layout) are written here. Making the metadata directory is the step that only one can win.
    package func addWorktree(
        name: String, path: String, at commit: ObjectID, checksOut: Bool = true
    ) throws(GitError) {
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
            throw GitError(.invalidName, "add the worktree '\(name)'", reason: "the name cannot be used")
        }
        let metadata = "\(commonDirectory)/worktrees/\(name)"
        let operation = "add the worktree '\(name)'"
        if FileSystem.exists(metadata) || FileSystem.exists(path + "/.git") {
            throw GitError(.referenceExists, operation, reason: "it is there already")
        }
        do throws(FileError) {
            try FileSystem.createDirectory(metadata)
            try FileSystem.createDirectory(path)
            try Self.write("\(commit.hex)\n", to: metadata + "/HEAD")
            try Self.write("../..\n", to: metadata + "/commondir")
            try Self.write("\(path)/.git\n", to: metadata + "/gitdir")
            try Self.write("gitdir: \(metadata)\n", to: path + "/.git")
        } catch {
            throw GitError(.other, operation, reason: error.description)
        }
        if checksOut { try Repository.openWithIndex(path).checkOut(commit) }
    }

    package func worktrees() throws(GitError) -> [Worktree] {
        var names = git_strarray()
        try check("list the worktrees") { git_worktree_list(&names, pointer) }
        defer { git_strarray_dispose(&names) }
        var found: [Worktree] = []
        for name in names.texts {
            found.append(
                try withWorktree(name) { (raw) throws(GitError) in
                    var reason = git_buf()
                    defer { git_buf_dispose(&reason) }
                    let isLocked = git_worktree_is_locked(&reason, raw) > 0
                    return Worktree(
                        name: name, path: String(cString: git_worktree_path(raw)),
                        lockReason: isLocked ? reason.ptr.map { String(cString: $0) } ?? "" : nil,
                        isValid: git_worktree_validate(raw) == 0)
                })
        }
        return found
    }

    package func lockWorktree(_ name: String, reason: String) throws(GitError) {
        try withWorktree(name) { (raw) throws(GitError) in
            try check("lock the worktree '\(name)'") { git_worktree_lock(raw, reason) }
        }
    }

    package func unlockWorktree(_ name: String) throws(GitError) {
        try withWorktree(name) { (raw) throws(GitError) in
            try check("unlock the worktree '\(name)'") { git_worktree_unlock(raw) }
        }
    }

    /// Forgets a worktree whose directory is gone; `removingFiles` also removes one that is there.
    package func pruneWorktree(_ name: String, removingFiles: Bool = false) throws(GitError) {
        try withWorktree(name) { (raw) throws(GitError) in
            var options = git_worktree_prune_options()
            git_worktree_prune_options_init(&options, UInt32(GIT_WORKTREE_PRUNE_OPTIONS_VERSION))
            if removingFiles {
                options.flags = GIT_WORKTREE_PRUNE_VALID.rawValue | GIT_WORKTREE_PRUNE_WORKING_TREE.rawValue
            }
            try check("prune the worktree '\(name)'") { git_worktree_prune(raw, &options) }
        }
    }

    /// Writes the files of a commit into the working directory, over whatever stands there.
    func checkOut(_ commit: ObjectID) throws(GitError) {
        var options = git_checkout_options()
        git_checkout_options_init(&options, UInt32(GIT_CHECKOUT_OPTIONS_VERSION))
        options.checkout_strategy = GIT_CHECKOUT_FORCE.rawValue
        let tree = try self.commit(commit).tree
        try withTree(tree) { (root) throws(GitError) in
            try check("check out \(commit.short)") { git_checkout_tree(pointer, root, &options) }
        }
    }

    private func withWorktree<Result>(
        _ name: String, _ body: (OpaquePointer) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        var raw: OpaquePointer?
        try check("look up the worktree '\(name)'") { git_worktree_lookup(&raw, pointer, name) }
        defer { git_worktree_free(raw) }
        return try body(raw!)
    }

    private static func write(_ text: String, to path: String) throws(FileError) {
        try FileSystem.write(Array(text.utf8), to: path)
    }
}
