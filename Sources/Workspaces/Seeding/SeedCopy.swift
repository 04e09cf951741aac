internal import Basics

/// A copy of files and directories, symlinks as they are, nothing followed; what stands there already stays.
struct SeedCopy {
    private static let depthLimit = 100

    private var files: Int
    private var bytes: Int
    /// Bytes whose presence in a file or a symlink is told.
    private let sought: [UInt8]
    /// Special, unreadable, or more than may be copied.
    private(set) var skipped = 0
    private(set) var hasFound = false

    var isFull: Bool { files <= 0 || bytes <= 0 }

    init(files: Int, bytes: Int, seeking sought: [UInt8] = []) {
        (self.files, self.bytes, self.sought) = (files, bytes, sought)
    }

    /// Copies one thing; where both have a directory, what is in it.
    mutating func run(
        _ name: [UInt8], from source: Directory, to other: some Collection<UInt8>, in target: Directory
    ) throws(FileError) {
        guard let status = try source.status(name) else { return }
        guard let standing = try target.status(other) else {
            return try copy(name, status, from: source, to: other, in: target, depth: 0)
        }
        guard status.isDirectory, standing.isDirectory, let inside = try target.directory(other) else { return }
        guard let (from, names) = try? open(name, in: source) else { return skipped += 1 }
        for name in names { try run(name, from: from, to: name, in: inside) }
    }

    /// Copies one thing to a place where nothing is.
    private mutating func copy(
        _ name: [UInt8], _ status: FileStatus, from source: Directory, to other: some Collection<UInt8>,
        in target: Directory, depth: Int
    ) throws(FileError) {
        guard !isFull else { return }
        guard depth < Self.depthLimit else { return skipped += 1 }
        files -= 1
        if status.isSymlink {
            guard let link = source.linkTarget(name) else { return skipped += 1 }
            if !sought.isEmpty, link.contains(piece: sought) { hasFound = true }
            return try target.writeSymlink(other, to: link)
        }
        if status.isDirectory {
            guard let (from, names) = try? open(name, in: source) else { return skipped += 1 }
            let made = try target.makeDirectory(other)
            for name in names {
                guard let status = try from.status(name) else { continue }
                try copy(name, status, from: from, to: name, in: made, depth: depth + 1)
            }
            // Last, as nothing can be put into a directory that may not be written.
            if status.permissions & 0o777 != 0o755 { try target.setPermissions(other, status.permissions & 0o777) }
            return
        }
        guard status.isRegular, let copied = try source.copyFile(name, to: other, in: target, limit: bytes) else {
            return skipped += 1
        }
        bytes -= Int(copied.size)
        if !sought.isEmpty, !hasFound { hasFound = source.mayHold(sought, in: name) }
    }

    private func open(_ name: [UInt8], in source: Directory) throws(FileError) -> (Directory, [[UInt8]])? {
        guard let inside = try source.directory(name) else { return nil }
        return (inside, try inside.names(limit: max(files, 0)))
    }
}
