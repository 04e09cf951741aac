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

    package func run(
        _ sql: SQLText, _ values: [SQLValue] = [],
        each body: (borrowing Row) throws(SQLiteError) -> Void = { _ in }
    ) throws(SQLiteError) {
        let key = ObjectIdentifier(sql)
        if statements[key] == nil { statements[key] = PreparedStatement(try connection.prepare(sql.text)) }
        try statements[key]?.statement.run(values, each: body)
    }

    /// Forgets every prepared statement, as must be before tables are dropped.
    package func forgetStatements() { statements = [:] }
}

/// Gives a statement an identity.
private final class PreparedStatement {
    let statement: Statement

    init(_ statement: consuming Statement) { self.statement = statement }
}
