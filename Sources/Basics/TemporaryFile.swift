internal import Glibc

/// A file without a lasting name: it gets one when it is complete and on the disk, and otherwise goes away.
package final class TemporaryFile {
    private let path: String
    private var descriptor: Int32

    package init(in directory: String) throws(FileError) {
        var template = Array("\(directory)/XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileError("create a file in", directory, errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(path)
    }

    package func write(_ bytes: [UInt8]) throws(FileError) {
        try FileSystem.writeAll(bytes[...], to: descriptor, path)
    }

    /// Flushes the content, renames, and flushes the name.
    package func commit(as name: String) throws(FileError) {
        guard fsync(descriptor) == 0, rename(path, name) == 0 else { throw FileError("write", name, errno) }
        close(descriptor)
        descriptor = -1
        try FileSystem.flushDirectory(of: name)
    }
}

/// A file as the kernel tells it from every other one that is there.
package struct FileIdentity: Hashable, Sendable {
    package let device: UInt64
    package let number: UInt64
}

extension FileSystem {
    /// Writes a file that must not be there yet, following no symlink; nothing is flushed.
    package static func writeNew(_ bytes: [UInt8], to path: String, permissions: UInt16) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(permissions))
        guard descriptor >= 0 else { throw FileError("create", path, errno) }
        defer { close(descriptor) }
        try writeAll(bytes[...], to: descriptor, path)
    }

    /// Makes a symlink that holds these bytes.
    package static func writeSymlink(to target: [UInt8], at path: String) throws(FileError) {
        let text = target.map { CChar(bitPattern: $0) } + [0]
        guard symlink(text, path) == 0 else { throw FileError("create the symlink", path, errno) }
    }

    /// Gives a file its name, in place of what has it; file and name are on the disk when this returns.
    package static func replace(_ name: String, by path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("flush", path, errno) }
        guard rename(path, name) == 0 else { throw FileError("rename", path, errno) }
        try flushDirectory(of: name)
    }

    /// Which file a path names, whatever it holds; `nil` when there is none.
    package static func identity(_ path: String) -> FileIdentity? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return FileIdentity(device: UInt64(info.st_dev), number: UInt64(info.st_ino))
    }

    /// Makes a rename in the directory of that file survive a loss of power.
    package static func flushDirectory(of path: String) throws(FileError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", directory, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("flush", directory, errno) }
    }

    /// Lends a file piece by piece.
    package static func readPieces(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path, errno) }
            if count == 0 { return }
            chunk.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private static func systemRead(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int {
        Glibc.read(descriptor, &buffer, count)
    }
}
