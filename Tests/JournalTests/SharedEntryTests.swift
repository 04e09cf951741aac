import Basics
import Glibc
import Journal
import PostgreSQL
import Synchronization
import TestSupport
import Testing

/// What the processes of one store have in common, wherever it is kept; and the lease by which one of them leads.
@Suite(.timeLimit(.minutes(60))) struct SharedEntryTests {
    enum Kind: CaseIterable, Sendable {
        case memory, postgres

        /// All that can be had here.
        static var present: [Kind] { allCases.filter { $0 != .postgres || PostgresTestServer.isInstalled } }
    }

    private let directory: TemporaryDirectory
    private let place: String?
    private var url: PostgresURL? { place.map { PostgresURL($0) } }
    private let now = Instant("2026-03-01T12:00:00Z")!

    init() throws {
        directory = try TemporaryDirectory()
        place = PostgresTestServer.isInstalled ? try PostgresTestServer.shared().database() : nil
    }

    /// As two processes have them.
    private func entries(_ kind: Kind) throws -> (any SharedEntries, any SharedEntries) {
        guard kind == .postgres else {
            let memory = MemorySharedEntries()
            return (memory, memory)
        }
        let url = try #require(url)
        _ = try Journal(in: url, home: directory.path)
        return (PostgresSharedEntries(url), PostgresSharedEntries(url))
    }

    private func entry(_ key: String, _ owner: String = "", _ seconds: Int64 = 0) -> SharedEntry {
        SharedEntry(.login, key, owner: owner, ["k": .string(key + "\u{0}é'")], used: now + .seconds(seconds))
    }

    @Test(arguments: Kind.present) func whatOneWritesTheOtherReads(kind: Kind) throws {
        let (one, other) = try entries(kind)
        #expect(try one.add(entry("a", "kim", 2)))
        #expect(try !other.add(entry("a", "jo", 3)))
        #expect(try other.entry(.login, "a") == entry("a", "kim", 2))
        #expect(try other.entry(.told, "a") == nil)
        try other.put(entry("a", "jo", 3))
        try other.put(entry("b", "jo", 1))
        #expect(try one.entries(.login, of: "jo").map(\.key) == ["b", "a"])
        #expect(try one.entries(.login, of: "kim").isEmpty)
        try one.touch(.login, "b", at: now + .seconds(9))
        try one.touch(.login, "c", at: now)
        #expect(try other.entries(.login, of: "jo").map(\.key) == ["a", "b"])
        let seen = try #require(try one.entry(.login, "a"))
        #expect(try other.replace(seen, with: entry("a", "kim", 4)))
        // What was seen is not there any more.
        #expect(try !one.replace(seen, with: entry("a", "zoe", 5)))
        #expect(try one.replace(entry("a", "kim", 4), with: entry("a", "jo", 3)))
        #expect(try !one.replace(entry("none"), with: entry("none")))
        #expect(try one.take(.login, "a") == entry("a", "jo", 3))
        #expect(try other.take(.login, "a") == nil)
        #expect(try other.takeAll(.login, of: "jo").map(\.key) == ["b"])
        #expect(try one.takeAll(.login, of: "jo").isEmpty)
    }

    @Test(arguments: Kind.present) func thoseThatWereUsedLastStay(kind: Kind) throws {
        let (one, other) = try entries(kind)
        for number in 1...6 { try one.put(entry("\(number)", "kim", Int64(number))) }
        try one.put(SharedEntry(.told, "t", used: now))
        try other.trim(.login, to: 10, usedSince: now + .seconds(2))
        #expect(try one.entries(.login, of: "kim").map(\.key) == ["2", "3", "4", "5", "6"])
        try other.trim(.login, to: 3, usedSince: now)
        #expect(try one.entries(.login, of: "kim").map(\.key) == ["4", "5", "6"])
        #expect(try one.entry(.told, "t") != nil)
    }

    @Test(arguments: Kind.present) func oneOfManyGetsIt(kind: Kind) throws {
        let (one, other) = try entries(kind)
        let added = Workers.map(16, atOnce: 8) { number in
            (try? (number % 2 == 0 ? one : other).add(entry("k"))) == true
        }
        #expect(added.count(where: \.self) == 1)
        let taken = Workers.map(16, atOnce: 8) { number in
            ((try? (number % 2 == 0 ? one : other).take(.login, "k")) ?? nil) != nil
        }
        #expect(taken.count(where: \.self) == 1)
    }

    @Test(.enabled(if: PostgresTestServer.isInstalled)) func aServerThatWasRestartedIsMetAnew() throws {
        let server = try PostgresTestServer()
        let url = PostgresURL(try server.database())
        _ = try Journal(in: url, home: directory.path)
        let entries = PostgresSharedEntries(url)
        try entries.put(entry("a"))
        server.crash()
        waitUntil { (try? entries.entry(.login, "a")) == entry("a") }
        #expect(try entries.entry(.login, "a") == entry("a"))
    }

    /// A database of the version before gets the table when it is opened.
    @Test(.enabled(if: PostgresTestServer.isInstalled)) func anOlderDatabaseIsBroughtForward() throws {
        let url = try #require(url)
        let draft = EventDraft(id: "e", timestamp: now.description, actor: "a", .runStopped, about: EventSubject())
        try Journal(in: url, home: directory.path).append([draft])
        let server = try PostgresTestServer.shared()
        let place = try #require(place)
        let indexes = "attempts_by_target, attempts_by_time, attempts_without_end"
        try server.run(
            "DROP TABLE shared_entry; DROP INDEX \(indexes); UPDATE journal_schema SET version = 1", in: place)
        #expect(try Journal(in: url, home: directory.path).events().map(\.id) == ["e"])
        try PostgresSharedEntries(url).put(entry("a"))
        #expect(try server.run("SELECT version FROM journal_schema", in: place) == "3")
        let found = try server.run(
            "SELECT count(*) FROM pg_indexes WHERE indexname IN ('\(indexes.replacing(", ", with: "', '"))')",
            in: place)
        #expect(found == "3")
    }

    // MARK: The lease

    @Test(.enabled(if: PostgresTestServer.isInstalled)) func oneAtATimeLeads() throws {
        let url = try #require(url)
        let (first, second) = (PostgresLease(url, number: 7), PostgresLease(url, number: 7))
        let (ending, isIn, done) = (Cancellation(), Cancellation(), Cancellation())
        Workers.inBackground {
            let led = try? first.run(ending, lost: { _ in }) { lead in
                isIn.cancel()
                lead.wait()
            }
            #expect(led == true)
            done.cancel()
        }
        isIn.wait()
        #expect(try !second.run(Cancellation(), lost: { _ in }) { _ in Issue.record("two lead") })
        // Another lease has nothing to do with it.
        #expect(try PostgresLease(url, number: 8).run(Cancellation(), lost: { _ in }) { _ in })
        ending.cancel()
        done.wait()
        let ran = Cancellation()
        #expect(try second.run(Cancellation(), lost: { _ in }) { _ in ran.cancel() })
        #expect(ran.isCancelled)
    }

    @Test(.enabled(if: PostgresTestServer.isInstalled)) func whoseConnectionEndsLeadsNoMore() throws {
        let url = try #require(url)
        let (server, place) = (try PostgresTestServer.shared(), try #require(place))
        let (isIn, done) = (Cancellation(), Cancellation())
        let losses = Mutex<[String]>([])
        let lease = PostgresLease(url, number: 7)
        Workers.inBackground {
            let led = try? lease.run(Cancellation(), lost: { error in losses.withLock { $0.append("\(error)") } })
            {
                lead in
                isIn.cancel()
                lead.wait()
            }
            #expect(led == true)
            done.cancel()
        }
        isIn.wait()
        try server.run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """, in: place)
        done.wait()
        #expect(losses.withLock { $0.count } == 1)
        #expect(try lease.run(Cancellation(), lost: { _ in }) { _ in })
    }
}
