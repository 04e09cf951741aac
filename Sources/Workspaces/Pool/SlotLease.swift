internal import Basics

/// The lock on a slot, held by this process until it is released or the process ends.
///
/// The kernel's lock decides. What stands in the files only tells people who has it: the process, and since when.
final class SlotLease: Sendable {
    private let lock: FileLock
    /// The file that names one of many readers.
    private let reader: FileLock?

    /// `nil` while somebody else has it in a way that excludes this one, or when the slot is gone.
    static func take(_ mode: FileLock.Mode, of slot: SlotLayout, at now: Instant) throws(FileError) -> SlotLease? {
        let taken: FileLock?
        do throws(FileError) { taken = try FileLock.take(slot.lease, mode, permissions: 0o644) } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
        guard let lock = taken else { return nil }
        if mode == .exclusive {
            try lock.describe(LeaseHolder.current(since: now).text)
            return SlotLease(lock, reader: nil)
        }
        return SlotLease(lock, reader: try nameReader(of: slot, since: now))
    }

    private init(_ lock: FileLock, reader: FileLock?) { (self.lock, self.reader) = (lock, reader) }

    deinit { release() }

    /// Whether the slot is still the one that was taken: somebody may have removed it from outside.
    var isInPlace: Bool { lock.isInPlace }

    /// Gives the lock back; again is fine.
    func release() {
        if let reader {
            reader.release(removing: reader.isInPlace)
        } else if lock.isInPlace {
            // Of no use to anybody but people: a name that stays is found to be nobody's.
            try? lock.describe("")
        }
        lock.touch()
        lock.release()
    }

    /// A reader's file is locked as long as it reads, so that one who died is told apart.
    private static func nameReader(of slot: SlotLayout, since now: Instant) throws(FileError) -> FileLock? {
        try FileSystem.createDirectory(slot.readers)
        let holder = LeaseHolder.current(since: now)
        let name = "\(holder.processID)-\(holder.since.microsecondsSinceEpoch)-\(Counter.next())"
        let file = try FileLock.take(slot.readers + "/" + name, permissions: 0o644)
        try file?.describe(holder.text)
        return file
    }
}
