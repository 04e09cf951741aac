import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// Signals while a pattern is looked for: nothing else runs that they could reach.
@Suite(.timeLimit(.minutes(60))) struct InterruptTests {
    private let target: TestTarget

    /// A search that takes many seconds and stays within the budget of each of its files.
    init() throws {
        target = try TestTarget(
            policy: "version: 1\nscopes: {code: {allowed_paths: [src/**], executor: edit}}\n",
            backlog: #"""
                version: 1
                tasks:
                  - id: run
                    title: Run it
                    scope: code
                    ready: true
                    allowed_paths: [src/**]
                    inputs: {edits: [{replace: "src/*", pattern: '(?:a|x)+(?:a|x)+\d', with: b}]}
                """#)
        let text = String(repeating: "aaaaaa\n", count: 140_000)
        for number in 1...40 { try target.repository.write("src/\(number)", text) }
        try target.repository.commitAll("Files")
        try target.repository.git("push", "-q", "origin", "main")
    }

    /// Starts the search, and hands over its process once the search goes on.
    private func start() throws -> (shell: BackgroundProgram, process: pid_t) {
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
        let script = #"sh -c 'echo $$; exec "$0" "$@" >/dev/null 2>&1' "$0" "$@"; echo $?"#
        let shell = try BackgroundProgram(
            ["env", "-i", "-C", target.repository.path] + environment.map { "\($0)=\($1)" }
                + ["sh", "-c", script, TestTarget.program, "propose", "run"])
        let process = try #require(shell.readLine().flatMap { pid_t($0) })
        // Everything before the search takes a tenth of this.
        waitUntil { (Self.facts(process)?.ticks ?? 0) > 70 }
        try #require((Self.facts(process)?.ticks ?? 0) > 70)
        return (shell, process)
    }

    /// The state of a process, and how long it has computed, in hundredths of a second.
    private static func facts(_ process: pid_t) -> (state: String, ticks: Int)? {
        guard let bytes = try? FileSystem.read("/proc/\(process)/stat", limit: 4096) else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let ticks = Int(fields[11]) else { return nil }
        return (String(fields[0]), ticks)
    }

    private func states() throws -> [String?] {
        try target.leviathan("attempts", "--json").json.elements?.map { $0["state"]?.string } ?? []
    }

    @Test(arguments: [SIGTERM, SIGHUP]) func aSignalEndsASearchAndEverythingIsCleanedUp(signal: Int32) throws {
        let before = try target.everything()
        let (shell, process) = try start()
        kill(process, signal)
        #expect(shell.readLine() == "130")
        #expect(try states() == ["interrupted"])
        #expect(try target.everything() == before)
        let doctor = try target.leviathan("doctor").output.text
        #expect(!doctor.contains("was left open"), "\(doctor)")
    }

    /// Both wait when the program goes on: the first asks it to clean up, the second ends it before it has.
    @Test func aSecondSignalEndsItAtOnce() throws {
        let (shell, process) = try start()
        kill(process, SIGSTOP)
        waitUntil { Self.facts(process)?.state == "T" }
        for signal in [SIGHUP, SIGTERM, SIGCONT] { kill(process, signal) }
        #expect(shell.readLine() == "\(128 + SIGTERM)")
        #expect(try states() == ["running"])
        let doctor = try target.leviathan("doctor", "--fix").output.text
        #expect(doctor.contains("is closed as interrupted"), "\(doctor)")
        #expect(try states() == ["interrupted"])
    }
}
