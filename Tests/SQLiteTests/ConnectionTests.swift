import Basics
import Processes
import SQLite
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct ConnectionTests {
    private func options(_ change: (inout Connection.Options) -> Void) -> Connection.Options {
        var options = Connection.Options()
        change(&options)
        return options
    }

    @Test func bindsAndReadsEveryKindOfValue() throws {
        let connection = try Connection(":memory:")
        try connection.execute("CREATE TABLE t (a, b, c, d, e)")
        let values: [SQLValue] = [
            .null, .integer(-9_007_199_254_740_993), .real(0.5), .text("é\0x"), .blob([0, 255]),
        ]
        try connection.query("INSERT INTO t VALUES (?, ?, ?, ?, ?)", values)
        var rows: [[SQLValue]] = []
        try connection.query("SELECT * FROM t") { row in rows.append((0..<5).map { row[$0] }) }
        #expect(rows == [values])
    }

    @Test func leavesASmallLogToALaterTime() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a.db"
        let small = options { ($0.keptLog, $0.pragmas) = (1 << 20, ["journal_mode=WAL"]) }
        do {
            let connection = try Connection(path, options: small)
            try connection.execute("CREATE TABLE t (a); INSERT INTO t VALUES ('kept')")
        }
        #expect(FileSystem.exists(path + "-wal"))
        do {
            let connection = try Connection(path, options: small)
            #expect(try connection.scalar("SELECT a FROM t") == .text("kept"))
            try connection.execute("INSERT INTO t VALUES (zeroblob(2000000))")
        }
        #expect(!FileSystem.exists(path + "-wal"))
        #expect(try Connection(path).scalar("SELECT count(*) FROM t") == .integer(2))
    }

    @Test func takesBackAFailedTransaction() throws {
        let connection = try Connection(":memory:")
        try connection.execute("CREATE TABLE t (a UNIQUE)")
        #expect(throws: SQLiteError.self) {
            try connection.transaction { () throws(SQLiteError) in
                try connection.query("INSERT INTO t VALUES (1)")
                try connection.query("INSERT INTO t VALUES (1)")
            }
        }
        #expect(try connection.scalar("SELECT count(*) FROM t") == .integer(0))
    }

    @Test func errorsSayTheSQLAndNeverTheValues() throws {
        let connection = try Connection(":memory:")
        try connection.execute("CREATE TABLE t (a UNIQUE CHECK (a != 'marker-value'))")
        #expect {
            try connection.query("INSERT INTO t VALUES (?)", [.text("marker-value")])
        } throws: { error in
            let text = "\(error)"
            return (error as? SQLiteError)?.kind == .constraint && text.contains("INSERT INTO t")
                && text.contains("275")
                && !text.contains("marker-value")
        }
        #expect(throws: SQLiteError.self) { try connection.query("SELECT ?") }
        #expect(throws: SQLiteError.self) { try connection.execute("NOT SQL") }
    }

    @Test func migratesForwardAndRefusesTheFuture() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/db"
        let migrations = ["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y"]
        try Connection(path).migrate([migrations[0]])
        let connection = try Connection(path)
        try connection.migrate(migrations)
        try connection.query("INSERT INTO a (x, y) VALUES (1, 2)")
        #expect(throws: SQLiteError(.tooNew(found: 2, known: 1), "use the database '\(path)'")) {
            try Connection(path).migrate([migrations[0]])
        }
    }

    @Test func aFailedMigrationLeavesTheOldSchema() throws {
        let connection = try Connection(":memory:")
        #expect(throws: SQLiteError.self) { try connection.migrate(["CREATE TABLE a (x)", "NONSENSE"]) }
        #expect(try connection.schemaVersion() == 0)
        #expect(try connection.scalar("SELECT count(*) FROM sqlite_master") == .integer(0))
    }

    @Test func waitsForALockAndThenSaysBusy() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/db"
        let holder = try Connection(path)
        try holder.execute("CREATE TABLE t (a); BEGIN IMMEDIATE")
        let waited = Cancellation()
        let other = try Connection(
            path,
            options: options {
                $0.busyTimeout = .milliseconds(100)
                $0.onWait = { waited.cancel() }
            })
        #expect { try other.execute("BEGIN IMMEDIATE") } throws: { ($0 as? SQLiteError)?.kind == .busy }
        #expect(waited.isCancelled)
        try holder.execute("COMMIT")
        try other.execute("BEGIN IMMEDIATE; COMMIT")
    }

    /// Others may write while a file gets its write-ahead log, as when two make one journal at once.
    @Test func waitsForAWriterBeforeItChangesTheKindOfLog() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/db"
        let holder = try Connection(path)
        try holder.execute("CREATE TABLE t (a); BEGIN IMMEDIATE")
        let waits = Cancellation()
        let logged = options {
            $0.pragmas = ["journal_mode=WAL"]
            $0.onWait = { waits.cancel() }
        }
        let opened = Box()
        Workers.inBackground {
            opened.put(Result { try Connection(path, options: logged).scalar("PRAGMA journal_mode") })
        }
        waitUntil { waits.isCancelled || opened.value != nil }
        try holder.execute("COMMIT")
        waitUntil { opened.value != nil }
        #expect(try opened.value?.get() == .text("wal"))
    }

    @Test func namesFilesThatAreNoDatabases() throws {
        let directory = try TemporaryDirectory()
        let text = try directory.write("text", String(repeating: "not a database at all\n", count: 100))
        #expect { try Connection(text).schemaVersion() } throws: { ($0 as? SQLiteError)?.kind == .notADatabase }
        let readOnly = options { $0.isReadOnly = true }
        #expect { _ = try Connection(directory.path + "/absent", options: readOnly).schemaVersion() } throws: {
            ($0 as? SQLiteError)?.kind == .cannotOpen
        }
        #expect(!FileSystem.exists(directory.path + "/absent"))
    }

    @Test func noticesDamage() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/db"
        do {
            let connection = try Connection(path)
            try connection.execute("CREATE TABLE t (a)")
            for _ in 0..<200 {
                try connection.query("INSERT INTO t VALUES (?)", [.text(String(repeating: "x", count: 500))])
            }
        }
        var bytes = try FileSystem.read(path, limit: 10 << 20)
        for index in 4096..<12288 { bytes[index] = 0xAA }
        try FileSystem.write(bytes, to: path)
        #expect { try Connection(path).scalar("SELECT sum(length(a)) FROM t") } throws: {
            ($0 as? SQLiteError)?.kind == .corrupt
        }
    }

    @Test func saysThatThereIsNoRoom() throws {
        let connection = try Connection(":memory:", options: options { $0.pragmas = ["max_page_count=5"] })
        try connection.execute("CREATE TABLE t (a)")
        #expect {
            for _ in 0..<100 { try connection.query("INSERT INTO t VALUES (zeroblob(1000))") }
        } throws: { ($0 as? SQLiteError)?.kind == .full }
    }

    @Test func losesNothingCommittedWhenTheWriterIsKilled() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/db"
        try Connection(path, options: options { $0.pragmas = ["journal_mode=WAL"] }).execute("CREATE TABLE t (a)")
        let script = """
            import sqlite3, os, signal
            db = sqlite3.connect('\(path)', isolation_level=None)
            db.execute('INSERT INTO t VALUES (1)')
            db.execute('BEGIN IMMEDIATE')
            db.execute('INSERT INTO t VALUES (2)')
            os.kill(os.getpid(), signal.SIGKILL)
            """
        let outcome = try Subprocess(
            "python3", ["-c", script], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        ).run()
        #expect(outcome.ending == .signalled(9))
        let connection = try Connection(path)
        #expect(try connection.scalar("SELECT group_concat(a) FROM t") == .text("1"))
    }

    @Test func backsUpWhileOthersWrite() throws {
        let directory = try TemporaryDirectory()
        let connection = try Connection(
            directory.path + "/db", options: options { $0.pragmas = ["journal_mode=WAL"] })
        try connection.execute("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        let writer = try Connection(directory.path + "/db")
        try writer.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)")
        try connection.backup(to: directory.path + "/copy")
        try writer.execute("COMMIT")
        #expect(try Connection(directory.path + "/copy").scalar("SELECT count(*) FROM t") == .integer(1))
    }
}

/// What another thread came to.
private final class Box: Sendable {
    private let state = Mutex<Result<SQLValue?, any Error>?>(nil)

    var value: Result<SQLValue?, any Error>? { state.withLock { $0 } }

    func put(_ value: Result<SQLValue?, any Error>) { state.withLock { $0 = value } }
}
