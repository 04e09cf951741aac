import Basics
import Journal
import SQLite
import TestSupport
import Testing

/// Older journals, backups, damaged files.
@Suite(.timeLimit(.minutes(60))) struct CareTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/journal.db" }

    init() throws { directory = try TemporaryDirectory() }

    private func note(_ event: Event) -> EventDraft {
        EventDraft(
            id: "note-\(Int.random(in: 0..<Int.max))", timestamp: "2030", actor: "kim", event,
            about: EventSubject())
    }

    private func filled(_ count: Int = 100) throws -> Journal {
        let journal = try Journal(at: path)
        var history = RandomHistory(seed: 11)
        try journal.append(history.drafts(count))
        return journal
    }

    private func forge(_ sql: String) throws {
        try Connection(path).execute(
            "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted; "
                + "DROP TRIGGER events_are_only_appended; \(sql)")
    }

    // MARK: Older versions

    private static var stored: String {
        #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Databases"
    }

    private func place(_ file: String, at path: String) throws {
        try FileSystem.createDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        try FileSystem.write(try FileSystem.read("\(Self.stored)/\(file)", limit: 1 << 20), to: path)
    }

    /// The database that version 1 of the schema wrote, with 22 events of three attempts.
    @Test func anOlderJournalIsBroughtForward() throws {
        try place("version1.db", at: path)
        let journal = try #require(try Journal(reading: path))
        let before = try journal.verify()
        #expect(before.intactEvents == 22 && before.firstBreak == nil && before.unsealed == [.firstEdition])
        #expect(try journal.attempts().map(\.outcome) == ["delivered", "unchanged", "delivered"])
        let history = try journal.deliveries(target: "example", task: "task-001")
        #expect(history.commits == history.arrived && history.commits.count == 1 && history.newest != nil)
        let writer = try Journal(at: path)
        #expect(try !writer.rebuild())
        let draft = EventDraft(
            id: "e", timestamp: "t", actor: "a", .runStopped, about: EventSubject(target: "example"))
        let added = try writer.append([draft])[0]
        // A chain of its own, behind the old one, which the home's chain seals.
        #expect(added.previousHash == nil && added.sequence == 24)
        let after = try writer.verify()
        #expect(after.intactEvents == 24 && after.firstBreak == nil && after.unsealed.isEmpty)
        #expect(after.chains.map(\.name) == [.firstEdition, .home, .target("example")])
        #expect(after.chains[0].hash == before.head && after.chains[0].events == 22)
        #expect(try writer.events()[22].event == .chainClosed(after.chains[0]))
        #expect(try writer.append([draft])[0].sequence == 24)
    }

    /// The database that version 2 wrote: 13 of 23 events are removed and sealed, and a process has a claim.
    @Test func aPrunedJournalIsBroughtForward() throws {
        try place("version2/journal.db", at: path)
        let snapshot = "fc/fc18f65c090ab936b993990459f888951c6c24897670926a6514ae1420bcd891"
        try place("version2/artifacts/" + snapshot, at: directory.path + "/artifacts/" + snapshot)
        let journal = try Journal(at: path)
        let found = try journal.verify()
        #expect(found.intactEvents == 10 && found.prunedEvents == 13)
        #expect(found.firstBreak == nil)
        #expect(found.chains.map(\.events) == [23])
        #expect(try journal.attempts().map(\.outcome) == ["delivered", "unchanged", "delivered"])
        let process = ClaimProcess(processID: 7, started: "1", machine: "boot ns")
        #expect(try journal.claims().map(\.mark) == [.process(process)])
        #expect(try journal.claims().map(\.holder) == ["process 7"])
        try journal.append([note(.runStopped)])
        #expect(try journal.verify().firstBreak == nil && journal.verify().unsealed.isEmpty)
        // What was pushed before the removed events is Leviathan's still.
        #expect(try journal.deliveries(target: "example", task: "task-001").commits.count == 1)
    }

    /// The database that version 3 wrote: two attempts failed, and a person closed the breakers of all targets.
    @Test func anOlderResetIsKnownAfterwards() throws {
        try place("version3.db", at: path)
        let journal = try Journal(at: path)
        #expect(try journal.verify().firstBreak == nil)
        #expect(try journal.breakerReset(target: "example") == 7)
        try journal.append([
            EventDraft(
                id: "reset", type: .breakerReset, timestamp: "2030", actor: "kim", payload: ["target": "example"])
        ])
        #expect(try journal.breakerReset(target: "example") == 8)
        #expect(try journal.breakerReset(target: "other") == 7)
        #expect(try !journal.rebuild())
    }

    @Test func whatWasSaidLastOfAutonomyCountsAlsoWhenItIsRemoved() throws {
        let journal = try Journal(at: path)
        func say(_ type: EventType, _ target: String?) throws {
            let named = target.map { [JSON.Member("target", .string($0))] } ?? []
            let id = "said-\(try journal.head().sequence)"
            try journal.append([
                EventDraft(id: id, type: type, timestamp: "2020", actor: "kim", payload: .object(named))
            ])
        }
        try say(.autonomyDisabled, "one")
        try say(.autonomyEnabled, nil)
        #expect(try !journal.isAutonomyOff(target: "one"))
        try say(.autonomyDisabled, nil)
        try say(.autonomyEnabled, "two")
        try journal.append([note(.runResumed)])
        for _ in 0..<2 {
            #expect(try journal.isAutonomyOff(target: "one") && !journal.isAutonomyOff(target: "two"))
            _ = try journal.prune(before: "2029", note)
            _ = try journal.rebuild()
        }
    }

    @Test func theClosedChainCannotBeReplaced() throws {
        try place("version1.db", at: path)
        try Journal(at: path).append([note(.runStopped)])
        try forge(
            "UPDATE chains SET events = 21, sequence = 21 WHERE id = 1; DELETE FROM events WHERE sequence = 22; "
                + "UPDATE events SET sequence = sequence - 1 WHERE sequence > 22; UPDATE head SET sequence = sequence - 1; "
                + "UPDATE chains SET head = (SELECT hash FROM events WHERE sequence = 21) WHERE id = 1")
        let problem = try Journal(at: path).verify().firstBreak?.problem ?? ""
        #expect(problem.contains("is not the one that the home's chain seals"), "\(problem)")
    }

    // MARK: Pruning

    @Test func whatWasDeliveredOutlivesItsEvents() throws {
        let journal = try Journal(at: path)
        let subject = EventSubject(target: "shop", task: "t", attempt: "a")
        let (one, two) = (
            ObjectID(hex: String(repeating: "1", count: 40)), ObjectID(hex: String(repeating: "2", count: 40))
        )
        let name = Event.PullRequestName(number: 7, url: "u", branch: "agent/t")
        func record(_ events: [(String, Event, EventSubject)]) throws {
            try journal.append(
                events.map { EventDraft(id: $0.0, timestamp: "2020", actor: "a", $0.1, about: $0.2) })
        }
        let pushed = Event.PushedCommit(branch: "agent/t", remote: "origin", commit: one, isReviewed: true)
        try record([
            ("1", .attemptCreated(Event.AttemptPlan(number: 1)), subject),
            ("2", .deliveryStarted(pushed), subject),
            ("3", .branchPushed(pushed), subject), ("4", .pullRequestCreated(name, commit: one), subject),
            ("5", .attemptSucceeded(outcome: "delivered", commit: one, isRecovered: false), subject),
            ("6", .taskUnblocked(settled: [3]), subject), ("7", .taskUnblocked(settled: [4]), subject),
        ])
        var second = subject
        second.attempt = "b"
        let begun = Event.PushedCommit(branch: "agent/t", remote: "origin", commit: two, isReviewed: true)
        try record([
            ("8", .attemptCreated(Event.AttemptPlan(number: 2)), second), ("9", .deliveryStarted(begun), second),
            ("10", .attemptFailed(kind: "delivery", reason: "r"), second),
        ])
        let before = try journal.deliveries(target: "shop", task: "t")
        #expect(
            before.commits == Set([one, two].compactMap(\.self)) && before.arrived == Set([one].compactMap(\.self))
        )
        #expect(before.newest == two && before.settled == [3, 4] && before.known == [7] && before.ended.isEmpty)
        #expect(try journal.deliveries(target: "other", task: "t").commits == before.commits)
        try journal.append([note(.runStopped)])
        #expect(try journal.prune(before: "2029", note).removed == 10)
        #expect(try journal.deliveries(target: "shop", task: "t") == before)
        #expect(try !journal.rebuild())
        #expect(try journal.deliveries(target: "shop", task: "t") == before)
        #expect(try journal.verify().firstBreak == nil)
        // Which pull requests count is never guessed.
        try Connection(path).execute("UPDATE tasks SET settled = '[3'")
        #expect { try journal.deliveries(target: "shop", task: "t") } throws: {
            ($0 as? JournalError)?.hint?.contains("journal rebuild") == true
        }
        #expect(try journal.rebuild())
        #expect(try journal.deliveries(target: "shop", task: "t") == before)
    }

    @Test func aBrokenJournalIsNotPruned() throws {
        let journal = try filled()
        try forge("UPDATE events SET payload = '{}' WHERE sequence = 3")
        #expect { try journal.prune(before: "2029", note) } throws: { "\($0)".contains("nothing was removed") }
        #expect(try journal.events().count == 100)
    }

    // MARK: Backup and restore

    @Test func aBrokenJournalGivesNoBackup() throws {
        let journal = try filled()
        try forge("UPDATE events SET payload = '{}' WHERE sequence = 3")
        let file = directory.path + "/copy.db"
        #expect { try journal.backup(to: file) } throws: { "\($0)".contains("the copy was thrown away") }
        #expect(try FileSystem.list(directory.path).filter { $0.hasPrefix("copy") }.isEmpty)
    }

    @Test func aBackupIsPutInPlace() throws {
        let journal = try filled()
        let file = directory.path + "/copy.db"
        #expect(try journal.backup(to: file).found.intactEvents == 100)
        #expect(try FileSystem.list(directory.path).filter { $0.hasPrefix("copy") } == ["copy.db"])
        try journal.append([note(.runStopped), note(.runResumed)])
        let (former, copied) = (try journal.head(), try Journal(at: file).head())
        let result = try Journal.restore(file, to: path, mark: "m", isHeld: { _ in false }, note: note)
        #expect(result.found.intactEvents == 100 && result.keptAs == path + ".before-restore-m")
        #expect(try Journal(at: path + ".before-restore-m").head() == former)
        // Whoever has the journal open goes on with what is there now.
        #expect(
            try journal.events().last?.event
                == .journalRestored(
                    Event.RestoredState(
                        events: 100, head: copied.hash, formerEvents: 102, formerHead: former.hash)))
        try journal.append([note(.runStopped)])
        let found = try Journal(at: path).verify()
        #expect(found.intactEvents == 102 && found.firstBreak == nil)
        #expect(try !Journal(at: path).rebuild())
        #expect(try FileSystem.list(directory.path).filter { $0.contains("restoring") }.isEmpty)
    }

    @Test func aBackupReplacesAFileThatIsNoJournal() throws {
        let file = directory.path + "/copy.db"
        _ = try filled().backup(to: file)
        for end in ["-wal", "-shm"] { try FileSystem.removeTree(path + end) }
        try FileSystem.write(Array(repeating: 120, count: 9000), to: path)
        let result = try Journal.restore(file, to: path, mark: "m", isHeld: { _ in false }, note: note)
        #expect(result.keptAs == path + ".damaged-m" && FileSystem.exists(path + ".damaged-m"))
        #expect(try Journal(at: path).verify().intactEvents == 101)
    }

    @Test func whatCannotBeRestoredLeavesTheJournalAlone() throws {
        let journal = try filled()
        let file = directory.path + "/copy.db"
        _ = try journal.backup(to: file)
        try Connection(file).execute(
            "DROP TRIGGER events_are_never_changed; UPDATE events SET payload = '{}' WHERE sequence = 9")
        #expect {
            try Journal.restore(file, to: path, mark: "m", isHeld: { _ in false }, note: note)
        } throws: { "\($0)".contains("event 9") && "\($0)".contains("it was not restored") }
        try FileSystem.removeTree(file)
        _ = try journal.backup(to: file)
        let claim = Claim(
            target: "shop", task: "t", attempt: "running", repository: "/r", mark: .lock("x"), holder: "me",
            claimedAt: "2026")
        try journal.claim(claim) { _ in [] }
        #expect {
            try Journal.restore(file, to: path, mark: "m", isHeld: { _ in true }, note: note)
        } throws: { "\($0)".contains("running runs (me)") }
        #expect(try journal.verify().intactEvents == 100 && journal.claims() == [claim])
        #expect(try FileSystem.list(directory.path).filter { $0.contains("restor") }.isEmpty)
    }

    /// What is damaged may still be written by another process, which then must not be put aside.
    @Test func whatAnotherProcessWritesIsNotPutAside() throws {
        _ = try filled()
        try forge("UPDATE events SET payload = '{}' WHERE sequence = 61")
        let other = try Connection(path)
        try other.execute("BEGIN IMMEDIATE")
        #expect {
            try Journal.salvage(
                path, mark: "m", patience: .zero, isHeld: { _ in false }, note: note)
        } throws: { ($0 as? JournalError)?.isBusy == true }
        #expect(!FileSystem.exists(path + ".damaged-m"))
        try other.execute("ROLLBACK")
        #expect(try Journal.salvage(path, mark: "m", isHeld: { _ in false }, note: note).lost.kept == 60)
    }

    // MARK: Salvaging

    @Test(arguments: [
        ("UPDATE events SET payload = '{}' WHERE sequence = 61", 60),
        ("DELETE FROM events WHERE sequence = 61", 60),
        ("DELETE FROM events WHERE sequence > 60", 60),
        ("UPDATE events SET prev_hash = NULL WHERE sequence = 100", 99),
    ]) func whatFitsIsKept(sql: String, kept: Int) throws {
        let journal = try filled()
        let hashes = try journal.events().map(\.hash)
        try forge(sql)
        let result = try Journal.salvage(path, mark: "m", isHeld: { _ in false }, note: note)
        #expect(
            result.lost.kept == kept && result.lost.firstLost == kept + 1 && result.keptAs == path + ".damaged-m")
        #expect(result.lost.formerSequence == 100 && result.lost.formerHash == hashes[99])
        let mended = try Journal(at: path)
        let events = try mended.events()
        #expect(events.prefix(kept).map(\.hash) == Array(hashes.prefix(kept)))
        #expect(events.last?.event == .journalSalvaged(result.lost))
        // Attempts whose ends were lost are closed.
        #expect(events.dropFirst(kept).dropLast().allSatisfy { $0.type == .attemptInterrupted })
        var open = AttemptQuery()
        open.states = ["created", "running"]
        #expect(try mended.attempts(open).isEmpty)
        #expect(try mended.verify().firstBreak == nil && mended.verify().intactEvents == events.count)
        try mended.append([note(.runStopped)])
        // Nothing is written any more into what was put aside.
        #expect { try journal.append([note(.runStopped)]) } throws: { "\($0)".contains("was replaced") }
        #expect(
            try FileSystem.list(directory.path).filter { $0.contains("salvaging") || $0.contains("looking") }
                .isEmpty)
    }

    @Test func aWholeJournalIsLeftAlone() throws {
        let head = try filled().head()
        let result = try Journal.salvage(path, mark: "m", isHeld: { _ in false }, note: note)
        #expect(result.keptAs == nil && result.lost.kept == 100)
        #expect(try Journal(at: path).head() == head)
        #expect(
            try FileSystem.list(directory.path).filter { $0 != "journal.db" && !$0.hasPrefix("journal.db-") } == []
        )
    }

    @Test func pagesThatCannotBeReadEndIt() throws {
        do {
            let journal = try filled(2000)
            try Connection(journal.path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        var bytes = try FileSystem.read(path, limit: 1 << 26)
        // The last leaf pages of the table lie somewhere in the second half.
        for index in bytes.count / 2..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try FileSystem.write(bytes, to: path)
        let result = try Journal.salvage(path, mark: "m", isHeld: { _ in false }, note: note)
        #expect(result.lost.kept > 0 && result.lost.kept < 2000 && result.lost.firstLost == result.lost.kept + 1)
        #expect(try Journal(at: path).verify().intactEvents > result.lost.kept)
    }

    @Test func claimsComeAlongAndThoseThatAreHeldForbidIt() throws {
        let journal = try filled()
        let claim = Claim(
            target: "shop", task: "t", attempt: "a", repository: "/r", mark: .lock("x"), holder: "me",
            claimedAt: "2026")
        try journal.claim(claim) { _ in [] }
        try forge("DELETE FROM events WHERE sequence = 61")
        #expect { try Journal.salvage(path, mark: "m", isHeld: { _ in true }, note: note) } throws: {
            "\($0)".contains("a runs (me)")
        }
        _ = try Journal.salvage(path, mark: "m", isHeld: { _ in false }, note: note)
        #expect(try Journal(at: path).claims() == [claim])
    }

    @Test func aJournalOfTheFirstEditionIsSalvagedToo() throws {
        try place("version1.db", at: path)
        try Connection(path).execute(
            "DROP TRIGGER events_are_never_deleted; DELETE FROM events WHERE sequence = 20")
        let result = try Journal.salvage(path, mark: "m", isHeld: { _ in false }, note: note)
        #expect(result.lost.kept == 19)
        let found = try Journal(at: path).verify()
        #expect(
            found.firstBreak == nil && found.unsealed.isEmpty && found.chains.map(\.name).contains(.firstEdition))
    }

    // MARK: Under load

    /// Rows and heads are of one moment: nobody who writes meanwhile makes a journal look broken.
    @Test func verifyingWhileOthersWriteIsQuiet() async throws {
        let journal = try filled()
        let path = journal.path
        let done = Cancellation()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let writer = try Journal(at: path)
                var number = 0
                while !done.isCancelled {
                    number += 1
                    try writer.append([
                        EventDraft(
                            id: "w\(number)", timestamp: "t", actor: "a", .runResumed, about: EventSubject())
                    ])
                }
            }
            group.addTask {
                defer { done.cancel() }
                let reader = try #require(try Journal(reading: path))
                for _ in 0..<60 { #expect(try reader.verify().firstBreak == nil) }
            }
            try await group.waitForAll()
        }
    }

    // MARK: Artifacts

    @Test func aRunningAttemptsFilesStay() throws {
        let journal = try filled(10)
        let stored = try journal.artifacts.store(Array("not recorded yet".utf8))
        let start = try #require(try FileSystem.status(journal.artifacts.path(of: stored.digest))).modified
        let claim = Claim(
            target: "shop", task: "t", attempt: "a", repository: "/r", mark: .lock("x"), holder: "me",
            claimedAt: start.description)
        try journal.claim(claim) { _ in [] }
        let later = start + .seconds(3600)
        #expect(try journal.collectArtifacts(olderThan: later, isDryRun: false).isEmpty)
        try journal.release("a", [])
        #expect(try journal.collectArtifacts(olderThan: later, isDryRun: true) == [stored.digest.hex])
        #expect(try journal.collectArtifacts(olderThan: later, isDryRun: false) == [stored.digest.hex])
    }

    @Test func whatACheckpointNeedsStays() throws {
        let journal = try Journal(at: path)
        try journal.append(
            (1...5).map { number in
                EventDraft(id: "\(number)", timestamp: "2020", actor: "a", .runStopped, about: EventSubject())
            })
        _ = try journal.prune(before: "2029", note)
        let future = Instant(secondsSinceEpoch: 1 << 40)
        #expect(try journal.collectArtifacts(olderThan: future, isDryRun: false).isEmpty)
        #expect(try !journal.rebuild() && journal.verifyArtifacts().problems.isEmpty)
        #expect(try journal.verifyArtifacts().looked == 1)
    }
}
