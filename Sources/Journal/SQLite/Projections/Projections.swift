package import Basics
internal import Crypto
internal import SQLite

/// What is derived from the events of one store, to be asked.
package final class Projections {
    let database: Database
    let projector: Projector
    private let path: String

    init(_ database: Database, path: String) {
        (self.database, self.path) = (database, path)
        projector = Projector(database: database)
    }

    /// Projections of a store that keeps nothing on the disk.
    static func inMemory() throws(JournalError) -> Projections {
        do throws(SQLiteError) {
            let connection = try Connection(":memory:")
            try connection.execute(ProjectionTables.creation)
            return Projections(Database(connection), path: ":memory:")
        } catch { throw .database(error, path: ":memory:") }
    }

    /// Runs a question; its rows are lent to `body`.
    func query(
        _ sql: String, _ values: [SQLValue] = [], each body: (borrowing Row) throws(SQLiteError) -> Void
    ) throws(JournalError) {
        do throws(SQLiteError) { try database.connection.query(sql, values, each: body) } catch {
            throw .database(error, path: path)
        }
    }

    func project(_ records: [EventRecord]) throws(JournalError) {
        do throws(SQLiteError) {
            for record in records { try projector.project(record) }
            try projector.flush()
        } catch { throw .database(error, path: path) }
    }

    /// The digest of all projections, row by row.
    package func digest() throws(JournalError) -> Digest {
        var digest = SHA256()
        do throws(SQLiteError) {
            try ProjectionDump.forEachLine(of: database) { line in digest.update(Array(line.utf8)) }
        } catch { throw .database(error, path: path) }
        return digest.finalize()
    }
}
