import Basics
import Journal
import PostgreSQL
import Processes
import TestSupport
import Testing

/// `LEVIATHAN_BACKEND=postgres`: the commands on a journal in a real database.
@Suite(.enabled(if: PostgresTestServer.isInstalled), .timeLimit(.minutes(60))) struct PostgresTests {
    private let target: TestTarget
    private let server: PostgresTestServer
    private let extra: [String: String]
    private let url: String

    init() throws {
        target = try RunTests.target(4, limits: "max_open_prs: 2, max_running_attempts: 2")
        server = try PostgresTestServer.shared()
        let database = try server.run("SELECT 'e2e_' || md5(random()::text)", in: "postgres")
        try server.run("CREATE DATABASE \(database)", in: "postgres")
        // As a person would: over the network, with a password.
        url = server.networkURL(database)
        extra = ["LEVIATHAN_BACKEND": "postgres", "LEVIATHAN_POSTGRES_URL": url]
    }

    private func leviathan(_ words: String..., other: [String: String] = [:]) throws -> ProcessOutcome {
        try target.leviathan(arguments: words, extra: extra.merging(other) { $1 })
    }

    private func json(_ words: String...) throws -> JSON {
        try target.leviathan(arguments: words + ["--json"], extra: extra).json
    }

    @Test func everyCommandFindsTheJournalThere() throws {
        #expect(try leviathan("attempts").errors.text.contains("nothing has been done yet"))
        let preview = try leviathan("propose", "task-1", "--dry-run")
        #expect(preview.succeeded, "\(preview.errors.text)")
        #expect(try server.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", in: url) == "0")
        let done = try leviathan("propose", "task-1", "--json")
        #expect(done.succeeded && done.json["outcome"] == "delivered", "\(done.errors.text)")
        #expect(!FileSystem.exists(target.home + "/journal.db"))
        #expect(try json("attempts").elements?.map { $0["task"] } == ["task-1"])
        let lines = try target.leviathan("events", "--json", extra: extra).output.text.split(separator: "\n")
        let events = try lines.map { try JSON.parse(Array($0.utf8)) }
        #expect(events.map { $0["event_type"]?.string }.last == "attempt.succeeded", "\(events)")
        #expect(events.compactMap { $0["sequence"]?.integer } == Array(1...events.count))
        let verified = try json("journal", "verify")
        #expect(verified["intact_events"]?.integer == events.count && verified["first_break"] == .null)
        for words in [
            ["next"], ["tasks"], ["graph", "summary"], ["stats"], ["journal", "rebuild"], ["doctor"],
            ["artifacts"],
            ["autonomy", "off", "--reason", "holiday"], ["autonomy", "status"],
            ["autonomy", "on", "--reason", "back"], ["journal", "export"], ["journal", "anchor"],
        ] {
            let outcome = try target.leviathan(arguments: words, extra: extra)
            #expect(outcome.succeeded, "\(words) \(outcome.output.text) \(outcome.errors.text)")
            #expect(!(outcome.output.text + outcome.errors.text).contains(PostgresTestServer.password))
        }
        let salvage = try leviathan("journal", "salvage")
        #expect(salvage.ending == .exited(3) && salvage.errors.text.contains("in a database"))
    }

    @Test func severalSchedulersKeepTheLimits() throws {
        let (target, extra) = (target, extra)
        let runs = Workers.map(3, atOnce: 3) { _ in
            try? target.leviathan("run", "--offline", "--json", extra: extra)
        }
        // Whoever comes too late for a task is refused it.
        let endings = runs.compactMap { $0?.ending }
        #expect(endings.allSatisfy { $0 == .exited(0) || $0 == .exited(7) }, "\(endings)")
        let attempts = try json("attempts").elements ?? []
        #expect(attempts.filter { $0["outcome"] == "delivered" }.count == 2, "\(attempts)")
        #expect(try json("journal", "verify")["first_break"] == .null)
    }

    @Test func aClaimOfAnotherHomeIsLeftAlone() throws {
        #expect(try leviathan("propose", "task-1").succeeded)
        let journal = try Journal(in: PostgresURL(url), home: target.home)
        let mark = ClaimMark.lock("0011223344556677/elsewhere.lock")
        let claim = Claim(
            target: try #require(try journal.targetNames().first), task: "task-2", attempt: "elsewhere",
            repository: target.repository.path, mark: mark, holder: "another machine", claimedAt: "2026")
        try journal.claim(claim) { _ in [] }
        let refused = try leviathan("propose", "task-2")
        #expect(refused.ending == .exited(7), "\(refused.errors.text)")
        // What is of this home is not to be released by word.
        let own = Claim(
            target: claim.target, task: "task-3", attempt: "own", repository: claim.repository,
            mark: .lock("own.lock"), holder: "nobody", claimedAt: "2026")
        try journal.claim(own) { _ in [] }
        #expect(try leviathan("attempts", "release", "own", "--reason", "r").ending == .exited(7))
        try journal.release("own", [])
        #expect(try journal.claims() == [claim])
        // Until a person says that nobody is there any more.
        #expect(try leviathan("attempts", "release", "elsewhere").ending == .exited(2))
        #expect(try leviathan("attempts", "release", "nobody", "--reason", "r").ending == .exited(3))
        let released = try leviathan("attempts", "release", "where", "--reason", "the machine burnt")
        #expect(released.succeeded, "\(released.errors.text)")
        #expect(try journal.claims().isEmpty)
        #expect(try leviathan("propose", "task-2").succeeded)
    }

    @Test(arguments: [
        ("ndjson", "journal migrate"), ("mysql", "sqlite and postgres are known"),
        ("postgres", "LEVIATHAN_POSTGRES_URL"),
    ]) func whatIsNoBackendIsRefused(name: String, words: String) throws {
        for command in [["attempts"], ["propose", "task-1"], ["run", "--once"], ["journal", "verify"]] {
            let refused = try target.leviathan(arguments: command, extra: ["LEVIATHAN_BACKEND": name])
            #expect(refused.ending == .exited(3) && refused.errors.text.contains(words), "\(refused.errors.text)")
        }
        #expect(!FileSystem.exists(target.home + "/journal.db"))
    }

    @Test func aServerThatIsAwayHoldsEverything() throws {
        let before = try target.everything()
        let away = ["LEVIATHAN_POSTGRES_URL": "postgresql://u:hunter2@127.0.0.1:1/x"]
        for command in [["propose", "task-1"], ["run", "--once"], ["attempts"], ["journal", "verify"]] {
            let outcome = try target.leviathan(
                arguments: command, extra: extra.merging(away) { $1 }.merging(["LEVIATHAN_WAIT": "1s"]) { $1 })
            #expect(!outcome.succeeded && outcome.ending == .exited(1), "\(command) \(outcome.errors.text)")
            #expect(outcome.errors.text.contains("127.0.0.1:1/x"), "\(outcome.errors.text)")
            #expect(!(outcome.output.text + outcome.errors.text).contains("hunter2"))
        }
        #expect(try target.everything() == before)
    }

    @Test func aJournalGoesIntoADatabaseAndBack() throws {
        let local = ["LEVIATHAN_BACKEND": "sqlite"]
        for task in ["task-1", "task-2"] { #expect(try leviathan("propose", task, other: local).succeeded) }
        let commands = [
            ["attempts", "--json"], ["tasks", "--json"], ["graph", "summary", "--json"],
            ["graph", "edges", "--json"],
            ["stats", "--json"], ["journal", "export"],
        ]
        func everything(_ extra: [String: String]) throws -> [String] {
            try commands.map { words in
                let outcome = try target.leviathan(arguments: words, extra: extra)
                #expect(outcome.succeeded, "\(words) \(outcome.errors.text)")
                return outcome.output.text
            }
        }
        let before = try everything(local)
        let file = target.home + "/journal.db"
        for isAgain in [false, true] {
            let moved = try json("journal", "migrate", file)
            #expect(moved["known"] == .bool(isAgain) && moved["derived_alike"] == true, "\(moved)")
        }
        #expect(try everything(extra) == before)
        #expect(try json("journal", "verify")["first_break"] == .null)
        // And goes on there.
        #expect(try leviathan("autonomy", "off", "--reason", "moved").succeeded)
        let after = try everything(extra)
        let home = target.repository.directory.path + "/second"
        let back = ["LEVIATHAN_HOME": home, "LEVIATHAN_BACKEND": "sqlite", "LEVIATHAN_POSTGRES_URL": url]
        let returned = try target.leviathan("journal", "migrate", "postgres", extra: back)
        #expect(returned.succeeded, "\(returned.errors.text)")
        #expect(try everything(back) == after)
        // What went on by itself is not mixed with it.
        let refused = try leviathan("journal", "migrate", file)
        #expect(refused.ending == .exited(3) && refused.errors.text.contains("other events"))
    }

    @Test func theOlderSystemsFileGoesIntoADatabase() throws {
        let first = """
            {"event_id":"e1","event_type":"attempt.created","timestamp":"2026-01-01T00:00:00","actor_id":"w",\
            "payload":{"a":1},"prev_hash":null,\
            "hash":"3f60a1eae0baf1e55a976e0ba5d4af2170613e8585b9018fbea504ee75e3fedc"}

            """
        let file = try target.repository.directory.write("events.ndjson", first)
        #expect(try json("journal", "migrate", file)["imported"] == 1)
        #expect(try json("journal", "migrate", file)["known"] == 1)
        #expect(try json("journal", "verify")["first_break"] == .null)
    }

    @Test func aBackupOfADatabaseIsPutBack() throws {
        #expect(try leviathan("propose", "task-1").succeeded)
        let file = target.repository.directory.path + "/copy.db"
        let saved = try leviathan("journal", "backup", file)
        #expect(saved.succeeded, "\(saved.errors.text)")
        let attempts = try json("attempts")
        #expect(try leviathan("propose", "task-2").succeeded)
        let restored = try json("journal", "restore", file)
        let kept = try #require(restored["kept_as"]?.string, "\(restored)")
        #expect(try json("attempts") == attempts)
        #expect(try server.run("SELECT count(*) FROM \(kept).attempts", in: url) == "2")
        #expect(try json("journal", "verify")["first_break"] == .null)
        let events = try #require(restored["events"]?.integer)
        #expect(try json("journal", "verify")["intact_events"]?.integer == events + 1)
        #expect(try leviathan("autonomy", "off", "--reason", "restored").succeeded)
    }
}
