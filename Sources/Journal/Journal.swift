package import Basics
internal import SQLite

/// The record of all that was done: append-only, every event chained to the one before it.
package final class Journal {
    /// The largest payload of one event.
    package static let payloadLimit = 1 << 20

    package let path: String
    private let connection: Connection
    private var insertion: Statement?

    /// Opens the journal, and makes it when it is not there; each commit is on the disk before it returns.
    package init(at path: String, onWait: (@Sendable () -> Void)? = nil) throws(JournalError) {
        if let slash = path.lastIndex(of: "/") {
            do throws(FileError) {
                try FileSystem.createDirectory(String(path[..<slash]), permissions: 0o700)
            } catch { throw .file(error) }
        }
        var options = Connection.Options()
        options.onWait = onWait
        options.pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"]
        self.path = path
        connection = try Self.open(path, options)
    }

    /// Opens a journal to read it; `nil` when there is none, and nothing is created.
    package init?(reading path: String) throws(JournalError) {
        guard FileSystem.exists(path) else { return nil }
        var options = Connection.Options()
        options.createsFile = false
        options.pragmas = ["query_only=ON"]
        self.path = path
        connection = try Self.open(path, options, migrates: false)
    }

    private static func open(
        _ path: String, _ options: Connection.Options, migrates: Bool = true
    ) throws(JournalError) -> Connection {
        do throws(SQLiteError) {
            let connection = try Connection(path, options: options)
            if migrates {
                try connection.migrate(JournalSchema.migrations)
            } else if try connection.schemaVersion() > JournalSchema.migrations.count {
                let versions = (try connection.schemaVersion(), JournalSchema.migrations.count)
                throw SQLiteError(.tooNew(found: versions.0, known: versions.1), "read the journal")
            }
            return connection
        } catch { throw .database(error, path: path) }
    }

    /// Appends events, all or none; one that is there already with the same content is left as it is.
    @discardableResult
    package func append(_ drafts: [EventDraft]) throws(JournalError) -> [Event] {
        let path = path
        return try connection.transaction(converting: { JournalError.database($0, path: path) }) {
            () throws(JournalError) in
            var head = try self.head()
            var events: [Event] = []
            for draft in drafts {
                if let known = try event(id: draft.id) {
                    guard known.describes(draft) else { throw JournalError.differentEvent(id: draft.id) }
                    events.append(known)
                } else {
                    let event = try insert(draft, after: head)
                    head = (event.sequence, event.hash)
                    events.append(event)
                }
            }
            return events
        }
    }

    private func insert(
        _ draft: EventDraft, after head: (sequence: Int, hash: Digest?)
    ) throws(JournalError) -> Event {
        let payload = draft.payload.utf8(.canonical)
        guard payload.count <= Self.payloadLimit else {
            throw .payloadTooLarge(type: draft.type.name, bytes: payload.count, limit: Self.payloadLimit)
        }
        let hash = EventHash.compute(draft, canonicalPayload: payload, previous: head.hash)
        let values: [SQLValue] = [
            .integer(head.sequence + 1), .text(draft.id), .text(draft.type.name), .text(draft.timestamp),
            .text(draft.actor), .text(String(decoding: payload, as: UTF8.self)), .optional(head.hash?.hex),
            .text(hash.hex), .optional(draft.payload["target"]?.string),
            .optional(draft.payload["task_id"]?.string),
            .optional(draft.payload["attempt_id"]?.string),
        ]
        try run { () throws(SQLiteError) in
            if insertion == nil { insertion = try connection.prepare(JournalSchema.insertion) }
            try insertion?.run(values)
        }
        return Event(
            sequence: head.sequence + 1, id: draft.id, type: draft.type, timestamp: draft.timestamp,
            actor: draft.actor, payload: draft.payload, previousHash: head.hash, hash: hash)
    }

    /// The place and hash of the newest event; 0 and `nil` in an empty journal.
    package func head() throws(JournalError) -> (sequence: Int, hash: Digest?) {
        var head: (Int, Digest?) = (0, nil)
        try run { () throws(SQLiteError) in
            try connection.query("SELECT sequence, hash FROM events ORDER BY sequence DESC LIMIT 1") { row in
                head = (row.integer(0), Digest(hex: row.text(1) ?? ""))
            }
        }
        return head
    }

    private func event(id: String) throws(JournalError) -> Event? {
        try select("WHERE event_id = ?", [.text(id)]).first
    }

    /// The events that a query asks for.
    package func events(_ query: EventQuery = EventQuery()) throws(JournalError) -> [Event] {
        try select(query.clause, query.values)
    }

    /// Lends every event, oldest first, to `body`; the whole journal need not fit into memory.
    package func forEachEvent(_ body: (StoredEvent) -> Void) throws(JournalError) {
        try run { () throws(SQLiteError) in
            try connection.query(JournalSchema.selection + " ORDER BY sequence") { row in body(StoredEvent(row)) }
        }
    }

    private func select(_ clause: String, _ values: [SQLValue]) throws(JournalError) -> [Event] {
        var rows: [StoredEvent] = []
        try run { () throws(SQLiteError) in
            try connection.query(JournalSchema.selection + " " + clause, values) { row in
                rows.append(StoredEvent(row))
            }
        }
        var events: [Event] = []
        for row in rows { events.append(try row.event()) }
        return events
    }

    private func run(_ body: () throws(SQLiteError) -> Void) throws(JournalError) {
        do throws(SQLiteError) { try body() } catch { throw .database(error, path: path) }
    }
}

extension Event {
    /// Whether a draft would write the same event; what JSON cannot tell apart is the same.
    fileprivate func describes(_ draft: EventDraft) -> Bool {
        hash == EventHash.compute(draft, previous: previousHash)
    }
}
