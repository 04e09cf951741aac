import Basics
import PostgreSQL
import TestSupport
import Testing

/// A connection to a real server.
@Suite(.enabled(if: PostgresTestServer.isInstalled), .timeLimit(.minutes(60))) struct PostgresConnectionTests {
    private let server: PostgresTestServer
    private let url: String
    private let connection: PostgresConnection

    init() throws {
        server = try PostgresTestServer.shared()
        url = try server.database()
        connection = PostgresConnection(PostgresURL(url))
    }

    private func another(_ change: (inout PostgresConnection.Options) -> Void = { _ in }) -> PostgresConnection {
        var options = PostgresConnection.Options()
        change(&options)
        return PostgresConnection(PostgresURL(url), options: options)
    }

    private func kind(_ body: () throws -> Void) throws -> PostgresError.Kind {
        try #require(#expect(throws: PostgresError.self) { try body() }).kind
    }

    @Test func valuesComeBackAsTheyWent() throws {
        try connection.send("CREATE TABLE t (n bigint, s text, b bytea)")
        let bytes = (0...255).map { UInt8($0) }
        let text = "a'\"\\{}, \u{1F600}\n"
        for number in [0, 1, -1, 255, -256, Int.max, Int.min] {
            try connection.send(
                "INSERT INTO t VALUES ($1, $2, $3)", [.integer(number), .text(text), .bytes(bytes)])
        }
        try connection.send("INSERT INTO t VALUES ($1, $2, $3)", [.null, .null, .null])
        let answer = try connection.ask("SELECT n, s, b FROM t WHERE n IS NULL OR n < 1000 AND n > -1000")
        var numbers: [Int] = []
        answer.forEach { row in
            guard !row.isNull(0) else {
                return #expect(row.text(1) == nil && row.isNull(2) && row.integer(0) == 0)
            }
            numbers.append(row.integer(0))
            #expect(row.text(1) == text && row.withBytes(2) { Array($0) } == bytes)
            #expect(row.text(0) == "\(row.integer(0))")
        }
        #expect(numbers.sorted() == [-256, -1, 0, 1, 255])
        let ends = try connection.ask("SELECT min(n), max(n) FROM t")
        #expect(ends[0].integer(0) == .min && ends[0].integer(1) == .max && ends.count == 1)
    }

    @Test func manyRowsInOneStatement() throws {
        try connection.send("CREATE TABLE t (n bigint, s text, b bytea)")
        let texts: [String?] = ["a", nil, "", "{\"x\\\",NULL}", "NULL"]
        let bytes: [[UInt8]] = [[], [0], [92, 34], [1, 2, 3], [255]]
        let answer = try connection.ask(
            "INSERT INTO t SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])",
            [.integers([1, 2, 3, 4, 5]), .texts(texts), .bytesArray(bytes)])
        #expect(answer.changes == 5)
        var found: [(String?, [UInt8])] = []
        try connection.ask("SELECT s, b FROM t ORDER BY n").forEach { row in
            found.append((row.text(0), row.withBytes(1) { Array($0) }))
        }
        #expect(found.map(\.0) == texts && found.map(\.1) == bytes)
        #expect(try connection.ask("SELECT $1::bytea[] = '{}'", [.bytesArray([])])[0].integer(0) == 1)
    }

    @Test func manyAreUnderwayAtOnce() throws {
        try connection.send("CREATE TABLE t (n bigint PRIMARY KEY, s text)")
        // More than what sockets hold, so that whoever only writes would wait for ever.
        let long = String(repeating: "x", count: 10_000)
        for number in 0..<5000 {
            try connection.send("INSERT INTO t VALUES ($1, $2) RETURNING s", [.integer(number), .text(long)])
        }
        #expect(try connection.ask("SELECT count(*) FROM t")[0].integer(0) == 5000)
    }

    @Test func allOrNothing() throws {
        struct Refusal: Error {}
        try connection.send("CREATE TABLE t (n bigint PRIMARY KEY)")
        #expect(throws: Refusal.self) {
            try connection.transaction(converting: { $0 as any Error }) {
                try connection.send("INSERT INTO t VALUES (1)")
                throw Refusal()
            }
        }
        let found = try kind {
            try connection.transaction(converting: { $0 as any Error }) {
                for number in [1, 2, 1, 3] { try connection.send("INSERT INTO t VALUES ($1)", [.integer(number)]) }
            }
        }
        #expect(found == .constraint)
        #expect(try connection.ask("SELECT count(*) FROM t")[0].integer(0) == 0)
        try connection.transaction(converting: { $0 as any Error }) {
            try connection.send("INSERT INTO t VALUES ($1)", [.integer(1)])
        }
        #expect(try another().ask("SELECT count(*) FROM t")[0].integer(0) == 1)
    }

    @Test func aStatementThatFailedOnceMayBeRight() throws {
        #expect(try kind { _ = try connection.ask("SELECT n FROM later") } == .other)
        try connection.send("CREATE TABLE later (n bigint)")
        #expect(try connection.ask("SELECT n FROM later").count == 0)
        // What was prepared while another statement failed before it is prepared again.
        try connection.send("SELECT 1 / $1::bigint", [.integer(0)])
        #expect(throws: PostgresError.self) { try connection.ask("SELECT 7") }
        #expect(try connection.ask("SELECT 7")[0].integer(0) == 7)
    }

    @Test func aLockIsWaitedForSoLongAndNoLonger() throws {
        let other = another { $0.lockTimeout = .milliseconds(50) }
        try connection.transaction(converting: { $0 as any Error }) {
            try connection.send("SELECT pg_advisory_xact_lock(7)")
            try connection.settle()
            let found = try kind {
                try other.transaction(converting: { $0 as any Error }) {
                    _ = try other.ask("SELECT pg_advisory_xact_lock(7)")
                }
            }
            #expect(found == .busy)
        }
        #expect(try other.ask("SELECT pg_try_advisory_lock(7)")[0].integer(0) == 1)
    }

    @Test func aSilentServerIsGivenUp() throws {
        let other = another { $0.answerTimeout = .milliseconds(100) }
        #expect(try kind { _ = try other.ask("SELECT pg_sleep(600)") } == .timedOut)
        #expect(try other.ask("SELECT 1")[0].integer(0) == 1)
        let left = """
            SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'
            AND datname = current_database()
            """
        waitUntil { (try? connection.askOnce(left)[0].integer(0)) == 0 }
        #expect(try connection.askOnce(left)[0].integer(0) == 0)
    }

    @Test func whoIsCancelledWaitsNoLonger() throws {
        let cancellation = Cancellation()
        let other = another { $0.cancellation = cancellation }
        Workers.inBackground { [server, url] in
            let sleeps = "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(601)'"
            waitUntil { (try? server.run(sleeps, in: url)) == "1" }
            cancellation.cancel()
        }
        #expect(try kind { _ = try other.ask("SELECT pg_sleep(601)") } == .cancelled)
    }

    @Test func aLostConnectionIsMadeAnewButNotWithinATransaction() throws {
        let end = "SELECT pg_terminate_backend($1)"
        func process() throws -> Int { try connection.ask("SELECT pg_backend_pid()")[0].integer(0) }
        let first = try process()
        _ = try another().ask(end, [.integer(first)])
        #expect(try kind { _ = try connection.ask("SELECT 1") } == .connectionLost)
        #expect(try process() != first)
        let found = try kind {
            try connection.transaction(converting: { $0 as any Error }) {
                try connection.send("CREATE TABLE half (n bigint)")
                _ = try another().ask(end, [.integer(try process())])
                _ = try? connection.ask("SELECT 1")
                try connection.send("CREATE TABLE other_half (n bigint)")
            }
        }
        #expect(found == .connectionLost)
        let tables = "SELECT count(*) FROM pg_tables WHERE tablename LIKE '%half'"
        #expect(try connection.ask(tables)[0].integer(0) == 0)
    }

    @Test func aServerThatWasRestartedIsMetAnew() throws {
        let first = try connection.ask("SELECT pg_backend_pid()")[0].integer(0)
        let other = another()
        _ = try other.ask("SELECT pg_terminate_backend($1)", [.integer(first)])
        let isThere = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
        waitUntil { (try? other.ask(isThere, [.integer(first)])[0].integer(0)) == 0 }
        let next = try connection.transaction(converting: { $0 as any Error }) {
            try connection.ask("SELECT pg_backend_pid()")[0].integer(0)
        }
        #expect(next != first)
    }

    @Test func saysWhyItCannotConnectAndShowsNoPassword() throws {
        func problem(_ url: String) throws -> PostgresError {
            let connection = PostgresConnection(PostgresURL(url))
            return try #require(#expect(throws: PostgresError.self) { try connection.ask("SELECT 1") })
        }
        let good = PostgresConnection(PostgresURL(server.networkURL("postgres")))
        #expect(try good.ask("SELECT 1")[0].integer(0) == 1)
        let cases: [(String, PostgresError.Kind)] = [
            (server.networkURL("postgres", password: "hunter2"), .refused),
            (server.networkURL("no_such_database"), .noDatabase),
            ("postgresql://u:hunter2@127.0.0.1:1/x", .cannotConnect),
            ("postgresql://u:hunter2@/x?host=/nonexistent", .cannotConnect),
            ("postgresql://u:hunter2@host:port?no_such_setting=1", .invalidURL), ("hunter2", .invalidURL),
            ("host=127.0.0.1 password='hunter2", .invalidURL),
        ]
        for (url, kind) in cases {
            let error = try problem(url)
            #expect(error.kind == kind, "\(error)")
            let text = "\(error) \(error.hint ?? "") \(PostgresURL(url)) \(String(reflecting: PostgresURL(url)))"
            #expect(!text.contains("hunter2") && !text.contains("pass/word"))
        }
    }

    @Test func aMissingLibraryIsNamed() throws {
        let other = another { $0.libraryName = "libpq-of-nobody.so" }
        let error = try #require(#expect(throws: PostgresError.self) { try other.ask("SELECT 1") })
        #expect(error.kind == .libraryMissing && "\(error)".contains("libpq-of-nobody.so"))
    }

    @Test func aListenerThatSaysNothingIsGivenUp() throws {
        let listener = try SilentListener()
        var options = PostgresConnection.Options()
        options.connectTimeout = .milliseconds(100)
        let silent = PostgresConnection(
            PostgresURL("postgresql://u@127.0.0.1:\(listener.port)/x"), options: options)
        #expect(try kind { _ = try silent.ask("SELECT 1") } == .cannotConnect)
    }
}
