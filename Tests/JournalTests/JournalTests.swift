import Basics
import Journal
import Processes
import SQLite
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct JournalTests {
    private func draft(_ number: Int, _ payload: JSON = ["task_id": "task-001"]) -> EventDraft {
        EventDraft(
            id: "e\(number)", type: .attemptCreated,
            timestamp: Instant(secondsSinceEpoch: Int64(number)).description,
            actor: "tester", payload: payload)
    }

    private func place() throws -> (TemporaryDirectory, String) {
        let directory = try TemporaryDirectory()
        return (directory, directory.path + "/home/journal.db")
    }

    @Test func chainsWhatIsAppended() throws {
        let (directory, path) = try place()
        let journal = try Journal(at: path)
        try journal.append([draft(1), draft(2)])
        try journal.append([draft(3)])
        let events = try Journal(at: path).events()
        #expect(events.map(\.sequence) == [1, 2, 3])
        #expect(events.map(\.previousHash) == [nil, events[0].hash, events[1].hash])
        #expect(try journal.verify() == Journal(at: path).verify())
        #expect(try journal.verify().intactEvents == 3)
        withExtendedLifetime(directory) {}
    }

    @Test func theSameEventTwiceIsOneEvent() throws {
        let (directory, path) = try place()
        let journal = try Journal(at: path)
        let first = try journal.append([draft(1, ["a": 1, "b": 2.0])])
        #expect(try journal.append([draft(1, ["b": 2.0, "a": 1])]) == first)
        #expect {
            try journal.append([draft(2), draft(1, ["a": 2])])
        } throws: { error in
            if case .differentEvent(id: "e1")? = error as? JournalError { true } else { false }
        }
        #expect(try journal.events().count == 1)
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: [
        ("UPDATE events SET payload = '{\"x\":1}' WHERE sequence = 3", 3, "its content"),
        ("DELETE FROM events WHERE sequence = 2", 3, "event 2 is missing"),
        (
            "UPDATE events SET hash = (SELECT hash FROM events WHERE sequence = 1) WHERE sequence = 4", 4,
            "its content"
        ),
        ("UPDATE events SET timestamp = '2027' WHERE sequence = 1", 1, "its content"),
        ("UPDATE events SET payload = 'nonsense' WHERE sequence = 2", 2, "its content"),
    ])
    func verifyNamesTheFirstForgedEvent(sql: String, sequence: Int, words: String) throws {
        let (directory, path) = try place()
        try Journal(at: path).append((1...5).map { draft($0) })
        let connection = try Connection(path)
        try connection.execute(
            "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted; \(sql)")
        let found = try Journal(at: path).verify()
        #expect(found.firstBreak?.sequence == sequence)
        #expect(found.firstBreak?.problem.contains(words) == true)
        withExtendedLifetime(directory) {}
    }

    @Test func manyWritersKeepOneChain() async throws {
        let (directory, path) = try place()
        _ = try Journal(at: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    let journal = try Journal(at: path)
                    for number in 0..<25 { try journal.append([self.draft(writer * 1000 + number)]) }
                }
            }
            try await group.waitForAll()
        }
        let found = try Journal(at: path).verify()
        #expect(found.intactEvents == 150 && found.firstBreak == nil)
        withExtendedLifetime(directory) {}
    }

    @Test func answersQueries() throws {
        let (directory, path) = try place()
        let journal = try Journal(at: path)
        try journal.append((1...9).map { draft($0, ["task_id": .string("task-\($0 % 3)"), "attempt_id": "a"]) })
        var query = EventQuery()
        query.task = "task-1"
        #expect(try journal.events(query).map(\.id) == ["e1", "e4", "e7"])
        query.limit = 2
        query.prefersNewest = true
        #expect(try journal.events(query).map(\.id) == ["e4", "e7"])
        query.after = 4
        #expect(try journal.events(query).map(\.id) == ["e7"])
        query.types = [.pullRequestCreated]
        #expect(try journal.events(query).isEmpty)
        withExtendedLifetime(directory) {}
    }

    @Test func readingCreatesNothing() throws {
        let (directory, path) = try place()
        #expect(try Journal(reading: path) == nil)
        #expect(!FileSystem.exists(directory.path + "/home"))
        try Journal(at: path).append([draft(1)])
        #expect(try Journal(reading: path)?.events().count == 1)
    }

    @Test func keepsUnknownTypesAndRefusesHugePayloads() throws {
        let (directory, path) = try place()
        let journal = try Journal(at: path)
        var unknown = draft(1)
        unknown.type = EventType("never.seen")
        #expect(try journal.append([unknown])[0].type.name == "never.seen")
        #expect(throws: JournalError.self) {
            try journal.append([draft(2, ["x": .string(String(repeating: "x", count: 2 << 20))])])
        }
        #expect(try journal.verify().intactEvents == 1)
        withExtendedLifetime(directory) {}
    }

    @Test func refusesANewerSchemaAndOtherFiles() throws {
        let (directory, path) = try place()
        _ = try Journal(at: path)
        try Connection(path).execute("PRAGMA user_version = 99")
        #expect { try Journal(at: path) } throws: { "\($0)".contains("version 99") }
        #expect { try Journal(reading: path) } throws: { "\($0)".contains("version 99") }
        let text = try directory.write("text.db", String(repeating: "no database here\n", count: 100))
        #expect { try Journal(at: text) } throws: { ($0 as? JournalError)?.hint?.contains("backup") == true }
    }

    @Test func anAcknowledgedEventSurvivesTheDeathOfItsWriter() async throws {
        let (directory, path) = try place()
        let result = await #expect(processExitsWith: .failure) { [path = path as String] in
            try Journal(at: path).append([
                EventDraft(id: "x", type: .attemptCreated, timestamp: "t", actor: "a", payload: [:])
            ])
            fatalError("the writer dies here")
        }
        _ = result
        #expect(try Journal(at: path).events().map(\.id) == ["x"])
        withExtendedLifetime(directory) {}
    }
}
