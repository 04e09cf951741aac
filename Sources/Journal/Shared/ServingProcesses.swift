package import Basics

/// The processes that serve one journal: each says again and again that it is there, so that the others know what one
/// that has died leaves behind, and whether all of them are of one home.
package struct ServingProcesses: Sendable {
    /// Between two words of a process.
    package static let pause = Duration.seconds(10)
    /// Whoever has said nothing for so long is gone.
    package static let lease = Duration.seconds(60)
    private static let most = 1000
    /// What all have in common.
    private static let owner = "serving"

    /// One that serves, as it is known to the others.
    package struct Process: Hashable, Sendable {
        package let id: String
        /// Where people reach it.
        package let place: String
        /// The name of its home, which is a file there.
        package let home: String
        /// Where its home is on its own machine.
        package let path: String

        package init(id: String, place: String, home: String, path: String) {
            (self.id, self.place, self.home, self.path) = (id, place, home, path)
        }

        fileprivate init?(_ entry: SharedEntry) {
            guard let place = entry.value["place"]?.string, let home = entry.value["home"]?.string else {
                return nil
            }
            self.init(id: entry.key, place: place, home: home, path: entry.value["path"]?.string ?? "")
        }
    }

    private let entries: any SharedEntries
    private let clock: Clock

    package init(_ entries: any SharedEntries, _ clock: Clock) { (self.entries, self.clock) = (entries, clock) }

    /// Says that a process is there.
    package func announce(_ process: Process) throws(JournalError) {
        let facts: JSON = [
            "place": .string(process.place), "home": .string(process.home), "path": .string(process.path),
        ]
        try entries.put(SharedEntry(.process, process.id, owner: Self.owner, facts, used: clock.now()))
        try entries.trim(.process, to: Self.most, usedSince: clock.now() + Self.lease * -10)
    }

    package func leave(_ id: String) throws(JournalError) { _ = try entries.take(.process, id) }

    /// Those that are there.
    package func present() throws(JournalError) -> [Process] {
        let now = clock.now()
        return try entries.entries(.process, of: Self.owner).filter { now - $0.used < Self.lease }
            .compactMap(Process.init)
    }

    /// Whether a process is there, or was a moment ago.
    package func isPresent(_ id: String) throws(JournalError) -> Bool {
        guard let entry = try entries.entry(.process, id) else { return false }
        return clock.now() - entry.used < Self.lease
    }

    /// Those of other homes than this one, which share nothing with it but the journal.
    package func strangers(to home: String) throws(JournalError) -> [Process] {
        try present().filter { $0.home != home }
    }
}
