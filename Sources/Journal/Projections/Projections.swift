package import Basics
internal import Crypto
internal import SQLite

/// What is derived from the events of one store, to be asked.
package final class Projections {
    let database: any JournalDatabase
    let projector: Projector

    init(_ database: any JournalDatabase) {
        self.database = database
        projector = Projector(database: database)
    }

    /// Projections of a store that keeps nothing on the disk.
    static func inMemory() throws(JournalError) -> Projections {
        do throws(SQLiteError) {
            let connection = try Connection(":memory:")
            try connection.execute(ProjectionTables.creation)
            return Projections(SQLiteJournalDatabase(Database(connection), path: ":memory:"))
        } catch { throw .database(error, path: ":memory:") }
    }

    /// Runs a question; its rows are lent to `body`.
    func query(
        _ sql: String, _ values: [SQLValue] = [], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) { try database.query(sql, values, each: body) }

    func project(_ records: [EventRecord]) throws(JournalError) {
        for record in records { try projector.project(record) }
        try projector.flush()
    }

    /// The digest of all projections, row by row.
    package func digest() throws(JournalError) -> Digest {
        var digest = SHA256()
        try ProjectionDump.forEachLine(of: database) { line in digest.update(Array(line.utf8)) }
        return digest.finalize()
    }
}
