internal import Glibc
internal import Synchronization

/// A lock on a file, held by this process until it is released or the process ends.
///
/// The kernel decides, so that it holds for every process that sees the file, in whatever namespace or container it
/// runs; nobody guesses from process numbers. What the file holds is only for people to read.
package final class FileLock: Sendable {
    package enum Mode: Sendable { case exclusive, shared }

    package let path: String
    private let descriptor: Int32
    private let isReleased = Atomic(false)

    /// Takes the lock without waiting; `nil` while somebody else has it in a way that excludes this one, and where the
    /// file was taken away or, unless `creates`, is not there.
    package static func take(
        _ path: String, _ mode: Mode = .exclusive, creates: Bool = true, permissions: UInt16 = 0o600
    ) throws(FileError) -> FileLock? {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creates ? O_CREAT : 0)
        let descriptor = open(path, flags, mode_t(permissions))
        guard descriptor >= 0 else {
            if (errno == ENOENT || errno == ENOTDIR) && !creates { return nil }
            throw FileError("open", path, errno)
        }
        do throws(FileError) {
            let flag = (mode == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB
            if try lock(descriptor, flag, path), isNamed(descriptor, path) { return FileLock(path, descriptor) }
        } catch {
            close(descriptor)
            throw error
        }
        close(descriptor)
        return nil
    }

    /// How often a lock that is waited for is tried, in milliseconds.
    private static let pause: Int32 = 10

    /// Takes the lock, waiting as long as it takes; `nil` when that is no longer wanted.
    package static func wait(
        for path: String, permissions: UInt16 = 0o600, cancellation: Cancellation
    ) throws(FileError) -> FileLock? {
        while !cancellation.isCancelled {
            if let lock = try take(path, permissions: permissions) { return lock }
            var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&wake, 1, pause)
        }
        return nil
    }

    /// Takes the lock of something that nobody keeps for longer than a rename takes.
    package static func gate(_ path: String, permissions: UInt16 = 0o600) throws(FileError) -> FileLock {
        while true {
            let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_CREAT, mode_t(permissions))
            guard descriptor >= 0 else { throw FileError("open", path, errno) }
            let lock = FileLock(path, descriptor)
            if try Self.lock(descriptor, LOCK_EX, path), lock.isInPlace { return lock }
        }
    }

    /// Whether somebody has the lock in a way that `mode` would have to wait for; nobody has one that is not there.
    package static func isHeld(_ path: String, against mode: Mode = .exclusive) throws(FileError) -> Bool {
        if try take(path, mode, creates: false) != nil { return false }
        return try FileSystem.status(path) != nil
    }

    /// Whether the path still names the locked file: somebody may have removed it, or put another one there.
    package var isInPlace: Bool { Self.isNamed(descriptor, path) }

    /// Sets the time of the last use to now.
    package func touch() { _ = futimens(descriptor, nil) }

    private init(_ path: String, _ descriptor: Int32) { (self.path, self.descriptor) = (path, descriptor) }

    deinit { release() }

    /// Replaces what people read in the file, such as who holds it and since when.
    package func describe(_ text: String) throws(FileError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw FileError("write", path, errno)
        }
        try FileSystem.writeAll(ArraySlice(text.utf8), to: descriptor, path)
    }

    /// Gives the lock back, even where a child still has the descriptor; again is fine.
    ///
    /// The file is removed first when asked to: whoever opened it before sees that it is gone, and takes none.
    package func release(removing: Bool = false) {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        if removing { unlink(path) }
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func lock(_ descriptor: Int32, _ mode: Int32, _ path: String) throws(FileError) -> Bool {
        while flock(descriptor, mode) != 0 {
            if errno == EINTR { continue }
            if errno == EWOULDBLOCK { return false }
            throw FileError("lock", path, errno)
        }
        return true
    }

    /// Whether the path still names the file that was opened.
    private static func isNamed(_ descriptor: Int32, _ path: String) -> Bool {
        var (mine, named) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && lstat(path, &named) == 0 && mine.st_ino == named.st_ino
            && mine.st_dev == named.st_dev
    }
}

extension FileError {
    /// What to do where the file system keeps no locks.
    static func lockHint(_ code: Int32) -> String? {
        guard [ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL, EBADF].contains(code) else { return nil }
        return "this file system keeps no locks, and without them nothing says who owns what; "
            + "set LEVIATHAN_HOME to a directory on a local disk"
    }
}
