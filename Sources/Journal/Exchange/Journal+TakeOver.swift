internal import Basics
internal import SQLite

/// What came over from another journal.
package struct TakeOverResult: Hashable, Sendable {
    /// What was looked at in the other journal, event by event.
    package let found: JournalVerification
    /// All of it stood here already.
    package let wasThere: Bool
    /// Whether what the other journal had derived from its events is what they say.
    package let isDerivedAlike: Bool
}

extension Journal {
    /// Takes over everything of another journal, whatever database it is in: each event at its place, with its hash.
    ///
    /// This one is empty, or has the same already; anything else is refused. All of it comes, or nothing: what was
    /// interrupted is done again from the beginning. The other journal stays as it is.
    package func takeOver(
        _ source: Journal, isHeld: (Claim) throws(JournalError) -> Bool
    ) throws(JournalError) -> TakeOverResult {
        try source.reading { () throws(JournalError) in
            // Before the transaction here, which must not stand still for so long.
            let found = try source.sound()
            return try transaction { () throws(JournalError) in
                for claim in try source.claims() where try isHeld(claim) { throw .running(claim) }
                return try head().sequence == 0
                    ? try fill(from: source, found) : try compare(with: source, found)
            }
        }
    }

    private func compare(
        with source: Journal, _ found: JournalVerification
    ) throws(JournalError) -> TakeOverResult {
        guard try head() == source.head(), try chainHeads() == source.chainHeads() else {
            throw .unsuited(
                "the journal '\(path)' holds other events than '\(source.path)' already",
                hint: "export the one and import it into the other, or name an empty database")
        }
        let isAlike = try projections.digest() == source.projections.digest()
        return TakeOverResult(found: found, wasThere: true, isDerivedAlike: isAlike)
    }

    /// What stands here, once all of it was looked at and fits.
    func sound() throws(JournalError) -> JournalVerification {
        let found = try verify()
        if let broken = found.firstBreak { throw .doesNotFit(broken, doing: "nothing was taken over") }
        return found
    }

    /// Fills this journal, which is empty, within the transaction that is open.
    func fill(from source: Journal, _ found: JournalVerification) throws(JournalError) -> TakeOverResult {
        let head = try source.head()
        projections.projector.forget()
        if let seal = try source.firstSeal() { try source.load(seal, into: database) }
        var copy = ChainCopy(self, try source.chainRows())
        try copy.skipRemoved(try source.firstSeal()?.chains ?? [])
        try source.query(JournalSchema.selection + " ORDER BY sequence") { (row) throws(JournalError) in
            try copy.take(row)
        }
        try copy.finish()
        try projections.projector.flush()
        try database.run(
            JournalStatements.moveHead,
            [.integer(head.sequence), .optional(head.hash?.hex), .integer(head.sequence)])
        for claim in try source.claims() { try add(claim) }
        let here = try verify()
        if let broken = here.firstBreak { throw .doesNotFit(broken, doing: "nothing was taken over") }
        guard here.head == found.head, here.chains == found.chains else {
            throw .unreadableProjection("the chains that were taken over")
        }
        let isAlike = try projections.digest() == source.projections.digest()
        return TakeOverResult(found: found, wasThere: false, isDerivedAlike: isAlike)
    }

    /// Copies the files that the events of another journal refer to, where they are not here yet; returns how many.
    package func takeOverArtifacts(of source: Journal) throws(JournalError) -> Int {
        guard source.artifacts.root != artifacts.root else { return 0 }
        var copied = 0
        for digest in try source.reachableArtifacts() {
            let (path, from) = (artifacts.path(of: digest), source.artifacts.path(of: digest))
            // One that is missing there is missing here, as 'journal verify' says of both.
            guard !FileSystem.exists(path), FileSystem.exists(from) else { continue }
            do throws(ArtifactError) {
                let writer = try artifacts.writer()
                var failure: ArtifactError?
                do throws(FileError) {
                    try FileSystem.readPieces(from) { piece in
                        guard failure == nil else { return }
                        do throws(ArtifactError) { try writer.write(Array(piece)) } catch { failure = error }
                    }
                } catch { throw .file(error) }
                if let failure { throw failure }
                guard try writer.finish().digest == digest else { throw .altered(digest) }
            } catch { throw .artifact(error) }
            copied += 1
        }
        return copied
    }
}

/// Copies events to their places in another journal.
private struct ChainCopy {
    private let journal: Journal
    /// The chains here, by their numbers there.
    private var chains: [Int: ChainRow] = [:]
    private var sealed: [ChainName: String] = [:]
    private var waiting: [NewEventRow] = []
    /// So many are asked about and written at once.
    private static let piece = 500

    init(_ journal: Journal, _ rows: [ChainRow]) {
        self.journal = journal
        for row in rows {
            chains[row.id] = row
            sealed[row.name] = row.sealed
        }
    }

    /// Makes the chains as they stood where the oldest event that is left begins.
    mutating func skipRemoved(_ removed: [ChainHead]) throws(JournalError) {
        let heads = Dictionary(removed.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        for (number, row) in chains.sorted(by: { $0.key < $1.key }) {
            var here = try journal.database.addChain(row.name, startingAt: row.start)
            if let head = heads[row.name] {
                (here.events, here.hash, here.digest) = (head.events, head.hash.hex, head.hash)
                here.sequence = row.sequence
            }
            chains[number] = here
        }
    }

    mutating func take(_ row: borrowing JournalRow) throws(JournalError) {
        let number = row.integer(8)
        guard var chain = chains[number] else { throw .unreadableProjection("the chain of an event") }
        let record = try EventRow(row).record()
        let subject = EventSubject(target: row.text(9), task: row.text(10), attempt: row.text(11))
        let hex = record.hash.hex
        waiting.append(
            NewEventRow(
                record: record, payload: row.withUTF8(5) { Array($0) }, previous: row.text(6), hash: hex,
                chain: chain, subject: subject))
        (chain.events, chain.hash, chain.digest) = (chain.events + 1, hex, record.hash)
        chain.sequence = record.sequence
        chains[number] = chain
        if waiting.count >= Self.piece { try write() }
    }

    private mutating func write() throws(JournalError) {
        try journal.database.expect(waiting.map(\.record.id))
        for row in waiting {
            guard try journal.database.insert(row) else { throw .differentEvent(id: row.record.id) }
            try journal.projections.projector.project(EventFacts(row.record, row.subject))
        }
        waiting.removeAll(keepingCapacity: true)
    }

    mutating func finish() throws(JournalError) {
        try write()
        for chain in chains.values {
            try journal.database.move(chain)
            guard let seal = sealed[chain.name] else { continue }
            try journal.database.run(JournalStatements.sealChain, [.text(seal), .text(chain.name.text)])
        }
    }
}
