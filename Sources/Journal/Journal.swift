package import Basics
internal import SQLite

/// The record of all that was done: append-only, every event chained to the one before it.
package final class Journal {
    /// The largest payload of one event.
    package static let payloadLimit = 1 << 20
    /// No payload is nested deeper.
    package static let payloadDepth = 64
    /// How long a journal that another process writes is waited for.
    package static let defaultPatience = Duration.seconds(10)

    package let path: String
    let database: Database
    let projector: Projector
    private let failpoints: Failpoints

    /// The files that events refer to, beside the journal.
    package var artifacts: ArtifactStore {
        ArtifactStore(root: (path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".") + "/artifacts")
    }

    /// Opens the journal, and makes it when it is not there; each commit is on the disk before it returns.
    package init(
        at path: String, failpoints: Failpoints = .none, patience: Duration = defaultPatience,
        onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) {
        if let slash = path.lastIndex(of: "/") {
            do throws(FileError) {
                try FileSystem.createDirectory(String(path[..<slash]), permissions: 0o700)
            } catch { throw .file(error) }
        }
        (self.path, self.failpoints) = (path, failpoints)
        database = try Self.open(path, patience, onWait, createsFile: true)
        projector = Projector(database: database)
        try catchUp()
    }

    /// Opens a journal to read it; `nil` when there is none, and nothing is created.
    package init?(
        reading path: String, patience: Duration = defaultPatience, onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) {
        guard FileSystem.exists(path) else { return nil }
        (self.path, failpoints) = (path, .none)
        database = try Self.open(path, patience, onWait, createsFile: false)
        projector = Projector(database: database)
        try catchUp()
        try run { () throws(SQLiteError) in try database.connection.execute("PRAGMA query_only = ON") }
    }

    private static func open(
        _ path: String, _ patience: Duration, _ onWait: (@Sendable () -> Void)?, createsFile: Bool
    ) throws(JournalError) -> Database {
        var options = Connection.Options()
        (options.onWait, options.busyTimeout, options.createsFile) = (onWait, patience, createsFile)
        options.pragmas = [
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF",
            "recursive_triggers=ON",
            "cell_size_check=ON", "cache_size=-32000", "wal_autocheckpoint=10000",
        ]
        do throws(SQLiteError) {
            let connection = try Connection(path, options: options)
            try connection.migrate(JournalSchema.migrations)
            return Database(connection)
        } catch { throw .database(error, path: path) }
    }

    /// Projects events of an older schema, which had no projections.
    private func catchUp() throws(JournalError) {
        let head = try storedHead()
        guard head.projected < head.sequence else { return }
        try rebuild()
    }

    // MARK: Appending

    /// Appends events, all or none; one that is there already with the same content is left as it is.
    @discardableResult
    package func append(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        try writing { (_) throws(JournalError) in drafts }
    }

    /// Appends what a look at the journal finds to be missing: nobody writes between look and record.
    @discardableResult
    package func append(
        missing look: (Journal) throws(JournalError) -> [EventDraft]
    ) throws(JournalError) -> [EventRecord] {
        try writing { (_) throws(JournalError) in try look(self) }
    }

    /// Appends what `body` returns, in the transaction in which it looks and writes.
    func writing(_ body: (Database) throws(JournalError) -> [EventDraft]) throws(JournalError) -> [EventRecord] {
        try transaction { () throws(JournalError) in try insertAll(try body(database)) }
    }

    /// All that `body` writes, or nothing.
    func transaction<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        let path = path
        do throws(JournalError) {
            return try database.connection.transaction(converting: { JournalError.database($0, path: path) }, body)
        } catch {
            projector.forget()
            throw error
        }
    }

    func insertAll(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        guard !drafts.isEmpty else { return [] }
        var head = try trustedHead()
        let start = head.sequence
        var events: [EventRecord] = []
        events.reserveCapacity(drafts.count)
        for draft in drafts {
            if let event = try insert(draft, after: head) {
                head = (event.sequence, event.hash)
                events.append(event)
            } else {
                guard let known = try event(id: draft.id), known.describes(draft) else {
                    throw .differentEvent(id: draft.id)
                }
                events.append(known)
            }
        }
        guard head.sequence > start else { return events }
        failpoints.reach(.insideTransaction)
        try run { () throws(SQLiteError) in
            try projector.flush()
            try database.run(
                JournalStatements.moveHead,
                [.integer(head.sequence), .optional(head.hash?.hex), .integer(head.sequence)])
        }
        return events
    }

    /// The event; `nil` where one of that id is there already.
    private func insert(
        _ draft: EventDraft, after head: (sequence: Int, hash: Digest?)
    ) throws(JournalError) -> EventRecord? {
        let ordered = draft.payload.inCanonicalOrder
        if let problem = ordered.problem(maximumDepth: Self.payloadDepth) {
            throw .unsoundPayload(type: draft.type.name, problem: problem)
        }
        let payload = ordered.utf8(.canonical)
        guard payload.count <= Self.payloadLimit else {
            throw .payloadTooLarge(type: draft.type.name, bytes: payload.count, limit: Self.payloadLimit)
        }
        let hash = EventHash.compute(draft, canonicalPayload: payload, previous: head.hash)
        let event = EventRecord(
            sequence: head.sequence + 1, id: draft.id, type: draft.type, timestamp: draft.timestamp,
            actor: draft.actor, payload: ordered, previousHash: head.hash, hash: hash)
        let facts = EventFacts(event)
        let values: [SQLValue] = [
            .integer(event.sequence), .text(draft.id), .text(draft.type.name), .text(draft.timestamp),
            .optional(draft.actor), .utf8(payload), .optional(head.hash?.hex), .text(hash.hex),
            .optional(facts.target),
            .optional(facts.task), .optional(facts.attempt),
        ]
        do throws(SQLiteError) { try database.run(JournalStatements.insertion, values) } catch {
            guard error.kind == .constraint else { throw .database(error, path: path) }
            return nil
        }
        try run { () throws(SQLiteError) in try projector.project(facts) }
        return event
    }

    // MARK: The head

    /// The place and hash of the newest event; 0 and `nil` in an empty journal.
    package func head() throws(JournalError) -> (sequence: Int, hash: Digest?) {
        let head = try storedHead()
        return (head.sequence, head.hash)
    }

    func storedHead() throws(JournalError) -> (sequence: Int, hash: Digest?, projected: Int) {
        var head: (Int, Digest?, Int) = (0, nil, 0)
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.head) { row in
                head = (row.integer(0), Digest(hex: row.text(1) ?? ""), row.integer(2))
            }
        }
        return head
    }

    /// The newest event as it stands in the table.
    func lastEvent() throws(JournalError) -> (sequence: Int, hash: Digest?) {
        var last: (Int, Digest?) = (0, nil)
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.last) { row in
                last = (row.integer(0), Digest(hex: row.text(1) ?? ""))
            }
        }
        return last
    }

    /// The head, if the newest event is the one that was written last: a chain must not go on from a truncated journal.
    private func trustedHead() throws(JournalError) -> (sequence: Int, hash: Digest?) {
        let (head, last) = (try head(), try lastEvent())
        guard head == last else { throw .truncated(head: head.sequence, last: last.sequence) }
        return head
    }

    // MARK: Reading

    private func event(id: String) throws(JournalError) -> EventRecord? {
        var found: EventRow?
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.byID, [.text(id)]) { row in found = EventRow(row) }
        }
        return try found?.record()
    }

    /// The events that a query asks for.
    package func events(_ query: EventQuery = EventQuery()) throws(JournalError) -> [EventRecord] {
        var rows: [EventRow] = []
        try self.query(JournalSchema.selection + " " + query.clause, query.values) { row in
            rows.append(EventRow(row))
        }
        var events: [EventRecord] = []
        for row in rows { events.append(try row.record()) }
        return events
    }

    /// Runs a question; its rows are lent to `body`.
    func query(
        _ sql: String, _ values: [SQLValue] = [], each body: (borrowing Row) throws(SQLiteError) -> Void
    ) throws(JournalError) {
        try run { () throws(SQLiteError) in try database.connection.query(sql, values, each: body) }
    }

    func run(_ body: () throws(SQLiteError) -> Void) throws(JournalError) {
        do throws(SQLiteError) { try body() } catch { throw .database(error, path: path) }
    }
}

extension EventRecord {
    /// Whether a draft would write the same event; what JSON cannot tell apart is the same.
    fileprivate func describes(_ draft: EventDraft) -> Bool {
        hash == EventHash.compute(draft, previous: previousHash)
    }
}
