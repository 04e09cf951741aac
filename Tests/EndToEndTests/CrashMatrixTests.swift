import Basics
import Journal
import Processes
import TestSupport
import Testing

/// Kills the real program between any two effects, starts it again, and looks at everything that must hold.
///
/// `make crash` prints what each death left behind, and adds many deaths at random moments.
@Suite(.timeLimit(.minutes(60))) struct CrashMatrixTests {
    private static let recoveryPoints: Set<Failpoint> = [.beforeReconciling, .afterReconciling, .afterRecovery]
    /// Reached only where there is a forge; see `ReviewTests`.
    private static let forgePoints: Set<Failpoint> = [.beforeForge, .afterForge, .afterForgeRecorded]
    private static let proposePoints = Failpoint.allCases.filter {
        !recoveryPoints.contains($0) && !forgePoints.contains($0) && !Failpoint.ofSlots.contains($0)
            && $0 != .afterGrant
    }

    /// Events that were acknowledged before the place is reached.
    private static let acknowledged: [Failpoint: String] = [
        .afterClaim: "attempt.created", .afterStart: "attempt.started", .afterFreezeRecorded: "change.frozen",
        .afterExaminationRecorded: "policy.judged", .duringInvariants: "invariant.finished",
        .afterDeliveryRecorded: "delivery.started", .afterPushRecorded: "branch.pushed",
        .afterLastEvent: "attempt.succeeded",
    ]

    private static let policy = """
        version: 1
        scopes: {docs: {allowed_paths: [docs/**], executor: docs}}
        invariants: [{name: No secrets, builtin: secrets}, {name: Runs, check: test -f docs/guide.md}]
        """

    @Test func thereAreEnoughPlacesToDie() { #expect(Self.proposePoints.count >= 20) }

    @Test(arguments: proposePoints) func aDeathInAProposalIsSurvived(place: Failpoint) throws {
        let target = try TestTarget(policy: Self.policy)
        let before = try Self.checkoutState(target)
        let death = try target.leviathan("propose", "task-001", extra: ["LEVIATHAN_FAILPOINT": place.rawValue])
        #expect(death.ending == .signalled(9), "\(place) was not reached: \(death.errors.text)")
        let left = try Self.events(target)
        if let event = Self.acknowledged[place] { #expect(left.contains(event), "\(place) lost \(event)") }
        if place == .insideTransaction { #expect(left.isEmpty) }
        let end = try target.leviathan("propose", "task-001", "--json").json
        try Self.checkEverything(target, end, before: before)
        print("crash: \(place.rawValue) | \(left.last ?? "nothing") | \(end["outcome"]?.string ?? "?")")
    }

    /// Programs of tasks, in both kinds of workspace that programs run in.
    @Test(arguments: Failpoint.ofSlots + [.beforeProgram, .afterExecution, .duringFreeze], CommandTests.kinds)
    func aDeathAmongWorkspacesIsSurvived(place: Failpoint, kind: String) throws {
        let target = try CommandTests.target("echo new > src/new.py; rm src/a.py")
        let death = try target.leviathan(
            "propose", "run", "--workspace", kind, extra: ["LEVIATHAN_FAILPOINT": place.rawValue])
        #expect([.signalled(9), .exited(0)].contains(death.ending), "\(death.errors.text)")
        let isRemade = death.ending == .signalled(9)
        let end = try target.leviathan("propose", "run", "--workspace", kind, "--json").json
        #expect(end["outcome"]?.string == (isRemade ? "delivered" : "unchanged"), "\(end.text())")
        #expect(try FileSystem.list(target.home + "/fenced") == [])
        try Self.checkWorkspaces(target)
        print("crash: \(place.rawValue) in \(kind) | … | \(end["outcome"]?.string ?? "?")")
    }

    @Test(arguments: recoveryPoints.sorted { $0.rawValue < $1.rawValue }, [Failpoint.beforePush, .afterPush])
    func aDeathInARecoveryIsSurvived(place: Failpoint, first: Failpoint) throws {
        let target = try TestTarget(policy: Self.policy)
        let before = try Self.checkoutState(target)
        for failpoint in [first, place] {
            let death = try target.leviathan(
                "propose", "task-001", extra: ["LEVIATHAN_FAILPOINT": failpoint.rawValue])
            #expect(death.ending == .signalled(9), "\(failpoint) was not reached: \(death.errors.text)")
        }
        let end = try target.leviathan("propose", "task-001", "--json").json
        try Self.checkEverything(target, end, before: before)
        print("crash: \(first.rawValue), \(place.rawValue) | … | \(end["outcome"]?.string ?? "?")")
    }

    /// Deaths at moments that nobody chose; a few in CI, many with `make crash`.
    @Test func deathsAtRandomMomentsAreSurvived() throws {
        let rounds = Self.variable("CRASH_ROUNDS").flatMap { Int($0) } ?? 6
        var random = SeededRandom(seed: Self.variable("CRASH_SEED").flatMap { UInt64($0) } ?? 7)
        let target = try TestTarget(policy: Self.policy)
        let before = try Self.checkoutState(target)
        for round in 0..<rounds {
            var program = Subprocess(
                TestTarget.program, ["propose", "task-001"],
                environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 })
            program.workingDirectory = target.repository.path
            program.timeout = .microseconds(Int64.random(in: 1000...150_000, using: &random))
            program.teardown = [.kill]
            let ending = try program.run().ending
            #expect([.timedOut, .exited(0)].contains(ending), "round \(round): \(ending)")
            try target.repository.git("--git-dir", target.remote, "update-ref", "-d", "refs/heads/agent/task-001")
            let end = try target.leviathan("propose", "task-001", "--json").json
            try Self.checkEverything(target, end, before: before)
            try target.repository.git("--git-dir", target.remote, "update-ref", "-d", "refs/heads/agent/task-001")
        }
        print("crash: \(rounds) random moments | … | delivered")
    }

    // MARK: What must hold

    private static func variable(_ name: String) -> String? {
        guard let bytes = try? FileSystem.read("/proc/self/environ", limit: 1 << 20) else { return nil }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    private static func events(_ target: TestTarget) throws -> [String] {
        try Journal(reading: target.home + "/journal.db")?.events().map(\.type.name) ?? []
    }

    /// The user's own things: nothing of them may change.
    private static func checkoutState(_ target: TestTarget) throws -> String {
        try target.repository.git("for-each-ref", "refs/heads", "refs/tags", "refs/stash")
            + target.repository.git("status", "--porcelain", "--ignored")
            + target.repository.git("rev-parse", "HEAD")
            + target.repository.git("worktree", "list", "--porcelain").split(separator: "\n").prefix(3).joined()
            + target.repository.git("config", "--list", "--local")
    }

    private static func checkEverything(_ target: TestTarget, _ end: JSON, before: String) throws {
        #expect(["delivered", "unchanged"].contains(end["outcome"]?.string), "\(end.text())")
        #expect(try checkoutState(target) == before)
        // One branch of ours and the default branch, which nobody moved.
        let branches = try target.repository.git("--git-dir", target.remote, "for-each-ref", "--format=%(refname)")
        #expect(branches == "refs/heads/agent/task-001\nrefs/heads/main")
        let base = try target.repository.id("origin/main")
        let parents = try target.repository.git(
            "--git-dir", target.remote, "rev-parse", "agent/task-001^@", "main")
        #expect(parents == "\(base.hex)\n\(base.hex)")
        try checkJournal(target)
        #expect(try target.repository.git("fsck", "--no-dangling", "--no-progress") == "")
        #expect(!FileSystem.exists(target.repository.path + "/.git/index.lock"))
        #expect(try FileSystem.list(target.home + "/fenced") == [])
        try checkWorkspaces(target)
    }

    /// The checkouts that are kept are few, belong to nobody, and are what git thinks they are.
    private static func checkWorkspaces(_ target: TestTarget) throws {
        let slots = try target.leviathan("workspaces", "--json").json.elements ?? []
        #expect(slots.count <= 4 && slots.allSatisfy { $0["leases"] == .array([]) }, "\(slots)")
        let listed = try target.repository.git("worktree", "list", "--porcelain").split(separator: "\n")
            .filter { $0.hasPrefix("worktree ") }.dropFirst()
        #expect(listed.count <= slots.count + 1 && listed.allSatisfy { $0.contains(target.home) }, "\(listed)")
        for slot in slots where slot["state"] != "broken" {
            let status = try target.repository.git("-C", slot["path"]?.string ?? "", "status", "--porcelain")
            if slot["state"] == "shared" { #expect(status == "", "\(slot)") }
        }
    }

    private static func checkJournal(_ target: TestTarget) throws {
        let journal = try #require(try Journal(reading: target.home + "/journal.db"))
        #expect(try journal.verify().firstBreak == nil)
        #expect(try journal.claims().isEmpty)
        let attempts = try journal.attempts()
        #expect(attempts.allSatisfy { $0.finishedAt != nil }, "\(attempts.map(\.state))")
        // What is recorded as delivered last is what the remote has.
        let delivered = try #require(attempts.first { $0.outcome == "delivered" })
        let head = try target.repository.git("--git-dir", target.remote, "rev-parse", "agent/task-001")
        #expect(delivered.commit == head)
        #expect(try !Journal(at: target.home + "/journal.db").rebuild())
    }
}
