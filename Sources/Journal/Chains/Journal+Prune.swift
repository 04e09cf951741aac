package import Basics
internal import SQLite

/// What was removed.
package struct PruneResult: Hashable, Sendable {
    package let removed: Int
    package let kept: Int
    /// Targets whose holds kept events that would have been removed.
    package var held: [String] = []
    /// The digest of the file that the removed events are in.
    package var archive: Digest?
}

extension Journal {
    /// The checkpoint that vouches for what lies before the oldest event; `nil` where nothing does.
    func firstSeal() throws(JournalError) -> Event.PruneSeal? {
        var first: Int?
        try query("SELECT sequence FROM events ORDER BY sequence LIMIT 1") { row in first = row.integer(0) }
        guard let first, first > 1 else { return nil }
        return try seals().last { $0.lastSequence == first - 1 }
    }

    /// Every checkpoint, oldest first.
    func seals() throws(JournalError) -> [Event.PruneSeal] {
        var ask = EventQuery()
        ask.types = [.journalPruned]
        return try events(ask).compactMap { record in
            if case .journalPruned(let seal) = record.event { seal } else { nil }
        }
    }

    /// Fills empty projections with what a checkpoint kept.
    func load(_ seal: Event.PruneSeal, into database: any JournalDatabase) throws(JournalError) {
        let bytes: [UInt8]
        do throws(ArtifactError) {
            bytes = try artifacts.read(seal.snapshot, limit: ArtifactFiles.fileLimit)
        } catch {
            throw .brokenSeal(sequence: seal.lastSequence, reason: error.description)
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let isKnown: Bool
            do {
                isKnown = try ProjectionDump.insert(JSON.parse(line), into: database)
            } catch { throw .brokenSeal(sequence: seal.lastSequence, reason: "\(error)") }
            guard isKnown else {
                throw .brokenSeal(sequence: seal.lastSequence, reason: "its snapshot is of another version")
            }
        }
    }

    /// Removes the events before a time, as far as no attempt that still runs began among them; refused where they do
    /// not fit, since nobody could find that out afterwards.
    ///
    /// A checkpoint keeps the chains verifiable, and what the removed events had come to. With `archive` the events
    /// are in a file of that name, as 'export' writes them, before anything is removed.
    package func prune(
        before time: String, archive: String? = nil, _ draft: (Event) -> EventDraft
    ) throws(JournalError) -> PruneResult {
        var result = PruneResult(removed: 0, kept: 0)
        _ = try writing { () throws(JournalError) in
            let found = try verify()
            if let broken = found.firstBreak { throw .doesNotFit(broken, doing: "nothing was removed") }
            let (oldest, head) = (found.prunedEvents, try head().sequence)
            let (last, held) = try held(try lastPrunable(before: time))
            guard last > oldest, let hash = try hash(of: last) else {
                result = PruneResult(removed: 0, kept: head - oldest, held: held)
                return []
            }
            let written = try archive.map { (file) throws(JournalError) in try self.archive(through: last, file) }
            result = PruneResult(removed: last - oldest, kept: head + 1 - last, held: held, archive: written)
            let seal = Event.PruneSeal(
                removed: last - oldest, lastSequence: last, lastHash: hash,
                snapshot: try storeSnapshot(through: last), before: time, chains: try chains(through: last),
                archive: written)
            try database.removeEvents(through: last)
            return [draft(.journalPruned(seal))]
        }
        guard result.removed > 0 else { return result }
        try database.compact()
        return result
    }

    private func hash(of sequence: Int) throws(JournalError) -> Digest? {
        var found: Digest?
        try query("SELECT hash FROM events WHERE sequence = ?", [.integer(sequence)]) { row in
            found = Digest(hex: row.text(0) ?? "")
        }
        return found
    }

    /// Where each chain stood at an event.
    private func chains(through last: Int) throws(JournalError) -> [ChainHead] {
        let before = Dictionary(
            (try firstSeal()?.chains ?? []).map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        var heads: [ChainHead] = []
        for row in try chainRows() {
            var (count, hash): (Int, Digest?) = (0, nil)
            try query(
                "SELECT count(*) FROM events WHERE chain = ?1 AND sequence <= ?2",
                [.integer(row.id), .integer(last)]
            ) {
                count = $0.integer(0)
            }
            try query(
                "SELECT hash FROM events WHERE chain = ?1 AND sequence <= ?2 ORDER BY sequence DESC LIMIT 1",
                [.integer(row.id), .integer(last)]
            ) { hash = $0.text(0).flatMap { Digest(hex: $0) } }
            let known = before[row.name]
            guard let hash = hash ?? known?.hash else { continue }
            heads.append(
                ChainHead(name: row.name, start: row.start, events: (known?.events ?? 0) + count, hash: hash))
        }
        return heads
    }

    private func lastPrunable(before time: String) throws(JournalError) -> Int {
        // The newest event stays: the journal goes on from it.
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
        let memory = try Projections.inMemory()
        if let seal = try firstSeal() { try load(seal, into: memory.database) }
        try replay(into: memory.projector, through: last)
        let writer = try stored { () throws(ArtifactError) in try artifacts.writer() }
        var failure: ArtifactError?
        try ProjectionDump.forEachLine(of: memory.database) { line in
            guard failure == nil else { return }
            do throws(ArtifactError) { try writer.write(Array(line.utf8)) } catch { failure = error }
        }
        if let failure { throw .artifact(failure) }
        return try stored { () throws(ArtifactError) in try writer.finish().digest }
    }

    private func stored<Value>(_ body: () throws(ArtifactError) -> Value) throws(JournalError) -> Value {
        do throws(ArtifactError) { return try body() } catch { throw .artifact(error) }
    }
}
