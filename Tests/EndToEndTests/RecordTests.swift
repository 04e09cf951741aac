import Basics
import Journal
import Processes
import SQLite
import TestSupport
import Testing

/// The commands that read and tend the journal, from the built binary.
@Suite(.timeLimit(.minutes(60))) struct RecordTests {
    private let target: TestTarget

    /// One delivered attempt, one rejected, one delivered.
    init() throws {
        target = try TestTarget(
            policy: """
                version: 1
                scopes: {docs: {allowed_paths: [docs/**, README.md], executor: docs}}
                limits: {max_file_size: {docs/big.md: 10B}}
                """,
            backlog: """
                tasks:
                  - {id: task-001, title: Add a guide, scope: docs, ready: true, allowed_paths: [docs/guide.md]}
                  - {id: task-002, title: Too large, scope: docs, ready: true, allowed_paths: [docs/big.md]}
                  - {id: task-003, title: Third, scope: docs, ready: true, allowed_paths: [docs/third.md]}
                """)
        for task in ["task-001", "task-002", "task-003"] { _ = try target.leviathan("propose", task) }
    }

    private func json(_ words: String...) throws -> JSON {
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
        return try TestTarget.run(words + ["--json"], in: target.repository.path, environment: environment).json
    }

    private var journal: Journal { get throws { try Journal(at: target.home + "/journal.db") } }

    @Test func listsAttempts() throws {
        let outcomes = try json("attempts").elements?.map { $0["outcome"]?.string ?? "" }
        #expect(outcomes == ["delivered", "rejected", "delivered"])
        #expect(try json("attempts", "--task", "task-001").elements?.count == 1)
        #expect(try json("attempts", "--state", "failed").elements?.map { $0["task"] } == ["task-002"])
        #expect(try json("attempts", "--since", "2030-01-01").elements?.isEmpty == true)
        #expect(try json("attempts", "--since", "1h", "--limit", "2").elements?.count == 2)
        #expect(try json("failures").elements?.map { $0["kind"] } == ["rejected"])
        let table = try target.leviathan("attempts").output.text
        #expect(table.contains("task-002") && table.contains("rejected") && table.contains("TARGET"))
        let failures = try target.leviathan("failures").output.text
        #expect(failures.contains("docs/big.md"), "\(failures)")
        #expect(try target.leviathan("attempts", "--since", "often").ending == .exited(2))
    }

    @Test func showsOneAttempt() throws {
        let id = try #require(try json("failures").elements?.first?["attempt"]?.string)
        let sheet = try target.leviathan("attempts", "show", String(id.suffix(8))).output.text
        for words in [id, "rejected: policy", "attempt.created", "file-too-large"] {
            #expect(sheet.contains(words))
        }
        let full = try json("attempts", "show", id)
        #expect(full["stages"]?.elements?.count == full["events"]?.elements?.count)
        #expect(full["violations"]?.elements?.first?["rule"] == "file-too-large")
        let unknown = try target.leviathan("attempts", "show", id + "x")
        #expect(unknown.ending == .exited(3) && unknown.errors.text.contains("did you mean '\(id)'?"))
    }

    @Test func aTaskThatFailedTooOftenIsLeftToAPerson() throws {
        #expect(try target.leviathan("propose", "task-002").ending == .exited(4))
        let third = try target.leviathan("propose", "task-002")
        #expect(third.ending == .exited(7))
        #expect(third.errors.text.contains("failed 2 times, and max_attempts_per_task is 2 (platform default)"))
        #expect(try json("attempts", "--task", "task-002").elements?.count == 2)
        #expect(try target.leviathan("retry", "task-002").succeeded)
        #expect(try target.leviathan("propose", "task-002").ending == .exited(4))
    }

    @Test func anAttemptThatIsVoidDoesNotCount() throws {
        _ = try target.leviathan("propose", "task-002")
        let id = try #require(try json("failures").elements?.first?["attempt"]?.string)
        #expect(try target.leviathan("attempts", "invalidate", id, "--reason", "my mistake").succeeded)
        #expect(try json("attempts", "show", id)["state"] == "invalidated")
        #expect(try target.leviathan("propose", "task-002").ending == .exited(4))
    }

    @Test func aClaimedTaskSaysWhoHasIt() throws {
        let identity = ProcessIdentity.current
        func claim(_ task: String) -> Claim {
            Claim(
                target: "remote", task: task, attempt: "attempt-x", repository: target.repository.path,
                mark: .process(
                    ClaimProcess(
                        processID: identity.processID, started: identity.started, machine: identity.machine)),
                holder: "process \(identity.processID)", claimedAt: "2026-01-01T00:00:00Z")
        }
        let name = try #require(try json("attempts").elements?.first?["target"]?.string)
        let mine = Claim(
            target: name, task: "task-003", attempt: "attempt-x", repository: target.repository.path,
            mark: claim("").mark, holder: claim("").holder, claimedAt: "2026-01-01T00:00:00Z")
        try journal.claim(mine) { _ in [] }
        let refused = try target.leviathan("propose", "task-003")
        #expect(refused.ending == .exited(7))
        #expect(
            refused.errors.text.contains(
                "is being done by process \(identity.processID) since 2026-01-01 00:00:00 UTC ("))
        let other = try target.leviathan("propose", "task-001")
        #expect(other.ending == .exited(7) && other.errors.text.contains("max_running_attempts is 1"))
    }

    @Test func statisticsAndGraph() throws {
        let scope = try #require(try json("stats")["scopes"]?.elements?.first)
        #expect(scope["attempts"] == 3 && scope["delivered"] == 2 && scope["rejected"] == 1)
        #expect(try target.leviathan("stats").output.text.contains("67 %"))
        let id = try #require(try json("attempts").elements?.first?["attempt"]?.string)
        let edges = try json("graph", "show", "Attempt/\(id)").elements?.map { $0["type"]?.string ?? "" } ?? []
        #expect(Set(edges) == ["EXECUTES", "RUNS_IN", "AUTHORIZED_BY", "DELEGATES", "PRODUCED"])
        #expect(try json("graph", "summary")["nodes"]?["Attempt"] == 3)
        #expect(try json("graph", "edges", "--type", "EXECUTES").elements?.count == 3)
        #expect(try json("graph", "show", "Task").elements?.count == 3)
        #expect(try target.leviathan("graph", "show", "Task/nobody").ending == .exited(3))
    }

    @Test func followsEventsAsTheyAreWritten() async throws {
        let target = target
        var program = Subprocess(
            TestTarget.program, ["events", "--follow", "--json", "--limit", "1"],
            environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 })
        program.workingDirectory = target.repository.path
        program.timeout = .seconds(60)
        let stop = Cancellation()
        var seen: [String] = []
        let outcome = try program.run(cancellation: stop) { _, line in
            seen.append((try? JSON.parse(line))?["event_type"]?.string ?? line)
            if seen.count == 1 { _ = try? target.leviathan("retry", "task-001") }
            if seen.count == 2 { stop.cancel() }
        }
        #expect(seen == ["attempt.succeeded", "task.unblocked"], "\(outcome.errors.text)")
    }

    @Test func artifactsArePrintedAndCollected() throws {
        let stored = try journal.artifacts.store(Array("a log\n".utf8))
        let lost = try journal.artifacts.store(Array("lost\n".utf8))
        try journal.append([
            EventDraft(
                id: "artifact", type: .artifactCreated, timestamp: "2026-01-01T00:00:00Z", actor: "a",
                payload: [
                    "attempt_id": "x", "sha256": .string(stored.digest.hex), "kind": "log", "name": "tests",
                    "bytes": 6,
                ])
        ])
        #expect(try json("artifacts", "--attempt", "x").elements?.count == 1)
        let name = String(stored.digest.hex.prefix(10))
        #expect(try target.leviathan("artifacts", "show", name).output.text == "a log\n")
        let path = try target.leviathan("artifacts", "path", name).output.text
        #expect(try path == journal.artifacts.path(of: stored.digest) + "\n")
        #expect(
            try json("artifacts", "gc", "--grace", "0s", "--dry-run")["removed"]?.elements == [
                .string(lost.digest.hex)
            ])
        #expect(try target.leviathan("artifacts", "gc", "--grace", "0s").succeeded)
        #expect(try journal.artifacts.problem(with: lost.digest) == .missing(lost.digest))
        try FileSystem.write(Array("a lag\n".utf8), to: journal.artifacts.path(of: stored.digest))
        #expect(try target.leviathan("artifacts", "show", name).ending == .exited(1))
        let verified = try target.leviathan("journal", "verify")
        #expect(verified.ending == .exited(1) && verified.output.text.contains("was altered"))
    }

    @Test func exportsAndImports() throws {
        let exported = try target.leviathan("journal", "export").output
        let file = target.repository.directory.path + "/events.ndjson"
        try FileSystem.write(Array(exported.text.utf8) + Array("{\"torn".utf8), to: file)
        let elsewhere = ["LEVIATHAN_HOME": target.home + "-2"]
        let imported = try target.leviathan("journal", "import", file, extra: elsewhere)
        #expect(imported.succeeded && imported.errors.text.contains("the last one, is torn off"))
        #expect(try target.leviathan("journal", "export", extra: elsewhere).output.text == exported.text)
        #expect(
            try target.leviathan("journal", "export", "--from", "2", "--to", "4").output.text.split(
                separator: "\n"
            ).count == 3)
        try FileSystem.write(Array(exported.text.replacing("task-001", with: "task-009").utf8), to: file)
        let forged = try target.leviathan("journal", "import", file, extra: ["LEVIATHAN_HOME": target.home + "-3"])
        #expect(forged.ending == .exited(3) && forged.errors.text.contains("line 1 of the import"))
        #expect(try target.leviathan("journal", "import", "/nowhere").ending == .exited(3))
    }

    @Test func anAnchorShowsAForgery() throws {
        #expect(try target.leviathan("journal", "anchor").succeeded)
        #expect(try target.leviathan("journal", "verify", "--anchors").succeeded)
        // A whole journal written anew: its chain is sound, but it is not the one that was anchored.
        for end in ["", "-wal", "-shm"] { try FileSystem.removeTree(target.home + "/journal.db" + end) }
        _ = try target.leviathan("propose", "task-003")
        for _ in 0..<40 {
            try journal.append([
                EventDraft(
                    id: "\(Int.random(in: 0..<Int.max))", type: .runStopped, timestamp: "t", actor: "a",
                    payload: [:])
            ])
        }
        for words in [["journal", "verify"], ["journal", "verify", "--anchors"]] {
            let verified = try target.leviathan(arguments: words)
            #expect(verified.ending == .exited(1) && verified.output.text.contains("the journal was rewritten"))
        }
        #expect(try target.repository.git("status", "--porcelain") == "")
    }

    @Test func backsUpPrunesAndRebuilds() throws {
        let file = target.repository.directory.path + "/copy.db"
        #expect(try target.leviathan("journal", "backup", file).succeeded)
        #expect(try target.leviathan("journal", "backup", file).ending == .exited(3))
        let attempts = try json("attempts")
        let pruned = try json("journal", "prune", "--before", "0s")
        #expect((pruned["removed"]?.integer ?? 0) > 10)
        #expect(try json("journal", "verify")["first_break"] == .null)
        #expect(try json("journal", "rebuild")["changed"] == false)
        #expect(try json("attempts") == attempts)
        #expect(try target.leviathan("journal", "prune").ending == .exited(2))
        #expect(try target.leviathan("journal", "prune", "--before", "soon").ending == .exited(2))
    }

    @Test func whatIsHeldStaysAndWhatGoesIsArchived() throws {
        let name = try #require(try json("attempts").elements?.first?["target"]?.string)
        #expect(try target.leviathan("journal", "hold", name).ending == .exited(2))
        #expect(try target.leviathan("journal", "hold", "nobody", "--reason", "r").ending == .exited(3))
        #expect(try json("journal", "hold", name, "--reason", "a dispute")["held"] == true)
        #expect(try json("journal", "hold") == [.string(name)])
        let file = target.repository.directory.path + "/archive.ndjson"
        let held = try json("journal", "prune", "--before", "0s", "--archive", file)
        #expect(held["removed"] == 0 && held["held"] == [.string(name)] && !FileSystem.exists(file))
        #expect(try target.leviathan("journal", "hold", name, "--lift", "--reason", "settled").succeeded)
        let count = try #require(try json("journal", "verify")["intact_events"]?.integer)
        let pruned = try json("journal", "prune", "--before", "0s", "--archive", file)
        let removed = try #require(pruned["removed"]?.integer)
        #expect(removed > 10 && removed < count && pruned["archive_sha256"]?.string?.utf8.count == 64)
        let lines = try FileSystem.read(file, limit: 1 << 24).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == removed)
        #expect(try json("journal", "verify")["first_break"] == .null)
    }

    @Test func restoresABackupAndSalvagesWhatIsDamaged() throws {
        let file = target.repository.directory.path + "/copy.db"
        #expect(try target.leviathan("journal", "backup", file).errors.text.contains("were not looked at"))
        let count = try #require(try json("journal", "verify")["intact_events"]?.integer)
        #expect(try target.leviathan("propose", "task-003").succeeded)
        let restored = try json("journal", "restore", file)
        #expect(restored["events"]?.integer == count)
        #expect(FileSystem.exists(try #require(restored["kept_as"]?.string)))
        #expect(try json("journal", "verify")["intact_events"]?.integer == count + 1)
        #expect(try target.leviathan("journal", "restore", "/nowhere").ending == .exited(3))
        let whole = try target.leviathan("journal", "salvage")
        #expect(whole.succeeded && whole.errors.text.contains("there is nothing to salvage"))
        try Connection(target.home + "/journal.db").execute(
            "DROP TRIGGER events_are_never_changed; UPDATE events SET payload = '{}' WHERE sequence = 5")
        let verified = try target.leviathan("journal", "verify")
        #expect(verified.ending == .exited(1) && verified.output.text.contains("nothing behind it was looked at"))
        #expect(try target.leviathan("journal", "prune", "--before", "0s").ending == .exited(1))
        #expect(try target.leviathan("journal", "backup", file + "2").ending == .exited(1))
        let salvaged = try json("journal", "salvage")
        #expect(salvaged["kept"] == 4 && salvaged["first_lost"] == 5)
        #expect(FileSystem.exists(try #require(salvaged["kept_as"]?.string)))
        #expect(try json("journal", "verify")["intact_events"] == 6)
        #expect(try target.leviathan("journal", "rebuild").succeeded)
    }

    /// The kernel tells who is there, whatever process numbers say.
    @Test func aClaimIsFreeOnceItsLockIs() throws {
        let name = try #require(try json("attempts").elements?.first?["target"]?.string)
        let claim = Claim(
            target: name, task: "task-003", attempt: "attempt-y", repository: target.repository.path,
            mark: .lock("attempt-y.lock"), holder: "process 1", claimedAt: "2026-01-01T00:00:00Z")
        let owner = LockOwner(target.home + "/claims") { _ in true }
        let hold = try owner.hold("attempt-y")
        try journal.claim(claim) { _ in [] }
        #expect(try target.leviathan("propose", "task-003").ending == .exited(7))
        #expect(try target.leviathan("journal", "restore", "/nowhere").ending == .exited(3))
        #expect(try target.leviathan("doctor").output.text.contains("attempt-y runs in process 1"))
        hold.end()
        #expect(try target.leviathan("doctor").output.text.contains("attempt-y was left open"))
        #expect(try target.leviathan("propose", "task-003").succeeded)
    }
}
