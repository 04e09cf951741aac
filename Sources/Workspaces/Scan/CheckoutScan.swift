internal import Basics
internal import Glibc
internal import Paths
internal import Synchronization

/// One thing that is not as the record has it.
struct ScanFinding: Sendable {
    package enum Kind: Sendable {
        /// What the system says of the file has changed, and so its content may have.
        case touched
        /// Nothing differs, but a change in the same instant could hide: the content decides.
        case suspect
        case missing
        case missingDirectory
        /// A name that the record does not have.
        case extra
        /// A directory that cannot be read.
        case unreadable(Int32)
        case permissions
    }

    let kind: Kind
    /// The directory it lies in; the directory itself for what concerns directories.
    let directory: Int
    /// The file's place in the record, or -1.
    var file = -1
    var name: [UInt8] = []

    var isExtra: Bool { if case .extra = kind { true } else { false } }
}

/// Finds what differs between a checkout and its record, by what the system says of each file.
///
/// A directory whose change time is that of the record holds the same names, and is not listed.
struct CheckoutScan: Sendable {
    /// More differences than this are as bad as a broken slot.
    private let limit: Int
    private let record: SlotRecord
    private let root: Directory
    /// Whether change times mean something: not after the machine was started again.
    private let trustsTimes: Bool

    init(_ record: SlotRecord, in root: Directory, trustsTimes: Bool, limit: Int) {
        (self.record, self.root, self.trustsTimes, self.limit) = (record, root, trustsTimes, limit)
    }

    /// `nil` when there are more differences than the limit.
    func findings() throws(FileError) -> [ScanFinding]? {
        let parts = parts()
        let results = Workers.map(parts.count, atOnce: Workers.forFiles) { number in
            Result { () throws(FileError) in
                var found: [ScanFinding] = []
                try scan(parts[number], &found)
                return found
            }
        }
        var all: [ScanFinding] = []
        for result in results {
            switch result {
            case .success(let found): all += found
            case .failure(let error): throw error
            }
        }
        return all.count > limit ? nil : all
    }

    /// A directory, with or without what is below it.
    private struct Part: Sendable {
        let directory: Int
        let descends: Bool
    }

    /// Cuts the record into pieces that threads can take one after the other.
    private func parts() -> [Part] {
        let share = max(2000, record.files.count / 16)
        var found: [Part] = []
        var waiting = [0]
        while let directory = waiting.popLast() {
            if record.directories[directory].isAbsent { continue }
            let isSmall = record.allFiles(below: directory).count <= share
            found.append(Part(directory: directory, descends: isSmall))
            if !isSmall { waiting += record.children(of: directory) }
        }
        return found
    }

    private func scan(_ part: Part, _ found: inout [ScanFinding]) throws(FileError) {
        let path = record.prefix(ofDirectory: part.directory)
        let opened: Directory?
        do throws(FileError) { opened = try root.directory(at: path) } catch {
            return found.append(ScanFinding(kind: .unreadable(error.code), directory: part.directory))
        }
        // Whoever lists the parent says that it is gone.
        guard let opened else { return }
        try record.names.withUnsafeBufferPointer { (names) throws(FileError) in
            try scan(part.directory, opened, names, descends: part.descends, &found)
        }
    }

    private func scan(
        _ number: Int, _ directory: Directory, _ names: UnsafeBufferPointer<UInt8>, descends: Bool,
        _ found: inout [ScanFinding]
    ) throws(FileError) {
        guard found.count <= limit else { return }
        let entry = record.directories[number]
        let status = directory.status
        if !keepsNames(status, entry) {
            if status.permissions != entry.status.permissions || status.user != entry.status.user {
                found.append(ScanFinding(kind: .permissions, directory: number))
            }
            try list(number, directory, &found)
        }
        compareFiles(of: number, in: directory.descriptor, below: [], names, &found)
        var child = number + 1
        while child < Int(entry.end) {
            if !record.directories[child].isAbsent {
                try self.child(child, in: directory, names, descends: descends, &found)
            }
            child = Int(record.directories[child].end)
        }
    }

    private func child(
        _ child: Int, in directory: Directory, _ names: UnsafeBufferPointer<UInt8>, descends: Bool,
        _ found: inout [ScanFinding]
    ) throws(FileError) {
        let entry = record.directories[child]
        let name = UnsafeBufferPointer(
            rebasing: names[Int(entry.name)..<Int(entry.name) + Int(entry.nameLength)])
        if descends, Int(entry.end) == child + 1, isAsRecorded(entry, in: directory, names) {
            // Just seen to be the same directory, and so nothing but its files has to be looked at.
            return compareFiles(
                of: child, in: directory.descriptor, below: Array(name) + [RepoPath.separator], names, &found)
        }
        let opened: Directory?
        do throws(FileError) {
            opened = try directory.directory(name)
        } catch {
            // A part of its own says so itself.
            if descends { found.append(ScanFinding(kind: .unreadable(error.code), directory: child)) }
            return
        }
        guard let opened else {
            return found.append(ScanFinding(kind: .missingDirectory, directory: child))
        }
        if descends { try scan(child, opened, names, descends: true, &found) }
    }

    /// Whether a directory holds the names that it held, without opening it.
    private func isAsRecorded(
        _ entry: DirectoryEntry, in directory: Directory, _ names: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard trustsTimes, let base = names.baseAddress else { return false }
        var info = stat()
        let name = UnsafeRawPointer(base + Int(entry.name)).assumingMemoryBound(to: CChar.self)
        guard fstatat(directory.descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        return keepsNames(FileStatus(info), entry)
    }

    private func keepsNames(_ status: FileStatus, _ entry: DirectoryEntry) -> Bool {
        trustsTimes && status.isDirectory && status.changed == entry.status.changed
            && status.inode == entry.status.inode && status.changed < record.marker
    }

    /// `prefix`: the way from the open directory, with a slash at its end, to the one that holds the files.
    private func compareFiles(
        of number: Int, in descriptor: Int32, below prefix: [UInt8], _ names: UnsafeBufferPointer<UInt8>,
        _ found: inout [ScanFinding]
    ) {
        let range = record.files(of: number)
        guard !range.isEmpty, let base = names.baseAddress else { return }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: prefix.count + 65_537) { path in
            for place in prefix.indices { path[place] = CChar(bitPattern: prefix[place]) }
            guard let start = path.baseAddress else { return }
            for file in range where !record.files[file].isAbsent {
                var name = UnsafeRawPointer(base + Int(record.files[file].name)).assumingMemoryBound(
                    to: CChar.self)
                if !prefix.isEmpty {
                    memcpy(start + prefix.count, name, Int(record.files[file].nameLength) + 1)
                    name = UnsafePointer(start)
                }
                compare(file, in: number, descriptor, name, &found)
            }
        }
    }

    private func compare(
        _ file: Int, in number: Int, _ descriptor: Int32, _ path: UnsafePointer<CChar>,
        _ found: inout [ScanFinding]
    ) {
        var info = stat()
        let code = fstatat(descriptor, path, &info, AT_SYMLINK_NOFOLLOW)
        let status = FileStatus(info)
        let recorded = record.files[file].status
        let isThere = code == 0 && status.format == recorded.format
        if isThere, status.isSame(as: recorded), trustsTimes, status.changed < record.marker { return }
        let kind: ScanFinding.Kind = !isThere ? .missing : status.isSame(as: recorded) ? .suspect : .touched
        found.append(ScanFinding(kind: kind, directory: number, file: file))
        // Another kind of thing of the same name is not found by listing: the name is a known one.
        if code == 0, !isThere {
            found.append(ScanFinding(kind: .extra, directory: number, name: Array(record.name(of: file))))
        }
    }

    /// Finds names that the record does not have, and things that are no directory where one has to be.
    private func list(_ number: Int, _ directory: Directory, _ found: inout [ScanFinding]) throws(FileError) {
        let children = record.children(of: number).filter { !record.directories[$0].isAbsent }
        let known = Dictionary(
            children.map { (Array(record.name(ofDirectory: $0)), $0) }, uniquingKeysWith: { first, _ in first })
        try directory.forEachName { (name) throws(FileError) in
            if let file = record.file(named: name, in: number), !record.files[file].isAbsent { return true }
            let bytes = Array(name)
            if known[bytes] != nil, try directory.status(bytes)?.isDirectory ?? true { return true }
            found.append(ScanFinding(kind: .extra, directory: number, name: bytes))
            return found.count <= limit
        }
    }
}
