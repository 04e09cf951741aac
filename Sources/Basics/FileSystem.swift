internal import CLinux
internal import Glibc

/// Bounded reading and durable writing of files, by path.
package enum FileSystem {
    package enum Kind: Sendable { case file, directory, symlink, other }

    package struct Status: Sendable {
        package let kind: Kind
        package let size: Int
        package let permissions: UInt16
        package let modified: Instant
    }

    /// What is there, without following a last symlink; `nil` when nothing is.
    package static func status(_ path: String) throws(FileError) -> Status? {
        var info = stat()
        guard lstat(path, &info) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("look at", path, errno)
        }
        let kind: Kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symlink
            default: .other
            }
        return Status(
            kind: kind, size: Int(info.st_size), permissions: UInt16(info.st_mode & 0o7777),
            modified: modificationTime(info))
    }

    private static func modificationTime(_ info: stat) -> Instant {
        let time = info.st_mtim
        return Instant(microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether this user may add to a directory, or write a file.
    package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

    package static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Most files of the kernel's are shorter.
    private static let smallestRead = 4096

    /// The whole file, refused when it is longer than `limit` bytes.
    package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw FileError("look at", path, errno) }
        guard info.st_size <= limit else { throw FileError("read", path, EFBIG) }
        // One byte more than there should be shows the end; files of the kernel's have no size.
        var bytes = [UInt8](repeating: 0, count: max(Int(info.st_size) + 1, smallestRead))
        var count = 0
        while true {
            let room = bytes.count - count
            let more = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, room) }
            if more < 0 && errno == EINTR { continue }
            guard more >= 0 else { throw FileError("read", path, errno) }
            count += more
            guard count <= limit else { throw FileError("read", path, EFBIG) }
            if more == 0 {
                bytes.removeLast(bytes.count - count)
                return bytes
            }
            if count == bytes.count { bytes += repeatElement(0, count: count) }
        }
    }

    /// The first bytes of a file, fewer where it has no more.
    package static func readStart(of path: String, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path, errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let found = pread(descriptor, &bytes, count, 0)
        guard found >= 0 else { throw FileError("read", path, errno) }
        return Array(bytes.prefix(found))
    }

    /// Writes beside the target, flushes to the disk unless it may be lost with the machine's power, then renames over it.
    package static func write(
        _ bytes: [UInt8], to path: String, permissions: UInt16 = 0o644, flushes: Bool = true
    ) throws(FileError) {
        // A device or a pipe would be gone for everybody else.
        if try status(path)?.kind == .other { throw FileError("replace", path, EINVAL) }
        var template = Array((path + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileError("create a file beside", path, errno) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(FileError) {
            defer { close(descriptor) }
            try writeAll(bytes[...], to: descriptor, path)
            guard fchmod(descriptor, mode_t(permissions)) == 0, !flushes || fsync(descriptor) == 0,
                rename(temporary, path) == 0
            else { throw FileError("write", path, errno) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes what somebody asked for to the place that they named.
    ///
    /// A device, a pipe, or what a link leads to takes the bytes as it stands; a file is replaced whole.
    package static func writeOutput(_ bytes: [UInt8], to path: String) throws(FileError) {
        guard let kind = try status(path)?.kind, kind != .file, kind != .directory else {
            return try write(bytes, to: path)
        }
        // A pipe that nobody reads from is an error, not a wait.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("write", path, errno) }
        var failure: FileError?
        do throws(FileError) { try writeAll(bytes[...], to: descriptor, path) } catch { failure = error }
        guard close(descriptor) == 0 || failure != nil else { throw FileError("write", path, errno) }
        if let failure { throw failure }
    }

    /// Writes to what is open, however many pieces that takes.
    package static func writeAll(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32, _ path: @autoclosure () -> String
    ) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress! + done, bytes.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                // somebody made the pipe we were given one that does not wait
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
                continue
            }
            guard count >= 0 else { throw FileError("write", path(), errno) }
            done += count
        }
    }

    /// The names in a directory, sorted; `.` and `..` left out.
    package static func list(_ path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError("list", path, errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a directory and those above it; one that is there already is fine.
    package static func createDirectory(_ path: String, permissions: UInt16 = 0o755) throws(FileError) {
        if isDirectory(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try createDirectory(String(path[..<slash]), permissions: permissions)
        }
        guard mkdir(path, mode_t(permissions)) == 0 || (errno == EEXIST && isDirectory(path)) else {
            throw FileError("create the directory", path, errno)
        }
    }

    /// A fresh private directory below `parent`.
    package static func createTemporaryDirectory(in parent: String, prefix: String) throws(FileError) -> String {
        var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError("create a directory in", parent, errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a file or a whole directory, whatever its names and however deep; never follows a symlink.
    ///
    /// Nothing there is fine.
    package static func removeTree(_ path: String) throws(FileError) {
        guard clinux_remove_tree(AT_FDCWD, path) == 0 else { throw FileError("remove", path, errno) }
    }

    /// The same for a name in an open directory; returns -1 with `errno` set when it fails.
    package static func removeTree(_ name: UnsafePointer<CChar>, in directory: Int32) -> Int32 {
        clinux_remove_tree(directory, name)
    }

    /// What a symlink holds; `nil` when there is none.
    package static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// The path with every symlink resolved; `nil` when it does not exist.
    package static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// A file operation that the system refused.
package struct FileError: ExplainedError, Equatable {
    package let operation: String
    package let path: String
    package let code: Int32

    package init(_ operation: String, _ path: String, _ code: Int32) {
        (self.operation, self.path, self.code) = (operation, path, code)
    }

    package var message: String { "cannot \(operation) '\(path)'" }
    package var causes: [String] { [SystemError.text(code)] }
    package var hint: String? { operation == "lock" ? Self.lockHint(code) : nil }
    package var isNotFound: Bool { code == ENOENT }
}

/// The system's words for an `errno`.
package enum SystemError {
    package static var notFound: Int32 { ENOENT }
    package static var exists: Int32 { EEXIST }
    package static var invalid: Int32 { EINVAL }

    package static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
