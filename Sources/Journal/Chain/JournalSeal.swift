package import Basics
internal import SQLite

/// A checkpoint: events that were removed, by the place and hash of the last of them, and what they had come to.
struct JournalSeal: Hashable, Sendable {
    /// The event that holds it.
    let sequence: Int
    let lastSequence: Int
    let lastHash: Digest
    /// The artifact that holds the projections as of the last removed event.
    let snapshot: Digest
}

/// What was removed.
package struct PruneResult: Hashable, Sendable {
    package let removed: Int
    package let kept: Int
}

extension Journal {
    /// The checkpoint that vouches for what lies before the oldest event; `nil` where nothing does.
    func firstSeal() throws(JournalError) -> JournalSeal? {
        var first: Int?
        try query("SELECT sequence FROM events ORDER BY sequence LIMIT 1") { row in first = row.integer(0) }
        guard let first, first > 1 else { return nil }
        return try seals().last { $0.lastSequence == first - 1 }
    }

    /// The hash of an event, or of the last one that a checkpoint sealed; `nil` where the place is neither.
    package func hash(of sequence: Int) throws(JournalError) -> Digest? {
        var found: Digest?
        try query("SELECT hash FROM events WHERE sequence = ?", [.integer(sequence)]) { row in
            found = Digest(hex: row.text(0) ?? "")
        }
        if let found { return found }
        return try seals().first { $0.lastSequence == sequence }?.lastHash
    }

    /// Every checkpoint, oldest first.
    func seals() throws(JournalError) -> [JournalSeal] {
        var ask = EventQuery()
        ask.types = [.journalPruned]
        return try events(ask).compactMap { event in
            guard let place = event.payload["last_sequence"]?.integer,
                let hash = event.payload["last_hash"]?.string.flatMap({ Digest(hex: $0) }),
                let snapshot = event.payload["snapshot"]?.string.flatMap({ Digest(hex: $0) })
            else { return nil }
            return JournalSeal(sequence: event.sequence, lastSequence: place, lastHash: hash, snapshot: snapshot)
        }
    }

    /// Fills empty projections with what a checkpoint kept.
    func load(_ seal: JournalSeal, into database: Database) throws(JournalError) {
        let bytes: [UInt8]
        do throws(ArtifactError) {
            bytes = try artifacts.read(seal.snapshot, limit: ArtifactStore.fileLimit)
        } catch {
            throw .brokenSeal(sequence: seal.sequence, reason: error.description)
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let isKnown: Bool
            do {
                isKnown = try ProjectionDump.insert(JSON.parse(line), into: database)
            } catch { throw .brokenSeal(sequence: seal.sequence, reason: "\(error)") }
            guard isKnown else {
                throw .brokenSeal(sequence: seal.sequence, reason: "its snapshot is of another version")
            }
        }
    }

    /// Removes the events before a time, as far as no attempt that still runs began among them.
    ///
    /// A checkpoint keeps the chain verifiable, and what the removed events had come to.
    package func prune(before time: String, _ draft: (JSON) -> EventDraft) throws(JournalError) -> PruneResult {
        let last = try lastPrunable(before: time)
        let oldest = try firstSeal()?.lastSequence ?? 0
        let head = try head().sequence
        guard last > oldest else { return PruneResult(removed: 0, kept: head - oldest) }
        let snapshot = try storeSnapshot(through: last)
        _ = try writing { (database) throws(JournalError) in
            var hash: String?
            try query("SELECT hash FROM events WHERE sequence = ?", [.integer(last)]) { row in hash = row.text(0) }
            try run { () throws(SQLiteError) in
                try database.connection.execute(JournalSchema.unguarding)
                try database.connection.query("DELETE FROM events WHERE sequence <= ?", [.integer(last)])
                try database.connection.execute(JournalSchema.guards)
            }
            return [
                draft([
                    "count": .integer(last), "removed": .integer(last - oldest), "last_sequence": .integer(last),
                    "last_hash": .optional(hash), "snapshot": .string(snapshot.hex), "before": .string(time),
                ])
            ]
        }
        try run { () throws(SQLiteError) in
            database.forgetStatements()
            try database.connection.execute("VACUUM")
        }
        return PruneResult(removed: last - oldest, kept: head + 1 - last)
    }

    private func lastPrunable(before time: String) throws(JournalError) -> Int {
        // The newest event stays: the chain goes on from it.
        var bounds: [Int] = [try head().sequence]
        for sql in [
            "SELECT min(sequence) FROM events WHERE timestamp >= ?",
            "SELECT min(sequence) FROM attempts WHERE state IN ('created', 'running') AND ? <> ''",
        ] {
            try query(sql, [.text(time)]) { row in if !row.isNull(0) { bounds.append(row.integer(0)) } }
        }
        return (bounds.min() ?? 1) - 1
    }

    /// The projections as of an event, derived in memory, as an artifact.
    private func storeSnapshot(through last: Int) throws(JournalError) -> Digest {
        let memory: Database
        do throws(SQLiteError) {
            let connection = try Connection(":memory:")
            try connection.execute(ProjectionTables.creation)
            memory = Database(connection)
        } catch { throw .database(error, path: path) }
        if let seal = try firstSeal() { try load(seal, into: memory) }
        try replay(into: memory, through: last)
        let writer = try stored { () throws(ArtifactError) in try artifacts.writer() }
        var failure: ArtifactError?
        try run { () throws(SQLiteError) in
            try ProjectionDump.forEachLine(of: memory) { line in
                guard failure == nil else { return }
                do throws(ArtifactError) { try writer.write(Array(line.utf8)) } catch { failure = error }
            }
        }
        if let failure { throw .artifact(failure) }
        return try stored { () throws(ArtifactError) in try writer.finish().digest }
    }

    private func stored<Value>(_ body: () throws(ArtifactError) -> Value) throws(JournalError) -> Value {
        do throws(ArtifactError) { return try body() } catch { throw .artifact(error) }
    }
}
