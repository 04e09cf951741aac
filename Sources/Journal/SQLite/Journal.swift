package import Basics
internal import SQLite

/// The record of all that was done, in one SQLite file: append-only, every event chained to the one before it in its
/// chain.
package final class Journal: JournalStore {
    /// The largest payload of one event.
    package static let payloadLimit = 1 << 20
    /// No payload is nested deeper.
    package static let payloadDepth = 64
    /// How long a journal that another process writes is waited for.
    package static let defaultPatience = Duration.seconds(10)

    /// The version of the library that keeps the file.
    package static var engineVersion: String { SQLiteLibrary.version }

    package let path: String
    package let projections: Projections
    let database: Database
    let failpoints: Failpoints
    private let file: FileIdentity?
    private var dataVersion = 0

    /// The directory that holds the journal and what belongs to it.
    private var home: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

    /// The files that events refer to, beside the journal.
    package var artifacts: ArtifactStore { ArtifactStore(root: home + "/artifacts") }

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
        projections = Projections(database, path: path)
        file = FileSystem.identity(path)
        try catchUp()
    }

    /// Opens a journal to read it; `nil` when there is none, and nothing is created.
    package init?(
        reading path: String, patience: Duration = defaultPatience, onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) {
        guard FileSystem.exists(path) else { return nil }
        (self.path, failpoints) = (path, .none)
        database = try Self.open(path, patience, onWait, createsFile: false)
        projections = Projections(database, path: path)
        file = FileSystem.identity(path)
        try catchUp()
        try run { () throws(SQLiteError) in try database.connection.execute("PRAGMA query_only = ON") }
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
        try writing { () throws(JournalError) in drafts }
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

    /// All that `body` writes, or nothing.
    func transaction<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        let path = path
        do throws(JournalError) {
            return try database.connection.transaction(converting: { JournalError.database($0, path: path) }) {
                () throws(JournalError) in
                // What is written into a file that was put aside is lost.
                guard FileSystem.identity(path) == file else { throw .replaced(path: path) }
                try forgetWhatOthersChanged()
                return try body()
            }
        } catch {
            projections.projector.forget()
            throw error
        }
    }

    private func forgetWhatOthersChanged() throws(JournalError) {
        var version = dataVersion
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.dataVersion) { row in version = row.integer(0) }
        }
        if version != dataVersion { projections.projector.forget() }
        dataVersion = version
    }

    /// Everything that `body` reads is of one moment; inside a transaction it is already.
    package func reading<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        let path = path
        return try database.connection.reading(converting: { JournalError.database($0, path: path) }, body)
    }

    func insertAll(_ drafts: [EventDraft]) throws(JournalError) -> [EventRecord] {
        guard let first = drafts.first else { return [] }
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
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.head) { row in
                head = (row.integer(0), Digest(hex: row.text(1) ?? ""), row.integer(2))
            }
        }
        return head
    }

    /// The newest event as it stands in the table.
    func lastEvent() throws(JournalError) -> JournalHead {
        var last = JournalHead(sequence: 0, hash: nil)
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.last) { row in
                last = JournalHead(sequence: row.integer(0), hash: Digest(hex: row.text(1) ?? ""))
            }
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
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.chains) { row in rows.append(ChainRow(row)) }
        }
        return rows
    }

    // MARK: Reading

    func event(id: String) throws(JournalError) -> EventRecord? {
        var found: EventRow?
        try run { () throws(SQLiteError) in
            try database.run(JournalStatements.byID, [.text(id)]) { row in found = EventRow(row) }
        }
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
        _ sql: String, _ values: [SQLValue] = [], each body: (borrowing Row) throws(SQLiteError) -> Void
    ) throws(JournalError) {
        try run { () throws(SQLiteError) in try database.connection.query(sql, values, each: body) }
    }

    func run<Result>(_ body: () throws(SQLiteError) -> Result) throws(JournalError) -> Result {
        do throws(SQLiteError) { return try body() } catch { throw .database(error, path: path) }
    }
}
