package import Basics
internal import CLibGit2
internal import Paths

extension Repository {
    /// The tree that the edits make of a base tree (`nil`: the empty one), without any checkout.
    ///
    /// Only the directories on the way to an edited path are read and written. Directories that become empty
    /// vanish. Removing what is not there is an error, and so is putting a file where a directory still has files.
    package func tree(updating base: ObjectID?, with edits: [TreeEdit]) throws(GitError) -> ObjectID {
        let deep = edits.map { DeepEdit(rest: $0.path.components[...], edit: $0) }
        if let root = try subtree(updating: base, with: deep) { return root }
        return try withBuilder(nil) { (builder) throws(GitError) in try write(builder) }
    }

    /// An edit, and the part of its path that is still to be walked.
    private struct DeepEdit {
        var rest: ArraySlice<ArraySlice<UInt8>>
        let edit: TreeEdit

        var isLeaf: Bool { rest.count == 1 }
    }

    /// `nil` when nothing is left.
    private func subtree(updating base: ObjectID?, with edits: [DeepEdit]) throws(GitError) -> ObjectID? {
        var groups: [[UInt8]: [DeepEdit]] = [:]
        for edit in edits { groups[Array(edit.rest.first ?? []), default: []].append(edit) }
        return try withBuilder(base) { (builder) throws(GitError) in
            for (name, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                try apply(group, named: name, to: builder)
            }
            return git_treebuilder_entrycount(builder) == 0 ? nil : try write(builder)
        }
    }

    /// Removes first, then goes down, then puts files: so a file can become a directory and the reverse.
    private func apply(_ group: [DeepEdit], named name: [UInt8], to builder: OpaquePointer) throws(GitError) {
        for deep in group where deep.isLeaf {
            if case .remove(let path) = deep.edit { try Self.remove(name, at: path, from: builder) }
        }
        let below = group.filter { !$0.isLeaf }.map { DeepEdit(rest: $0.rest.dropFirst(), edit: $0.edit) }
        if !below.isEmpty { try descend(below, named: name, in: builder) }
        for deep in group where deep.isLeaf {
            if case .upsert(let path, let id, let mode) = deep.edit {
                if Self.entry(name, in: builder)?.isDirectory == true && mode != .directory {
                    throw GitError(.conflict, "write '\(path)'", reason: "a directory of that name has files")
                }
                try Self.insert(name, id, mode, at: path, into: builder)
            }
        }
    }

    private func descend(_ edits: [DeepEdit], named name: [UInt8], in builder: OpaquePointer) throws(GitError) {
        let existing = Self.entry(name, in: builder)
        if let existing, !existing.isDirectory {
            throw GitError(.conflict, "write '\(edits[0].edit.path)'", reason: "a part of its path is a file")
        }
        if let id = try subtree(updating: existing?.id, with: edits) {
            try Self.insert(name, id, .directory, at: edits[0].edit.path, into: builder)
        } else if existing != nil {
            try Self.remove(name, at: edits[0].edit.path, from: builder)
        }
    }

    private func withBuilder<Result>(
        _ base: ObjectID?, _ body: (OpaquePointer) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        var builder: OpaquePointer?
        if let base {
            try withTree(base) { (tree) throws(GitError) in
                try check("build a tree") { git_treebuilder_new(&builder, pointer, tree) }
            }
        } else {
            try check("build a tree") { git_treebuilder_new(&builder, pointer, nil) }
        }
        defer { git_treebuilder_free(builder) }
        return try body(builder!)
    }

    private static func entry(_ name: [UInt8], in builder: OpaquePointer) -> TreeEntry? {
        withCString(name) { git_treebuilder_get(builder, $0) }.map(TreeEntry.init)
    }

    private static func insert(
        _ name: [UInt8], _ id: ObjectID, _ mode: FileMode, at path: RepoPath, into builder: OpaquePointer
    ) throws(GitError) {
        var target = id.raw
        try check("write '\(path)' into a tree") {
            withCString(name) {
                git_treebuilder_insert(nil, builder, $0, &target, git_filemode_t(rawValue: mode.rawValue))
            }
        }
    }

    private static func remove(_ name: [UInt8], at path: RepoPath, from builder: OpaquePointer) throws(GitError) {
        guard entry(name, in: builder) != nil else {
            throw GitError(.notFound, "remove '\(path)'", reason: "it is not in the tree")
        }
        try check("remove '\(path)' from a tree") { withCString(name) { git_treebuilder_remove(builder, $0) } }
    }

    private func write(_ builder: OpaquePointer) throws(GitError) -> ObjectID {
        var id = git_oid()
        try withoutLookingForPacks { () throws(GitError) in
            try check("write a tree") { git_treebuilder_write(&id, builder) }
        }
        return ObjectID(id)
    }

    private static func withCString<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (name + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
        }
    }
}
