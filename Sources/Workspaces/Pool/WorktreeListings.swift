internal import Basics
internal import Git
internal import Glibc

/// What `git worktree list` shows of a pool: a link below the repository's `worktrees/` for each checkout that is lent to
/// an attempt, there only as long as it is lent.
struct WorktreeListings {
    private static let prefix = "leviathan-"

    private let pool: SlotPool
    private let parent: String
    /// Tells the pool's entries from those of another home, which may lie at the same path in another container.
    private let name: String

    init(of pool: SlotPool) throws(FileError) {
        (self.pool, parent) = (pool, pool.repository.commonDirectory + "/worktrees")
        name = try Self.name(of: pool)
    }

    /// Lists a slot whose lock the caller holds; what dead processes left is taken away on the way.
    func add(_ slot: SlotLayout) throws(WorkspaceError) -> WorktreeListing {
        do throws(FileError) {
            _ = try forgetDead()
            let path = parent + "/" + name + slot.name
            while true {
                try FileSystem.createDirectory(parent)
                if symlink(slot.metadata, path) == 0 { return WorktreeListing(path: path) }
                // The caller holds the slot's lock, so an entry of its name is that of a process that died with it.
                if errno == EEXIST, unlink(path) == 0 || errno == ENOENT { continue }
                // Git and others remove the directory when it is empty.
                guard errno == ENOENT else { throw FileError("create the symlink", path, errno) }
            }
        } catch { throw WorkspaceError(.storage, error) }
    }

    /// Removes the entries of slots that nobody has now; which slots these were.
    func forgetDead() throws(FileError) -> [String] {
        var forgotten: [String] = []
        for entry in try entries() where entry.hasPrefix(name) {
            let slot = pool.place(of: String(entry.dropFirst(name.count)))
            // Whoever gives a slot back takes its entry away first.
            if try FileLock.isHeld(slot.lease) { continue }
            WorktreeListing(path: parent + "/" + entry).remove()
            forgotten.append(slot.name)
        }
        return forgotten
    }

    /// Removes the directories that earlier versions kept here for slots whose metadata lies beside them by now.
    func forgetFormer() throws(FileError) -> [String] {
        var forgotten: [String] = []
        for entry in try entries() where entry.hasPrefix(Self.prefix) && !entry.hasPrefix(name) {
            let path = parent + "/" + entry
            guard try FileSystem.status(path)?.kind == .directory, FileSystem.exists(path + "/gitdir") else {
                continue
            }
            let named = String(decoding: try FileSystem.read(path + "/gitdir", limit: 1 << 16), as: UTF8.self)
            guard let slot = try pool.slots(from: named), try slot.isElsewhere(than: path) else { continue }
            try Directory(path: parent).remove(Array(entry.utf8))
            forgotten.append(slot.name)
        }
        return forgotten
    }

    private func entries() throws(FileError) -> [String] {
        FileSystem.isDirectory(parent) ? try FileSystem.list(parent) : []
    }

    /// The start of the entries' names, chosen once for a pool.
    private static func name(of pool: SlotPool) throws(FileError) -> String {
        let path = pool.directory + "/id"
        let gate = try pool.gate()
        defer { gate.release() }
        if FileSystem.exists(path) {
            let text = String(decoding: try FileSystem.read(path, limit: 64), as: UTF8.self).filter(\.isHexDigit)
            if text.count == 16 { return prefix + text + "-" }
        }
        let id = Hex.encode(pool.identifiers.randomBytes(8))
        try FileSystem.write(Array((id + "\n").utf8), to: path)
        return prefix + id + "-"
    }
}

/// One entry, there as long as an attempt has the slot.
struct WorktreeListing: Sendable {
    let path: String

    /// Takes the entry away, and the directory with the last one, as git does.
    func remove() {
        unlink(path)
        if let slash = path.lastIndex(of: "/") { rmdir(String(path[..<slash])) }
    }
}

extension SlotPool {
    /// The slot whose checkout a file `gitdir` names; `nil` where it is none of this pool's.
    fileprivate func slots(from gitdir: String) throws(FileError) -> SlotLayout? {
        guard let line = gitdir.split(separator: "\n").first, line.hasSuffix("/tree/.git") else { return nil }
        let parts = line.split(separator: "/")
        guard parts.count > 3 else { return nil }
        let slot = place(of: String(parts[parts.count - 3]))
        return slot.tree + "/.git" == line ? slot : nil
    }
}

extension SlotLayout {
    /// Whether the slot is gone, or its checkout names other metadata than these.
    fileprivate func isElsewhere(than metadata: String) throws(FileError) -> Bool {
        guard FileSystem.exists(tree + "/.git") else { return !FileSystem.isDirectory(root) }
        let named = String(decoding: try FileSystem.read(tree + "/.git", limit: 4096), as: UTF8.self)
        return named == "gitdir: \(self.metadata)\n"
    }
}
