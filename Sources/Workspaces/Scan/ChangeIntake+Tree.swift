internal import Basics
internal import Git
internal import Paths

/// Whole directories: those that are new, and those that are gone.
extension ChangeIntake {
    /// Takes in something that the base does not have as a directory, with all that is in it.
    func takeNew(
        _ name: [UInt8], prefix: [UInt8], in directory: Directory, before: BaseEntry?, depth: Int
    ) throws(WorkspaceError) {
        guard !isFull else { return }
        let path = prefix + name
        if name.elementsEqual(".git".utf8) { return refuseRepository(prefix) }
        let found: FileStatus?
        do throws(FileError) { found = try directory.status(name) } catch { return refuseUnreadable(path, error) }
        guard let status = found else {
            if let whole = try? RepoPath(bytes: path) { remove(whole, before) }
            return
        }
        if try leavesOut(path, isDirectory: status.isDirectory, isTracked: before != nil) { return }
        guard status.isDirectory else { return try take(name, at: path, status, in: directory, before: before) }
        if before?.kind == .submodule { return try takeSubmodule(name, path, in: directory) }
        if let before, let whole = try? RepoPath(bytes: path) { remove(whole, before) }
        guard accepts(name: name, at: path), let inside = enter(name, path, in: directory, depth: depth) else {
            return
        }
        for name in inside.names {
            try takeNew(
                name, prefix: path + [RepoPath.separator], in: inside.directory, before: nil, depth: depth + 1)
        }
    }

    /// Opens a directory and lists it, unless it is another repository or cannot be read.
    func enter(
        _ name: [UInt8], _ path: [UInt8], in directory: Directory, depth: Int
    ) -> (directory: Directory, names: [[UInt8]])? {
        guard depth < Self.depthLimit else {
            refuse("file-name", path, "cannot be committed: it lies more than \(Self.depthLimit) directories deep")
            return nil
        }
        do throws(FileError) {
            guard let inside = try directory.directory(name) else { return nil }
            let names = try inside.names(limit: 4 * options.maxFiles + 1000)
            guard !names.contains(Array(".git".utf8)) else {
                refuseRepository(path + [RepoPath.separator])
                return nil
            }
            return (inside, names)
        } catch {
            refuseUnreadable(path, error)
            return nil
        }
    }

    func refuseRepository(_ prefix: [UInt8]) {
        refuse(
            "nested-repository", Array(prefix.dropLast()), "is a repository inside the repository",
            hint: "remove its .git, or name the directory under sandbox.scratch in the policy")
    }

    func refuseUnreadable(_ path: [UInt8], _ error: FileError) {
        refuse("unreadable", path, "cannot be read: \(SystemError.text(error.code))")
    }

    /// The place of another repository, which no task may fill.
    private func takeSubmodule(_ name: [UInt8], _ path: [UInt8], in directory: Directory) throws(WorkspaceError) {
        do throws(FileError) {
            guard let inside = try directory.directory(name), try inside.names(limit: 100_000).isEmpty else {
                return refuseRepository(path + [RepoPath.separator])
            }
        } catch { refuseUnreadable(path, error) }
    }

    /// Notes that a directory of the base is gone with all its files.
    func removeAll(of tree: ObjectID, prefix: [UInt8]) throws(WorkspaceError) {
        guard !isFull, try !leavesOut(Array(prefix.dropLast()), isDirectory: true, isTracked: true) else { return }
        for entry in try entries(of: tree) {
            if entry.isDirectory {
                try removeAll(of: entry.id, prefix: prefix + entry.name + [RepoPath.separator])
            } else if let path = try? RepoPath(bytes: prefix + entry.name),
                try !leavesOut(path.bytes, isDirectory: false, isTracked: true)
            {
                remove(path, BaseEntry(entry))
            }
        }
    }

    func entries(of tree: ObjectID) throws(WorkspaceError) -> [TreeEntry] {
        do throws(GitError) { return try reader.entries(of: tree) } catch {
            throw WorkspaceError(.objects, error)
        }
    }
}
