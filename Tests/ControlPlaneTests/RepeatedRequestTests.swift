import Basics
import HTTP
import HTTPServer
import Journal
import Synchronization
import Testing

@testable import ControlPlane

/// Requests that carry a key, and come again.
@Suite struct RepeatedRequestTests {
    private let one = Digest(hex: String(repeating: "1", count: 64))!
    private let two = Digest(hex: String(repeating: "2", count: 64))!
    private let now = Instant("2026-03-01T12:00:00Z")!

    private func word(_ claim: RepeatedRequests.Claim) -> String {
        switch claim {
        case .begin: "begin"
        case .answered(let response): "\(response.status) \(String(decoding: response.bytes, as: UTF8.self))"
        case .running: "running"
        case .other: "other"
        }
    }

    @Test func theSameRequestAgainGetsTheSameAnswer() throws {
        let shared = MemorySharedEntries()
        // Whichever process it comes to.
        let (table, other) = (RepeatedRequests(shared, .system), RepeatedRequests(shared, .system))
        #expect(try word(table.claim("k", content: one, at: now)) == "begin")
        #expect(try word(other.claim("k", content: one, at: now)) == "running")
        #expect(try word(other.claim("k", content: two, at: now)) == "other")
        let answer = ServerResponse(201, headers: ["Location": "/x"], text: "made")
        try table.finish("k", content: one, answer, at: now)
        let again = try other.claim("k", content: one, at: now)
        #expect(word(again) == "201 made")
        if case .answered(let response) = again { #expect(response.headers["location"] == "/x") }
        #expect(try word(table.claim("k", content: two, at: now + .seconds(86_401))) == "begin")
    }

    /// A row that stands there and cannot be read is taken for a request that goes on, and not looked at for ever.
    @Test func whatCannotBeReadIsNotCarriedOutAgain() throws {
        #expect(
            try word(RepeatedRequests(UnreadableEntries(), .system).claim("k", content: one, at: now)) == "running"
        )
    }

    @Test func aFailureOfTheServerMayBeTriedAgain() throws {
        let table = RepeatedRequests(MemorySharedEntries(), .system)
        _ = try table.claim("k", content: one, at: now)
        try table.finish("k", content: one, ServerResponse(500), at: now)
        #expect(try word(table.claim("k", content: one, at: now)) == "begin")
    }

    /// Two processes find the same answer that has expired, before either of them puts its own entry there.
    @Test func ofTwoThatFindAnExpiredAnswerOneBegins() throws {
        let shared = MemorySharedEntries()
        let table = RepeatedRequests(shared, .system)
        _ = try table.claim("k", content: one, at: now)
        try table.finish("k", content: one, ServerResponse(200), at: now)
        let later = now + .seconds(86_401)
        // The other one comes between this one's look and its write.
        let other = RepeatedRequests(shared, .system)
        let between = InterruptedEntries(shared) {
            #expect((try? other.claim("k", content: one, at: later)) != nil)
        }
        #expect(try word(RepeatedRequests(between, .system).claim("k", content: one, at: later)) == "running")
        #expect(try word(other.claim("k", content: one, at: later)) == "running")
    }

    /// The word that an entry stands there is lost with its connection, and the entry is sent once more.
    @Test func whoseOwnEntryStandsThereBegins() throws {
        let entries = ForgetfulEntries()
        #expect(try word(RepeatedRequests(entries, .system).claim("k", content: one, at: now)) == "begin")
        #expect(try word(RepeatedRequests(entries, .system).claim("k", content: one, at: now)) == "running")
    }

    /// Whoever began it may have died over it.
    @Test func whatNobodyFinishesIsCarriedOutInTheEnd() throws {
        let table = RepeatedRequests(MemorySharedEntries(), .system)
        _ = try table.claim("k", content: one, at: now)
        #expect(try word(table.claim("k", content: one, at: now + .seconds(599))) == "running")
        #expect(try word(table.claim("k", content: one, at: now + .seconds(600))) == "begin")
        #expect(try word(table.claim("k", content: one, at: now + .seconds(601))) == "running")
    }
}

/// A store with a row that is there and cannot be read.
private struct UnreadableEntries: SharedEntries {
    func add(_ entry: SharedEntry) -> Bool { false }
    func put(_ entry: SharedEntry) {}
    func replace(_ old: SharedEntry, with entry: SharedEntry) -> Bool { false }
    func entry(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? { nil }
    func entries(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] { [] }
    func take(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? { nil }
    func takeAll(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] { [] }
    func touch(_ kind: SharedEntry.Kind, _ key: String, at now: Instant) {}
    func trim(_ kind: SharedEntry.Kind, to most: Int, usedSince first: Instant) {}
}

/// Adds an entry, and says each time that one was there already.
private struct ForgetfulEntries: SharedEntries {
    private let entries = MemorySharedEntries()

    func add(_ entry: SharedEntry) -> Bool {
        _ = entries.add(entry)
        return false
    }
    func put(_ entry: SharedEntry) { entries.put(entry) }
    func replace(_ old: SharedEntry, with entry: SharedEntry) -> Bool { entries.replace(old, with: entry) }
    func entry(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? { entries.entry(kind, key) }
    func entries(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] { entries.entries(kind, of: owner) }
    func take(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? { entries.take(kind, key) }
    func takeAll(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] { [] }
    func touch(_ kind: SharedEntry.Kind, _ key: String, at now: Instant) {}
    func trim(_ kind: SharedEntry.Kind, to most: Int, usedSince first: Instant) {}
}

/// Something happens right after the first look at an entry.
private final class InterruptedEntries: SharedEntries {
    private let entries: MemorySharedEntries
    private let body: Mutex<(@Sendable () -> Void)?>

    init(_ entries: MemorySharedEntries, _ body: @escaping @Sendable () -> Void) {
        self.entries = entries
        self.body = Mutex(body)
    }

    func add(_ entry: SharedEntry) -> Bool { entries.add(entry) }
    func put(_ entry: SharedEntry) { entries.put(entry) }
    func replace(_ old: SharedEntry, with entry: SharedEntry) -> Bool { entries.replace(old, with: entry) }
    func entry(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? {
        let found = entries.entry(kind, key)
        body.withLock { body in
            defer { body = nil }
            return body
        }?()
        return found
    }
    func entries(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] { entries.entries(kind, of: owner) }
    func take(_ kind: SharedEntry.Kind, _ key: String) -> SharedEntry? { entries.take(kind, key) }
    func takeAll(_ kind: SharedEntry.Kind, of owner: String) -> [SharedEntry] { [] }
    func touch(_ kind: SharedEntry.Kind, _ key: String, at now: Instant) {}
    func trim(_ kind: SharedEntry.Kind, to most: Int, usedSince first: Instant) {}
}
