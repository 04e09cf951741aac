import Basics
import SQLite
import TestSupport
import Testing

/// Statements that are prepared once and run again and again.
@Suite struct StatementTests {
    private static let below = SQLText("SELECT a FROM t WHERE b = ? ORDER BY a")

    private func database() throws -> Database {
        let connection = try Connection(":memory:")
        try connection.execute("CREATE TABLE t (a TEXT, b TEXT)")
        for (child, parent) in [("1", "root"), ("2", "root"), ("3", "1"), ("4", "1"), ("5", "2"), ("6", "4")] {
            // Long texts, which lie in memory of their own.
            try connection.query(
                "INSERT INTO t VALUES (?, ?)", [.text(name(child)), .text(name(parent))])
        }
        return Database(connection)
    }

    private func name(_ text: String) -> String { String(repeating: "long ", count: 100) + text }

    private func walk(_ node: String, _ database: Database, _ seen: inout [String]) throws(SQLiteError) {
        var found = seen
        try database.run(Self.below, [.text(node)]) { (row) throws(SQLiteError) in
            let child = row.text(0) ?? ""
            found.append(String(child.suffix(1)))
            try walk(child, database, &found)
        }
        seen = found
    }

    /// The inner run must neither take the outer one's values nor its rows.
    @Test func runsWithinItsOwnRows() throws {
        var seen: [String] = []
        try walk(name("root"), try database(), &seen)
        #expect(seen == ["1", "3", "4", "6", "2", "5"])
    }

    @Test func runsAgainAfterAFailureInItsRows() throws {
        let database = try database()
        for _ in 0..<3 {
            #expect(throws: SQLiteError.self) {
                try database.run(Self.below, [.text(name("root"))]) { (_) throws(SQLiteError) in
                    throw SQLiteError(.other, "stop")
                }
            }
        }
        var count = 0
        try database.run(Self.below, [.text(name("root"))]) { _ in count += 1 }
        #expect(count == 2)
    }
}
