package import Basics
internal import CLibGit2
internal import Glibc
internal import Paths

extension Repository {
    /// What differs between two trees, sorted by path; `nil` stands for the empty tree.
    package func diff(
        from old: ObjectID?, to new: ObjectID?, findRenames: Bool = false, countsLines: Bool = true
    ) throws(GitError) -> [FileDelta] {
        try withDiff(from: old, to: new, findRenames: findRenames, contextLines: 0) { (diff) throws(GitError) in
            var deltas: [FileDelta] = []
            for index in 0..<git_diff_num_deltas(diff) {
                if let delta = try delta(at: index, of: diff, countsLines: countsLines) { deltas.append(delta) }
            }
            return deltas.sorted { ($0.new ?? $0.old)!.path < ($1.new ?? $1.old)!.path }
        }
    }

    /// The patch between two trees as `git apply` reads it, binary files included, up to `limit` bytes.
    package func patchText(
        from old: ObjectID?, to new: ObjectID?, findRenames: Bool = false, contextLines: Int = 3,
        limit: Int = 64 << 20
    ) throws(GitError) -> PatchText {
        try withDiff(from: old, to: new, findRenames: findRenames, contextLines: contextLines) {
            (diff) throws(GitError) in
            var sink = PatchSink(limit: limit)
            try checkObject("print the patch", bringing: { Self.blobs(of: diff) }) {
                sink = PatchSink(limit: limit)
                let code = withUnsafeMutablePointer(to: &sink) {
                    git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, appendPatchLine, $0)
                }
                return sink.isFull ? 0 : code
            }
            return PatchText(bytes: sink.bytes, isComplete: !sink.isFull)
        }
    }

    private func delta(
        at index: Int, of diff: OpaquePointer, countsLines: Bool
    ) throws(GitError) -> FileDelta? {
        guard let raw = git_diff_get_delta(diff, index)?.pointee, let status = FileDelta.Status(raw.status) else {
            return nil
        }
        var (added, removed, isBinary) = (0, 0, false)
        if countsLines {
            if status == .modified { try requireComparable(raw.old_file, raw.new_file, in: diff) }
            var patch: OpaquePointer?
            try checkObject("compare two files", bringing: { Self.blobs(of: diff) }) {
                git_patch_from_diff(&patch, diff, index)
            }
            defer { git_patch_free(patch) }
            if let patch {
                _ = git_patch_line_stats(nil, &added, &removed, patch)
                isBinary = git_patch_get_delta(patch).pointee.flags & GIT_DIFF_FLAG_BINARY.rawValue != 0
            }
        }
        return FileDelta(
            status: status, old: status == .added ? nil : FileDelta.Side(raw.old_file),
            new: status == .deleted ? nil : FileDelta.Side(raw.new_file), isBinary: isBinary, added: added,
            removed: removed)
    }

    /// Refuses texts whose comparison could take minutes.
    private func requireComparable(
        _ old: git_diff_file, _ new: git_diff_file, in diff: OpaquePointer
    ) throws(GitError) {
        let limit = TextComparison.smallSize
        guard let old = FileDelta.Side(old), let new = FileDelta.Side(new),
            FileMode(rawValue: new.mode) != .submodule, FileMode(rawValue: old.mode) != .submodule,
            try blobSize(new.id, beside: { Self.blobs(of: diff) }) > limit,
            try blobSize(old.id, beside: { Self.blobs(of: diff) }) > limit
        else { return }
        let (before, after) = (try blob(old.id, limit: .max), try blob(new.id, limit: .max))
        // a file with a zero near its beginning is no text
        guard !before.prefix(8000).contains(0), !after.prefix(8000).contains(0) else { return }
        try TextComparison.requireComparable(before, after, "'\(new.path)' with what it was")
    }

    private func withDiff<Result>(
        from old: ObjectID?, to new: ObjectID?, findRenames: Bool, contextLines: Int,
        _ body: (OpaquePointer) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        var options = git_diff_options()
        git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
        options.context_lines = UInt32(contextLines)
        options.flags = GIT_DIFF_SHOW_BINARY.rawValue | GIT_DIFF_INCLUDE_TYPECHANGE.rawValue
        let objects = try objectsAlone()
        defer { git_repository_free(objects) }
        let oldTree = try lookupTree(old, in: objects)
        defer { git_tree_free(oldTree) }
        let newTree = try lookupTree(new, in: objects)
        defer { git_tree_free(newTree) }
        var diff: OpaquePointer?
        let paths = try changedPaths(from: old, to: new)
        try check("compare two trees") {
            paths.withCStrings { names in
                if !paths.isEmpty {
                    options.pathspec = names
                    options.flags |= GIT_DIFF_DISABLE_PATHSPEC_MATCH.rawValue
                }
                return git_diff_tree_to_tree(&diff, objects, paths.isEmpty ? newTree : oldTree, newTree, &options)
            }
        }
        defer { git_diff_free(diff) }
        if findRenames {
            // A file that is not here would only be taken for one that is like no other.
            if promisedFetch != nil { try bring(Self.blobs(of: diff!)) }
            var search = git_diff_find_options()
            git_diff_find_options_init(&search, UInt32(GIT_DIFF_FIND_OPTIONS_VERSION))
            search.flags = GIT_DIFF_FIND_RENAMES.rawValue
            search.rename_limit = 400
            try check("find renamed files") { git_diff_find_similar(diff, &search) }
        }
        return try body(diff!)
    }

    /// What either side of each difference holds.
    private static func blobs(of diff: OpaquePointer) -> [ObjectID] {
        (0..<git_diff_num_deltas(diff)).flatMap { index -> [ObjectID] in
            guard let raw = git_diff_get_delta(diff, index)?.pointee else { return [] }
            return [raw.old_file, raw.new_file].filter { side in
                [0o100000, 0o120000].contains(side.mode & 0o170000)
            }.map { ObjectID($0.id) }
        }
    }

    /// The same objects without checkout and settings: no attribute that lies there has a say in what differs.
    func objectsAlone() throws(GitError) -> OpaquePointer? {
        var objects: OpaquePointer?
        try withStore { (store) throws(GitError) in
            try check("open the objects by themselves") { git_repository_wrap_odb(&objects, store) }
        }
        return objects
    }

    private func lookupTree(_ id: ObjectID?, in objects: OpaquePointer?) throws(GitError) -> OpaquePointer? {
        guard let id else { return nil }
        var (raw, name): (OpaquePointer?, git_oid) = (nil, id.raw)
        try checkObject("read the tree \(id.short)") { git_tree_lookup(&raw, objects, &name) }
        return raw
    }
}

/// Collects the lines of a patch until there are too many.
private struct PatchSink {
    let limit: Int
    var bytes: [UInt8] = []
    var isFull = false
}

private func appendPatchLine(
    _ delta: UnsafePointer<git_diff_delta>?, _ hunk: UnsafePointer<git_diff_hunk>?,
    _ line: UnsafePointer<git_diff_line>?, _ payload: UnsafeMutableRawPointer?
) -> Int32 {
    guard let line = line?.pointee, let sink = payload?.assumingMemoryBound(to: PatchSink.self) else { return -1 }
    let origin = UInt8(bitPattern: line.origin)
    if [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: " ")].contains(origin) {
        sink.pointee.bytes.append(origin)
    }
    sink.pointee.bytes += UnsafeRawBufferPointer(start: line.content, count: line.content_len)
    sink.pointee.isFull = sink.pointee.bytes.count > sink.pointee.limit
    return sink.pointee.isFull ? -1 : 0
}

extension FileDelta.Status {
    fileprivate init?(_ raw: git_delta_t) {
        switch raw {
        case GIT_DELTA_ADDED: self = .added
        case GIT_DELTA_DELETED: self = .deleted
        case GIT_DELTA_MODIFIED: self = .modified
        case GIT_DELTA_RENAMED: self = .renamed
        case GIT_DELTA_TYPECHANGE: self = .typeChanged
        default: return nil
        }
    }
}

extension FileDelta.Side {
    fileprivate init?(_ raw: git_diff_file) {
        var end = raw.path!
        while end.pointee != 0 { end += 1 }
        let bytes = Array(UnsafeRawBufferPointer(start: raw.path, count: end - raw.path))
        guard let path = try? RepoPath(bytes: bytes) else { return nil }
        self.init(path: path, id: ObjectID(raw.id), mode: UInt32(raw.mode))
    }
}

extension [RepoPath] {
    /// The paths as libgit2 takes lists of names.
    fileprivate func withCStrings<Result>(_ body: (git_strarray) -> Result) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = map { path in path.withCString { strdup($0) } }
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            body(git_strarray(strings: buffer.baseAddress, count: buffer.count))
        }
    }
}
