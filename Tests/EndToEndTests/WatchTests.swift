import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// An attempt of another process, followed to its end.
@Suite(.timeLimit(.minutes(60))) struct WatchTests {
    private static let policy = """
        version: 1
        scopes: {code: {allowed_paths: [src/**], executor: command}}
        sandbox: {read: [~/meeting], env: [MAIN]}

        """

    /// A task whose program says that it is there, and then waits at a gate.
    private func target(_ last: String) throws -> (TestTarget, place: String) {
        let target = try TestTarget(
            policy: Self.policy,
            backlog: """
                tasks:
                  - id: task-001
                    title: Run
                    scope: code
                    ready: true
                    allowed_paths: [src/**]
                    inputs: {run: 'mkdir -p src; echo x > src/a; flock -s $MAIN/gate true; \(last)'}
                """)
        let place = try #require(target.repository.environment["HOME"]) + "/meeting"
        try FileSystem.createDirectory(place)
        try FileSystem.write([], to: place + "/gate")
        return (target, place)
    }

    private func program(_ words: [String], _ target: TestTarget, _ place: String) throws -> BackgroundProgram {
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home, "MAIN": place]) {
            $1
        }
        return try BackgroundProgram(
            ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" } + ["sh", "-c"]
                + ["\"$0\" \"$@\" 2>&1; echo \"code $?\"", TestTarget.program] + words)
    }

    /// Starts the task, and holds it at its gate until the value is gone.
    private func begin(_ target: TestTarget, _ place: String) throws -> (
        propose: BackgroundProgram, gate: BackgroundProgram
    ) {
        let gate = try BackgroundProgram(["sh", "-c", "exec 9>\"$0\"; flock 9; echo shut; cat", place + "/gate"])
        #expect(gate.readLine() == "shut")
        let propose = try program(["propose", "task-001"], target, place)
        var isBegun: Bool {
            (try? target.leviathan("events", "--type", "attempt.started", "--json").output.text.isEmpty) == false
        }
        waitUntil { isBegun }
        #expect(isBegun)
        return (propose, gate)
    }

    private func rest(of program: borrowing BackgroundProgram) -> [String] {
        var lines: [String] = []
        while let line = program.readLine() { lines.append(line) }
        return lines
    }

    @Test(arguments: [("true", 0, "delivered"), ("exit 3", 6, "failed")])
    func itIsFollowedToItsEnd(last: String, code: Int, outcome: String) throws {
        let (target, place) = try target(last)
        var (propose, gate) = try begin(target, place)
        let watch = try program(["propose", "task-001", "--watch"], target, place)
        var seen: [String] = []
        while let line = watch.readLine() {
            seen.append(line)
            if line.contains("attempt.started") { break }
        }
        gate = try BackgroundProgram(["true"])
        seen += rest(of: watch)
        #expect(seen.last == "code \(code)", "\(seen)")
        #expect(seen.contains { $0.contains(outcome) } && seen.contains { $0.hasPrefix("  stages") }, "\(seen)")
        #expect(rest(of: propose).last == "code \(code)")
        propose = gate
    }

    @Test func aProcessThatDiesIsNotWaitedFor() throws {
        let (target, place) = try target("true")
        var (propose, gate) = try begin(target, place)
        let watch = try program(["propose", "task-001", "--watch"], target, place)
        while let line = watch.readLine(), !line.contains("attempt.started") {}
        let claim = try target.leviathan("doctor", "--json").json.elements?.first { $0["name"] == "attempts" }
        let process = claim?["text"]?.string?.split(separator: " ").last.flatMap { Int32($0) }
        #expect(kill(try #require(process), SIGKILL) == 0)
        let lines = rest(of: watch)
        #expect(lines.last == "code 6" && lines.contains { $0.contains("its process died") }, "\(lines)")
        (propose, gate) = (gate, propose)
    }

    @Test func whereNobodyWorksThatIsSaid() throws {
        let target = try TestTarget()
        for words in [["task-001"], ["task-002"]] {
            let outcome = try target.leviathan(arguments: ["propose", "--watch"] + words)
            #expect(
                outcome.ending == .exited(7) && outcome.errors.text.contains("nobody works on"),
                "\(outcome.errors.text)")
        }
        #expect(try target.leviathan("propose", "--watch", "task-01").ending == .exited(3))
        for words in [
            ["--watch"], ["--watch", "--all"], ["--watch", "task-001", "task-002"], ["--watch", "-n", "task-001"],
        ] {
            #expect(try target.leviathan(arguments: ["propose"] + words).ending == .exited(2), "\(words)")
        }
    }
}
