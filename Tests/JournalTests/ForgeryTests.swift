import Basics
import Journal
import SQLite
import TestSupport
import Testing

/// Every way to change the record shows, or is refused.
@Suite(.timeLimit(.minutes(60))) struct ForgeryTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/journal.db" }

    init() throws {
        directory = try TemporaryDirectory()
        try Journal(at: path).append((1...5).map { Self.draft($0) })
    }

    private static func draft(_ number: Int, _ payload: JSON = ["task_id": "task-001"]) -> EventDraft {
        EventDraft(
            id: "e\(number)", type: .attemptCreated,
            timestamp: Instant(secondsSinceEpoch: Int64(number)).description, actor: "tester", payload: payload)
    }

    /// A connection of its own, with SQLite's defaults, where a delete trigger does not see what REPLACE deletes.
    @Test(arguments: [
        "UPDATE events SET actor_id = 'x'", "DELETE FROM events", "DELETE FROM events WHERE sequence = 5",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
        "REPLACE INTO events SELECT 9, event_id, event_type, timestamp, 'x', payload, prev_hash, hash, chain, target, task_id, "
            + "attempt_id FROM events WHERE sequence = 5",
        "INSERT INTO events SELECT 5, 'new', event_type, timestamp, 'x', payload, prev_hash, hash, chain, target, task_id, "
            + "attempt_id FROM events WHERE sequence = 5",
    ])
    func theTableRefuses(sql: String) throws {
        #expect(throws: SQLiteError.self) { try Connection(path).execute(sql) }
        #expect(try Journal(at: path).verify().intactEvents == 5)
    }

    private func forge(_ sql: String) throws {
        try Connection(path).execute(
            "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted; "
                + "DROP TRIGGER events_are_only_appended; \(sql)")
    }

    @Test(arguments: [
        ("DELETE FROM events WHERE sequence = 5", 5, "it is missing"),
        ("DELETE FROM events", 1, "up to event 5"),
        ("DELETE FROM events WHERE sequence = 1", 2, "event 1 is missing"),
        ("DELETE FROM events WHERE sequence <= 3", 4, "event 1 is missing"),
    ])
    func aLostEndOrBeginningShows(sql: String, sequence: Int, words: String) throws {
        try forge(sql)
        let found = try Journal(at: path).verify().firstBreak
        #expect(
            found?.sequence == sequence && found?.problem.contains(words) == true, "\(String(describing: found))")
    }

    @Test(arguments: ["DELETE FROM events WHERE sequence = 5", "DELETE FROM events"])
    func nothingIsAppendedToATruncatedJournal(sql: String) throws {
        try forge(sql)
        #expect { try Journal(at: path).append([Self.draft(6)]) } throws: { "\($0)".contains("cut off") }
    }

    @Test(arguments: [
        JSON.double(.nan), .double(.infinity), .bigInteger("1e5"), .bigInteger("007"), .bigInteger(""),
        .object([JSON.Member("a", 1), JSON.Member("a", 2)]),
        (0..<100).reduce(JSON.null) { inner, _ in .array([inner]) },
    ])
    func whatWouldNotComeBackTheSameIsRefused(payload: JSON) throws {
        let journal = try Journal(at: path)
        #expect { try journal.append([Self.draft(6, ["x": payload])]) } throws: {
            "\($0)".contains("cannot be recorded")
        }
        #expect(try journal.verify().intactEvents == 5)
    }

    @Test(arguments: [
        JSON.string("\u{0}\u{1F}\u{7F}\u{2028}\u{FFFF}\u{10FFFF}"), .bigInteger("-123456789012345678901234567890"),
        .double(-0.0), .double(.leastNonzeroMagnitude), .double(.greatestFiniteMagnitude), .integer(.min),
        .array([]), .object([]),
        // Different texts that Swift calls equal.
        .object([JSON.Member("e\u{301}", 1), JSON.Member("\u{e9}", 2)]), .string("\r\n"),
    ])
    func oddValuesKeepTheChainWhole(payload: JSON) throws {
        let journal = try Journal(at: path)
        let written = try journal.append([Self.draft(6, ["x": payload]), Self.draft(7)])
        #expect(try journal.verify().intactEvents == 7)
        #expect(try journal.events().suffix(2).map(\.hash) == written.map(\.hash))
        #expect(try journal.append([Self.draft(6, ["x": payload])])[0].sequence == 6)
    }
}
