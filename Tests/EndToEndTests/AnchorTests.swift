import Basics
import Processes
import SQLite
import TestSupport
import Testing

/// The heads of the journal, written down after each delivery and compared unasked.
@Suite(.timeLimit(.minutes(60))) struct AnchorTests {
    private static let backlog = """
        version: 1
        tasks:
          - {id: one, title: One, scope: docs, ready: true, allowed_paths: [docs/one.md]}
          - {id: two, title: Two, scope: docs, ready: true, allowed_paths: [docs/two.md]}
          - {id: three, title: Three, scope: docs, ready: true, allowed_paths: [docs/three.md]}
        """

    private func anchors(_ target: TestTarget, remote: String? = nil) throws -> [String] {
        let place = remote.map { ["--git-dir", $0] } ?? []
        return try target.repository.git(
            arguments: place + ["for-each-ref", "--format=%(refname) %(objectname)", "refs/leviathan/journal"]
        ).split(separator: "\n").map(String.init)
    }

    /// A second remote, which the machine's configuration names.
    private func anchorRemote(of target: TestTarget) throws -> String {
        let path = target.repository.directory.path + "/anchors.git"
        try target.repository.git("init", "-q", "--bare", path)
        try FileSystem.write(
            Array("limits: {max_open_prs: 1000}\njournal: {anchor_remote: \(path)}\n".utf8),
            to: target.home + "/config.yaml")
        return path
    }

    /// Cuts off the newest events and rewrites the heads, so that the chain is sound.
    private func truncate(_ target: TestTarget, after sequence: Int) throws {
        let journal = target.home + "/journal.db"
        let copy = target.home + "/cut.ndjson"
        let events = try target.leviathan("journal", "export", "--to", "\(sequence)").output.text
        try FileSystem.write(Array(events.utf8), to: copy)
        for end in ["", "-wal", "-shm"] { try FileSystem.removeTree(journal + end) }
        #expect(try target.leviathan("journal", "import", copy).succeeded)
    }

    @Test func eachDeliveryLeavesOneHere() throws {
        let target = try TestTarget(backlog: Self.backlog)
        #expect(try target.leviathan("propose", "one", "--dry-run").succeeded)
        #expect(try anchors(target).isEmpty)
        let before = try target.repository.git("--git-dir", target.remote, "for-each-ref")
        #expect(try target.leviathan("propose", "one").succeeded)
        let first = try anchors(target)
        #expect(first.count == 1 && first[0].utf8.count == "refs/leviathan/journal/".utf8.count + 16 + 41)
        #expect(try target.leviathan("propose", "two").succeeded)
        let second = try anchors(target)
        #expect(second.count == 1 && second != first)
        #expect(try target.repository.git("--git-dir", target.remote, "for-each-ref", "refs/leviathan") == "")
        #expect(try target.repository.git("--git-dir", target.remote, "for-each-ref") != before)
        let verified = try target.leviathan("journal", "verify")
        #expect(
            verified.succeeded && verified.output.text.contains("of 2 anchored heads 2 are in the journal"),
            "\(verified.output.text)")
        #expect(try target.leviathan("journal", "verify", "--json").json["anchored_heads"]?.integer ?? 0 > 0)
    }

    @Test func truncationIsFoundUnasked() throws {
        let target = try TestTarget(backlog: Self.backlog)
        #expect(try target.leviathan("propose", "one").succeeded)
        let kept = try #require(try target.leviathan("journal", "verify", "--json").json["intact_events"]?.integer)
        #expect(try target.leviathan("propose", "two").succeeded)
        try truncate(target, after: kept)
        let verified = try target.leviathan("journal", "verify")
        #expect(
            verified.ending == .exited(1) && verified.output.text.contains("was rewritten or cut off"),
            "\(verified.output.text)")
    }

    /// Outside of every repository the home's own record of the newest anchor is compared with, and named.
    @Test func truncationIsFoundOutsideOfARepository() throws {
        let target = try TestTarget(backlog: Self.backlog)
        let nothing = try target.leviathan("propose", "one", "--dry-run")
        #expect(nothing.succeeded)
        #expect(try target.leviathan("autonomy", "off", "--reason", "recorded").succeeded)
        #expect(try target.leviathan("autonomy", "on").succeeded)
        let before = try target.leviathan("journal", "verify", in: target.home)
        #expect(before.succeeded && before.output.text.contains("none were looked at"), "\(before.output.text)")
        #expect(try target.leviathan("propose", "one").succeeded)
        let verified = try target.leviathan("journal", "verify", "--json", in: target.home).json
        let kept = try #require(verified["intact_events"]?.integer)
        #expect(verified["anchored_heads"]?.integer ?? 0 > 0)
        #expect(verified["compared_with"]?.elements?.count == 1)
        let whole = try target.leviathan("journal", "verify", in: target.home)
        #expect(
            whole.succeeded && whole.output.text.contains("compared with '\(target.home)/anchored.json'"),
            "\(whole.output.text)")
        #expect(try target.leviathan("propose", "two").succeeded)
        // A copy without an anchor that cannot be read is told from one without any.
        let record = try FileSystem.read(target.home + "/anchored.json", limit: 1 << 16)
        try FileSystem.write(Array("{".utf8), to: target.home + "/anchored.json")
        let unread = try target.leviathan("journal", "verify", in: target.home)
        #expect(unread.output.text.contains("was not compared with: it cannot be read"), "\(unread.output.text)")
        try FileSystem.write(record, to: target.home + "/anchored.json")
        try truncate(target, after: kept)
        let cut = try target.leviathan("journal", "verify", in: target.home)
        #expect(
            cut.ending == .exited(1) && cut.output.text.contains("was rewritten or cut off"),
            "\(cut.output.text)")
    }

    /// Who cuts the journal cuts the anchors here as well; the remote still has them.
    @Test func theAnchorRemoteRemembers() throws {
        let target = try TestTarget(backlog: Self.backlog)
        let remote = try anchorRemote(of: target)
        #expect(try target.leviathan("propose", "one").succeeded)
        let kept = try #require(try target.leviathan("journal", "verify", "--json").json["intact_events"]?.integer)
        let first = try anchors(target)
        let two = try target.leviathan("propose", "two")
        #expect(two.succeeded && two.errors.text == "" || two.succeeded, "\(two.errors.text)")
        #expect(try anchors(target, remote: remote) == anchors(target))
        try truncate(target, after: kept)
        let parts = first[0].split(separator: " ").map(String.init)
        try target.repository.git("update-ref", parts[0], parts[1])
        let verified = try target.leviathan("journal", "verify")
        #expect(
            verified.ending == .exited(1) && verified.output.text.contains("was rewritten or cut off"),
            "\(verified.output.text)")
        // and what goes on from the forgery is not brought there
        let forged = try target.leviathan("propose", "three")
        #expect(
            forged.succeeded && forged.errors.text.contains("are not those that were written here before"),
            "\(forged.errors.text)")
    }

    /// A control plane writes them by itself, whatever is delivered.
    @Test func aControlPlaneWritesThemByItself() throws {
        let target = try TestTarget(backlog: Self.backlog)
        let remote = try anchorRemote(of: target)
        #expect(try target.leviathan("autonomy", "off", "--reason", "recorded").succeeded)
        let serving = try ServedProgram(target, ["--no-scheduler"])
        waitUntil { (try? anchors(target, remote: remote))?.isEmpty == false }
        #expect(try serving.end() == "0")
        let written = try anchors(target, remote: remote)
        #expect(written.count == 1 && written[0].contains("-plane "), "\(written)")
        #expect(try anchors(target, remote: target.home + "/anchors.git") == written)
        // They are compared wherever one stands, and go on from each other.
        let verified = try target.leviathan("journal", "verify", in: target.home)
        #expect(
            verified.output.text.contains("of 1 anchored heads 1 are in the journal"), "\(verified.output.text)")
        #expect(try target.leviathan("propose", "one").succeeded)
        let again = try ServedProgram(target, ["--no-scheduler"])
        waitUntil { (try? anchors(target, remote: remote))?.contains(written[0]) == false }
        #expect(try again.end() == "0")
        #expect(try anchors(target, remote: remote).count == 2)
        // Who cuts the journal off is found out, also where nothing else tells.
        try truncate(target, after: 1)
        let forged = try target.leviathan("journal", "verify", in: target.home)
        #expect(
            forged.ending == .exited(1) && forged.output.text.contains("was rewritten or cut off"),
            "\(forged.output.text)")
    }

    @Test func aRemoteThatCannotBeAskedHoldsNoDeliveryUp() throws {
        let target = try TestTarget(backlog: Self.backlog)
        let remote = try anchorRemote(of: target)
        try FileSystem.removeTree(remote)
        let result = try target.leviathan("propose", "one")
        #expect(result.succeeded && result.errors.text.contains("anchors.git"), "\(result.errors.text)")
        let verified = try target.leviathan("journal", "verify")
        #expect(
            verified.succeeded && verified.output.text.contains("were not looked at"), "\(verified.output.text)")
        #expect(try target.leviathan("journal", "verify", "--anchors").ending == .exited(1))
    }

    @Test func twoHomesDoNotCollide() throws {
        let target = try TestTarget(backlog: Self.backlog)
        let remote = try anchorRemote(of: target)
        #expect(try target.leviathan("propose", "one").succeeded)
        let other = target.home + "-other"
        try FileSystem.createDirectory(other, permissions: 0o700)
        try FileSystem.write(
            try FileSystem.read(target.home + "/config.yaml", limit: 1 << 16), to: other + "/config.yaml")
        let elsewhere = ["LEVIATHAN_HOME": other]
        #expect(try target.leviathan("propose", "two", extra: elsewhere).succeeded)
        #expect(try anchors(target, remote: remote).count == 2)
        #expect(try target.leviathan("journal", "verify").succeeded)
        #expect(try target.leviathan("journal", "verify", extra: elsewhere).succeeded)
    }

    /// A person's own restoring is no forgery: its anchors begin anew.
    @Test func restoringBeginsAnew() throws {
        let target = try TestTarget(backlog: Self.backlog)
        #expect(try target.leviathan("propose", "one").succeeded)
        let file = target.repository.directory.path + "/copy.db"
        #expect(try target.leviathan("journal", "backup", file).succeeded)
        #expect(try target.leviathan("propose", "two").succeeded)
        #expect(try target.leviathan("journal", "restore", file).succeeded)
        #expect(try target.leviathan("journal", "verify").succeeded)
        #expect(try target.leviathan("propose", "three").succeeded)
        #expect(try anchors(target).count == 2)
    }
}
