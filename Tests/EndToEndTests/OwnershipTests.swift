import Basics
import Processes
import TestSupport
import Testing

/// What belongs to a process that another one cannot see stays its own, until it is dead.
@Suite(.timeLimit(.minutes(60))) struct OwnershipTests {
    /// A process namespace of its own, as a container has one.
    private static let container = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    static let hasContainers = (try? BackgroundProgram.run(container + ["true"])) != nil

    /// A task whose program writes one part, waits at a gate, and writes the other.
    private static func target() throws -> (TestTarget, place: String) {
        let target = try CommandTests.target(
            """
            echo one > src/one.py; rm src/a.py; echo here > $MAIN/here; flock -s $MAIN/gate true
            echo two > src/two.py
            """, policy: CommandTests.policy.replacing("sandbox: {", with: "sandbox: {read: [~/meeting], "))
        let place = try #require(target.repository.environment["HOME"]) + "/meeting"
        try FileSystem.createDirectory(place)
        try FileSystem.write([], to: place + "/gate")
        return (target, place)
    }

    private static func start(_ target: TestTarget, _ place: String, _ words: [String]) throws -> BackgroundProgram
    {
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home, "MAIN": place]) {
            $1
        }
        return try BackgroundProgram(
            container + ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" }
                + [TestTarget.program] + words)
    }

    private static func output(of program: BackgroundProgram) -> String {
        var text = ""
        while let line = program.readLine() { text += line + "\n" }
        return text
    }

    private static func isStarted(_ target: TestTarget) -> Bool {
        let fenced = (try? FileSystem.list(target.home + "/fenced")) ?? []
        let slots = target.home + "/workspaces/"
        let pools = (try? FileSystem.list(slots)) ?? []
        return fenced.contains { FileSystem.exists("\(target.home)/fenced/\($0)/upper/src/one.py") }
            || pools.contains { FileSystem.exists("\(slots)\($0)/slots/1/tree/src/one.py") }
    }

    @Test(.enabled(if: hasContainers), arguments: CommandTests.kinds)
    func nobodyTakesAPartOfALiveAttempt(kind: String) throws {
        let (target, place) = try Self.target()
        let keeper = try BackgroundProgram(["flock", place + "/gate", "sh", "-c", "echo held; cat >/dev/null"])
        #expect(keeper.readLine() == "held")
        let attempt = try Self.start(
            target, place, ["propose", "run", "--json", "--dry-run", "--workspace", kind])
        waitUntil { Self.isStarted(target) }
        try #require(Self.isStarted(target))
        // From another container, and from none.
        for container in [Self.container, ["env"]] {
            let other = try Subprocess(
                container[0],
                Array(container.dropFirst()) + ["env", "-C", target.repository.path, TestTarget.program]
                    + ["doctor", "--fix"],
                environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
            ).run()
            #expect(!other.output.text.contains("freed"), "\(other.output.text)")
        }
        _ = try target.leviathan("workspaces", "--remove-all")
        _ = try target.leviathan("propose", "run", "--dry-run", "--workspace", kind, extra: ["MAIN": "/nowhere"])
        do { _ = consume keeper }
        let text = Self.output(of: attempt)
        let result = try JSON.parse(Array(text.utf8))
        #expect(result["outcome"] == "prepared", "\(text)")
        let paths = result["changes"]?.elements?.compactMap { $0["path"]?.string }
        #expect(paths == ["src/a.py", "src/one.py", "src/two.py"], "\(text)")
        #expect(try FileSystem.list(target.home + "/fenced") == [])
    }

    /// A container that is killed leaves nothing that stays in the way.
    @Test(.enabled(if: hasContainers), arguments: CommandTests.kinds)
    func whatAKilledContainerHadIsClearedAway(kind: String) throws {
        let (target, place) = try Self.target()
        let keeper = try BackgroundProgram(["flock", place + "/gate", "sh", "-c", "echo held; cat >/dev/null"])
        #expect(keeper.readLine() == "held")
        do {
            let killed = try Self.start(target, place, ["propose", "run", "--dry-run", "--workspace", kind])
            waitUntil { Self.isStarted(target) }
            try #require(Self.isStarted(target))
            withExtendedLifetime(killed) {}
        }
        waitUntil { (try? target.leviathan("doctor", "--fix")) != nil && Self.leftovers(target).isEmpty }
        #expect(Self.leftovers(target).isEmpty)
        let slots = try target.leviathan("workspaces", "--json").json.elements ?? []
        #expect(slots.allSatisfy { $0["leases"] == .array([]) }, "\(slots)")
    }

    private static func leftovers(_ target: TestTarget) -> [String] {
        (try? FileSystem.list(target.home + "/fenced")) ?? ["?"]
    }

    /// Somebody's cleaning up is not the work of the task.
    @Test(arguments: CommandTests.kinds) func aWorkspaceThatVanishesFailsTheAttempt(kind: String) throws {
        let (target, place) = try Self.target()
        let before = try target.everything()
        let keeper = try BackgroundProgram(["flock", place + "/gate", "sh", "-c", "echo held; cat >/dev/null"])
        #expect(keeper.readLine() == "held")
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home, "MAIN": place]) {
            $1
        }
        let attempt = try BackgroundProgram(
            ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" }
                + [TestTarget.program, "propose", "run", "--json", "--workspace", kind])
        waitUntil { Self.isStarted(target) }
        try #require(Self.isStarted(target))
        for name in Self.leftovers(target) { try FileSystem.removeTree("\(target.home)/fenced/\(name)") }
        for pool in try FileSystem.list(target.home + "/workspaces") where kind == "worktree" {
            try FileSystem.removeTree("\(target.home)/workspaces/\(pool)/slots/1")
        }
        do { _ = consume keeper }
        let text = Self.output(of: attempt)
        let result = try JSON.parse(Array(text.utf8))
        #expect(result["outcome"] == "failed", "\(text)")
        #expect(result["error"]?.text().contains("while an attempt had it") == true, "\(text)")
        #expect(try target.everything() == before)
    }
}
