internal import Basics
internal import Glibc

/// Who has a slot, for people; whether anybody has it the lock alone says.
struct LeaseHolder: Hashable, Sendable {
    /// As the process itself knows its number, which in another container may be anybody's.
    let processID: Int
    let since: Instant

    private init(processID: Int, since: Instant) { (self.processID, self.since) = (processID, since) }

    static func current(since now: Instant) -> LeaseHolder { LeaseHolder(processID: Int(getpid()), since: now) }

    var text: String { "\(processID) \(since.microsecondsSinceEpoch)\n" }

    private init?(text: String) {
        let fields = text.split(separator: "\n").first?.split(separator: " ") ?? []
        guard fields.count == 2, let processID = Int(fields[0]), processID > 0, let since = Int64(fields[1]) else {
            return nil
        }
        self.init(processID: processID, since: Instant(microsecondsSinceEpoch: since))
    }

    /// What a file says; `nil` for nothing sensible, and where it was just removed.
    init?(file path: String) throws(FileError) {
        do throws(FileError) {
            self.init(text: String(decoding: try FileSystem.read(path, limit: 4096), as: UTF8.self))
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Those who read a slot now.
    static func readers(of slot: SlotLayout) throws(FileError) -> [LeaseHolder] {
        var found: [LeaseHolder] = []
        for file in try readerFiles(of: slot) where try FileLock.isHeld(file) {
            if let holder = try LeaseHolder(file: file) { found.append(holder) }
        }
        return found
    }

    /// Removes what dead readers left; how many there were.
    static func clearDead(of slot: SlotLayout) throws(FileError) -> Int {
        var count = 0
        for file in try readerFiles(of: slot) {
            guard let lock = try FileLock.take(file, creates: false) else { continue }
            lock.release(removing: true)
            count += 1
        }
        return count
    }

    private static func readerFiles(of slot: SlotLayout) throws(FileError) -> [String] {
        guard FileSystem.isDirectory(slot.readers) else { return [] }
        return try FileSystem.list(slot.readers).map { slot.readers + "/" + $0 }
    }
}
