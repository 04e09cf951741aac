import Basics
import Processes
import TestSupport
import Testing

/// How much programs may use, and how strong their fence has to be.
@Suite(.timeLimit(.minutes(60))) struct SandboxLimitTests {
    private static func policy(_ sandbox: String) -> String {
        "version: 1\nscopes:\n  code: {allowed_paths: [src/**], executor: command}\nsandbox: {\(sandbox)}\n"
    }

    @Test(arguments: [
        (
            "processes: 50", "for i in $(seq 90); do sleep 300 & done; wait", "more than 50 processes and threads",
            "sandbox.processes"
        ),
        (
            "disk: 5MB", "head -c 20000000 /dev/zero > src/long; sleep 300", "more than 5 MB of disk",
            "sandbox.disk"
        ),
        (
            "memory: 80MB", "python3 -c 'x=bytearray(b\"x\"*200000000); import time; time.sleep(300)'; sleep 300",
            "more than 80 MB of memory", "sandbox.memory"
        ),
    ])
    func goingOverEndsTheAttempt(sandbox: String, line: String, words: String, key: String) throws {
        let target = try CommandTests.target(line, paths: "[src/]", policy: Self.policy(sandbox))
        let result = try target.leviathan("propose", "run")
        #expect(result.ending == .exited(6))
        #expect(result.errors.text.contains(words) && result.errors.text.contains(key), "\(result.errors.text)")
        let failures = try target.leviathan("failures").output.text
        #expect(failures.contains("it was ended, because it used more than"), "\(failures)")
    }

    @Test func whoStaysBelowIsLeftAlone() throws {
        let target = try CommandTests.target(
            "echo x > src/a.py", paths: "[src/]", policy: Self.policy("processes: 50, disk: 5MB, memory: 500MB"))
        let result = try target.leviathan("propose", "run", "--dry-run")
        #expect(result.succeeded, "\(result.errors.text)")
        let plan = try target.leviathan("plan", "run", "--json").json["sandbox"]
        #expect(plan?["processes"] == 50 && plan?["disk"] == 5_000_000 && plan?["memory"] == 500_000_000)
    }

    /// Inside of a fence no namespaces can be had, and so the next one is Landlock's alone.
    private static func inside(_ target: TestTarget, _ words: String...) throws -> ProcessOutcome {
        var program = Subprocess(
            TestTarget.program, words,
            environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 })
        program.workingDirectory = target.repository.path
        var fence = Fence(home: target.repository.directory.path, temporary: target.repository.directory.path)
        fence.writable = [target.repository.directory.path, target.home]
        fence.means.namespaces = false
        program.fence = fence
        return try program.run()
    }

    @Test(arguments: ["namespaces", "namespaces+landlock"])
    func aWeakerFenceThanThePolicyAcceptsIsRefused(minimum: String) throws {
        let line = "echo x > src/a.py"
        let strict = try CommandTests.target(line, paths: "[src/]", policy: Self.policy("minimum: \(minimum)"))
        let refused = try Self.inside(strict, "propose", "run", "--dry-run", "--workspace", "worktree")
        #expect(refused.ending == .exited(6))
        #expect(
            refused.errors.text.contains(
                "the fence that can be had here is 'landlock', and sandbox.minimum wants '\(minimum)'"),
            "\(refused.errors.text)")
        #expect(try strict.leviathan("propose", "run", "--dry-run").succeeded)
    }

    @Test func whatHeldIsRecorded() throws {
        let target = try CommandTests.target(
            "echo x > src/a.py", paths: "[src/]", policy: Self.policy("minimum: landlock"))
        let result = try Self.inside(target, "propose", "run", "--workspace", "worktree", "--json")
        #expect(result.json["isolation"]?["level"] == "landlock", "\(result.output.text)\(result.errors.text)")
        let attempt = try #require(result.json["attempt"]?.string)
        let shown = try target.leviathan("attempts", "show", attempt).output.text
        #expect(shown.contains("isolation landlock"), "\(shown)")
    }

    @Test func aScopeLoosensNothing() throws {
        let policy = """
            version: 1
            scopes:
              code: {allowed_paths: [src/**], executor: command, sandbox: {minimum: bubblewrap}}
            sandbox: {minimum: namespaces}
            """
        let target = try CommandTests.target("echo x > src/a.py", paths: "[src/]", policy: policy)
        #expect(try target.leviathan("plan", "run", "--json").json["sandbox"]?["minimum"] == "namespaces")
    }
}
