internal import Basics
internal import Glibc
internal import PostgreSQL

/// Appends events while others do the same: only who writes into the same chain waits.
///
/// The events are committed first and get their places in the feed then. Whoever dies in between leaves that to the next
/// one, and what was committed is never committed again: an event is known by its id.
struct PostgresAppender {
    private let database: PostgresJournalDatabase
    private let journal: Journal
    private let failpoints: Failpoints
    private var connection: PostgresConnection { database.connection }

    init(_ database: PostgresJournalDatabase, _ journal: Journal, _ failpoints: Failpoints) {
        (self.database, self.journal, self.failpoints) = (database, journal, failpoints)
    }

    /// Tries again while the server is away for a moment, or others stood in the way.
    func append(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        guard !drafts.isEmpty else { return [] }
        let batch = try drafts.map { (draft) throws(JournalError) in
            Draft(
                draft: draft, payload: try CanonicalPayload.text(of: draft),
                subject: EventCodec.subject(of: draft.payload))
        }
        let end = MonotonicTime.now + database.patience
        var wait: UInt32 = 5000
        while true {
            do throws(JournalError) {
                guard try !database.hasOpenFirstEdition() else {
                    return try journal.writing { () throws(JournalError) in drafts }
                }
                return try once(batch)
            } catch {
                guard case .server(let problem) = error, problem.mayPass, MonotonicTime.now < end else {
                    throw error
                }
                if wait == 5000, problem.isLoss { database.waiting() }
                usleep(wait)
                wait = min(wait * 2, 500_000)
            }
        }
    }

    private struct Draft {
        let draft: EventDraft
        let payload: [UInt8]
        let subject: EventSubject
        var chain: ChainName { ChainName(of: subject) }
    }

    private func once(_ batch: [Draft]) throws(JournalError) -> [EventRecord] {
        let events = try database.transaction { () throws(JournalError) in try commit(batch) }
        var own: [PostgresSequencer.Place: PostgresSequencer.Placed] = [:]
        for event in events { own[event.place] = event }
        let placed = try PostgresSequencer(database, journal.projections.projector).run(own: own)
        let missing = events.map(\.place).filter { placed[$0] == nil }
        let others = missing.isEmpty ? [:] : try places(missing)
        return events.map { $0.record.placed(at: placed[$0.place] ?? others[$0.place] ?? 0) }
    }

    /// Where somebody else's call put them.
    private func places(_ missing: [PostgresSequencer.Place]) throws(JournalError) -> [PostgresSequencer.Place:
        Int]
    {
        let answer = try database.served { () throws(PostgresError) in
            try connection.ask(
                PostgresStatements.places,
                [.integers(missing.map(\.chain)), .integers(missing.map(\.position))])
        }
        var places: [PostgresSequencer.Place: Int] = [:]
        answer.forEach { row in
            places[PostgresSequencer.Place(chain: row.integer(0), position: row.integer(1))] = row.integer(2)
        }
        return places
    }

    // MARK: One transaction

    private func commit(_ batch: [Draft]) throws(JournalError) -> [PostgresSequencer.Placed] {
        let names = Set(batch.map(\.chain.text)).map(PostgresText.encoded)
        let ids = Set(batch.map(\.draft.id)).map(PostgresText.encoded)
        let answers = try database.served { () throws(PostgresError) in
            try connection.send(PostgresStatements.shareGate)
            try connection.send(PostgresStatements.makeChains, [.texts(names)])
            return try connection.ask([
                (PostgresStatements.lockChains, [.texts(names)]), (PostgresStatements.knownEvents, [.texts(ids)]),
            ])
        }
        var writer = PostgresBatch(chains: answers[0])
        try writer.takeKnown(answers[1])
        for event in batch { try writer.add(event.draft, event.payload, event.subject) }
        if !writer.isEmpty {
            failpoints.reach(.insideTransaction)
            try database.served { () throws(PostgresError) in try writer.send(to: connection) }
        }
        return writer.placed
    }
}

extension PostgresError {
    /// Whether the same may be possible in a moment.
    fileprivate var mayPass: Bool {
        switch kind {
        case .conflict, .connectionLost, .cannotConnect: true
        // Somebody else wrote an event of the same id into another chain at the same time.
        case .constraint: state == "23505"
        default: false
        }
    }
}
