internal import Basics
internal import Glibc
internal import Synchronization

/// One thing that is not as the record has it.
struct ScanFinding: Sendable {
    enum Kind: Sendable {
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
        let results = Results(count: parts.count)
        Workers.run(parts.count) { number in
            var found: [ScanFinding] = []
            do throws(FileError) {
                try scan(parts[number], &found)
                results.set(number, .success(found))
            } catch { results.set(number, .failure(error)) }
        }
        var all: [ScanFinding] = []
        for result in results.taken() {
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

    private final class Results: Sendable {
        private let results: Mutex<[Result<[ScanFinding], FileError>]>
        init(count: Int) { results = Mutex(Array(repeating: .success([]), count: count)) }
        func set(_ place: Int, _ result: Result<[ScanFinding], FileError>) {
            results.withLock { $0[place] = result }
        }
        func taken() -> [Result<[ScanFinding], FileError>] { results.withLock { $0 } }
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
        let keepsNames =
            trustsTimes && status.changed == entry.status.changed && status.inode == entry.status.inode
            && status.changed < record.marker
        if !keepsNames {
            if status.permissions != entry.status.permissions || status.user != entry.status.user {
                found.append(ScanFinding(kind: .permissions, directory: number))
            }
            try list(number, directory, &found)
        }
        compareFiles(of: number, in: directory, names, &found)
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
        let opened: Directory?
        do throws(FileError) {
            opened = try directory.directory(
                UnsafeBufferPointer(rebasing: names[Int(entry.name)..<Int(entry.name) + Int(entry.nameLength)]))
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

    private func compareFiles(
        of number: Int, in directory: Directory, _ names: UnsafeBufferPointer<UInt8>, _ found: inout [ScanFinding]
    ) {
        let base = UnsafeRawPointer(names.baseAddress!).assumingMemoryBound(to: CChar.self)
        record.files.withUnsafeBufferPointer { files in
            for file in Int(record.directories[number].firstFile)..<Int(record.directories[number].endFile) {
                if files[file].isAbsent { continue }
                var info = stat()
                let code = fstatat(
                    directory.descriptor, base + Int(files[file].name), &info, AT_SYMLINK_NOFOLLOW)
                let status = FileStatus(info)
                let isThere = code == 0 && status.format == files[file].status.format
                let kind: ScanFinding.Kind? =
                    if !isThere { .missing } else if !status.isSame(as: files[file].status) {
                        .touched
                    } else if !trustsTimes || status.changed >= record.marker { .suspect } else { nil }
                if let kind { found.append(ScanFinding(kind: kind, directory: number, file: file)) }
                // Another kind of thing of the same name is not found by listing: the name is a known one.
                if code == 0, !isThere {
                    let name = Array(record.name(of: file))
                    found.append(ScanFinding(kind: .extra, directory: number, name: name))
                }
            }
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
