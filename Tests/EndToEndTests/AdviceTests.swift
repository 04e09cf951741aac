import Basics
import Processes
import TestSupport
import Testing

/// What is said where a program, a remote or a credential is not what a task needs, and what would help.
@Suite struct AdviceTests {
    private func target(run: String, policy: String = "") throws -> TestTarget {
        try TestTarget(
            policy: "version: 1\nscopes:\n  all: {allowed_paths: ['*.md'], executor: command}\n" + policy,
            backlog: """
                version: 1
                tasks:
                  - id: task-001
                    title: T
                    scope: all
                    ready: true
                    allowed_paths: [a.md]
                    inputs: {run: \(JSON.string(run).text())}

                """)
    }

    @Test(arguments: [
        ("echo 'curl: (6) Could not resolve host: example.com' >&2; exit 6", "'sandbox.network: allow' opens it"),
        ("echo x > /usr/x", "the fence keeps '/usr/x' from being written"),
        (
            "echo 'open b/c.md: read-only file system' >&2; exit 1",
            "the fence keeps 'b/c.md' from being written: it is not among the task's 'allowed_paths'"
        ),
    ])
    func aProgramThatTheFenceHeldNamesTheKey(run: String, sentence: String) throws {
        let outcome = try target(run: run).leviathan("propose", "task-001", "-n")
        #expect(outcome.ending == .exited(6) && outcome.errors.text.contains("hint: "), "\(outcome.errors.text)")
        #expect(outcome.errors.text.contains(sentence), "\(outcome.errors.text)")
    }

    @Test func whatIsHiddenNamesTheKeyThatShowsIt() throws {
        let place = try TemporaryDirectory()
        let file = place.path + "/beside.txt"
        try FileSystem.write(Array("x".utf8), to: file)
        let words = "echo \"cat: '\(file)': No such file or directory\" >&2; exit 1"
        let outcome = try self.target(run: words).leviathan("propose", "task-001", "-n")
        let isBelowTemporary = file.hasPrefix("/tmp/")
        #expect(outcome.errors.text.contains("'sandbox.read: [\(file)]'") != isBelowTemporary)
    }

    @Test func anOpenNetworkIsNotTheFencesDoing() throws {
        let target = try target(
            run: "echo 'Could not resolve host: example.com' >&2; exit 6", policy: "sandbox: {network: allow}\n")
        let outcome = try target.leviathan("propose", "task-001", "-n")
        #expect(outcome.ending == .exited(6) && !outcome.errors.text.contains("sandbox.network"))
    }

    @Test func anInvariantsProgramNamesTheKeyToo() throws {
        let target = try target(
            run: "echo x > a.md",
            policy: """
                invariants:
                  - {name: Net, check: "echo 'no such host' >&2; exit 1"}

                """)
        let outcome = try target.leviathan("propose", "task-001", "-n")
        #expect(outcome.ending == .exited(5), "\(outcome.errors.text)")
        #expect(outcome.errors.text.contains("the fence keeps the network closed"), "\(outcome.errors.text)")
    }

    @Test func theDoctorMissesARemote() throws {
        let target = try TestTarget()
        #expect(try target.leviathan("doctor").output.text.contains("which answers"))
        try target.repository.git("remote", "remove", "origin")
        let doctor = try target.leviathan("doctor")
        #expect(doctor.ending == .exited(3), "\(doctor.output.text)")
        #expect(doctor.output.text.contains("problem  forge        the repository has no remote 'origin'"))
        try target.repository.git("remote", "add", "origin", target.remote + "-nowhere")
        #expect(try target.leviathan("doctor").ending == .exited(3))
    }

    @Test func theDoctorMissesCredentials() throws {
        let review = try ReviewTarget()
        let doctor = try review.leviathan("doctor", extra: ["GH_ENTERPRISE_TOKEN": ""])
        #expect(doctor.ending == .exited(3), "\(doctor.output.text)")
        #expect(doctor.output.text.contains("problem  credentials  none; looked at"), "\(doctor.output.text)")
    }

    @Test func anEmptyRemoteIsToldFromOneThatWasNotFetched() throws {
        let target = try TestTarget()
        let empty = target.repository.directory.path + "/empty.git"
        try target.repository.git("init", "--quiet", "--bare", empty)
        try target.repository.git("remote", "remove", "origin")
        try target.repository.git("remote", "add", "origin", empty)
        let outcome = try target.leviathan("propose", "task-001")
        #expect(outcome.ending == .exited(3) && outcome.errors.text.contains("git push -u origin"))
        #expect(!outcome.errors.text.contains("git fetch"), "\(outcome.errors.text)")
    }

    @Test func offlineIsNotAdvisedToThoseWhoAreOffline() throws {
        let target = try TestTarget()
        try target.repository.git("remote", "set-url", "origin", "http://127.0.0.1:9/x.git")
        let there = try target.leviathan("propose", "task-001")
        #expect(there.ending == .exited(8) && there.errors.text.contains("--offline"), "\(there.errors.text)")
        let offline = try target.leviathan("propose", "task-001", "--offline")
        #expect(
            offline.ending == .exited(8) && !offline.errors.text.contains("--offline"), "\(offline.errors.text)")
    }

    @Test func theReviewersTextIsOfUseElsewhere() throws {
        let target = try TestTarget()
        let body = try #require(
            try target.leviathan("propose", "task-001", "-n", "--json").json["pull_request"]?["body"]?.string)
        #expect(
            body.contains("- Reproduce: `git fetch origin && leviathan verify origin/agent/task-001`"), "\(body)")
        #expect(body.contains("- Isolation: not needed, no program ran"), "\(body)")
    }
}
