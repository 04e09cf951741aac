package import Basics
package import PostgreSQL

extension Journal {
    /// Opens the journal in a PostgreSQL database, and makes its tables when they are not there.
    ///
    /// `home` is where artifacts lie: they are files, whatever database the events are in.
    package convenience init(
        in url: PostgresURL, home: String, failpoints: Failpoints = .none, patience: Duration = defaultPatience,
        onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) {
        let connection = PostgresConnection(url, options: Self.options(patience))
        let database = PostgresJournalDatabase(
            connection, patience: patience, onWait: onWait, failpoints: failpoints)
        try database.migrate()
        try self.init(database, home: home, failpoints: failpoints)
        // What a process that died had committed gets its place in the feed.
        if try database.hasPending() { try transaction { () throws(JournalError) in } }
    }
}

extension Journal {
    /// Nothing here is cancelled: what an interrupted attempt comes to is recorded as well, and each wait has its bound.
    private static func options(_ patience: Duration) -> PostgresConnection.Options {
        var options = PostgresConnection.Options()
        (options.lockTimeout, options.answerTimeout) = (patience, max(patience * 2, .seconds(60)))
        return options
    }

    /// Whether a database holds a journal.
    static func isIn(_ url: PostgresURL) throws(JournalError) -> Bool {
        do throws(PostgresError) {
            let found = try PostgresConnection(url).askOnce(PostgresStatements.isThere)
            return found[0].integer(0) == 1
        } catch { throw .server(error) }
    }
}

extension PostgresJournalDatabase {
    /// Brings the tables to the newest version.
    fileprivate func migrate() throws(JournalError) {
        let newest = PostgresJournalSchema.migrations.count
        guard try version() != newest else { return }
        try transaction { () throws(JournalError) in
            try served { () throws(PostgresError) in _ = try connection.ask(PostgresStatements.closeGate) }
            let found = try version()
            guard found <= newest else {
                throw .server(
                    PostgresError(
                        .tooNew(found: found, known: newest), "use the database \(place)",
                        ["its schema is version \(found), and this program knows up to \(newest)"]))
            }
            try create(from: found)
        }
    }

    /// Makes the tables that come after a version, within the transaction.
    func create(from found: Int = 0) throws(JournalError) {
        let migrations = PostgresJournalSchema.migrations
        try served { () throws(PostgresError) in
            if found == 0 { try connection.sendOnce("CREATE TABLE journal_schema (version bigint NOT NULL)") }
            for statement in migrations.dropFirst(found).joined() { try connection.sendOnce(statement) }
            try connection.sendOnce("DELETE FROM journal_schema")
            try connection.sendOnce("INSERT INTO journal_schema VALUES (\(migrations.count))")
            try connection.settle()
        }
    }

    private func version() throws(JournalError) -> Int {
        try served { () throws(PostgresError) in
            guard try connection.ask(PostgresStatements.isThere)[0].integer(0) == 1 else { return 0 }
            let answer = try connection.askOnce("SELECT max(version) FROM journal_schema")
            return answer[0].integer(0)
        }
    }

    fileprivate func hasPending() throws(JournalError) -> Bool {
        try served { () throws(PostgresError) in
            try connection.ask("SELECT EXISTS (SELECT FROM pending)")[0].integer(0) == 1
        }
    }
}
