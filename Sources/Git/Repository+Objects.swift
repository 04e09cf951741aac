package import Basics
internal import CLibGit2
package import Paths

extension Repository {
    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        var raw: OpaquePointer?
        var name = id.raw
        try check("read the commit \(id.short)") { git_commit_lookup(&raw, pointer, &name) }
        defer { git_commit_free(raw) }
        return Commit(
            id: id, tree: ObjectID(git_commit_tree_id(raw).pointee),
            parents: (0..<git_commit_parentcount(raw)).map { ObjectID(git_commit_parent_id(raw, $0).pointee) },
            author: Signature(git_commit_author(raw)), committer: Signature(git_commit_committer(raw)),
            message: git_commit_message(raw).map { String(cString: $0) } ?? "")
    }

    /// What a tree holds at a path; `nil` when there is nothing.
    package func entry(at path: RepoPath, in tree: ObjectID) throws(GitError) -> TreeEntry? {
        try withTree(tree) { (root) throws(GitError) in
            var raw: OpaquePointer?
            let code = path.withCString { git_tree_entry_bypath(&raw, root, $0) }
            if code == GIT_ENOTFOUND.rawValue { return nil }
            guard code == 0, let raw else { throw GitError.last(code, "look up '\(path)'") }
            defer { git_tree_entry_free(raw) }
            return TreeEntry(raw)
        }
    }

    package func entries(of tree: ObjectID) throws(GitError) -> [TreeEntry] {
        try withTree(tree) { (root) throws(GitError) in
            (0..<git_tree_entrycount(root)).compactMap { git_tree_entry_byindex(root, $0).map(TreeEntry.init) }
        }
    }

    /// What to do after a visited entry.
    package enum WalkStep: Sendable { case descend, skip, stop }

    /// Visits what lies below a directory (`nil`: everything), parents before children, in git's order.
    package func walk(
        tree: ObjectID, under directory: RepoPath? = nil,
        visit: (RepoPath, TreeEntry) throws(GitError) -> WalkStep
    ) throws(GitError) {
        var root = tree
        if let directory {
            guard let entry = try entry(at: directory, in: tree), entry.isDirectory else { return }
            root = entry.id
        }
        var waiting = try pending(root, below: directory?.bytes ?? [])
        while let (path, entry) = waiting.popLast() {
            switch try visit(path, entry) {
            case .stop: return
            case .skip: continue
            case .descend where entry.isDirectory: waiting += try pending(entry.id, below: path.bytes)
            case .descend: continue
            }
        }
    }

    /// The entries of a tree with their paths, the first one last; names that are no paths are left out.
    private func pending(_ tree: ObjectID, below directory: [UInt8]) throws(GitError) -> [(RepoPath, TreeEntry)] {
        let prefix = directory.isEmpty ? [] : directory + [RepoPath.separator]
        return try entries(of: tree).reversed().compactMap { entry in
            (try? RepoPath(bytes: prefix + entry.name)).map { ($0, entry) }
        }
    }

    /// The bytes of a blob; refused before it is read when it is longer than `limit`.
    ///
    /// Where it has to be fetched, `others` that are going to be read are fetched with it.
    package func blob(
        _ id: ObjectID, limit: Int, beside others: () throws(GitError) -> [ObjectID] = { [] }
    ) throws(GitError) -> [UInt8] {
        let size = try blobSize(id, beside: others)
        guard size <= limit else {
            throw GitError(
                .tooLarge, "read the blob \(id.short)",
                reason: "it has \(SizeText.text(size)), and \(SizeText.text(limit)) are allowed")
        }
        var raw: OpaquePointer?
        var name = id.raw
        try checkObject("read the blob \(id.short)") { git_blob_lookup(&raw, pointer, &name) }
        defer { git_blob_free(raw) }
        guard let content = git_blob_rawcontent(raw) else { return [] }
        return Array(UnsafeRawBufferPointer(start: content, count: Int(git_blob_rawsize(raw))))
    }

    package func blobSize(
        _ id: ObjectID, beside others: () throws(GitError) -> [ObjectID] = { [] }
    ) throws(GitError) -> Int {
        var store: OpaquePointer?
        try check("open the object store") { git_repository_odb(&store, pointer) }
        defer { git_odb_free(store) }
        var (length, kind, name) = (0, GIT_OBJECT_INVALID, id.raw)
        try checkObject(
            "look up the blob \(id.short)", bringing: { () throws(GitError) in try [id] + others() }
        ) {
            git_odb_read_header(&length, &kind, store, &name)
        }
        guard kind == GIT_OBJECT_BLOB else {
            throw GitError(.conflict, "look up the blob \(id.short)", reason: "it is another kind of object")
        }
        return length
    }

    package func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        var id = git_oid()
        try withoutLookingForPacks { () throws(GitError) in
            try check("write a blob") { git_blob_create_from_buffer(&id, pointer, bytes, bytes.count) }
        }
        return ObjectID(id)
    }

    func withTree<Result>(
        _ id: ObjectID, _ body: (OpaquePointer) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        var raw: OpaquePointer?
        var name = id.raw
        try checkObject("read the tree \(id.short)") { git_tree_lookup(&raw, pointer, &name) }
        defer { git_tree_free(raw) }
        return try body(raw!)
    }
}

extension TreeEntry {
    init(_ raw: OpaquePointer) {
        name = Array(
            UnsafeRawBufferPointer(start: git_tree_entry_name(raw), count: Self.length(git_tree_entry_name(raw))))
        id = ObjectID(git_tree_entry_id(raw).pointee)
        mode = git_tree_entry_filemode_raw(raw).rawValue
    }

    private static func length(_ text: UnsafePointer<CChar>) -> Int {
        var end = text
        while end.pointee != 0 { end += 1 }
        return end - text
    }
}

extension RepoPath {
    /// The path as C text; a repository path never holds a NUL.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
        }
    }
}
