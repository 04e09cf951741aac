package import Basics
package import Editing
package import Model
package import Paths

/// Edits of the files that a task may touch, kept apart until all of them are known to work.
///
/// Nothing outside the permission is read, listed or written.
package final class StagedFiles {
    private enum Edit {
        case write([UInt8], isExecutable: Bool?)
        case remove
    }

    /// A glob that stands for more files is a mistake.
    package static let fileLimit = 50_000

    private let files: any FileView
    private let permission: Permission
    /// Until when the edits may take.
    let deadline: Deadline
    private var edits: [RepoPath: Edit] = [:]

    package init(_ files: any FileView, permission: Permission, deadline: Deadline) {
        (self.files, self.permission, self.deadline) = (files, permission, deadline)
    }

    package convenience init(_ files: any FileView, for job: Job) {
        self.init(files, permission: job.permission, deadline: job.deadline)
    }

    // MARK: Permission

    package func allows(_ path: RepoPath) -> Bool { permission.allows(path) }

    /// Every look at a file comes by here, so that a long list of them ends in time.
    package func check(_ path: RepoPath) throws(EditRefusal) {
        try deadline.check("'\(path)'")
        guard let refusal = permission.refusal(of: path) else { return }
        throw EditRefusal("the task may not touch '\(path)': \(refusal.words)")
    }

    // MARK: Reading

    package func read(_ path: RepoPath) throws(EditRefusal) -> [UInt8]? {
        try check(path)
        switch edits[path] {
        case .write(let bytes, _): return bytes
        case .remove: return nil
        case nil: return try view { () throws(FileViewError) in try files.read(path) }
        }
    }

    /// The content of a file that has to be there.
    package func existing(_ path: RepoPath) throws(EditRefusal) -> [UInt8] {
        guard let bytes = try read(path) else { throw EditRefusal("there is no file '\(path)'") }
        return bytes
    }

    package func kind(of path: RepoPath) throws(EditRefusal) -> FileKind? {
        try check(path)
        if case .remove = edits[path] { return nil }
        if case .write(_, let isExecutable?) = edits[path] { return isExecutable ? .executable : .regular }
        let kind = try view { () throws(FileViewError) in try files.kind(of: path) }
        return edits[path] == nil ? kind : kind ?? .regular
    }

    /// The plain files that match a pattern and may be touched, sorted; symlinks are left out.
    package func list(_ pattern: PathPattern) throws(EditRefusal) -> [RepoPath] {
        try list(under: pattern.directory) { pattern.matches($0) }
    }

    package func list(under directory: RepoPath?, where isWanted: (RepoPath) -> Bool) throws(EditRefusal)
        -> [RepoPath]
    {
        var paths = Set(
            try view { () throws(FileViewError) in
                try files.list(under: directory) { isWanted($0) && permission.allows($0) }
            })
        for (path, edit) in edits where isWanted(path) {
            if case .remove = edit { paths.remove(path) } else { paths.insert(path) }
        }
        guard paths.count <= Self.fileLimit else {
            throw EditRefusal("it stands for \(paths.count) files; at most \(Self.fileLimit) are edited at once")
        }
        var plain: [RepoPath] = []
        for path in paths.sorted() where try kind(of: path) != .other { plain.append(path) }
        return plain
    }

    // MARK: Writing

    package func write(_ path: RepoPath, _ bytes: [UInt8], isExecutable: Bool? = nil) throws(EditRefusal) {
        try check(path)
        guard try kind(of: path) != .other else { throw EditRefusal("'\(path)' is not a plain file") }
        let before = try read(path)
        if before == nil { try checkPlace(path) }
        // What is added in UTF-8 to a text of UTF-16 makes it unreadable.
        if let before, before != bytes, before.isUTF16, bytes.isUTF16 {
            throw EditRefusal("'\(path)' is UTF-16 text", hint: "save the file as UTF-8 text")
        }
        var mode = isExecutable
        if mode == nil, case .write(_, let before) = edits[path] { mode = before }
        // A file that is written again after its removal is a new one.
        if mode == nil, case .remove = edits[path] { mode = false }
        edits[path] = .write(bytes, isExecutable: mode)
    }

    package func remove(_ path: RepoPath) throws(EditRefusal) {
        _ = try existing(path)
        edits[path] = .remove
    }

    /// A new file may neither take the place of a directory nor stand below another file.
    private func checkPlace(_ path: RepoPath) throws(EditRefusal) {
        let holdsEdits = edits.contains { edited, edit in
            if case .write = edit { edited.isBelow(path) } else { false }
        }
        let isDirectory = try view { () throws(FileViewError) in try files.hasDirectory(path) }
        if holdsEdits || isDirectory { throw EditRefusal("'\(path)' is a directory") }
        var parent = path.parent
        while let directory = parent {
            let isFile: Bool
            switch edits[directory] {
            case .write: isFile = true
            case .remove: isFile = false
            case nil: isFile = try view { () throws(FileViewError) in try files.kind(of: directory) } != nil
            }
            if isFile {
                throw EditRefusal("'\(path)' cannot be made: '\(directory)' is a file")
            }
            parent = directory.parent
        }
    }

    /// Writes what differs from the base; the paths that changed.
    package func commit() throws(FileViewError) -> [RepoPath] {
        var changed: [RepoPath] = []
        // Removals first, so that a directory can take the place of a file.
        for (path, edit) in edits.sorted(by: { $0.key < $1.key }) {
            guard case .remove = edit, try files.kind(of: path) != nil else { continue }
            try files.remove(path)
            changed.append(path)
        }
        for (path, edit) in edits.sorted(by: { $0.key < $1.key }) {
            guard case .write(let bytes, let isExecutable) = edit else { continue }
            let kind = try files.kind(of: path)
            let isSameMode = isExecutable == nil || kind == (isExecutable == true ? .executable : .regular)
            if kind != nil, isSameMode, try files.read(path) == bytes { continue }
            try files.write(path, bytes, isExecutable: isExecutable)
            changed.append(path)
        }
        edits = [:]
        return changed.sorted()
    }

    package func view<Value>(_ body: () throws(FileViewError) -> Value) throws(EditRefusal) -> Value {
        do throws(FileViewError) { return try body() } catch {
            throw EditRefusal(error.description)
        }
    }
}

extension PathPattern {
    /// The directory that every match lies below; `nil` for the whole tree.
    package var directory: RepoPath? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let plain = parts.dropLast().prefix { part in !part.contains { "*?[{".contains($0) } }
        // An alternative may hold a slash: then what stands before the brace is all that is sure.
        return plain.isEmpty ? nil : try? RepoPath(plain.joined(separator: "/"))
    }
}
