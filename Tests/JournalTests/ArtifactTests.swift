import Basics
import Journal
import TestSupport
import Testing

/// Files that are named by what they hold.
@Suite struct ArtifactTests {
    private let directory: TemporaryDirectory
    private let store: ArtifactFiles

    init() throws {
        directory = try TemporaryDirectory()
        store = ArtifactFiles(root: directory.path + "/artifacts")
    }

    @Test func theSameContentIsOneFile() throws {
        let writer = try store.writer()
        for piece in ["one ", "two"] { try writer.write(Array(piece.utf8)) }
        let first = try writer.finish()
        #expect(try store.store(Array("one two".utf8)) == first && first.bytes == 7)
        #expect(try store.read(first.digest) == Array("one two".utf8))
        #expect(store.path(of: first.digest) == "\(store.root)/\(first.digest.hex.prefix(2))/\(first.digest.hex)")
        #expect(try FileSystem.list(store.root + "/incoming").isEmpty)
        #expect(throws: ArtifactError.finished) { try writer.finish() }
    }

    @Test func anAlteredFileIsNotBelieved() throws {
        let stored = try store.store(Array("log".utf8))
        #expect(store.problem(with: stored.digest) == nil)
        try FileSystem.write(Array("lag".utf8), to: store.path(of: stored.digest))
        #expect(throws: ArtifactError.altered(stored.digest)) { try store.read(stored.digest) }
        #expect(store.problem(with: stored.digest) == .altered(stored.digest))
        try FileSystem.removeTree(store.path(of: stored.digest))
        #expect(throws: ArtifactError.missing(stored.digest)) { try store.read(stored.digest) }
    }

    @Test func whatIsTooLargeLeavesNothing() throws {
        #expect(throws: ArtifactError.tooLarge(limit: 10)) {
            try store.store(Array("0123456789a".utf8), limit: 10)
        }
        #expect(try FileSystem.list(store.root + "/incoming").isEmpty)
    }

    /// An attempt that runs may yet record what it has stored; a checkpoint keeps what it names.
    @Test func whatAnAttemptThatRunsMayNeedStays() throws {
        let journal = try Journal(at: directory.path + "/journal.db")
        func claim(_ attempt: String, at time: String) throws {
            let claim = Claim(
                target: "shop", task: attempt, attempt: attempt, repository: "/r", mark: .lock(attempt + ".lock"),
                holder: "process 7", claimedAt: time)
            try journal.claim(claim) { _ in [] }
        }
        func collect() throws -> [String] {
            try journal.collectArtifacts(olderThan: Instant(secondsSinceEpoch: 1 << 40), isDryRun: false)
        }
        let stored = try journal.artifacts.store(Array("output".utf8))
        let status = try #require(try FileSystem.status(journal.artifacts.path(of: stored.digest)))
        // The file's own clock may stand a little before the one that the claim was made by.
        try claim("a", at: (status.modified + .milliseconds(4)).description)
        #expect(try collect() == [])
        try claim("b", at: "nobody knows when")
        try journal.release("a", [])
        #expect(try collect() == [])
        try journal.release("b", [])
        #expect(try collect() == [stored.digest.hex])
    }

    @Test func garbageGoesAfterItsGrace() throws {
        let kept = try store.store(Array("kept".utf8))
        let lost = try store.store(Array("lost".utf8))
        try FileSystem.write([1], to: store.root + "/incoming/half")
        let past = Instant(secondsSinceEpoch: 0)
        let future = Instant(secondsSinceEpoch: 1 << 40)
        #expect(try store.collectGarbage(olderThan: past) { $0 == kept.digest } == [])
        let planned = try store.collectGarbage(olderThan: future, isDryRun: true) { $0 == kept.digest }
        #expect(Set(planned) == [lost.digest.hex, "half"])
        #expect(store.problem(with: lost.digest) == nil)
        #expect(try Set(store.collectGarbage(olderThan: future) { $0 == kept.digest }) == Set(planned))
        #expect(
            store.problem(with: lost.digest) == .missing(lost.digest) && store.problem(with: kept.digest) == nil)
    }
}
