import Basics
import Glibc
import Journal
import PostgreSQL
import Synchronization
import TestSupport
import Testing

/// Server and clients die at random under load, a few times here and `CRASH_ROUNDS` times with `make crash-postgres`:
/// nothing that was acknowledged is lost, nothing is there twice, chains are unbroken, the feed has no gap.
@Suite(.serialized, .enabled(if: PostgresTestServer.isInstalled), .timeLimit(.minutes(60)))
struct PostgresCrashTests {
    private static let rounds = environmentNumber("CRASH_ROUNDS") ?? 4
    private static let seed = environmentNumber("CRASH_SEED") ?? 7

    private static func environmentNumber(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    private static func draft(_ id: String, target: String?) -> EventDraft {
        EventDraft(
            id: id, timestamp: "2026-01-01T00:00:00Z", actor: "a", .runStopped,
            about: EventSubject(target: target, task: nil, attempt: nil))
    }

    private static func open(_ url: String, _ home: String) throws -> Journal {
        try Journal(in: PostgresURL(url), home: home, patience: .seconds(30))
    }

    /// What was acknowledged, written down where it outlives whoever wrote it.
    private static func append(
        _ journal: Journal, _ name: String, _ number: Int, _ note: (String) -> Void
    ) throws {
        let ids = (0...number % 4).map { "\(name)-\(number)-\($0)" }
        let drafts = ids.enumerated().map { index, id in
            draft(id, target: ["shop", "bank", nil, name][(number + index) % 4])
        }
        try journal.append(drafts)
        for id in ids { note(id) }
    }

    @Test func nothingIsLostAndNothingIsThereTwice() async throws {
        let (server, directory) = (try PostgresTestServer(), try TemporaryDirectory())
        let (url, home) = (try server.database(), directory.path)
        _ = try Self.open(url, home)
        var random = SeededRandom(seed: UInt64(Self.seed))
        var acknowledged: Set<String> = []
        var seen: [EventRecord] = []
        for round in 0..<Self.rounds {
            let pause = UInt32.random(in: 20_000...400_000, using: &random)
            let (crashes, dies) = (round % 3 != 2, round % 3 != 1)
            let life = UInt32.random(in: 100_000...900_000, using: &random)
            async let dying: Void = Self.runUntilDeath(dies, url, home, round, life)
            let done = Workers.map(4, atOnce: 4) { worker -> [String] in
                if worker < 3 { return Self.write("round-\(round)-\(worker)", 20, url, home) }
                usleep(pause)
                if crashes { server.crash() }
                return []
            }.flatMap { $0 }
            await dying
            acknowledged.formUnion(done)
            acknowledged.formUnion(try Self.lines(home + "/acknowledged-\(round)"))
            seen = try check(url, home, acknowledged, seen, round)
        }
        #expect(acknowledged.count > Self.rounds * 50)
    }

    private static func lines(_ path: String) throws -> [String] {
        guard FileSystem.exists(path) else { return [] }
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 24), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }

    /// Appends while the server comes and goes: a store that gives up for good would leave this short.
    private static func write(_ name: String, _ count: Int, _ url: String, _ home: String) -> [String] {
        var acknowledged: [String] = []
        var journal: Journal?
        for number in 0..<count {
            for _ in 0..<100 {
                do {
                    if journal == nil { journal = try open(url, home) }
                    if let journal { try append(journal, name, number) { acknowledged.append($0) } }
                    break
                } catch {
                    usleep(50_000)
                }
            }
        }
        return acknowledged
    }

    /// A process that dies while it writes.
    private static func runUntilDeath(
        _ dies: Bool, _ url: String, _ home: String, _ round: Int, _ life: UInt32
    ) async {
        guard dies else { return }
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [url = url as String, home = home as String, round = round as Int, life = life as UInt32] in
            Workers.inBackground {
                usleep(life)
                kill(getpid(), SIGKILL)
            }
            let file = fopen(home + "/acknowledged-\(round)", "a")
            for number in 0... {
                do {
                    let journal = try PostgresCrashTests.open(url, home)
                    for again in 0..<50 {
                        try PostgresCrashTests.append(journal, "dying-\(round)", number * 50 + again) { id in
                            fputs(id + "\n", file)
                            fflush(file)
                        }
                    }
                } catch {
                    usleep(20_000)
                }
            }
        }
    }

    private func check(
        _ url: String, _ home: String, _ acknowledged: Set<String>, _ before: [EventRecord], _ round: Int
    ) throws -> [EventRecord] {
        var journal: Journal?
        waitUntil {
            journal = try? Self.open(url, home)
            return journal != nil
        }
        let store = try #require(journal, "the server came back")
        let events = try store.events()
        let ids = events.map(\.id)
        #expect(Set(ids).count == ids.count, "round \(round)")
        #expect(acknowledged.subtracting(ids).isEmpty, "round \(round)")
        #expect(events.map(\.sequence) == Array(1...events.count), "round \(round)")
        // What was seen at a place stays there.
        #expect(Array(events.prefix(before.count)) == before, "round \(round)")
        #expect(try store.verify().firstBreak == nil, "round \(round)")
        #expect(try !store.rebuild(), "round \(round)")
        return events
    }

    @Test func aTransactionThatWasInterruptedLeavesNothing() throws {
        let (server, directory) = (try PostgresTestServer(), try TemporaryDirectory())
        let url = try server.database()
        let journal = try Self.open(url, directory.path)
        let claim = Claim(
            target: "shop", task: "t", attempt: "a", repository: "/r", mark: .lock("a"), holder: "me",
            claimedAt: "2026")
        #expect(throws: JournalError.self) {
            try journal.claim(claim) { _ in
                server.crash()
                return [Self.draft("e1", target: "shop")]
            }
        }
        try journal.append([Self.draft("e2", target: "shop")])
        #expect(try journal.claims().isEmpty && journal.events().map(\.id) == ["e2"])
        try journal.claim(claim) { _ in [Self.draft("e1", target: "shop")] }
        #expect(try journal.claims() == [claim] && journal.verify().firstBreak == nil)
    }

    @Test func aServerThatStaysAwayIsSaidAndTakenUpAgain() throws {
        let (server, directory) = (try PostgresTestServer(), try TemporaryDirectory())
        let url = try server.database()
        let journal = try Journal(in: PostgresURL(url), home: directory.path, patience: .milliseconds(300))
        try journal.append([Self.draft("e1", target: nil)])
        try server.hold(true)
        server.crash()
        let error = try #require(
            #expect(throws: JournalError.self) { try journal.append([Self.draft("e2", target: nil)]) })
        #expect(error.hint?.contains("check that the database server runs") == true, "\(error)")
        #expect(throws: JournalError.self) { try journal.events() }
        try server.hold(false)
        waitUntil { (try? journal.events().count) != nil }
        try journal.append([Self.draft("e2", target: nil)])
        #expect(try journal.events().map(\.id) == ["e1", "e2"])
    }

    @Test func aFullDiskIsSaidAndNothingIsHalfWritten() throws {
        let server = try PostgresTestServer.shared()
        let (url, directory) = (try server.database(), try TemporaryDirectory())
        let journal = try Self.open(url, directory.path)
        try journal.append([Self.draft("e1", target: nil)])
        // The server says it as it does where a file cannot grow.
        try server.run(
            """
            CREATE FUNCTION be_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION
            'could not extend file "base/1": No space left on device' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON feed FOR EACH ROW EXECUTE FUNCTION be_full()
            """, in: url)
        let error = try #require(
            #expect(throws: JournalError.self) { try journal.append([Self.draft("e2", target: nil)]) })
        #expect(error.causes.joined().contains("No space left on device"))
        #expect(error.hint == "free some space on the server's disk")
        #expect(try journal.events().map(\.id) == ["e1"] && journal.verify().firstBreak == nil)
        try server.run("DROP TRIGGER full_disk ON feed", in: url)
        try journal.append([Self.draft("e2", target: nil)])
        #expect(try journal.events().map(\.id) == ["e1", "e2"] && journal.verify().firstBreak == nil)
    }
}
