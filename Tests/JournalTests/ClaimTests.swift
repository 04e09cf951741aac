import Basics
import Journal
import TestSupport
import Testing

/// One task, one attempt at a time.
@Suite(.timeLimit(.minutes(60))) struct ClaimTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path + "/journal.db" }

    init() throws { directory = try TemporaryDirectory() }

    private func claim(_ attempt: String, task: String = "task-1") -> Claim {
        Claim(
            target: "shop", task: task, attempt: attempt, repository: "/r",
            mark: .lock(attempt + ".lock"), holder: "process 7", claimedAt: "2026")
    }

    private func draft(_ id: String) -> EventDraft {
        EventDraft(id: id, type: .attemptCreated, timestamp: "t", actor: "a", payload: [:])
    }

    @Test func onlyOneOfManyGetsATask() async throws {
        let path = path
        _ = try Journal(at: path)
        let won = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask {
                    (try? Journal(at: path).claim(self.claim("a\(number)")) { _ in [self.draft("e\(number)")] })
                        != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let journal = try Journal(at: path)
        #expect(won == 1)
        #expect(try journal.claims().count == 1 && journal.events().count == 1)
    }

    @Test func aRefusedClaimRecordsNothing() throws {
        let journal = try Journal(at: path)
        try journal.claim(claim("a")) { _ in [draft("e1")] }
        #expect(throws: JournalError.self) { try journal.claim(claim("b")) { _ in [draft("e2")] } }
        #expect(throws: JournalError.self) {
            try journal.claim(claim("c", task: "task-2")) { _ in
                [
                    draft("e3"), draft("e1"),
                    EventDraft(id: "e1", type: .runStopped, timestamp: "", actor: "", payload: [:]),
                ]
            }
        }
        #expect(try journal.events().map(\.id) == ["e1"] && journal.claims().map(\.attempt) == ["a"])
    }

    @Test func aReleasedTaskIsFree() throws {
        let journal = try Journal(at: path)
        try journal.claim(claim("a")) { _ in [draft("e1")] }
        try journal.release("a", [draft("e2")])
        try journal.claim(claim("b")) { _ in [draft("e3")] }
        #expect(try journal.events().count == 3 && journal.claims().map(\.attempt) == ["b"])
    }
}
