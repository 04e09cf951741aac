package import Basics
internal import SQLite

/// The record of all that was done, in a database: append-only, every event chained to the one before it in its chain.
package final class Journal: JournalStore {
    /// The largest payload of one event.
    package static let payloadLimit = 1 << 20
    /// No payload is nested deeper.
    package static let payloadDepth = 64
    /// How long a journal that another process writes is waited for.
    package static let defaultPatience = Duration.seconds(10)

    /// The version of the library that keeps the file.
    package static var engineVersion: String { SQLiteLibrary.version }

    /// Where the journal is, for people to read.
    package var path: String { database.place }
    package let projections: Projections
    let database: any JournalDatabase
    let failpoints: Failpoints
    /// The directory that holds what belongs to the journal.
    private let home: String

    /// The files that events refer to, beside the journal.
    package var artifacts: ArtifactFiles { ArtifactFiles(root: home + "/artifacts") }

    init(_ database: any JournalDatabase, home: String, failpoints: Failpoints = .none) throws(JournalError) {
        (self.database, self.home, self.failpoints) = (database, home, failpoints)
        projections = Projections(database)
        try catchUp()
    }

    /// Opens the journal, and makes it when it is not there; each commit is on the disk before it returns.
    package convenience init(
        at path: String, failpoints: Failpoints = .none, patience: Duration = defaultPatience,
        onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) {
        if let slash = path.lastIndex(of: "/") {
            do throws(FileError) {
                try FileSystem.createDirectory(String(path[..<slash]), permissions: 0o700)
            } catch { throw .file(error) }
        }
        let file = try Self.open(path, patience, onWait, createsFile: true)
        try self.init(SQLiteJournalDatabase(file, path: path), home: Self.home(of: path), failpoints: failpoints)
    }

    /// Opens a journal to read it; `nil` when there is none, and nothing is created.
    package convenience init?(
        reading path: String, patience: Duration = defaultPatience, onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) {
        guard FileSystem.exists(path) else { return nil }
        let database = SQLiteJournalDatabase(
            try Self.open(path, patience, onWait, createsFile: false), path: path)
        try self.init(database, home: Self.home(of: path))
        try database.execute("PRAGMA query_only = ON")
    }

    private static func home(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func open(
        _ path: String, _ patience: Duration, _ onWait: (@Sendable () -> Void)?, createsFile: Bool
    ) throws(JournalError) -> Database {
        var options = Connection.Options()
        (options.onWait, options.busyTimeout, options.createsFile) = (onWait, patience, createsFile)
        options.keptLog = 1 << 20
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

    /// Projects events of an older schema, which had no projections or other ones.
    private func catchUp() throws(JournalError) {
        let head = try storedHead()
        guard head.projected < head.sequence else { return }
        try rebuild()
    }

    // MARK: Appending

    @discardableResult
    package func append(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        try database.append(drafts, to: self)
    }

    /// Appends what nothing outside relies on.
    ///
    /// Other processes see it at once and it outlives this one, and it is on the disk with the next events that are
    /// appended in the ordinary way. A machine that loses its power may lose it.
    @discardableResult
    package func appendBeforeNext(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        try database.postponing { () throws(JournalError) in try database.append(drafts, to: self) }
    }

    /// Appends what a look at the journal finds to be missing: nobody writes between look and record.
    @discardableResult
    package func append(
        missing look: (Journal) throws(JournalError) -> [EventDraft]
    ) throws(JournalError) -> [EventRecord] {
        try writing { () throws(JournalError) in try look(self) }
    }

    /// Appends what `body` returns, in the transaction in which it looks and writes.
    func writing(_ body: () throws(JournalError) -> [EventDraft]) throws(JournalError) -> [EventRecord] {
        try transaction { () throws(JournalError) in try insertAll(try body()) }
    }

    /// All that `body` writes, or nothing; nobody else writes meanwhile.
    func transaction<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        do throws(JournalError) {
            return try database.transaction { () throws(JournalError) in
                try database.began(self)
                return try body()
            }
        } catch {
            projections.projector.forget()
            throw error
        }
    }

    /// Everything that `body` reads is of one moment; inside a transaction it is already.
    package func reading<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        try database.reading(body)
    }

    func insertAll(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        guard let first = drafts.first else { return [] }
        try database.expect(drafts.map(\.id))
        var writer = try ChainWriter(self)
        try writer.closeChains(like: first)
        var events: [EventRecord] = []
        events.reserveCapacity(drafts.count)
        for draft in drafts { events.append(try writer.append(draft)) }
        try writer.finish()
        return events
    }

    // MARK: The head

    package func head() throws(JournalError) -> JournalHead {
        let head = try storedHead()
        return JournalHead(sequence: head.sequence, hash: head.hash)
    }

    func storedHead() throws(JournalError) -> (sequence: Int, hash: Digest?, projected: Int) {
        var head: (Int, Digest?, Int) = (0, nil, 0)
        try database.run(JournalStatements.head) { row in
            head = (row.integer(0), Digest(hex: row.text(1) ?? ""), row.integer(2))
        }
        return head
    }

    /// The newest event as it stands in the table.
    func lastEvent() throws(JournalError) -> JournalHead {
        var last = JournalHead(sequence: 0, hash: nil)
        try database.run(JournalStatements.last) { row in
            last = JournalHead(sequence: row.integer(0), hash: Digest(hex: row.text(1) ?? ""))
        }
        return last
    }

    /// The head, if the newest event is the one that was written last: a chain must not go on from a truncated journal.
    func trustedHead() throws(JournalError) -> JournalHead {
        let (head, last) = (try head(), try lastEvent())
        guard head == last else { throw .truncated(head: head.sequence, last: last.sequence) }
        return head
    }

    package func chainHeads() throws(JournalError) -> [ChainHead] { try chainRows().compactMap(\.head) }

    func chainRows() throws(JournalError) -> [ChainRow] {
        var rows: [ChainRow] = []
        try database.run(JournalStatements.chains) { row in rows.append(ChainRow(row)) }
        return rows
    }

    // MARK: Reading

    func event(id: String) throws(JournalError) -> EventRecord? {
        var found: EventRow?
        try database.run(JournalStatements.byID, [.text(id)]) { row in found = EventRow(row) }
        return try found?.record()
    }

    package func events(_ query: EventQuery) throws(JournalError) -> [EventRecord] {
        var rows: [EventRow] = []
        try self.query(JournalSchema.selection + " " + query.clause, query.values) { row in
            rows.append(EventRow(row))
        }
        var events: [EventRecord] = []
        events.reserveCapacity(rows.count)
        for row in rows { events.append(try row.record()) }
        return events
    }

    /// Runs a question; its rows are lent to `body`.
    func query(
        _ sql: String, _ values: [SQLValue] = [], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) { try database.query(sql, values, each: body) }
}
