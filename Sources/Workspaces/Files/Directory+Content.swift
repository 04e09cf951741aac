internal import Basics
internal import Glibc

extension Directory {
    /// Writes a file that must not be there yet; what stands there afterwards.
    @discardableResult
    func writeNew(
        _ name: some Collection<UInt8>, _ bytes: [UInt8], permissions: UInt32 = 0o644
    ) throws(FileError) -> FileStatus {
        let file = withText(name) {
            openat(descriptor, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(permissions))
        }
        guard file >= 0 else { throw failure("create", name) }
        defer { close(file) }
        try FileSystem.writeAll(bytes[...], to: file, placeText(name))
        var info = stat()
        guard fstat(file, &info) == 0 else { throw failure("look at", name) }
        return FileStatus(info)
    }

    /// Writes beside the name and renames over it: readers see the old or the new content.
    func replace(_ name: String, _ bytes: [UInt8], permissions: UInt32 = 0o644) throws(FileError) {
        try replace(bytes: Array(name.utf8), bytes, permissions: permissions)
    }

    func replace(
        bytes name: some Collection<UInt8>, _ bytes: [UInt8], permissions: UInt32
    ) throws(FileError) {
        let temporary = Array(".leviathan-new-\(getpid())-\(Counter.next())".utf8)
        do throws(FileError) {
            try writeNew(temporary, bytes, permissions: permissions)
            try rename(temporary, to: name, in: self)
        } catch {
            _ = withText(temporary) { unlinkat(descriptor, $0, 0) }
            throw error
        }
    }

    func writeSymlink(_ name: some Collection<UInt8>, to target: [UInt8]) throws(FileError) {
        guard !target.contains(0),
            withText(target, { text in withText(name) { symlinkat(text, descriptor, $0) } }) == 0
        else { throw failure("create the symlink", name) }
    }

    /// What a symlink holds; `nil` where there is none, or it is longer than the system allows.
    func linkTarget(_ name: some Collection<UInt8>) -> [UInt8]? {
        var buffer = [CChar](repeating: 0, count: 4097)
        let count = withText(name) { readlinkat(descriptor, $0, &buffer, buffer.count) }
        return (0...4096).contains(count) ? buffer[..<count].map { UInt8(bitPattern: $0) } : nil
    }

    /// Opens a plain file and says what it is; a fifo that took its place is not waited for.
    func openFile(_ name: some Collection<UInt8>) throws(FileError) -> (
        descriptor: Int32, status: FileStatus
    ) {
        let file = withText(name) {
            openat(descriptor, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        }
        guard file >= 0 else { throw failure("open", name) }
        var info = stat()
        guard fstat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw failure("read", name, EINVAL)
        }
        return (file, FileStatus(info))
    }

    /// The whole file, and what it was when it was read; refused when it is longer than `limit` bytes.
    func read(_ name: some Collection<UInt8>, limit: Int) throws(FileError) -> (bytes: [UInt8], status: FileStatus)
    {
        let (file, status) = try openFile(name)
        defer { close(file) }
        guard status.size <= limit else { throw failure("read", name, EFBIG) }
        var bytes = [UInt8](repeating: 0, count: Int(status.size) + 1)
        var length = 0
        while true {
            if length == bytes.count { bytes += [UInt8](repeating: 0, count: max(4096, bytes.count)) }
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress! + length, $0.count - length)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", name) }
            if count == 0 { break }
            length += count
            guard length <= limit else { throw failure("read", name, EFBIG) }
        }
        bytes.removeLast(bytes.count - length)
        return (bytes, status)
    }

    func rename(_ name: some Collection<UInt8>, to other: some Collection<UInt8>, in target: Directory)
        throws(FileError)
    {
        let code = withText(name) { old in withText(other) { renameat(descriptor, old, target.descriptor, $0) } }
        guard code == 0 else { throw failure("rename", name) }
    }

    /// A character device 0/0: what an overlay takes for a deletion.
    func writeWhiteout(_ name: some Collection<UInt8>) throws(FileError) {
        guard withText(name, { mknodat(descriptor, $0, S_IFCHR | 0o600, 0) }) == 0 else {
            throw failure("create the whiteout", name)
        }
    }

    func setPermissions(_ name: some Collection<UInt8>, _ permissions: UInt32) throws(FileError) {
        guard withText(name, { fchmodat(descriptor, $0, mode_t(permissions), 0) }) == 0 else {
            throw failure("change the permissions of", name)
        }
    }
}
