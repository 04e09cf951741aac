internal import Basics
internal import PostgreSQL

/// Gives committed events their places in the feed, one sequencer at a time, and derives what follows from them.
///
/// Positions are given after the events are committed and in the order in which the sequencer finds them, so that whoever
/// has read up to a position has read everything up to it: no event ever comes to stand before one that was seen.
struct PostgresSequencer {
    /// A place in a chain.
    struct Place: Hashable {
        let chain: Int
        let position: Int
    }

    /// An event that has its place in a chain, and its place in the feed as soon as it is given one.
    struct Placed {
        let place: Place
        let record: EventRecord
        let subject: EventSubject
    }

    private let database: PostgresJournalDatabase
    private let projector: Projector
    private var connection: PostgresConnection { database.connection }

    init(_ database: PostgresJournalDatabase, _ projector: Projector) {
        (self.database, self.projector) = (database, projector)
    }

    /// Does it in a transaction of its own; `own` are events that need not be read again.
    ///
    /// Returns the places of those that this call placed.
    func run(own: [Place: Placed]) throws(JournalError) -> [Place: Int] {
        do throws(JournalError) {
            return try database.transaction { () throws(JournalError) in try catchUp(own: own) }
        } catch {
            projector.forget()
            throw error
        }
    }

    /// Does it in the transaction that is open.
    @discardableResult
    func catchUp(own: [Place: Placed] = [:]) throws(JournalError) -> [Place: Int] {
        let answers = try database.served { () throws(PostgresError) in
            // Whoever holds the row of the head is the one sequencer, and sees all that was committed before.
            try connection.ask([(PostgresStatements.lockHead, []), (PostgresStatements.takePending, [])])
        }
        let head = answers[0][0].integer(0)
        if head != database.lastSeen { projector.forget() }
        database.lastSeen = head
        let runs = Self.runs(answers[1])
        guard !runs.isEmpty else { return [:] }
        let events = try events(of: runs, own)
        var (places, sequence): ([Place: Int], Int) = ([:], head)
        for event in events {
            sequence += 1
            places[event.place] = sequence
            try projector.project(EventFacts(event.record.placed(at: sequence), event.subject))
        }
        try projector.flush()
        try write(events, after: head)
        return places
    }

    /// A run of events of one chain that were committed together.
    private struct Run {
        let number: Int
        let chain: Int
        let positions: ClosedRange<Int>
    }

    private static func runs(_ answer: PostgresAnswer) -> [Run] {
        var runs: [Run] = []
        answer.forEach { row in
            runs.append(
                Run(number: row.integer(0), chain: row.integer(1), positions: row.integer(2)...row.integer(3)))
        }
        return runs.sorted { $0.number < $1.number }
    }

    private func events(of runs: [Run], _ own: [Place: Placed]) throws(JournalError) -> [Placed] {
        var found: [Placed] = []
        var foreign: [Run] = []
        for run in runs {
            let mine = run.positions.compactMap { own[Place(chain: run.chain, position: $0)] }
            if mine.count == run.positions.count { found += mine } else { foreign.append(run) }
        }
        guard !foreign.isEmpty else { return found }
        // In the order of the runs, whoever wrote them.
        var ofRuns: [Int: [Placed]] = [:]
        for event in try read(foreign) {
            let run = foreign.first {
                $0.chain == event.place.chain && $0.positions.contains(event.place.position)
            }
            ofRuns[run?.number ?? 0, default: []].append(event)
        }
        return runs.flatMap { run in
            ofRuns[run.number] ?? run.positions.compactMap { own[Place(chain: run.chain, position: $0)] }
        }
    }

    private func read(_ runs: [Run]) throws(JournalError) -> [Placed] {
        let answer = try database.served { () throws(PostgresError) in
            try connection.ask(
                PostgresStatements.pendingEvents,
                [
                    .integers(runs.map(\.chain)), .integers(runs.map(\.positions.lowerBound)),
                    .integers(runs.map(\.positions.upperBound)),
                ])
        }
        var events: [Placed] = []
        for index in 0..<answer.count {
            let row = JournalRow.postgres(answer[index])
            let place = Place(chain: row.integer(8), position: row.integer(0))
            let subject = EventSubject(target: row.text(9), task: row.text(10), attempt: row.text(11))
            events.append(Placed(place: place, record: try EventRow(row).record(), subject: subject))
        }
        guard events.count == runs.reduce(0, { $0 + $1.positions.count }) else {
            throw .unreadableProjection("the events that have no place in the feed yet")
        }
        return events
    }

    /// Adds the places to the feed, and moves what says how far it goes.
    private func write(_ events: [Placed], after head: Int) throws(JournalError) {
        func texts(_ value: (Placed) -> String?) -> PostgresValue {
            .texts(events.map { value($0).map(PostgresText.encoded) })
        }
        var last: [Int: Int] = [:]
        for (index, event) in events.enumerated() { last[event.place.chain] = index }
        let chains = last.sorted { $0.key < $1.key }.map { (index: $0.value, event: events[$0.value]) }
        guard let newest = events.last else { return }
        let sequence = head + events.count
        try database.served { () throws(PostgresError) in
            try connection.send(
                PostgresStatements.addFeed,
                [
                    .integers(Array(head + 1...sequence)), .integers(events.map(\.place.chain)),
                    .integers(events.map(\.place.position)), texts { $0.record.type.name },
                    texts(\.subject.target), texts(\.subject.task), texts(\.subject.attempt),
                ])
            try connection.send(
                PostgresStatements.moveChains,
                [
                    .integers(chains.map(\.event.place.chain)), .integers(chains.map(\.event.place.position)),
                    .texts(chains.map(\.event.record.hash.hex)), .integers(chains.map { head + 1 + $0.index }),
                ])
            try connection.send(
                PostgresStatements.moveHead, [.integer(sequence), .text(newest.record.hash.hex)])
        }
        database.lastSeen = sequence
    }
}

extension EventRecord {
    /// The same at its place in the feed.
    func placed(at sequence: Int) -> EventRecord {
        EventRecord(
            sequence: sequence, id: id, type: type, timestamp: timestamp, actor: actor, payload: payload,
            previousHash: previousHash, hash: hash)
    }
}
