import Basics
import Processes
import SQLite
import TestSupport
import Testing

/// A home that an older version left is taken over by this one, with nothing of it changed.
@Suite struct UpgradeTests {
    private static let databases =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/JournalTests/Databases"

    /// The stored journals, with the settings that their versions knew.
    @Test(arguments: [("version1.db", 22), ("version2/journal.db", 10), ("version3.db", 0)])
    func anOlderHomeGoesOn(file: String, events: Int) throws {
        let target = try TestTarget()
        try FileSystem.write(
            try FileSystem.read("\(Self.databases)/\(file)", limit: 1 << 20), to: target.home + "/journal.db")
        if file.hasPrefix("version2") {
            let snapshot = "/artifacts/fc/fc18f65c090ab936b993990459f888951c6c24897670926a6514ae1420bcd891"
            try FileSystem.createDirectory(target.home + "/artifacts/fc")
            let bytes = try FileSystem.read(Self.databases + "/version2" + snapshot, limit: 1 << 20)
            try FileSystem.write(bytes, to: target.home + snapshot)
        }
        let old = try Connection(target.home + "/journal.db").hashes()
        #expect(old.count >= events && !old.isEmpty)
        // Looking at it changes nothing, and finds it whole.
        let looked = try target.leviathan("journal", "verify")
        #expect(looked.succeeded, "\(looked.errors.text)")
        #expect(try target.leviathan("attempts", "--json").succeeded)
        #expect(try target.leviathan("stats", "--json").succeeded)
        // Work goes on behind what is there.
        let proposed = try target.leviathan("propose", "task-001")
        #expect(proposed.succeeded, "\(proposed.errors.text)")
        let verified = try target.leviathan("journal", "verify")
        #expect(verified.succeeded, "\(verified.output.text) \(verified.errors.text)")
        let new = try Connection(target.home + "/journal.db").hashes()
        #expect(Array(new.prefix(old.count)) == old && new.count > old.count)
        #expect(try target.leviathan("journal", "rebuild").succeeded)
        let findings = try target.leviathan("doctor", "--json").json.elements ?? []
        let journal = findings.first { $0["name"] == "journal" }
        #expect(journal?["state"] == "ok", "\(journal?.text() ?? "no finding")")
    }
}

extension Connection {
    /// The hash of each event in its order.
    fileprivate func hashes() throws -> [String] {
        let sql = "SELECT group_concat(hash) FROM (SELECT hash FROM events ORDER BY sequence)"
        return (try scalar(sql)?.text ?? "").split(separator: ",").map(String.init)
    }
}
