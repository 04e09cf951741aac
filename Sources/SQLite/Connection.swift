internal import Basics
internal import CSQLite

/// One connection to a database file.
package struct Connection: ~Copyable {
    package struct Options: Sendable {
        package var isReadOnly = false
        package var createsFile = true
        /// How long a locked database is waited for.
        package var busyTimeout = Duration.seconds(10)
        /// Called once, when the wait begins.
        package var onWait: (@Sendable () -> Void)?
        /// The most bytes that a write-ahead log may have to stay when the last connection closes.
        ///
        /// That saves two waits for the disk; the next connection reads it, and what was committed is as safe in it.
        package var keptLog = 0
        /// Run when the connection opens, such as `journal_mode=WAL`.
        package var pragmas: [String] = []

        package init() {}
    }

    let pointer: OpaquePointer
    private let path: String
    private let keptLog: Int
    private let patience: LockWait

    package init(_ path: String, options: Options = Options()) throws(SQLiteError) {
        let patience = LockWait(timeout: options.busyTimeout, onWait: options.onWait)
        pointer = try Self.open(path, options, patience)
        (self.path, keptLog) = (path, options.keptLog)
        self.patience = patience
    }

    /// Opens the file and runs the pragmas; the handle is closed again when one fails.
    private static func open(
        _ path: String, _ options: Options, _ patience: LockWait
    ) throws(SQLiteError) -> OpaquePointer {
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        flags |= options.isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        if options.createsFile && !options.isReadOnly { flags |= SQLITE_OPEN_CREATE }
        var raw: OpaquePointer?
        var code = sqlite3_open_v2(path, &raw, flags, nil)
        sqlite3_busy_handler(raw, waitPatiently, Unmanaged.passUnretained(patience).toOpaque())
        for pragma in options.pragmas where code == SQLITE_OK { code = set(pragma, raw, patience) }
        guard code == SQLITE_OK, let raw else {
            sqlite3_close_v2(raw)
            throw SQLiteError(code: code, "open the database '\(path)'")
        }
        return raw
    }

    /// Two that change a new file to a write-ahead log would wait for each other for ever, so that SQLite ends one of
    /// them without asking its busy handler: the wait is done here.
    private static func set(_ pragma: String, _ raw: OpaquePointer?, _ patience: LockWait) -> Int32 {
        // Not 0: what SQLite waited for itself counts.
        var attempt: Int32 = 1
        while true {
            let code = sqlite3_exec(raw, "PRAGMA \(pragma)", nil, nil, nil)
            guard code & 0xFF == SQLITE_BUSY, patience.wait(attempt: attempt) else { return code }
            attempt += 1
        }
    }

    deinit {
        if keptLog > 0, (try? FileSystem.status(path + "-wal"))?.size ?? 0 <= keptLog { shim_keep_log(pointer) }
        sqlite3_close_v2(pointer)
    }

    /// Runs statements that take no values and give no rows.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(pointer, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code: code, "use the database '\(path)'", sql: sql) }
    }

    package func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        var raw: OpaquePointer?
        let code = sqlite3_prepare_v3(pointer, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &raw, nil)
        guard code == SQLITE_OK, let raw else {
            throw SQLiteError(code: code, "prepare a statement for '\(path)'", sql: sql)
        }
        return Statement(raw, sql: sql)
    }

    /// Runs one statement and hands each row to `body`.
    package func query(
        _ sql: String, _ values: [SQLValue] = [], each body: (borrowing Row) throws(SQLiteError) -> Void = { _ in }
    ) throws(SQLiteError) {
        let statement = try prepare(sql)
        try statement.run(values, each: body)
    }

    /// The first column of the first row.
    package func scalar(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) -> SQLValue? {
        var found: SQLValue?
        try query(sql, values) { (row) throws(SQLiteError) in if found == nil { found = row[0] } }
        return found
    }

    /// Runs `body` with the write lock held, and takes everything back when it throws.
    package func transaction<Result, Failure: Error>(
        converting convert: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(SQLiteError) { try execute("BEGIN IMMEDIATE") } catch { throw convert(error) }
        let result: Result
        do throws(Failure) { result = try body() } catch {
            rollback()
            throw error
        }
        do throws(SQLiteError) { try execute("COMMIT") } catch {
            rollback()
            throw convert(error)
        }
        return result
    }

    package func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
        try transaction(converting: { $0 }, body)
    }

    /// Everything that `body` reads is of one moment, whatever others write meanwhile; inside a transaction it is
    /// already.
    package func reading<Result, Failure: Error>(
        converting convert: (SQLiteError) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard sqlite3_get_autocommit(pointer) != 0 else { return try body() }
        do throws(SQLiteError) { try execute("BEGIN") } catch { throw convert(error) }
        defer { rollback() }
        return try body()
    }

    /// SQLite may have rolled back by itself, and then this has nothing to do.
    private func rollback() {
        if sqlite3_get_autocommit(pointer) == 0 { sqlite3_exec(pointer, "ROLLBACK", nil, nil, nil) }
    }

    /// Brings the schema to the newest version: `migrations[n]` leads from version n to n + 1.
    package func migrate(_ migrations: [String]) throws(SQLiteError) {
        let operation = "use the database '\(path)'"
        guard try schemaVersion() != migrations.count else { return }
        try transaction { () throws(SQLiteError) in
            let found = try schemaVersion()
            guard found <= migrations.count else {
                throw SQLiteError(.tooNew(found: found, known: migrations.count), operation)
            }
            for (version, sql) in migrations.enumerated().dropFirst(found) {
                try execute(sql)
                try execute("PRAGMA user_version = \(version + 1)")
            }
        }
    }

    /// Rows that the last statement changed.
    package var changes: Int { Int(sqlite3_changes(pointer)) }

    package var lastInsertedRow: Int { Int(sqlite3_last_insert_rowid(pointer)) }

    package func schemaVersion() throws(SQLiteError) -> Int { try scalar("PRAGMA user_version")?.integer ?? 0 }

    /// Copies the database, as it is at one moment, into a new file.
    package func backup(to file: String) throws(SQLiteError) {
        let target = try Connection(file)
        guard let job = sqlite3_backup_init(target.pointer, "main", pointer, "main") else {
            throw SQLiteError(code: sqlite3_extended_errcode(target.pointer), "back up '\(path)' to '\(file)'")
        }
        let code = sqlite3_backup_step(job, -1)
        sqlite3_backup_finish(job)
        guard code == SQLITE_DONE else { throw SQLiteError(code: code, "back up '\(path)' to '\(file)'") }
    }
}
