internal import Basics
internal import Git
internal import Paths

/// The name of an object in a form that is written to disk as it is.
struct ObjectName: Hashable, BitwiseCopyable, Sendable {
    private var high: UInt64
    private var middle: UInt64
    private var low: UInt32

    init(_ id: ObjectID) {
        (high, middle, low) = (0, 0, 0)
        let bytes = id.bytes
        withUnsafeMutableBytes(of: &self) { $0.copyBytes(from: bytes) }
    }

    var id: ObjectID { withUnsafeBytes(of: self) { ObjectID(bytes: $0[..<20]) } ?? .zero }
}

/// A file that a checkout has to hold, and what it was when it was written.
struct FileEntry: BitwiseCopyable, Sendable {
    package enum Kind: UInt8, Sendable { case regular, executable, symlink, submodule }

    var status: FileStatus
    var object: ObjectName
    var name: UInt32
    var nameLength: UInt16
    private var rawKind: UInt8
    /// 1 where the file is part of the tree but not of a sparse checkout.
    private var absence: UInt8

    init(status: FileStatus, object: ObjectName, name: UInt32, nameLength: UInt16, kind: Kind, isAbsent: Bool) {
        (self.status, self.object, self.name, self.nameLength) = (status, object, name, nameLength)
        (rawKind, absence) = (kind.rawValue, isAbsent ? 1 : 0)
    }

    var kind: Kind { Kind(rawValue: rawKind) ?? .regular }
    var isAbsent: Bool { absence != 0 }
    var isSound: Bool { Kind(rawValue: rawKind) != nil }
}

extension FileEntry.Kind {
    /// `nil` for a directory, and for what no tree should hold.
    init?(_ entry: TreeEntry) {
        switch entry.kind {
        case .regular: self = .regular
        case .executable: self = .executable
        case .symlink: self = .symlink
        case .submodule: self = .submodule
        case .directory: return nil
        // Trees of long ago hold 100664.
        case nil where entry.mode & 0o170000 == 0o100000: self = entry.mode & 0o100 == 0 ? .regular : .executable
        case nil: return nil
        }
    }
}

/// A directory of a checkout.
///
/// Its files lie together, and so do all directories below it, right behind it.
struct DirectoryEntry: BitwiseCopyable, Sendable {
    var status: FileStatus
    var tree: ObjectName
    var parent: Int32
    var firstFile: Int32
    var endFile: Int32
    /// Behind the last directory below this one.
    var end: Int32
    var name: UInt32
    var nameLength: UInt16
    var absence: UInt16

    var isAbsent: Bool { absence != 0 }
}

/// What a checkout holds: every file of a tree with what the system said of it, directories first, in git's order.
struct SlotRecord: Sendable {
    /// Names, each with a NUL behind it, so that they can be handed to the system.
    var names: [UInt8] = []
    var files: [FileEntry] = []
    /// The first one is the root.
    var directories: [DirectoryEntry] = []
    /// A file's change time not before this may hide a later change: content has to be compared.
    var marker: Int64 = 0

    mutating func addName(_ name: some Collection<UInt8>) -> (UInt32, UInt16) {
        let start = UInt32(names.count)
        names += name
        names.append(0)
        return (start, UInt16(name.count))
    }

    /// Makes the names anew when more than half of them belong to nothing.
    mutating func dropUnusedNames() {
        let used =
            files.reduce(0) { $0 + Int($1.nameLength) + 1 }
            + directories.reduce(0) { $0 + Int($1.nameLength) + 1 }
        guard names.count > 2 * used + 4096 else { return }
        let old = self
        names = []
        names.reserveCapacity(used)
        for file in files.indices { (files[file].name, _) = addName(old.name(of: file)) }
        for place in directories.indices { (directories[place].name, _) = addName(old.name(ofDirectory: place)) }
    }

    func name(of file: Int) -> ArraySlice<UInt8> { name(files[file].name, files[file].nameLength) }

    func name(ofDirectory place: Int) -> ArraySlice<UInt8> {
        name(directories[place].name, directories[place].nameLength)
    }

    private func name(_ start: UInt32, _ length: UInt16) -> ArraySlice<UInt8> {
        names[Int(start)..<Int(start) + Int(length)]
    }

    /// The path of a directory with a slash behind it; empty for the root.
    func prefix(ofDirectory place: Int) -> [UInt8] {
        var parts: [ArraySlice<UInt8>] = []
        var current = place
        while current > 0 {
            parts.append(name(ofDirectory: current))
            current = Int(directories[current].parent)
        }
        var path: [UInt8] = []
        for part in parts.reversed() {
            path += part
            path.append(RepoPath.separator)
        }
        return path
    }

    func path(ofFile file: Int, in directory: Int) -> RepoPath? {
        try? RepoPath(bytes: prefix(ofDirectory: directory) + name(of: file))
    }

    func files(of directory: Int) -> Range<Int> {
        Int(directories[directory].firstFile)..<Int(directories[directory].endFile)
    }

    /// The files of a directory and of all below it: they lie together.
    func allFiles(below directory: Int) -> Range<Int> {
        let last = Int(directories[directory].end) - 1
        return Int(directories[directory].firstFile)..<Int(directories[last].endFile)
    }

    /// The directories right below, in git's order.
    func children(of directory: Int) -> [Int] {
        var found: [Int] = []
        var place = directory + 1
        while place < Int(directories[directory].end) {
            found.append(place)
            place = Int(directories[place].end)
        }
        return found
    }

    func file(named name: some Collection<UInt8>, in directory: Int) -> Int? {
        var range = files(of: directory)
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let other = self.name(of: middle)
            if other.elementsEqual(name) { return middle }
            range =
                other.lexicographicallyPrecedes(name) ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// The directory that holds a file.
    func directory(ofFile file: Int) -> Int {
        var range = 0..<directories.count
        // Files lie in the order of their directories, of which some are empty.
        while range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            range =
                Int(directories[middle].firstFile) <= file ? middle..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    var bytes: Int { files.reduce(0) { $0 + ($1.isAbsent ? 0 : Int($1.status.size) + 4095 & ~4095) } }
}
