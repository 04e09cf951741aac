import Basics
import Journal
import PostgreSQL
import Synchronization
import TestSupport
import Testing

/// What every store promises.
@Suite(.timeLimit(.minutes(60))) struct StoreConformanceTests {
    enum Kind: CaseIterable, Sendable {
        case sqlite, memory, postgres

        /// All that can be had here.
        static var present: [Kind] { allCases.filter { $0 != .postgres || PostgresTestServer.isInstalled } }
    }

    private let directory: TemporaryDirectory
    private let url: PostgresURL?

    init() throws {
        directory = try TemporaryDirectory()
        url =
            PostgresTestServer.isInstalled ? PostgresURL(try PostgresTestServer.shared().database()) : nil
    }

    private func store(_ kind: Kind) throws -> any JournalStore {
        switch kind {
        case .sqlite: try Journal(at: directory.path + "/journal.db")
        case .memory: try MemoryJournalStore()
        case .postgres: try Journal(in: #require(url), home: directory.path)
        }
    }

    /// The store as the next process finds it.
    private func reopened(_ store: any JournalStore, _ kind: Kind) throws -> any JournalStore {
        if let memory = store as? MemoryJournalStore { return try memory.reopened() }
        return try self.store(kind)
    }

    private func draft(_ number: Int, _ event: Event = .runStopped, target: String? = nil) -> EventDraft {
        EventDraft(
            id: "e\(number)", timestamp: Instant(secondsSinceEpoch: Int64(number)).description, actor: "a", event,
            about: EventSubject(target: target, task: target.map { _ in "t" }, attempt: target.map { _ in "a1" }))
    }

    private func claim(_ attempt: String, task: String = "t") -> Claim {
        Claim(
            target: "shop", task: task, attempt: attempt, repository: "/r", mark: .lock(attempt), holder: "me",
            claimedAt: "2026")
    }

    @Test(arguments: Kind.present) func eachTargetHasAChainOfItsOwn(kind: Kind) throws {
        let store = try store(kind)
        let records = try store.append([
            draft(1), draft(2, target: "shop"), draft(3), draft(4, target: "shop"), draft(5, target: "bank"),
        ])
        #expect(records.map(\.previousHash) == [nil, nil, records[0].hash, records[1].hash, nil])
        #expect(
            try store.chainHeads() == [
                ChainHead(name: .home, start: nil, events: 2, hash: records[2].hash),
                ChainHead(name: .target("bank"), start: nil, events: 1, hash: records[4].hash),
                ChainHead(name: .target("shop"), start: nil, events: 2, hash: records[3].hash),
            ])
        #expect(try store.head() == JournalHead(sequence: 5, hash: records[4].hash))
        #expect(try reopened(store, kind).chainHeads() == store.chainHeads())
    }

    @Test(arguments: Kind.present) func allStoresComputeTheSame(kind: Kind) throws {
        var history = RandomHistory(seed: 5)
        let (store, other) = (try store(kind), try MemoryJournalStore())
        for _ in 0..<4 {
            let drafts = history.drafts(30)
            #expect(try store.append(drafts).map(\.hash) == other.append(drafts).map(\.hash))
        }
        #expect(try store.chainHeads() == other.chainHeads())
        #expect(try store.projections.digest() == other.projections.digest())
        #expect(try reopened(store, kind).projections.digest() == other.projections.digest())
    }

    @Test(arguments: Kind.present) func costsAreSummedOnceTheyAreSettled(kind: Kind) throws {
        let store = try store(kind)
        func budget(_ number: Int, _ type: String, _ attempt: String, _ tokens: Int, _ money: Int?) -> EventDraft {
            let facts: JSON = [
                "target": "shop", "task_id": "t", "attempt_id": .string(attempt), "scope": "docs",
                "tokens": .integer(tokens), "usd_millionths": .optional(money),
            ]
            return draft(number, .other(EventType(type), facts))
        }
        try store.append([
            budget(1, "budget.reserved", "a1", 100, 900), budget(2, "budget.settled", "a1", 40, 300),
            budget(3, "budget.reserved", "a2", 100, nil), budget(4, "budget.settled", "a2", 10, nil),
            budget(5, "budget.reserved", "a3", 100, 900),
            draft(6, .pullRequestCreated(.init(number: 7, url: nil, branch: "b"), commit: nil), target: "shop"),
        ])
        let costs = try store.costs()
        #expect(costs.map(\.target) == ["shop"] && costs.map(\.scope) == ["docs"])
        #expect(costs.map(\.money) == [300] && costs.map(\.tokens) == [50] && costs.map(\.unpriced) == [1])
        #expect(try store.costs(target: "bank").isEmpty)
        try store.append([
            draft(8, .attemptCreated(.init(number: 1)), target: "shop"),
            draft(9, .attemptFailed(kind: nil, reason: "it did"), target: "shop"),
        ])
        #expect(try store.attemptResults().filter { $0.count > 0 }.map(\.result) == ["failed"])
        #expect(try store.changeCounts().map { "\($0.target) \($0.state) \($0.count)" } == ["shop open 1"])
    }

    @Test(arguments: Kind.present) func readsFromAPosition(kind: Kind) throws {
        let store = try store(kind)
        try store.append((1...9).map { draft($0, target: $0 % 2 == 0 ? "shop" : nil) })
        var query = EventQuery()
        (query.after, query.limit) = (3, 2)
        #expect(try store.events(query).map(\.sequence) == [4, 5])
        query.target = "shop"
        #expect(try store.events(query).map(\.id) == ["e4", "e6"])
        query.prefersNewest = true
        #expect(try store.events(query).map(\.id) == ["e6", "e8"])
        (query.through, query.task, query.attempt) = (7, "t", "a1")
        #expect(try store.events(query).map(\.id) == ["e4", "e6"])
        query.types = [.runResumed]
        #expect(try store.events(query).isEmpty)
    }

    @Test(arguments: Kind.present) func allOrNone(kind: Kind) throws {
        let store = try store(kind)
        try store.append([draft(1)])
        #expect(throws: JournalError.self) { try store.append([draft(2), draft(1, .runResumed)]) }
        #expect(throws: JournalError.self) {
            try store.append([
                draft(2),
                EventDraft(id: "x", type: .runStopped, timestamp: "t", actor: nil, payload: .double(.nan)),
            ])
        }
        #expect(try store.events().map(\.id) == ["e1"])
        #expect(try store.append([draft(1), draft(2)]).map(\.sequence) == [1, 2])
        #expect(try store.head().sequence == 2)
    }

    @Test(arguments: Kind.present) func oneClaimATask(kind: Kind) throws {
        let store = try store(kind)
        try store.claim(claim("a")) { _ in [draft(1)] }
        #expect(throws: JournalError.self) { try store.claim(claim("b")) { _ in [draft(2)] } }
        #expect(throws: JournalError.self) {
            try store.claim(claim("c", task: "t2")) { (store) throws(JournalError) in
                #expect(try store.claims().count == 2)
                throw .refused("no", hint: nil)
            }
        }
        #expect(try store.claims().map(\.attempt) == ["a"] && store.events().count == 1)
        let marked = claim("a").marked(.lease(until: Instant(secondsSinceEpoch: 9)))
        #expect(try store.remark(claim("a"), marked.mark))
        #expect(try !store.remark(claim("a"), marked.mark))
        #expect(try !store.recover(claim("a"), [draft(3)]))
        #expect(try reopened(store, kind).claims() == [marked])
        #expect(try store.recover(marked, [draft(3)]))
        #expect(try !store.recover(marked, [draft(4)]))
        try store.claim(claim("d")) { _ in [] }
        try store.release("d", [draft(5)])
        #expect(try store.claims().isEmpty && store.events().map(\.id) == ["e1", "e3", "e5"])
    }

    @Test(arguments: Kind.present) func anAbsentActorIsNull(kind: Kind) throws {
        let store = try store(kind)
        var draft = draft(1)
        draft.actor = nil
        let record = try store.append([draft])[0]
        #expect(record.actor == nil && record.hash == EventHash.compute(draft, previous: nil))
        #expect(try store.events()[0].actor == nil)
    }

    @Test(arguments: MemoryJournalStore.CrashPoint.allCases)
    func aDeadStoreHasAllOrNothing(point: MemoryJournalStore.CrashPoint) throws {
        let store = try MemoryJournalStore()
        try store.append([draft(1)])
        store.crashPoint = point
        #expect(throws: JournalError.self) { try store.claim(claim("a")) { _ in [draft(2, target: "shop")] } }
        #expect(throws: JournalError.self) { try store.append([draft(3)]) }
        #expect(throws: JournalError.self) { try store.events() }
        let next = try store.reopened()
        let isThere = point == .afterCommit
        #expect(try next.events().map(\.id) == (isThere ? ["e1", "e2"] : ["e1"]))
        #expect(try next.claims().count == (isThere ? 1 : 0))
        #expect(try next.append([draft(4)])[0].previousHash == next.events()[0].hash)
    }
}

/// What every owner of claims promises.
@Suite(.timeLimit(.minutes(60))) struct ClaimOwnerTests {
    private let directory: TemporaryDirectory
    private let store: MemoryJournalStoreBox

    init() throws {
        directory = try TemporaryDirectory()
        store = MemoryJournalStoreBox(try MemoryJournalStore())
    }

    /// A store for owners that may run anywhere; tests use it from one place only.
    final class MemoryJournalStoreBox: @unchecked Sendable {
        let store: MemoryJournalStore

        init(_ store: MemoryJournalStore) { self.store = store }
    }

    private func lockOwner(aliveProcesses: Set<Int> = []) -> LockOwner {
        LockOwner(directory.path + "/claims") { aliveProcesses.contains($0.processID) }
    }

    private func claim(_ mark: ClaimMark, _ attempt: String = "a") throws -> Claim {
        let claim = Claim(
            target: "shop", task: "t", attempt: attempt, repository: "/r", mark: mark, holder: "me",
            claimedAt: "2026")
        try store.store.claim(claim) { _ in [] }
        return claim
    }

    @Test func aLockIsHeldWhileItsOwnerIsThere() throws {
        let hold = try lockOwner().hold("a")
        let claim = try claim(hold.mark)
        #expect(try lockOwner().takeOver(claim) == nil)
        hold.end()
        let taken = try #require(try lockOwner().takeOver(claim))
        #expect(try lockOwner().takeOver(claim) == nil)
        taken.end()
        #expect(try FileSystem.list(directory.path + "/claims").isEmpty)
    }

    @Test func aDeadProcessHoldsNothing() async throws {
        let path = directory.path + "/claims"
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let hold = try LockOwner(path) { _ in true }.hold("a")
            withExtendedLifetime(hold) { fatalError("dies with the claim") }
        }
        let claim = try claim(.lock("a.lock"))
        #expect(try lockOwner().takeOver(claim) != nil)
    }

    @Test func aClaimOfTheFirstEditionIsJudgedByItsProcess() throws {
        let claim = try claim(.process(ClaimProcess(processID: 7, started: "1", machine: "m")))
        #expect(try lockOwner(aliveProcesses: [7]).takeOver(claim) == nil)
        #expect(try lockOwner().takeOver(claim) != nil)
    }

    @Test func whatNobodyClaimedIsSwept() throws {
        let owner = lockOwner()
        let (held, claimed) = (try owner.hold("held"), try owner.hold("claimed"))
        try FileSystem.write([], to: directory.path + "/claims/left.lock")
        withExtendedLifetime(claimed) {}
        try owner.sweep(except: [try claim(claimed.mark, "claimed")])
        #expect(try FileSystem.list(directory.path + "/claims") == ["claimed.lock", "held.lock"])
        withExtendedLifetime(held) {}
    }

    @Test func oddNamesStayInTheDirectory() throws {
        let hold = try lockOwner().hold("../../etc/x")
        #expect(try FileSystem.list(directory.path + "/claims").count == 1)
        hold.end()
    }

    @Test func aLeaseIsItsOwnersUntilItsDeadline() throws {
        let time = TestClock(Instant(secondsSinceEpoch: 100))
        let box = store
        let owner = LeaseOwner(clock: time.clock, duration: .seconds(30)) { () throws(JournalError) in box.store }
        let mine = try claim(try owner.hold("a").mark)
        #expect(try owner.takeOver(mine) == nil)
        time.advance(.seconds(20))
        let renewed = try #require(try owner.renew(mine))
        #expect(try owner.renew(mine) == nil)
        time.advance(.seconds(20))
        #expect(try owner.takeOver(renewed) == nil)
        time.advance(.seconds(20))
        let taken = try #require(try owner.takeOver(renewed))
        #expect(try owner.takeOver(renewed) == nil)
        // Whose time is over learns it, and ends.
        #expect(try owner.renew(renewed) == nil)
        #expect(try store.store.recover(renewed.marked(taken.mark), []))
    }
}

/// Time that only the test moves.
private final class TestClock: Sendable {
    private let time: Mutex<Instant>

    init(_ start: Instant) { time = Mutex(start) }

    var clock: Clock { Clock { self.time.withLock { $0 } } }

    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}
