internal import Basics
internal import PostgreSQL

/// Events that are appended to chains whose rows are locked: computed one by one, written at once.
struct PostgresBatch {
    private struct Chain {
        let id: Int
        let start: String?
        var position: Int
        var hash: String?
        var isTouched = false
    }

    private struct Row {
        let event: PostgresSequencer.Placed
        let payload: [UInt8]
        let previous: String?
    }

    private var chains: [ChainName: Chain] = [:]
    private var known: [String: PostgresSequencer.Placed] = [:]
    private var rows: [Row] = []
    /// Every event that was asked for, in that order, also those that were there already.
    private(set) var placed: [PostgresSequencer.Placed] = []

    var isEmpty: Bool { rows.isEmpty }

    /// Takes the rows of the chains that are locked.
    init(chains answer: PostgresAnswer) {
        for index in 0..<answer.count {
            let row = JournalRow.postgres(answer[index])
            chains[ChainName(row.text(1) ?? "")] = Chain(
                id: row.integer(0), start: row.text(2), position: row.integer(3), hash: row.text(4))
        }
    }

    /// Takes the events that are there already.
    mutating func takeKnown(_ answer: PostgresAnswer) throws(JournalError) {
        for index in 0..<answer.count {
            let row = JournalRow.postgres(answer[index])
            let record = try EventRow(row).record()
            known[record.id] = PostgresSequencer.Placed(
                place: PostgresSequencer.Place(chain: row.integer(8), position: row.integer(0)), record: record,
                subject: record.subject)
        }
    }

    mutating func add(_ draft: EventDraft, _ payload: [UInt8], _ subject: EventSubject) throws(JournalError) {
        if let there = known[draft.id] {
            guard there.record.describes(draft) else { throw .differentEvent(id: draft.id) }
            placed.append(there)
            return
        }
        let name = ChainName(of: subject)
        guard var chain = chains[name] else { throw .unreadableProjection("the chain '\(name)'") }
        let previous = chain.hash ?? chain.start
        let hash = EventHash.compute(draft, canonicalPayload: payload, previousHex: previous)
        let record = EventRecord(
            sequence: 0, id: draft.id, type: draft.type, timestamp: draft.timestamp, actor: draft.actor,
            payload: draft.payload, previousHash: previous.flatMap { Digest(hex: $0) }, hash: hash)
        (chain.position, chain.hash, chain.isTouched) = (chain.position + 1, hash.hex, true)
        chains[name] = chain
        let event = PostgresSequencer.Placed(
            place: PostgresSequencer.Place(chain: chain.id, position: chain.position), record: record,
            subject: subject)
        known[draft.id] = event
        placed.append(event)
        rows.append(Row(event: event, payload: payload, previous: previous))
    }

    func send(to connection: PostgresConnection) throws(PostgresError) {
        func texts(_ value: (PostgresSequencer.Placed) -> String?) -> PostgresValue {
            .texts(rows.map { value($0.event).map(PostgresText.encoded) })
        }
        let (ids, places) = (texts(\.record.id), rows.map(\.event.place))
        let (inChains, positions) = (
            PostgresValue.integers(places.map(\.chain)), PostgresValue.integers(places.map(\.position))
        )
        try connection.send(
            PostgresStatements.addEvents,
            [
                inChains, positions, ids, texts(\.record.type.name), texts(\.record.timestamp),
                texts(\.record.actor),
                .bytesArray(rows.map(\.payload)), .texts(rows.map(\.previous)), texts(\.record.hash.hex),
                texts(\.subject.target), texts(\.subject.task), texts(\.subject.attempt),
            ])
        try connection.send(PostgresStatements.addIngest, [ids, inChains, positions])
        let touched = chains.values.filter(\.isTouched)
        try connection.send(
            PostgresStatements.moveHeads,
            [
                .integers(touched.map(\.id)), .integers(touched.map(\.position)), .texts(touched.map(\.hash)),
            ])
        let runs = Self.runs(places)
        try connection.send(
            PostgresStatements.addPending,
            [.integers(runs.map(\.chain)), .integers(runs.map(\.first)), .integers(runs.map(\.last))])
    }

    /// Events of one chain that follow each other.
    private static func runs(_ places: [PostgresSequencer.Place]) -> [(chain: Int, first: Int, last: Int)] {
        var runs: [(chain: Int, first: Int, last: Int)] = []
        for place in places {
            if let last = runs.last, last.chain == place.chain, last.last + 1 == place.position {
                runs[runs.count - 1].last = place.position
            } else {
                runs.append((place.chain, place.position, place.position))
            }
        }
        return runs
    }
}
