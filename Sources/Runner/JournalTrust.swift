package import Basics
package import Journal

/// When the journal was last followed and found whole, and how far anchors cover it: kept in the home for whoever
/// measures, and believed by nobody else.
package struct JournalTrust: Sendable {
    private static let sizeLimit = 64 << 10

    private let context: Context

    package init(_ context: Context) { self.context = context }

    package struct Verified: Hashable, Sendable {
        package let at: Instant
        package let isBroken: Bool
    }

    package var verified: Verified? {
        read("verified.json").flatMap { json in
            guard let at = json["at"]?.string.flatMap({ Instant($0) }), let isBroken = json["broken"]?.bool else {
                return nil
            }
            return Verified(at: at, isBroken: isBroken)
        }
    }

    /// Keeps what a walk along all chains found.
    package func remember(_ found: JournalVerification) {
        write(
            "verified.json",
            [
                "at": .string(context.clock.now().description), "broken": .bool(found.firstBreak != nil),
                "events": .integer(found.intactEvents + found.prunedEvents),
            ])
    }

    /// The newest event that an anchor covers; 0 where none was ever written.
    package var anchoredEvents: Int { read("anchored.json")?["events"]?.integer ?? 0 }

    func remember(anchored events: Int) {
        guard events > anchoredEvents else { return }
        write("anchored.json", ["at": .string(context.clock.now().description), "events": .integer(events)])
    }

    /// Since when there are events that no anchor covers; `nil` where all are covered.
    package func unanchoredSince(_ journal: any JournalStore) throws(JournalError) -> Instant? {
        var query = EventQuery()
        (query.after, query.limit) = (anchoredEvents, 1)
        return try journal.events(query).first.flatMap { Instant($0.timestamp) }
    }

    private func read(_ name: String) -> JSON? {
        guard let bytes = try? FileSystem.read(context.home + "/" + name, limit: Self.sizeLimit) else {
            return nil
        }
        return try? JSON.parse(bytes)
    }

    /// What cannot be kept makes the last word grow old, which is measured; so does what goes with the machine's power.
    private func write(_ name: String, _ json: JSON) {
        do throws(FileError) {
            try FileSystem.write(
                json.utf8() + [10], to: context.home + "/" + name, permissions: 0o600, flushes: false)
        } catch { context.observer.warning(StageError(.unexpected, error)) }
    }
}
