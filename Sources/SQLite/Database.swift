/// SQL that is prepared once a database; it is known by its identity, so it lives in a `static let`.
package final class SQLText: Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// A connection that keeps its statements prepared.
package final class Database {
    package let connection: Connection
    private var statements: [ObjectIdentifier: PreparedStatement] = [:]

    package init(_ connection: consuming Connection) { self.connection = connection }

    /// Runs a statement and hands each row to `body`, in which it may be run again: then another one like it is used.
    package func run(
        _ sql: SQLText, _ values: [SQLValue] = [],
        each body: (borrowing Row) throws(SQLiteError) -> Void = { _ in }
    ) throws(SQLiteError) {
        let key = ObjectIdentifier(sql)
        let kept: PreparedStatement
        if let known = statements[key] {
            kept = known
        } else {
            kept = PreparedStatement(try connection.prepare(sql.text))
            statements[key] = kept
        }
        guard !kept.isRunning else { return try connection.prepare(sql.text).run(values, each: body) }
        kept.isRunning = true
        defer { kept.isRunning = false }
        try kept.statement.run(values, each: body)
    }

    /// Forgets every prepared statement, as must be before tables are dropped.
    package func forgetStatements() { statements = [:] }
}

/// Gives a statement an identity.
private final class PreparedStatement {
    let statement: Statement
    /// Its bound values and its rows are in use.
    var isRunning = false

    init(_ statement: consuming Statement) { self.statement = statement }
}
