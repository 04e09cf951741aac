internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

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
            if errno == ENOENT && !creates { return nil }
            throw FileError("open", path, errno)
        }
        do throws(FileError) {
            if try lock(descriptor, mode == .exclusive ? LOCK_EX : LOCK_SH, path), isNamed(descriptor, path) {
                return FileLock(path, descriptor)
            }
        } catch {
            close(descriptor)
            throw error
        }
        close(descriptor)
        return nil
    }

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
        while flock(descriptor, mode | LOCK_NB) != 0 {
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
