import Basics
import Journal
import PostgreSQL
import TestSupport
import Testing

/// What keeps events and where they go, in both kinds of database.
@Suite(.timeLimit(.minutes(60))) struct RetentionTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func journals() throws -> [Journal] {
        let file = try Journal(at: directory.path + "/journal.db")
        guard PostgresTestServer.isInstalled else { return [file] }
        let url = PostgresURL(try PostgresTestServer.shared().database())
        return [file, try Journal(in: url, home: directory.path)]
    }

    private func draft(_ number: Int, _ event: Event, target: String? = nil) -> EventDraft {
        EventDraft(
            id: "e\(number)", timestamp: "2026-01-0\(number)T00:00:00Z", actor: "a", event,
            about: EventSubject(target: target, task: nil, attempt: nil))
    }

    private func seal(_ event: Event) -> EventDraft {
        EventDraft(id: "seal", timestamp: "2030", actor: "a", event, about: EventSubject())
    }

    @Test func whatIsRemovedIsInItsArchiveAndWhatIsHeldStays() throws {
        for (index, journal) in try journals().enumerated() {
            let hold = Event(.holdPlaced, ["held": "shop"])
            try journal.append([
                draft(1, .runStopped), draft(2, .runStopped, target: "bank"),
                draft(3, .runStopped, target: "shop"),
                draft(4, .runStopped, target: "bank"), draft(5, hold), draft(6, .runStopped),
            ])
            let file = directory.path + "/archive-\(index)"
            let result = try journal.prune(before: "2029", archive: file, seal)
            #expect(result.removed == 2 && result.held == ["shop"] && result.kept == 5)
            #expect(try journal.events().map(\.id) == ["e3", "e4", "e5", "e6", "seal"])
            guard case .journalPruned(let sealed) = try journal.events().last?.event else {
                Issue.record("no seal")
                continue
            }
            #expect(sealed.archive == result.archive && sealed.archive != nil)
            // The file is what an export was: its chains can be followed on their own.
            let copy = try Journal(at: directory.path + "/copy-\(index).db")
            let lines = try LineFile(file, lineLimit: 1 << 20)
            let imported = try copy.importEvents(from: lines) { self.seal($0) }
            #expect(imported.imported == 2 && imported.known == 0)
            #expect(try journal.verify().firstBreak == nil)
            // A name that is taken is refused, and nothing is removed.
            try journal.append([draft(7, Event(.holdLifted, ["held": "shop"]))])
            #expect(try journal.holds().isEmpty)
            #expect(throws: JournalError.self) { try journal.prune(before: "2029", archive: file, seal) }
            #expect(try journal.events().count == 6)
        }
    }
}
