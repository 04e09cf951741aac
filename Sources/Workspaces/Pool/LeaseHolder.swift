internal import Basics
internal import Glibc
internal import Processes

/// Who has a slot: for people, and for clearing away; the lock itself is the kernel's.
struct LeaseHolder: Hashable, Sendable {
    let owner: ProcessIdentity
    let since: Instant

    init(owner: ProcessIdentity, since: Instant) { (self.owner, self.since) = (owner, since) }

    var text: String {
        "\(owner.processID) \(owner.started) \(since.microsecondsSinceEpoch) \(owner.machine)\n"
    }

    init?(text: String) {
        let fields = text.split(separator: "\n").first?.split(separator: " ", maxSplits: 3) ?? []
        guard fields.count == 4, let processID = Int(fields[0]), processID > 0, let since = Int64(fields[2]) else {
            return nil
        }
        owner = ProcessIdentity(processID: processID, started: String(fields[1]), machine: String(fields[3]))
        self.since = Instant(microsecondsSinceEpoch: since)
    }

    /// What a file says; `nil` for nothing sensible.
    init?(file path: String) {
        guard let bytes = try? FileSystem.read(path, limit: 4096) else { return nil }
        self.init(text: String(decoding: bytes, as: UTF8.self))
    }

    func write(to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }

    /// Those who read a slot, the dead ones left out.
    static func readers(of slot: SlotPlace) -> [LeaseHolder] {
        readerFiles(of: slot).compactMap { LeaseHolder(file: $0) }.filter(\.owner.mayBeAlive)
    }

    /// Removes what dead readers left; how many there were.
    static func clearDead(of slot: SlotPlace) -> Int {
        let dead = readerFiles(of: slot).filter { !(LeaseHolder(file: $0)?.owner.mayBeAlive ?? false) }
        for file in dead { unlink(file) }
        return dead.count
    }

    private static func readerFiles(of slot: SlotPlace) -> [String] {
        ((try? FileSystem.list(slot.readers)) ?? []).map { slot.readers + "/" + $0 }
    }
}
