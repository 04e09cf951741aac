internal import Basics
internal import Git
internal import Paths
internal import Processes

extension ChangeScan {
    /// What stands in an overlay's upper layer: costs what was written, not what the repository holds.
    package func changes(inUpperLayer directory: String) throws(WorkspaceError) -> ScannedChanges {
        let root: Directory
        do throws(FileError) { root = try Directory(path: directory) } catch {
            throw WorkspaceError(.storage, error)
        }
        let intake = ChangeIntake(self)
        let names: [[UInt8]]
        do throws(FileError) { names = try root.names(limit: 4 * options.maxFiles + 1000) } catch {
            throw WorkspaceError(.storage, error)
        }
        try LayerScan(intake: intake).walk(names, in: root, prefix: [], base: base, isAlone: false, depth: 0)
        return intake.finished()
    }
}

/// Walks an upper layer beside the tree below it.
private struct LayerScan {
    let intake: ChangeIntake

    /// `isAlone`: a directory above is opaque, and so is everything in it.
    func walk(
        _ names: [[UInt8]], in directory: Directory, prefix: [UInt8], base: ObjectID, isAlone: Bool, depth: Int
    ) throws(WorkspaceError) {
        let isAlone = isAlone || isOpaque(directory)
        let entries = try intake.entries(of: base)
        let known = Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for name in names where !intake.isFull {
            if prefix.isEmpty, name.elementsEqual(".git".utf8) {
                intake.refuseGitFile()
                continue
            }
            try take(name, in: directory, prefix: prefix, before: known[name], isAlone: isAlone, depth: depth)
        }
        guard isAlone else { return }
        // Nothing of the lower layer shows through here.
        let seen = Set(names)
        for entry in entries where !seen.contains(entry.name) { try remove(entry, prefix: prefix) }
    }

    private func take(
        _ name: [UInt8], in directory: Directory, prefix: [UInt8], before: TreeEntry?, isAlone: Bool,
        depth: Int
    ) throws(WorkspaceError) {
        if directory.isWhiteout(name) {
            if let before { try remove(before, prefix: prefix) }
            return
        }
        guard let before, before.isDirectory else {
            return try intake.takeNew(
                name, prefix: prefix, in: directory, before: before.flatMap { BaseEntry($0) }, depth: depth)
        }
        let path = prefix + name
        let status: FileStatus?
        do throws(FileError) { status = try directory.status(name) } catch {
            return intake.refuseUnreadable(path, error)
        }
        guard status?.isDirectory == true else {
            try intake.removeAll(of: before.id, prefix: path + [RepoPath.separator])
            return try intake.takeNew(name, prefix: prefix, in: directory, before: nil, depth: depth)
        }
        if intake.isScratch(path, isDirectory: true) { return intake.leaveOut() }
        guard let inside = intake.enter(name, path, in: directory, depth: depth) else { return }
        try walk(
            inside.names, in: inside.directory, prefix: path + [RepoPath.separator], base: before.id,
            isAlone: isAlone, depth: depth + 1)
    }

    private func remove(_ entry: TreeEntry, prefix: [UInt8]) throws(WorkspaceError) {
        let path = prefix + entry.name
        if entry.isDirectory { return try intake.removeAll(of: entry.id, prefix: path + [RepoPath.separator]) }
        guard let whole = try? RepoPath(bytes: path),
            try !intake.leavesOut(path, isDirectory: false, isTracked: true)
        else { return }
        intake.remove(whole, BaseEntry(entry))
    }

    private func isOpaque(_ directory: Directory) -> Bool {
        FileAttributes.value("user.overlay.opaque", of: directory.descriptor) == [UInt8(ascii: "y")]
    }
}
