package import Basics
internal import Crypto
package import Journal

/// When the journal was last followed and found whole, and its newest anchor.
///
/// Kept in the home for whoever measures, and to hold the journal against where no repository is at hand. Whoever can write
/// the journal can write these too.
package struct JournalTrust: Sendable {
    private static let sizeLimit = 16 << 20
    private static let anchorFile = "anchored.json"

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
    package var anchoredEvents: Int { anchored?["events"]?.integer ?? 0 }

    /// What was written down of the newest anchor of the journal that is here now.
    private var anchored: JSON? {
        guard let json = read(Self.anchorFile) else { return nil }
        // files of before name no journal
        guard let identity = json["journal"]?.string else { return json }
        return JournalIdentity.isThere(context) && identity == (try? JournalIdentity.read(context)) ? json : nil
    }

    /// The newest anchor, as this home wrote it down.
    package func knownAnchors() throws(StageError) -> KnownAnchors {
        var known = KnownAnchors()
        let path = context.home + "/" + Self.anchorFile
        guard FileSystem.exists(path), JournalIdentity.isThere(context) else { return known }
        let identity = try JournalIdentity.read(context)
        guard let json = read(Self.anchorFile) else {
            known.unseen.append("'\(path)' was not compared with: it cannot be read")
            return known
        }
        // one without an identity is of before, and held no hash
        guard json["journal"]?.string == identity else { return known }
        guard let anchor = JournalAnchors.Anchor(json) else {
            known.unseen.append("'\(path)' was not compared with: it holds no anchor")
            return known
        }
        known.add([anchor], from: "'\(path)', what this home wrote down of the newest one")
        return known
    }

    func remember(_ anchor: JournalAnchors.Anchor, of identity: String) {
        guard anchor.events > anchoredEvents || anchored?["journal"] == nil else { return }
        let chains = anchor.chains.map { chain -> JSON in
            [
                "name": .string(chain.name.hex), "events": .integer(chain.events),
                "hash": .string(chain.hash.hex),
            ]
        }
        write(
            Self.anchorFile,
            [
                "at": .string(context.clock.now().description), "journal": .string(identity),
                "events": .integer(anchor.events), "hash": .string(anchor.hash.hex), "chains": .array(chains),
            ])
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

extension JournalAnchors.Anchor {
    fileprivate init?(_ json: JSON) {
        guard let events = json["events"]?.integer, let hash = json["hash"]?.string.flatMap({ Digest(hex: $0) }),
            let listed = json["chains"]?.elements
        else { return nil }
        var chains: [JournalAnchors.Chain] = []
        for chain in listed {
            guard let name = chain["name"]?.string.flatMap({ Digest(hex: $0) }),
                let count = chain["events"]?.integer, let head = chain["hash"]?.string.flatMap({ Digest(hex: $0) })
            else { return nil }
            chains.append(JournalAnchors.Chain(name: name, events: count, hash: head))
        }
        self.init(events: events, hash: hash, chains: chains)
    }
}
