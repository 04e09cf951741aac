internal import Basics
internal import Git
internal import Glibc
internal import Paths

/// Turns a checkout of one tree into another, writing only what differs.
///
/// It is all our own code: no filter, line ending, attribute or hook has a say. What stands there must be exactly what
/// the record says.
struct CheckoutWriter {
    /// Larger files are part of no repository that anybody works in.
    private static let fileLimit = 2 << 30
    private static let entryLimit = 10_000_000
    static let pathLimit = 4096

    private let repository: Repository
    private let target: SlotTarget
    private let old: SlotRecord
    private let oldSparse: [RepoPath]?
    private let cancellation: Cancellation
    private let failpoints: Failpoints
    private var new = SlotRecord()
    private(set) var written = 0

    /// `old`: an empty record for an empty directory.
    init(
        _ repository: Repository, to target: SlotTarget, from old: SlotRecord, oldSparse: [RepoPath]?,
        cancellation: Cancellation, failpoints: Failpoints
    ) {
        (self.repository, self.target, self.old, self.oldSparse) = (repository, target, old, oldSparse)
        (self.cancellation, self.failpoints) = (cancellation, failpoints)
    }

    /// The record of what stands there afterwards; its marker is still to be set.
    mutating func write(in root: Directory) throws(WorkspaceError) -> SlotRecord {
        // Names are taken over as they lie; what is no longer used of them goes when it becomes too much.
        new.names = old.names
        new.files.reserveCapacity(old.files.count + 64)
        new.directories.reserveCapacity(old.directories.count + 16)
        try place(
            target.tree, name: [], prefix: [], parent: -1, old: old.directories.isEmpty ? nil : 0, in: root)
        new.dropUnusedNames()
        return new
    }

    /// Brings one directory with all below it to a tree; `directory` is `nil` where nothing of it is on the disk.
    private mutating func place(
        _ tree: ObjectID, name: [UInt8], prefix: [UInt8], parent: Int, old place: Int?, in directory: Directory?
    ) throws(WorkspaceError) {
        let tag = ObjectName(tree)
        guard prefix.count < Self.pathLimit else {
            throw WorkspaceError(.objects, "the tree \(target.tree.short) is deeper than any checkout can be")
        }
        let reach = SparseReach.of(prefix, in: target.sparse)
        if let place, old.directories[place].tree == tag, keepsReach(reach, prefix) {
            return copy(place, under: parent)
        }
        let here = try open(directory, needed: reach != .nothing)
        let entries = try self.entries(of: tree)
        let number = add(name, tag, parent, isAbsent: reach == .nothing)
        try removeLeftovers(of: place, keeping: entries, in: here, prefix)
        for entry in entries where !entry.isDirectory {
            try file(entry, reach: reach, old: place, in: here, prefix)
        }
        new.directories[number].endFile = Int32(new.files.count)
        let before = childTable(place)
        for entry in entries where entry.isDirectory {
            try descend(entry, prefix: prefix, parent: number, old: before[entry.name[...]], in: here)
        }
        new.directories[number].end = Int32(new.directories.count)
        if let here, reach != .nothing { new.directories[number].status = here.status }
    }

    private func open(_ directory: Directory?, needed: Bool) throws(WorkspaceError) -> Directory? {
        guard !cancellation.isCancelled else {
            throw WorkspaceError(.cancelled, "making a checkout was interrupted")
        }
        return directory
    }

    private func keepsReach(_ reach: SparseReach, _ prefix: [UInt8]) -> Bool {
        if oldSparse == target.sparse { return true }
        return reach != .files && SparseReach.of(prefix, in: oldSparse) == reach
    }

    private func entries(of tree: ObjectID) throws(WorkspaceError) -> [TreeEntry] {
        guard new.files.count < Self.entryLimit else {
            throw WorkspaceError(.objects, "the tree \(target.tree.short) has more than ten million files")
        }
        do throws(GitError) { return try repository.entries(of: tree) } catch {
            throw WorkspaceError(.objects, error)
        }
    }

    private mutating func add(_ name: [UInt8], _ tree: ObjectName, _ parent: Int, isAbsent: Bool) -> Int {
        let (start, length) = new.addName(name)
        let first = Int32(new.files.count)
        new.directories.append(
            DirectoryEntry(
                status: .none, tree: tree, parent: Int32(parent), firstFile: first, endFile: first,
                end: Int32(new.directories.count + 1), name: start, nameLength: length, absence: isAbsent ? 1 : 0))
        return new.directories.count - 1
    }

    /// Removes what the new tree does not have, or has as another kind of thing.
    private mutating func removeLeftovers(
        of place: Int?, keeping entries: [TreeEntry], in here: Directory?, _ prefix: [UInt8]
    ) throws(WorkspaceError) {
        guard let place, let here else { return }
        let kept = Dictionary(entries.map { ($0.name[...], $0) }, uniquingKeysWith: { first, _ in first })
        do throws(FileError) {
            for file in old.files(of: place) where !old.files[file].isAbsent {
                let name = old.name(of: file)
                if kept[name].map({ $0.isDirectory }) ?? true { try here.remove(name) }
            }
            for child in old.children(of: place) where !old.directories[child].isAbsent {
                let name = old.name(ofDirectory: child)
                let stays =
                    kept[name]?.isDirectory == true
                    && SparseReach.of(prefix + name, in: target.sparse) != .nothing
                if !stays { try here.remove(name) }
            }
        } catch { throw WorkspaceError(.storage, error) }
    }

    private mutating func file(
        _ entry: TreeEntry, reach: SparseReach, old place: Int?, in here: Directory?, _ prefix: [UInt8]
    ) throws(WorkspaceError) {
        guard let kind = FileEntry.Kind(entry), Self.isSafe(entry.name) else {
            throw WorkspaceError(
                .objects,
                "the tree \(target.tree.short) holds '\(PathText.escaped(prefix + entry.name))', which no checkout can hold"
            )
        }
        let (start, length) = new.addName(entry.name)
        var made = FileEntry(
            status: .none, object: ObjectName(entry.id), name: start, nameLength: length, kind: kind,
            isAbsent: reach == .nothing || here == nil)
        let before = place.flatMap { old.file(named: entry.name, in: $0) }.map { old.files[$0] }
        if !made.isAbsent, let here {
            if let before, !before.isAbsent, before.kind == kind, before.object == made.object {
                made.status = before.status
            } else {
                made.status = try write(entry, kind, over: before, in: here)
            }
        } else if let here, let before, !before.isAbsent {
            do throws(FileError) { try here.remove(entry.name) } catch { throw WorkspaceError(.storage, error) }
        }
        new.files.append(made)
    }

    private mutating func write(
        _ entry: TreeEntry, _ kind: FileEntry.Kind, over before: FileEntry?, in here: Directory
    ) throws(WorkspaceError) -> FileStatus {
        written += 1
        if written & 255 == 0, cancellation.isCancelled {
            throw WorkspaceError(.cancelled, "making a checkout was interrupted")
        }
        let status = try Self.write(
            entry.name, entry.id, kind, in: here, replacing: before != nil, repository
        ) { () throws(GitError) in try wanted() }
        failpoints.reach(.slotHalfWritten)
        return status
    }

    /// Every file that the checkout is to have, fetched together where a partial clone lacks one.
    private func wanted() throws(GitError) -> [ObjectID] {
        var found: [ObjectID] = []
        try repository.walk(tree: target.tree) { (path, entry) in
            if entry.isBlob { found.append(entry.id) }
            guard entry.isDirectory else { return .descend }
            return SparseReach.of(path.bytes, in: target.sparse) == .nothing ? .skip : .descend
        }
        return found
    }

    /// Writes one file from its object, in place of whatever stands there.
    static func write(
        _ name: some Collection<UInt8>, _ id: ObjectID, _ kind: FileEntry.Kind, in here: Directory,
        replacing: Bool,
        _ repository: Repository, beside others: () throws(GitError) -> [ObjectID] = { [] }
    ) throws(WorkspaceError) -> FileStatus {
        var content: [UInt8] = []
        if kind != .submodule {
            do throws(GitError) { content = try repository.blob(id, limit: fileLimit, beside: others) } catch {
                throw WorkspaceError(.objects, error)
            }
        }
        do throws(FileError) {
            if replacing { try here.remove(name) }
            switch kind {
            case .regular: return try here.writeNew(name, content, permissions: 0o644)
            case .executable: return try here.writeNew(name, content, permissions: 0o755)
            case .symlink: try here.writeSymlink(name, to: content)
            // What another repository holds is not here; its place is an empty directory, as git has it.
            case .submodule: return try here.makeDirectory(name).status
            }
            return try here.status(name) ?? .none
        } catch { throw WorkspaceError(.storage, error) }
    }

    private mutating func descend(
        _ entry: TreeEntry, prefix: [UInt8], parent: Int, old before: Int?, in here: Directory?
    ) throws(WorkspaceError) {
        guard Self.isSafe(entry.name) else {
            throw WorkspaceError(
                .objects,
                "the tree \(target.tree.short) holds '\(PathText.escaped(prefix + entry.name))', which no checkout can hold"
            )
        }
        let below = prefix + entry.name + [RepoPath.separator]
        if let before, old.directories[before].tree == ObjectName(entry.id),
            keepsReach(SparseReach.of(below, in: target.sparse), below)
        {
            return copy(before, under: parent)
        }
        var directory: Directory?
        if let here, SparseReach.of(below, in: target.sparse) != .nothing {
            do throws(FileError) {
                let stands = before.map { !old.directories[$0].isAbsent } ?? false
                directory = stands ? try here.directory(entry.name) : nil
                if directory == nil { directory = try here.makeDirectory(entry.name) }
            } catch { throw WorkspaceError(.storage, error) }
        }
        try self.place(entry.id, name: entry.name, prefix: below, parent: parent, old: before, in: directory)
    }

    private func childTable(_ place: Int?) -> [ArraySlice<UInt8>: Int] {
        guard let place else { return [:] }
        return Dictionary(
            old.children(of: place).map { (old.name(ofDirectory: $0), $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Takes over a directory that stays as it is, with all below it.
    private mutating func copy(_ place: Int, under parent: Int) {
        let files = old.allFiles(below: place)
        let (fileShift, nameStart) = (new.files.count - files.lowerBound, new.directories.count - place)
        for number in place..<Int(old.directories[place].end) {
            var entry = old.directories[number]
            entry.parent = number == place ? Int32(parent) : entry.parent + Int32(nameStart)
            entry.firstFile += Int32(fileShift)
            entry.endFile += Int32(fileShift)
            entry.end += Int32(nameStart)
            new.directories.append(entry)
        }
        new.files += old.files[files]
    }

    /// A tree can be made by hand, and then its names would lead anywhere.
    static func isSafe(_ name: [UInt8]) -> Bool {
        !name.isEmpty && !name.contains(RepoPath.separator) && !name.contains(0) && name != [0x2E]
            && name != [0x2E, 0x2E] && name.count <= 4096
            && String(decoding: name, as: UTF8.self).lowercased() != ".git"
    }
}
