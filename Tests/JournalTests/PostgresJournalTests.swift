import Basics
import Journal
import PostgreSQL
import Synchronization
import TestSupport
import Testing

/// What a journal in PostgreSQL promises beyond what every store does.
@Suite(.enabled(if: PostgresTestServer.isInstalled), .timeLimit(.minutes(60))) struct PostgresJournalTests {
    private let directory: TemporaryDirectory
    private let server: PostgresTestServer
    private let url: String

    init() throws {
        directory = try TemporaryDirectory()
        server = try PostgresTestServer.shared()
        url = try server.database()
    }

    private func journal(patience: Duration = Journal.defaultPatience) throws -> Journal {
        try Journal(in: PostgresURL(url), home: directory.path, patience: patience)
    }

    private static func draft(_ id: String, target: String? = nil) -> EventDraft {
        EventDraft(
            id: id, timestamp: "2026-01-01T00:00:00Z", actor: "a", .runStopped,
            about: EventSubject(target: target, task: nil, attempt: nil))
    }

    private static func claim(_ attempt: String, task: String = "t") -> Claim {
        Claim(
            target: "shop", task: task, attempt: attempt, repository: "/r", mark: .lock(attempt), holder: "me",
            claimedAt: "2026")
    }

    @Test func eventsAreOnlyAddedTo() throws {
        let journal = try journal()
        try journal.append([Self.draft("e1"), Self.draft("e2", target: "shop")])
        for sql in [
            "UPDATE event SET payload = '{}'", "DELETE FROM event", "TRUNCATE event", "DELETE FROM feed",
            "UPDATE feed SET sequence = 9", "DELETE FROM ingest", "UPDATE event SET hash = hash WHERE false",
        ] {
            #expect(throws: TestProgramFailure.self) { try server.run(sql, in: url) }
        }
        let rights = """
            SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.relname IN ('event', 'feed', 'ingest')
            AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
            """
        #expect(try server.run(rights, in: url) == "0")
        #expect(try journal.verify().firstBreak == nil && journal.events().count == 2)
    }

    @Test(arguments: [
        "UPDATE event SET payload = '{\"x\":1}' WHERE event_id = 'e2'",
        "UPDATE event SET hash = repeat('0', 64) WHERE event_id = 'e2'",
        "UPDATE feed SET target = 'bank' WHERE sequence = 2",
        "DELETE FROM feed WHERE sequence = 2", "DELETE FROM event WHERE event_id = 'e3'",
        "UPDATE chains SET events = 7 WHERE name = 'home'",
        "UPDATE head SET sequence = 9",
    ]) func whoeverMayDoAnythingIsNoticed(sql: String) throws {
        let journal = try journal()
        try journal.append([Self.draft("e1"), Self.draft("e2", target: "shop"), Self.draft("e3")])
        #expect(try journal.verify().firstBreak == nil)
        let off = ["event", "feed"].map { "ALTER TABLE \($0) DISABLE TRIGGER ALL;" }.joined()
        try server.run(off + sql, in: url)
        #expect(try journal.verify().firstBreak != nil)
    }

    @Test func textMayHoldWhatTheServersMayNot() throws {
        let journal = try journal()
        let odd = "a\0b\u{10}0\u{10}c'\"\\\n\u{1F600}"
        var draft = Self.draft(odd, target: odd)
        (draft.actor, draft.timestamp) = (odd, odd)
        draft.payload = ["attempt_id": .string(odd), "reason": .string(odd), "target": .string(odd)]
        let (written, again) = (try journal.append([draft]), try journal.append([draft]))
        #expect(written == again && written[0].id == odd && written[0].actor == odd)
        var query = EventQuery()
        (query.target, query.attempt) = (odd, odd)
        #expect(try self.journal().events(query) == written)
        #expect(try journal.verify().firstBreak == nil && journal.targetNames() == [odd])
    }

    @Test func whatWasCommittedGetsItsPlaceFromWhoeverComesNext() throws {
        let journal = try journal(patience: .milliseconds(50))
        try journal.append([Self.draft("e1")])
        let holder = PostgresConnection(PostgresURL(url))
        try holder.transaction(converting: { $0 as any Error }) {
            // Whoever holds this row is the sequencer: the writer commits, and dies before its events get a place.
            _ = try holder.ask("SELECT sequence FROM head FOR UPDATE")
            let error = try #require(
                #expect(throws: JournalError.self) {
                    try journal.append([
                        Self.draft("e2", target: "shop"), Self.draft("e3"), Self.draft("e4", target: "shop"),
                    ])
                })
            #expect(error.isBusy && error.isRefusal)
        }
        // Readers see what has its place, and nothing is wrong with it.
        #expect(try journal.events().map(\.id) == ["e1"] && journal.verify().firstBreak == nil)
        let next = try self.journal()
        #expect(try next.events().map(\.id) == ["e1", "e2", "e3", "e4"])
        #expect(try next.verify().firstBreak == nil && next.targetNames() == ["shop"])
        // The first writer tries again, as it should, and learns where they are.
        #expect(try journal.append([Self.draft("e3"), Self.draft("e5")]).map(\.sequence) == [3, 5])
    }

    /// Writes what one of several writers has to say.
    private static func write(_ writer: Int, _ url: String, _ home: String) {
        guard let journal = try? Journal(in: PostgresURL(url), home: home) else { return }
        for number in 0..<30 {
            let target = number % 3 == 0 ? "all" : "target-\(writer)"
            _ = try? journal.append([
                Self.draft("\(writer)-\(number)-a", target: target),
                Self.draft("\(writer)-\(number)-b", target: "b"),
                Self.draft("\(writer)-\(number)-c"),
            ])
        }
    }

    /// Follows the feed until the writers are done.
    private static func follow(_ url: String, _ home: String, _ left: Counter) -> [EventRecord] {
        guard let reader = try? Journal(in: PostgresURL(url), home: home) else { return [] }
        var (query, seen) = (EventQuery(), [EventRecord]())
        while true {
            let isLast = left.value.load(ordering: .acquiring) == 0
            let found = (try? reader.events(query)) ?? []
            seen += found
            query.after = seen.last?.sequence ?? 0
            if isLast && found.isEmpty { return seen }
        }
    }

    @Test func whoReadsUpToAPlaceHasReadAllBeforeIt() throws {
        let (url, home, left) = (url, directory.path, Counter(4))
        _ = try journal()
        let seen = Workers.map(5, atOnce: 5) { worker -> [EventRecord] in
            guard worker < 4 else { return Self.follow(url, home, left) }
            Self.write(worker, url, home)
            left.value.subtract(1, ordering: .acquiringAndReleasing)
            return []
        }.flatMap { $0 }
        #expect(seen.map(\.sequence) == Array(1...360))
        #expect(Set(seen.map(\.id)).count == 360)
        let journal = try journal()
        #expect(try journal.verify().firstBreak == nil && journal.events() == seen)
        // What is derived is what the feed says, whoever derived it.
        let derived = try journal.projections.digest()
        #expect(try !journal.rebuild() && journal.projections.digest() == derived)
    }

    @Test func theSameEventFromSeveralIsOneEvent() throws {
        let (url, home) = (url, directory.path)
        _ = try journal()
        let places = Workers.map(6, atOnce: 6) { _ in
            let journal = try? Journal(in: PostgresURL(url), home: home)
            // Not even where the chains differ, as only a mistake of the sender could have it.
            return (0..<10).compactMap { number in
                (try? journal?.append([Self.draft("e\(number)", target: "t\(number % 2)")]))?.first?.sequence
            }
        }
        #expect(places.allSatisfy { $0.count == 10 && $0 == places[0] })
        #expect(try journal().events().count == 10 && journal().verify().firstBreak == nil)
        #expect(throws: JournalError.self) { try journal().append([Self.draft("e1", target: "other")]) }
    }

    @Test func onlyOneOfManyGetsATaskAndNobodyWritesMeanwhile() throws {
        let (url, home) = (url, directory.path)
        _ = try journal()
        let won = Workers.map(8, atOnce: 8) { number in
            guard let journal = try? Journal(in: PostgresURL(url), home: home) else { return false }
            _ = try? journal.append([Self.draft("before-\(number)", target: "shop")])
            return
                (try? journal.claim(Self.claim("a\(number)", task: "t\(number)")) {
                    (store) throws(JournalError) in
                    // A limit of two, counted where nobody can add to it between look and record.
                    guard try store.claims().count <= 2 else { throw .refused("full", hint: nil) }
                    let head = try store.head().sequence
                    guard try store.events().count == head else { throw .crashed }
                    return [Self.draft("claimed-\(number)", target: "shop")]
                }) != nil
        }.filter { $0 }.count
        #expect(won == 2)
        #expect(try journal().claims().count == 2 && journal().events().count == 10)
        #expect(try journal().verify().firstBreak == nil)
    }

    @Test func severalMayBeTheFirst() throws {
        let (url, home) = (url, directory.path)
        let problems = Workers.map(8, atOnce: 8) { number -> String? in
            do throws(JournalError) {
                let journal = try Journal(in: PostgresURL(url), home: home)
                try journal.append([Self.draft("e\(number)", target: "shop")])
                return nil
            } catch { return "\(error)" }
        }
        #expect(problems.compactMap { $0 } == [])
        #expect(try journal().events().count == 8 && journal().verify().firstBreak == nil)
    }

    @Test func aNewerSchemaIsRefused() throws {
        _ = try journal()
        try server.run("UPDATE journal_schema SET version = 99", in: url)
        let error = try #require(#expect(throws: JournalError.self) { try journal() })
        #expect(error.causes.joined().contains("version 99"))
    }

    @Test func pruningKeepsTheChainsAndWhatIsKnown() throws {
        let journal = try journal()
        var history = RandomHistory(seed: 3)
        try journal.append(history.drafts(200))
        let result = try journal.prune(before: Instant(secondsSinceEpoch: 1_700_000_000 + 100 * 60).description) {
            EventDraft(id: "seal", timestamp: "2030", actor: "a", $0, about: EventSubject())
        }
        #expect(result.removed > 0)
        let found = try journal.verify()
        #expect(found.firstBreak == nil && found.prunedEvents == result.removed)
        let derived = try journal.projections.digest()
        #expect(try !self.journal().rebuild() && journal.projections.digest() == derived)
        #expect(throws: TestProgramFailure.self) { try server.run("DELETE FROM event", in: url) }
    }

    @Test func aMigrationThatWasInterruptedIsDoneAgain() throws {
        let source = try Journal(at: directory.path + "/journal.db")
        var history = RandomHistory(seed: 9)
        try source.append(history.drafts(1500))
        try source.claim(Self.claim("a")) { _ in [Self.draft("claimed", target: "shop")] }
        let journal = try journal()
        let end = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        #expect(throws: JournalError.self) {
            // The connection is gone when the transaction has begun and nothing is written yet.
            try journal.takeOver(source) { _ in (try? server.run(end, in: url)) == nil }
        }
        #expect(try journal.events().isEmpty && journal.chainHeads().isEmpty && journal.claims().isEmpty)
        #expect(throws: JournalError.self) { try journal.takeOver(source) { _ in true } }
        let result = try journal.takeOver(source) { _ in false }
        #expect(!result.wasThere && result.isDerivedAlike && result.found.intactEvents == 1501)
        #expect(try journal.takeOver(source) { _ in false }.wasThere)
        #expect(try journal.events() == source.events() && journal.claims() == source.claims())
        #expect(try journal.chainHeads() == source.chainHeads())
        #expect(try journal.projections.digest() == source.projections.digest())
        // Both go on the same way.
        let more = history.drafts(20)
        #expect(try journal.append(more).map(\.hash) == source.append(more).map(\.hash))
        #expect(try journal.verify().firstBreak == nil)
    }

    @Test func aPrunedJournalComesAlongWithItsSeal() throws {
        let source = try Journal(at: directory.path + "/journal.db")
        var history = RandomHistory(seed: 4)
        try source.append(history.drafts(300))
        let time = Instant(secondsSinceEpoch: 1_700_000_000 + 150 * 60).description
        _ = try source.prune(before: time) {
            EventDraft(id: "seal", timestamp: "2030", actor: "a", $0, about: EventSubject())
        }
        let journal = try journal()
        #expect(try journal.takeOver(source) { _ in false }.isDerivedAlike)
        #expect(try journal.verify() == source.verify())
        #expect(try !journal.rebuild() && journal.projections.digest() == source.projections.digest())
    }

    @Test func aBackupWhileOthersWriteIsOfOneMoment() throws {
        let (url, home) = (url, directory.path)
        let journal = try journal()
        try journal.append((0..<50).map { Self.draft("first-\($0)", target: "shop") })
        let file = home + "/copy.db"
        let done = Workers.map(2, atOnce: 2) { worker in
            guard let journal = try? Journal(in: PostgresURL(url), home: home) else { return false }
            if worker == 1 { return (try? journal.backup(to: file)) != nil }
            for number in 0..<100 { _ = try? journal.append([Self.draft("later-\(number)", target: "bank")]) }
            return true
        }
        #expect(done == [true, true])
        let copy = try Journal(at: file)
        let (saved, all) = (try copy.events(), try journal.events())
        #expect(saved.count >= 50 && Array(all.prefix(saved.count)) == saved && all.count == 150)
        #expect(try copy.verify().firstBreak == nil)
        // What is put back is what was saved, and what was there is kept beside it.
        let result = try journal.replace(by: file, mark: "M1", isHeld: { _ in false }) {
            EventDraft(id: "restored", timestamp: "2030", actor: "a", $0, about: EventSubject())
        }
        #expect(result.keptAs == "journal_before_m1" && result.found.intactEvents == saved.count)
        #expect(try journal.events().map(\.id) == saved.map(\.id) + ["restored"])
        #expect(try server.run("SELECT count(*) FROM journal_before_m1.event", in: url) == "150")
        try journal.append([Self.draft("after", target: "shop")])
        #expect(try self.journal().verify().firstBreak == nil)
    }
}

/// How many are left of several.
private final class Counter: Sendable {
    let value: Atomic<Int>

    init(_ count: Int) { value = Atomic(count) }
}
