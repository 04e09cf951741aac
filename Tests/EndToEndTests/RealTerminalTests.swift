import Basics
import Processes
import TestSupport
import Testing

/// What a person does at a terminal while something runs: makes it narrower, stops it, interrupts it, closes it.
@Suite(.timeLimit(.minutes(60))) struct RealTerminalTests {
    private let target: TestTarget
    /// The task's program waits until there is a file of this name, which it can see through the fence.
    private let go: String

    init() throws {
        let directory = try TemporaryDirectory()
        (go, kept) = (directory.path + "/go", directory)
        target = try TestTarget(
            policy: """
                version: 1
                scopes: {code: {allowed_paths: [src/**], executor: command}}
                sandbox: {read: [\(directory.path)]}
                """,
            backlog: """
                version: 1
                tasks:
                  - id: task-001
                    title: Wait
                    scope: code
                    ready: true
                    allowed_paths: [src/]
                    inputs: {run: 'echo started \(String(repeating: "x", count: 200)); until [ -e \(go) ]; do sleep 0.05; done; mkdir src && echo x >src/a'}
                """)
    }

    /// Lives as long as the test.
    private let kept: TemporaryDirectory

    private struct Outcome {
        let output: String
        let code: Int?
    }

    /// Gives an interactive bash a prompt that its own echo of this line does not hold.
    private static let prompt: (String, JSON) = ("send", "PS1=rea''dy'> '\n")

    private func terminal(_ steps: [(String, JSON)], _ program: String...) throws -> Outcome {
        let driver =
            #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/terminal.py"
        let environment = target.repository.environment.merging([
            "LEVIATHAN_HOME": target.home, "TERM": "xterm", "LC_ALL": "C.UTF-8", "PROGRAM": TestTarget.program,
            "HISTFILE": "", "GIT_PAGER": "cat",
        ]) { $1 }
        let json = JSON.array(steps.map { .array([.string($0.0), $0.1]) }).text()
        var process = Subprocess("python3", [driver, json] + program, environment: environment)
        process.workingDirectory = target.repository.path
        let outcome = try process.run()
        let said = outcome.json
        #expect(said["failed"] == .null, "\(said.text()) \(outcome.errors.text)")
        return Outcome(output: said["output"]?.string ?? "", code: said["code"]?.integer)
    }

    @Test func aTerminalThatGetsNarrowerIsErasedWhole() throws {
        let outcome = try terminal(
            [
                ("expect", "started"), ("resize", .array([.integer(24), .integer(40)])), ("expect", "\u{1B}[3A"),
                ("touch", .string(go)), ("expect", "prepared"),
            ], TestTarget.program, "propose", "task-001", "--dry-run")
        #expect(outcome.code == 0, "\(outcome.output)")
        // What is drawn from then on fits.
        let after = outcome.output.components(behind: "\u{1B}[3A")
        let drawn = after.prefix(after.distance(to: "diff --git"))
        #expect(drawn.contains("xxx") && !drawn.contains(String(repeating: "x", count: 40)), "\(drawn)")
    }

    @Test func aNarrowTerminalShowsWhatRuns() throws {
        let outcome = try terminal(
            [
                ("resize", .array([.integer(10), .integer(20)])), ("expect", "started"), ("touch", .string(go)),
                ("expect", "leviathan propose"),
            ], TestTarget.program, "propose", "task-001", "--dry-run")
        #expect(outcome.code == 0, "\(outcome.output)")
    }

    @Test func controlCInterruptsAndLeavesNothing() throws {
        let outcome = try terminal(
            [("expect", "started"), ("send", "\u{3}")], TestTarget.program, "propose", "task-001")
        #expect(outcome.code == 130, "\(outcome.output)")
        #expect(try target.leviathan("attempts", "--json").json.elements?.first?["outcome"] == "interrupted")
        touchGo()
        #expect(try target.leviathan("propose", "task-001").succeeded)
    }

    /// The shell stops the program and lets it go on; what the shell said meanwhile stays.
    @Test func controlZStopsItAndFgLetsItGoOn() throws {
        let outcome = try terminal(
            [
                Self.prompt, ("expect", "ready> "), ("send", "\"$PROGRAM\" propose task-001 --dry-run\n"),
                ("expect", "started"),
                ("send", "\u{1A}"), ("expect", "Stopped"), ("expect", "ready> "), ("send", "echo between; fg\n"),
                ("expect", "between\r\n"), ("expect", "executor command"), ("touch", .string(go)),
                ("expect", "prepared"), ("expect", "ready> "), ("send", "exit $?\n"),
            ], "bash", "--norc", "--noprofile", "-i")
        #expect(outcome.code == 0, "\(outcome.output)")
        let resumed = outcome.output.components(behind: "between\r\n")
        // The first thing that is drawn again does not go up into what the shell said.
        let drawn = resumed.prefix(resumed.distance(to: "executor command"))
        #expect(!drawn.contains("A\r\u{1B}[J"), "\(drawn)")
    }

    @Test func aTerminalThatIsClosedEndsIt() throws {
        let outcome = try terminal(
            [("expect", "started"), ("close", .null)], TestTarget.program, "propose", "task-001")
        #expect(outcome.code == 130, "\(outcome.output)")
        touchGo()
        #expect(try target.leviathan("propose", "task-001").succeeded)
    }

    @Test func aReaderThatLeavesIsNoCrash() throws {
        for words in ["help topic formats", "tasks", "events"] {
            let outcome = try terminal(
                [
                    Self.prompt, ("expect", "ready> "),
                    ("send", .string("\"$PROGRAM\" \(words) | true; echo ${PIPESTATUS[0]}; exit\n")),
                    ("expect", "exit"),
                ], "bash", "--norc", "--noprofile", "-i")
            #expect(!outcome.output.contains("Fatal") && !outcome.output.contains("Crash"), "\(outcome.output)")
        }
    }

    private func touchGo() { try? FileSystem.write([], to: go) }
}

extension String {
    fileprivate func components(behind text: String) -> String {
        ranges(of: text).last.map { String(self[$0.upperBound...]) } ?? ""
    }

    fileprivate func distance(to text: String) -> Int {
        ranges(of: text).first.map { distance(from: startIndex, to: $0.lowerBound) } ?? 0
    }
}
