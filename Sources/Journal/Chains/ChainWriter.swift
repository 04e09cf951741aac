internal import Basics
internal import SQLite

/// Appends events to their chains, within one transaction.
struct ChainWriter {
    private let journal: Journal
    private let started: Int
    private var sequence: Int
    private var hash: String?
    private var chains: [ChainName: ChainRow] = [:]
    private var touched: Set<ChainName> = []

    init(_ journal: Journal) throws(JournalError) {
        self.journal = journal
        let head = try journal.trustedHead()
        (started, sequence, hash) = (head.sequence, head.sequence, head.hash?.hex)
    }

    /// How many events were added.
    var added: Int { sequence - started }

    /// The chain of the first edition ends where something is written behind it: the home's chain seals it.
    mutating func closeChains(like draft: EventDraft) throws(JournalError) {
        for row in try unsealed() where row.name == .firstEdition {
            guard let head = row.head else { continue }
            let seal = EventDraft(
                id: "chain-closed-" + head.hash.hex.prefix(32), timestamp: draft.timestamp, actor: draft.actor,
                .chainClosed(head), about: EventSubject())
            _ = try append(seal)
        }
    }

    private func unsealed() throws(JournalError) -> [ChainRow] {
        var rows: [ChainRow] = []
        try journal.database.run(JournalStatements.unsealed) { row in rows.append(ChainRow(row)) }
        return rows
    }

    /// Appends to the chain that the event is about; what is there already with the same content is left as it is.
    mutating func append(_ draft: EventDraft) throws(JournalError) -> EventRecord {
        let subject = EventCodec.subject(of: draft.payload)
        let chain = ChainName(of: subject)
        if let record = try insert(draft, subject, chain) { return record }
        guard let known = try journal.event(id: draft.id), known.describes(draft) else {
            throw .differentEvent(id: draft.id)
        }
        return known
    }

    /// The event; `nil` where one of that id is there already.
    mutating func insert(
        _ draft: EventDraft, _ subject: EventSubject, _ name: ChainName, startingAt start: Digest? = nil
    ) throws(JournalError) -> EventRecord? {
        let payload = try CanonicalPayload.text(of: draft)
        var chain = try row(of: name, startingAt: start)
        let previous = chain.previous
        let digest = EventHash.compute(draft, canonicalPayload: payload, previousHex: previous)
        let hex = digest.hex
        let record = EventRecord(
            sequence: sequence + 1, id: draft.id, type: draft.type, timestamp: draft.timestamp, actor: draft.actor,
            payload: draft.payload, previousHash: chain.digest ?? chain.start, hash: digest)
        let row = NewEventRow(
            record: record, payload: payload, previous: previous, hash: hex, chain: chain, subject: subject)
        guard try journal.database.insert(row) else { return nil }
        try journal.projections.projector.project(EventFacts(record, subject))
        (sequence, hash) = (record.sequence, hex)
        (chain.events, chain.hash, chain.sequence) = (chain.events + 1, hex, sequence)
        chain.digest = digest
        chains[name] = chain
        touched.insert(name)
        if let sealed = Self.seal(in: draft) { try mark(sealed) }
        return record
    }

    /// The chain of that name; made when it is not there.
    mutating func row(of name: ChainName, startingAt start: Digest?) throws(JournalError) -> ChainRow {
        if let known = chains[name] { return known }
        if let stored = try stored(name) {
            chains[name] = stored
            return stored
        }
        let made = try journal.database.addChain(name, startingAt: start)
        chains[name] = made
        return made
    }

    /// The chain of that name as it is now; `nil` where there is none.
    func known(_ name: ChainName) throws(JournalError) -> ChainRow? {
        if let known = chains[name] { return known }
        return try stored(name)
    }

    /// The chain that ends with that hash.
    func chain(endingWith hash: Digest) throws(JournalError) -> ChainRow? {
        if let row = chains.values.first(where: { $0.hash == hash.hex }) { return row }
        var found: ChainRow?
        try journal.database.run(JournalStatements.chainEndingWith, [.text(hash.hex)]) { row in
            found = ChainRow(row)
        }
        return found.flatMap { touched.contains($0.name) ? nil : $0 }
    }

    private func stored(_ name: ChainName) throws(JournalError) -> ChainRow? {
        var found: ChainRow?
        try journal.database.run(JournalStatements.chainNamed, [.text(name.text)]) { row in found = ChainRow(row) }
        return found
    }

    // MARK: Seals

    private static func seal(in draft: EventDraft) -> ChainHead? {
        switch draft.type {
        case .chainClosed, .journalImported:
            switch EventCodec.event(draft.type, draft.payload) {
            case .chainClosed(let head): head
            case .journalImported(let seal): seal.chain
            default: nil
            }
        default: nil
        }
    }

    private func mark(_ sealed: ChainHead) throws(JournalError) {
        try journal.database.run(JournalStatements.sealChain, [.text(sealed.hash.hex), .text(sealed.name.text)])
    }

    // MARK: The end

    /// Writes the new heads; the last thing of every transaction that appends.
    func finish() throws(JournalError) {
        guard sequence > started else { return }
        journal.failpoints.reach(.insideTransaction)
        try journal.projections.projector.flush()
        for name in touched { if let chain = chains[name] { try journal.database.move(chain) } }
        try journal.database.run(
            JournalStatements.moveHead, [.integer(sequence), .optional(hash), .integer(sequence)])
    }
}

extension EventRecord {
    /// Whether a draft would write the same event; what JSON cannot tell apart is the same.
    func describes(_ draft: EventDraft) -> Bool { hash == EventHash.compute(draft, previous: previousHash) }
}
