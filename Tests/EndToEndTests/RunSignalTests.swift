import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// How a run and what it does are ended.
@Suite(.timeLimit(.minutes(60))) struct RunSignalTests {
    private let target: TestTarget

    /// The first task never comes to an end by itself.
    init() throws {
        target = try TestTarget(
            policy: """
                version: 1
                scopes:
                  all: {allowed_paths: ["*.md"], executor: command}
                limits: {max_open_prs: 9}

                """,
            backlog: """
                version: 1
                tasks:
                  - {id: long, title: Long, scope: all, ready: true, priority: high, allowed_paths: [long.md], \
                inputs: {run: sleep 100000}}
                  - {id: short, title: Short, scope: all, ready: true, allowed_paths: [short.md], \
                inputs: {run: "echo > short.md"}}

                """)
    }

    /// Starts a run, and hands over its process once the first task runs.
    private func start(_ words: String...) throws -> (shell: BackgroundProgram, process: pid_t) {
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
        let script = #"sh -c 'echo $$; exec "$0" "$@" >/dev/null 2>&1' "$0" "$@"; echo $?"#
        let shell = try BackgroundProgram(
            ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" }
                + ["sh", "-c", script, TestTarget.program] + words)
        let process = try #require(shell.readLine().flatMap { pid_t($0) })
        waitUntil { (try? states("long")) == ["running"] }
        try #require(try states("long") == ["running"])
        return (shell, process)
    }

    private func states(_ task: String) throws -> [String?] {
        try target.leviathan("attempts", "--task", task, "--json").json.elements?.map { $0["state"]?.string } ?? []
    }

    @Test func aSignalBeginsNothingMoreAndAnOrderToStopEndsWhatRuns() throws {
        let (shell, process) = try start("run", "--jobs", "1")
        kill(process, SIGTERM)
        #expect(try states("long") == ["running"])
        #expect(try target.leviathan("stop", "--now", "--reason", "enough").succeeded)
        #expect(shell.readLine() == "130")
        #expect(try states("long") == ["interrupted"])
        #expect(try states("short") == [])
    }

    @Test func anOrderToStopEndsAPersonsAttemptToo() throws {
        let (shell, _) = try start("propose", "long")
        #expect(try target.leviathan("stop", "--now").succeeded)
        #expect(shell.readLine() == "130")
        #expect(try states("long") == ["interrupted"])
    }

    @Test func aSecondSignalEndsEverything() throws {
        let (shell, process) = try start("run")
        kill(process, SIGTERM)
        kill(process, SIGHUP)
        let code = try #require(shell.readLine().flatMap { Int32($0) })
        #expect([128 + SIGTERM, 128 + SIGHUP].contains(code))
        // The tree below it dies a moment later.
        waitUntil {
            _ = try? target.leviathan("doctor", "--fix")
            return (try? states("long")) == ["interrupted"]
        }
        #expect(try states("long") == ["interrupted"])
    }

    @Test func aLoopGoesOnWithTheLastGoodConfiguration() throws {
        try FileSystem.createDirectory(target.home)
        try FileSystem.write(Array("limits: {max_running_attempts: 1}\n".utf8), to: target.home + "/config.yaml")
        let (shell, process) = try start("run", "--loop", "--every", "1s", "--jobs", "2")
        try FileSystem.write(Array("limits: 5\n".utf8), to: target.home + "/config.yaml")
        kill(process, SIGTERM)
        #expect(try target.leviathan("stop", "--now").succeeded)
        #expect(shell.readLine() == "0")
        #expect(try FileSystem.list(target.home).filter { $0.hasPrefix("config-") } == [])
    }
}
