import Basics
import Processes
import SQLite
import TestSupport
import Testing

/// A journal that cannot be used stops what would have to be recorded, before anything is pushed.
@Suite(.timeLimit(.minutes(60))) struct JournalTroubleTests {
    private let target: TestTarget
    private var path: String { target.home + "/journal.db" }

    init() throws {
        target = try TestTarget()
        #expect(try target.leviathan("propose", "task-001").succeeded)
    }

    private func expectRefusal(_ code: Int32, _ words: String, extra: [String: String] = [:]) throws {
        let before = try target.everything()
        let outcome = try target.leviathan("propose", "task-001", "--base", "HEAD", extra: extra)
        #expect(outcome.ending == .exited(code), "\(outcome.errors.text)")
        #expect(outcome.errors.text.contains(words), "\(outcome.errors.text)")
        #expect(try target.everything() == before)
    }

    @Test func lockedByAnotherProcess() throws {
        let other = try Connection(path)
        try other.execute("BEGIN IMMEDIATE")
        try expectRefusal(7, "waiting for another process", extra: ["LEVIATHAN_WAIT": "1s"])
        try other.execute("ROLLBACK")
    }

    @Test func corruptedPages() throws {
        try Connection(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        var bytes = try FileSystem.read(path, limit: 1 << 24)
        for index in 4096..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
        try FileSystem.write(bytes, to: path)
        try expectRefusal(1, "restore it from a backup")
    }

    @Test func truncatedFile() throws {
        try Connection(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try FileSystem.write(Array(try FileSystem.read(path, limit: 1 << 24).prefix(9000)), to: path)
        try expectRefusal(1, "restore it from a backup")
    }

    @Test func anotherKindOfFile() throws {
        try Connection(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try FileSystem.write(Array(repeating: UInt8(ascii: "x"), count: 9000), to: path)
        try expectRefusal(1, "restore it from a backup")
    }

    @Test func aNewerSchema() throws {
        try Connection(path).execute("PRAGMA user_version = 99")
        try expectRefusal(1, "version 99, and this program knows up to 6")
    }

    @Test func lostEvents() throws {
        try Connection(path).execute(
            "DROP TRIGGER events_are_never_deleted; DELETE FROM events WHERE sequence > 5")
        try expectRefusal(1, "the journal was cut off")
    }

    /// A file system with room for the journal, and for little more.
    @Test func aFullDisk() throws {
        try Connection(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        let place = target.repository.directory.path + "/full"
        try FileSystem.createDirectory(place)
        let script = """
            set -e
            mount -t tmpfs -o size=2m,mode=0700 none '\(place)'
            cp '\(path)' '\(place)'
            export LEVIATHAN_HOME='\(place)'
            head -c 10000000 /dev/zero > '\(place)/filler' || true
            code=0; '\(TestTarget.program)' propose task-001 || code=$?
            rm '\(place)/filler'
            '\(TestTarget.program)' propose task-001
            '\(TestTarget.program)' journal verify
            exit $code
            """
        var program = Subprocess(
            "unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script],
            environment: target.repository.environment)
        program.workingDirectory = target.repository.path
        let outcome = try program.run()
        #expect(outcome.ending == .exited(1), "\(outcome.errors.text)")
        #expect(outcome.errors.text.contains("free some space"), "\(outcome.errors.text)")
        #expect(outcome.output.text.contains("unbroken"), "\(outcome.output.text)")
    }
}
