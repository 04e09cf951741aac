internal import Basics
internal import Crypto
internal import Paths

/// Git's index of a checkout, written from its record so that git finds every file as it expects it.
///
/// Version 2, or 3 where files are left out of a sparse checkout, with the extension that names the trees: so git
/// opens neither a file nor a tree to say that nothing has changed.
struct GitIndex {
    private let record: SlotRecord
    private let submodules: [[UInt8]: ObjectID]
    private var bytes: [UInt8] = []
    private var trees: [UInt8] = []
    private var path: [UInt8] = []
    /// Where each entry begins, by its path; kept only where submodules stand in the place of directories.
    private var starts: [(path: [UInt8], place: Int)] = []

    /// `submodules`: what is recorded below these paths is git's business in another repository.
    static func encoded(_ record: SlotRecord, submodules: [RepoPath: ObjectID] = [:]) -> [UInt8] {
        var index = GitIndex(record, submodules)
        index.bytes.reserveCapacity(record.files.count * 112 + record.directories.count * 48 + 64)
        let isSparse = record.files.contains(where: \.isAbsent)
        index.bytes += Array("DIRC".utf8)
        index.append(UInt32(isSparse ? 3 : 2))
        index.append(UInt32(record.files.count))
        if !record.directories.isEmpty { index.append(directory: 0) }
        if submodules.isEmpty {
            index.bytes += Array("TREE".utf8)
            index.append(UInt32(index.trees.count))
            index.bytes += index.trees
        } else {
            index.sortEntries()
        }
        return index.bytes + SHA1.digest(of: index.bytes)
    }

    private init(_ record: SlotRecord, _ submodules: [RepoPath: ObjectID]) {
        self.record = record
        self.submodules = Dictionary(submodules.map { ($0.bytes, $1) }, uniquingKeysWith: { first, _ in first })
    }

    /// A submodule is sorted as a file, where its directory may have stood elsewhere.
    private mutating func sortEntries() {
        let ends = starts.dropFirst().map(\.place) + [bytes.count]
        let entries = zip(starts, ends).sorted { $0.0.path.lexicographicallyPrecedes($1.0.path) }
        var sorted = Array(bytes[..<8])
        withUnsafeBytes(of: UInt32(entries.count).bigEndian) { sorted += $0 }
        for (start, end) in entries { sorted += bytes[start.place..<end] }
        bytes = sorted
    }

    /// Files and directories merged as git sorts them: a directory as if its name ended in a slash.
    private mutating func append(directory place: Int) {
        let children = record.children(of: place)
        describe(place, children.count)
        var next = children.startIndex
        let length = path.count
        for file in record.files(of: place) {
            while next < children.endIndex, comes(children[next], before: file) {
                descend(children[next])
                next += 1
            }
            path += record.name(of: file)
            append(record.files[file])
            path.removeLast(path.count - length)
        }
        for child in children[next...] { descend(child) }
    }

    private mutating func descend(_ child: Int) {
        let length = path.count
        path += record.name(ofDirectory: child)
        if let commit = submodules[path] {
            append(
                FileEntry(
                    status: .none, object: ObjectName(commit), name: 0, nameLength: 0, kind: .submodule,
                    isAbsent: record.directories[child].isAbsent))
        } else {
            path.append(RepoPath.separator)
            append(directory: child)
        }
        path.removeLast(path.count - length)
    }

    private func comes(_ directory: Int, before file: Int) -> Bool {
        let (name, other) = (record.name(ofDirectory: directory), record.name(of: file))
        var (place, otherPlace) = (name.startIndex, other.startIndex)
        while place < name.endIndex, otherPlace < other.endIndex {
            if name[place] != other[otherPlace] { return name[place] < other[otherPlace] }
            (place, otherPlace) = (place + 1, otherPlace + 1)
        }
        if place < name.endIndex { return false }
        return otherPlace < other.endIndex && RepoPath.separator < other[otherPlace]
    }

    /// The tree of a directory: its name, how many files it holds, how many directories, and the object.
    private mutating func describe(_ place: Int, _ children: Int) {
        if place > 0 { trees += record.name(ofDirectory: place) }
        trees.append(0)
        trees += "\(record.allFiles(below: place).count) \(children)\n".utf8
        withUnsafeBytes(of: record.directories[place].tree) { trees += $0[..<20] }
    }

    private mutating func append(_ entry: FileEntry) {
        if !submodules.isEmpty { starts.append((path, bytes.count)) }
        let status = entry.isAbsent || entry.kind == .submodule ? FileStatus.none : entry.status
        let head = 62 + (entry.isAbsent ? 2 : 0)
        // At least one NUL behind the path, and whole groups of eight bytes.
        let length = (head + path.count + 8) & ~7
        withUnsafeTemporaryAllocation(byteCount: length, alignment: 8) { buffer in
            var place = 0
            func put(_ number: UInt32) {
                buffer.storeBytes(of: number.bigEndian, toByteOffset: place, as: UInt32.self)
                place += 4
            }
            put(UInt32(truncatingIfNeeded: status.changed / 1_000_000_000))
            put(UInt32(truncatingIfNeeded: status.changed % 1_000_000_000))
            put(UInt32(truncatingIfNeeded: status.modified / 1_000_000_000))
            put(UInt32(truncatingIfNeeded: status.modified % 1_000_000_000))
            put(status.device)
            put(UInt32(truncatingIfNeeded: status.inode))
            put(mode(entry.kind))
            put(status.user)
            put(status.group)
            put(UInt32(truncatingIfNeeded: status.size))
            withUnsafeBytes(of: entry.object) { buffer[place..<place + 20].copyBytes(from: $0[..<20]) }
            let flags = UInt16(min(path.count, 0xFFF)) | (entry.isAbsent ? 0x4000 : 0)
            buffer.storeBytes(of: flags.bigEndian, toByteOffset: 60, as: UInt16.self)
            if entry.isAbsent {
                buffer.storeBytes(of: UInt16(0x4000).bigEndian, toByteOffset: 62, as: UInt16.self)
            }
            buffer[head..<head + path.count].copyBytes(from: path)
            for index in head + path.count..<length { buffer[index] = 0 }
            bytes += buffer
        }
    }

    private func mode(_ kind: FileEntry.Kind) -> UInt32 {
        switch kind {
        case .regular: 0o100644
        case .executable: 0o100755
        case .symlink: 0o120000
        case .submodule: 0o160000
        }
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}
