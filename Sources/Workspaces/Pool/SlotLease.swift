internal import Basics
internal import Glibc
internal import Processes
internal import Synchronization

/// The lock on a slot, held by this process until it is released or the process ends.
///
/// The kernel's lock decides. What stands in the files beside it only tells people who has it: the process, when it
/// started, on which boot, and since when.
final class SlotLease: Sendable {
    enum Mode: Sendable { case alone, shared }

    private let descriptor: Int32
    private let path: String
    /// The file that names one of many readers.
    private let readerFile: String?
    private let isReleased = Atomic(false)

    /// `nil` while somebody else has it in a way that excludes this one, or when the slot is gone.
    static func take(
        _ mode: Mode, of slot: SlotPlace, owner: ProcessIdentity
    ) throws(FileError) -> SlotLease? {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_CREAT
        let descriptor = open(slot.lease, flags, 0o644)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("open", slot.lease, errno)
        }
        guard try lock(descriptor, mode == .alone ? LOCK_EX : LOCK_SH, slot.lease),
            isStillThere(descriptor, slot.lease)
        else {
            close(descriptor)
            return nil
        }
        return SlotLease(mode, descriptor, slot, owner)
    }

    private init(_ mode: Mode, _ descriptor: Int32, _ slot: SlotPlace, _ owner: ProcessIdentity) {
        (self.descriptor, path) = (descriptor, slot.lease)
        let holder = LeaseHolder(owner: owner, since: Clock.system.now())
        switch mode {
        case .alone:
            readerFile = nil
            holder.write(to: descriptor)
        case .shared:
            let file = "\(slot.readers)/\(owner.processID)-\(Counter.next())"
            readerFile = file
            // Only people read it: a slot without it is just as safe.
            _ = mkdir(slot.readers, 0o755)
            try? FileSystem.writeNew(Array(holder.text.utf8), to: file, permissions: 0o644)
        }
    }

    deinit { release() }

    /// Gives the lock back even where a forked child still has the descriptor; again is fine.
    func release() {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        if let readerFile { unlink(readerFile) }
        if readerFile == nil { _ = ftruncate(descriptor, 0) }
        _ = futimens(descriptor, nil)
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

    /// A slot that is being removed was renamed away while the lock was waited for.
    private static func isStillThere(_ descriptor: Int32, _ path: String) -> Bool {
        var (mine, named) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && lstat(path, &named) == 0 && mine.st_ino == named.st_ino
            && mine.st_dev == named.st_dev
    }
}
