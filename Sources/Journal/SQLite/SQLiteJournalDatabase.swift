internal import Basics
internal import SQLite

/// A journal's tables in one SQLite file, or in memory.
final class SQLiteJournalDatabase: JournalDatabase {
    let place: String
    let file: Database
    private let identity: FileIdentity?
    private var dataVersion = 0

    init(_ file: Database, path: String) {
        (self.file, place) = (file, path)
        identity = FileSystem.identity(path)
    }

    // MARK: Statements

    func run(
        _ sql: SQLText, _ values: [SQLValue], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) {
        var failure: JournalError?
        do throws(SQLiteError) {
            try file.run(sql, values) { row in Self.hand(row, to: body, &failure) }
        } catch { throw .database(error, path: place) }
        if let failure { throw failure }
    }

    func query(
        _ sql: String, _ values: [SQLValue], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) {
        var failure: JournalError?
        do throws(SQLiteError) {
            try file.connection.query(sql, values) { row in Self.hand(row, to: body, &failure) }
        } catch { throw .database(error, path: place) }
        if let failure { throw failure }
    }

    /// Keeps what `body` throws until the statement has ended.
    private static func hand(
        _ row: borrowing Row, to body: (borrowing JournalRow) throws(JournalError) -> Void,
        _ failure: inout JournalError?
    ) {
        guard failure == nil else { return }
        do throws(JournalError) { try body(.sqlite(row.again)) } catch { failure = error }
    }

    func write(_ sql: SQLText, _ values: [SQLValue]) throws(JournalError) {
        do throws(SQLiteError) { try file.run(sql, values) } catch { throw .database(error, path: place) }
    }

    func change(_ sql: SQLText, _ values: [SQLValue]) throws(JournalError) -> Int {
        try write(sql, values)
        return file.connection.changes
    }

    func execute(_ sql: String) throws(JournalError) {
        do throws(SQLiteError) { try file.connection.execute(sql) } catch { throw .database(error, path: place) }
    }

    func width(of table: String) throws(JournalError) -> Int {
        try number("SELECT count(*) FROM pragma_table_info(?)", [.text(table)]) ?? 0
    }

    // MARK: Transactions

    func transaction<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        let place = place
        return try file.connection.transaction(converting: { JournalError.database($0, path: place) }, body)
    }

    /// The log of a database is one file: who waits for a later transaction waits for those before it.
    func postponing<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        try execute("PRAGMA synchronous = NORMAL")
        let result: Result
        do throws(JournalError) { result = try body() } catch {
            try execute("PRAGMA synchronous = FULL")
            throw error
        }
        try execute("PRAGMA synchronous = FULL")
        return result
    }

    func reading<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        let place = place
        return try file.connection.reading(converting: { JournalError.database($0, path: place) }, body)
    }

    func began(_ journal: Journal) throws(JournalError) {
        // What is written into a file that was put aside is lost.
        guard FileSystem.identity(place) == identity else { throw .replaced(path: place) }
        var version = dataVersion
        try run(JournalStatements.dataVersion) { row in version = row.integer(0) }
        if version != dataVersion { journal.projections.projector.forget() }
        dataVersion = version
    }

    // MARK: Events and chains

    func append(_ drafts: [EventDraft], to journal: Journal) throws(JournalError) -> [EventRecord] {
        try journal.writing { () throws(JournalError) in drafts }
    }

    /// A look into the file costs nothing that would be saved.
    func expect(_ ids: [String]) throws(JournalError) {}

    func insert(_ row: NewEventRow) throws(JournalError) -> Bool {
        let (record, subject) = (row.record, row.subject)
        let values: [SQLValue] = [
            .integer(record.sequence), .text(record.id), .text(record.type.name), .text(record.timestamp),
            .optional(record.actor), .utf8(row.payload), .optional(row.previous), .text(row.hash),
            .integer(row.chain.id), .optional(subject.target), .optional(subject.task), .optional(subject.attempt),
        ]
        do throws(SQLiteError) { try file.run(JournalStatements.insertion, values) } catch {
            guard error.kind == .constraint else { throw .database(error, path: place) }
            return false
        }
        return true
    }

    func addChain(_ name: ChainName, startingAt start: Digest?) throws(JournalError) -> ChainRow {
        try write(JournalStatements.addChain, [.text(name.text), .optional(start?.hex)])
        return ChainRow(id: file.connection.lastInsertedRow, name: name, start: start)
    }

    func move(_ chain: ChainRow) throws(JournalError) {
        try write(
            JournalStatements.moveChain,
            [.integer(chain.events), .optional(chain.hash), .integer(chain.sequence), .integer(chain.id)])
    }

    func removeEvents(through last: Int) throws(JournalError) {
        try execute(JournalSchema.unguarding)
        try query("DELETE FROM events WHERE sequence <= ?", [.integer(last)]) { _ in }
        try execute(JournalSchema.guards)
    }

    func compact() throws(JournalError) {
        file.forgetStatements()
        try execute("VACUUM")
    }
}
