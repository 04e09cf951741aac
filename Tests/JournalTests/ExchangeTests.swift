import Basics
import Journal
import SQLite
import TestSupport
import Testing

/// Export, import, backup and prune.
@Suite(.timeLimit(.minutes(60))) struct ExchangeTests {
    private let directory: TemporaryDirectory
    private let journal: Journal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try Journal(at: directory.path + "/one/journal.db")
        var history = RandomHistory(seed: 3)
        try journal.append(history.drafts(120))
    }

    private func lines(_ query: EventQuery = EventQuery()) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try journal.export(query) { lines.append(Array($0.dropLast())) }
        return lines
    }

    private func note(_ event: Event) -> EventDraft {
        guard case .journalImported(let seal) = event else { fatalError("\(event)") }
        return EventDraft(
            id: "note-\(seal.sourceHead.hex)", timestamp: "t", actor: "a", event, about: EventSubject())
    }

    private func other(_ name: String = "two") throws -> Journal {
        try Journal(at: "\(directory.path)/\(name)/journal.db")
    }

    @Test func whatIsExportedCanBeImported() throws {
        let copy = try other()
        let result = try copy.importEvents(from: lines(), note: note)
        #expect(result == ImportResult(imported: 120))
        #expect(try copy.head() == journal.head())
        #expect(try copy.chainHeads() == journal.chainHeads())
        #expect(try copy.projections.digest() == journal.projections.digest())
        #expect(try copy.importEvents(from: lines(), note: note) == ImportResult(imported: 0, known: 120))
    }

    @Test func anImportGoesOnWhereAnEarlierOneEnded() throws {
        let copy = try other()
        _ = try copy.importEvents(from: lines().prefix(50), note: note)
        #expect(try copy.importEvents(from: lines(), note: note) == ImportResult(imported: 70, known: 50))
        #expect(try copy.head() == journal.head())
    }

    /// No hash ever changes: what comes from elsewhere is a chain of its own, sealed in the home's chain.
    @Test func foreignChainsAreKeptWholeAndSealed() throws {
        let copy = try other()
        try copy.append([EventDraft(id: "own", type: .attemptCreated, timestamp: "t", actor: "a", payload: [:])])
        #expect(try copy.importEvents(from: lines(), note: note).imported == 120)
        let heads = try journal.chainHeads()
        let kept = try copy.chainHeads().filter(\.name.isClosed)
        #expect(Set(kept.map(\.hash)) == Set(heads.map(\.hash)) && kept.map(\.events).reduce(0, +) == 120)
        let seals = try copy.events().suffix(heads.count).map { record -> ChainHead? in
            if case .journalImported(let seal) = record.event { seal.chain } else { nil }
        }
        #expect(Set(seals.compactMap(\.self)) == Set(kept))
        let found = try copy.verify()
        #expect(found.intactEvents == 121 + heads.count && found.firstBreak == nil && found.unsealed.isEmpty)
        #expect(try copy.importEvents(from: lines(), note: note) == ImportResult(imported: 0, known: 120))
        // More of the same goes on behind it, and is sealed again.
        var history = RandomHistory(seed: 3)
        try journal.append(history.drafts(150))
        #expect(try copy.importEvents(from: lines(), note: note) == ImportResult(imported: 30, known: 120))
        #expect(
            Set(try copy.chainHeads().filter(\.name.isClosed).map(\.hash))
                == Set(try journal.chainHeads().map(\.hash)))
        #expect(try copy.verify().firstBreak == nil && copy.verify().unsealed.isEmpty)
        #expect(try copy.projections.digest() != journal.projections.digest() && !copy.rebuild())
    }

    @Test func aPartOfAChainIsKeptWithWhatItFollows() throws {
        let copy = try other()
        #expect(try copy.importEvents(from: lines().suffix(40), note: note).imported == 40)
        let heads = Set(try journal.chainHeads().map(\.hash))
        #expect(Set(try copy.chainHeads().filter(\.name.isClosed).map(\.hash)) == heads)
        #expect(try copy.chainHeads().filter(\.name.isClosed).allSatisfy { $0.start != nil })
        #expect(try copy.verify().firstBreak == nil)
    }

    @Test(arguments: [
        "DELETE FROM events WHERE sequence = 121",
        "DELETE FROM events WHERE sequence = 60",
        "UPDATE chains SET events = events - 1 WHERE name LIKE 'import/%'",
        "DELETE FROM chains WHERE name LIKE 'import/%'",
        "UPDATE events SET chain = 1 WHERE sequence = 40",
        "UPDATE events SET target = 'other' WHERE sequence = 40",
        "UPDATE events SET task_id = NULL WHERE sequence = 40",
        "UPDATE events SET attempt_id = 'x' WHERE sequence = 40",
    ]) func aChangedChainShows(sql: String) throws {
        let copy = try other()
        try copy.append([EventDraft(id: "own", type: .attemptCreated, timestamp: "t", actor: "a", payload: [:])])
        _ = try copy.importEvents(from: lines(), note: note)
        try Connection(copy.path).execute(
            "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted; \(sql)")
        #expect(try copy.verify().firstBreak != nil)
    }

    @Test func nothingOfAFileThatCannotBeReadToItsEndIsImported() throws {
        let copy = try other()
        let lines = try lines()
        #expect(throws: JournalError.self) {
            try copy.importEvents(
                from: lines.prefix(60), failure: { FileError("read", "the file", SystemError.notFound) },
                note: note)
        }
        #expect(try copy.head().sequence == 0)
    }

    @Test func aTornLastLineIsLeftOut() throws {
        var lines = try lines()
        lines[119] = Array(lines[119].dropLast(20))
        let copy = try other()
        #expect(try copy.importEvents(from: lines, note: note) == ImportResult(imported: 119, tornLine: 120))
        #expect(try copy.verify().intactEvents == 119)
    }

    @Test(arguments: ["torn in the middle", "changed", "left out", "no envelope"])
    func nothingOfABrokenFileIsImported(fault: String) throws {
        var lines = try lines()
        switch fault {
        case "torn in the middle": lines[60] = Array(lines[60].dropLast(20))
        case "changed":
            lines[60] = Array(String(decoding: lines[60], as: UTF8.self).replacing("actor-", with: "actor+").utf8)
        case "left out": lines.remove(at: 60)
        default: lines[60] = Array("{\"event_id\": 3}".utf8)
        }
        let copy = try other()
        #expect { try copy.importEvents(from: lines, note: note) } throws: { "\($0)".contains("line 61") }
        #expect(try copy.head().sequence == 0)
    }

    /// The form that an older system wrote: no sequence, times without a zone, spaces, its own order of members.
    @Test func readsTheOlderFile() throws {
        // The known answer of the design.
        let hash = "3f60a1eae0baf1e55a976e0ba5d4af2170613e8585b9018fbea504ee75e3fedc"
        let line = """
            {"event_id": "e1", "event_type": "attempt.created", "timestamp": "2026-01-01T00:00:00", "actor_id": "w", \
            "payload": {"a": 1}, "prev_hash": null, "hash": "\(hash)"}
            """
        let copy = try other()
        #expect(
            try copy.importEvents(from: [Array(line.utf8), [], Array("{\"torn".utf8)], note: note).imported == 1)
        #expect(try copy.events()[0].hash.hex == hash)
        let name = ChainName.imported(try #require(Digest(hex: hash)))
        #expect(try copy.chainHeads().contains { $0.name == name && $0.hash.hex == hash })
        #expect(try copy.verify().firstBreak == nil && copy.verify().unsealed.isEmpty)
    }

    @Test func selectsARange() throws {
        var query = EventQuery()
        (query.after, query.through, query.target) = (10, 50, "target-1")
        let events = try journal.events(query)
        #expect(try lines(query).count == events.count && !events.isEmpty)
        #expect(events.allSatisfy { (11...50).contains($0.sequence) && $0.payload["target"] == "target-1" })
    }

    @Test func aBackupIsWholeWhileOthersWrite() async throws {
        let path = journal.path
        let target = directory.path + "/backup.db"
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let writer = try Journal(at: path)
                for number in 0..<200 {
                    try writer.append([
                        EventDraft(id: "w\(number)", type: .runResumed, timestamp: "t", actor: "a", payload: [:])
                    ])
                }
            }
            group.addTask { _ = try #require(try Journal(reading: path)).backup(to: target) }
            try await group.waitForAll()
        }
        let copy = try #require(try Journal(reading: target))
        let found = try copy.verify()
        #expect(found.firstBreak == nil && found.intactEvents >= 120)
        #expect(throws: JournalError.self) { try journal.backup(to: target) }
    }

    @Test func pruningKeepsTheChainAndWhatIsKnown() throws {
        let all = try lines()
        try journal.append([
            EventDraft(id: "end", type: .runResumed, timestamp: "2030", actor: "a", payload: [:])
        ])
        // Attempts that still run hold back what lies behind their beginning.
        let running = try journal.attempts(everything(states: ["created", "running"])).map(\.sequence)
        let early = try journal.prune(before: "2029", { self.seal($0, "p0") })
        #expect(early.removed == (running.min() ?? 0) - 1)
        for id in try journal.attempts(everything(states: ["created", "running"])).map(\.id) {
            try journal.append([
                EventDraft(
                    id: "close-\(id)", type: .attemptInterrupted, timestamp: "2030", actor: "a",
                    payload: ["attempt_id": .string(id)])
            ])
        }
        let result = try journal.prune(before: "2029", { self.seal($0, "p1") })
        #expect(result.removed > 0 && early.removed + result.removed == 120)
        let found = try journal.verify()
        #expect(found.firstBreak == nil && found.prunedEvents == 120)
        let digest = try journal.projections.digest()
        #expect(try !journal.rebuild())
        #expect(try journal.projections.digest() == digest)
        #expect(
            try journal.attempts(everything()).count
                == all.count { String(decoding: $0, as: UTF8.self).contains("attempt.created") })
        #expect(try journal.prune(before: "2029", { self.seal($0, "p2") }).removed == 0)
    }

    private func everything(states: [String] = []) -> AttemptQuery {
        var query = AttemptQuery()
        (query.states, query.limit) = (states, 1000)
        return query
    }

    private func seal(_ event: Event, _ id: String) -> EventDraft {
        EventDraft(id: id, timestamp: "2030", actor: "a", event, about: EventSubject())
    }

    @Test func aSealThatDoesNotFitShows() throws {
        for id in try journal.attempts(everything(states: ["created", "running"])).map(\.id) {
            try journal.append([
                EventDraft(
                    id: "close-\(id)", type: .attemptInterrupted, timestamp: "2030", actor: "a",
                    payload: ["attempt_id": .string(id)])
            ])
        }
        _ = try journal.prune(before: "2029", { self.seal($0, "p1") })
        let snapshots = try FileSystem.list(journal.artifacts.root).filter { $0 != "incoming" }
        #expect(snapshots.count == 1)
        try FileSystem.removeTree(journal.artifacts.root)
        #expect { try journal.rebuild() } throws: { "\($0)".contains("checkpoint") }
        try Connection(journal.path).execute(
            "DROP TRIGGER events_are_never_deleted; DELETE FROM events WHERE sequence = 121")
        #expect(try journal.verify().firstBreak?.problem.contains("missing") == true)
    }
}

/// A file of an older system: its own names, actors that nobody wrote down, one chain for everything.
@Suite(.timeLimit(.minutes(60))) struct OlderFileTests {
    private func file(_ events: [(type: String, actor: String?, payload: JSON)]) -> [[UInt8]] {
        var previous: Digest?
        return events.enumerated().map { index, event in
            let draft = EventDraft(
                id: "e\(index)", type: EventType(event.type), timestamp: "2026-01-01T00:00:0\(index)",
                actor: event.actor, payload: event.payload)
            let hash = EventHash.compute(draft, previous: previous)
            let line: JSON = [
                "event_id": .string(draft.id), "event_type": .string(event.type),
                "timestamp": .string(draft.timestamp), "actor_id": .optional(event.actor),
                "payload": event.payload,
                "prev_hash": .optional(previous?.hex), "hash": .string(hash.hex),
            ]
            previous = hash
            return line.utf8()
        }
    }

    @Test func isUnderstoodInItsOwnSpelling() throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal(at: directory.path + "/journal.db")
        let facts: [JSON.Member] = [
            JSON.Member("target_id", "shop"), JSON.Member("task_id", "t"), JSON.Member("attempt_id", "a"),
        ]
        let lines = file([
            ("attempt.created", nil, .object(facts + [JSON.Member("scope", "docs")])),
            ("attempt.completed", nil, .object(facts)), ("never.seen", "kim", ["a": 1]),
        ])
        let result = try journal.importEvents(from: lines) {
            EventDraft(id: "note", timestamp: "t", actor: nil, $0, about: EventSubject())
        }
        #expect(result.imported == 3)
        let attempt = try #require(try journal.attempts().first)
        #expect(attempt.target == "shop" && attempt.outcome == "delivered" && attempt.state == "succeeded")
        #expect(try journal.statistics(target: "shop").first?.delivered == 1)
        #expect(try journal.events().prefix(3).map(\.actor) == [nil, nil, "kim"])
        #expect(try journal.events()[1].type.name == "attempt.completed")
        #expect(try journal.verify().firstBreak == nil)
        #expect(try !journal.rebuild())
    }
}
