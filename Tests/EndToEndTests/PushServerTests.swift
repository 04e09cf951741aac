import Basics
import Processes
import TestSupport
import Testing

/// Pushing to real servers of every kind, and to some that behave badly.
@Suite(.timeLimit(.minutes(60))) struct PushServerTests {
    /// A target whose remote is reached through a server.
    private final class ServedTarget {
        let target: TestTarget
        let server: GitTestServer
        var access: [String: String]

        init(_ kind: GitTestServer.Kind) throws {
            target = try TestTarget(contract: "version: 1\ntarget: shop\ndelivery: {forge: git}\n")
            let directory = target.repository.directory
            server = try GitTestServer(kind, root: directory.path, in: directory)
            access = try server.access()
            try target.repository.git("remote", "set-url", "origin", server.url(of: "remote.git"))
        }

        func leviathan(_ words: String..., extra: [String: String] = [:]) throws -> ProcessOutcome {
            let own = ["LEVIATHAN_HOME": target.home].merging(access) { $1 }.merging(extra) { $1 }
            return try TestTarget.run(
                words, in: target.repository.path, environment: target.repository.environment.merging(own) { $1 })
        }

        var branch: String? {
            let name = "refs/heads/agent/task-001"
            let id = try? target.repository.git(
                "--git-dir", target.remote, "for-each-ref", "--format=%(objectname)", name)
            return id?.isEmpty == false ? id : nil
        }
    }

    private func hook(_ name: String, _ script: String, _ target: TestTarget) throws {
        let text = Array("#!/bin/sh\n\(script)\n".utf8)
        try FileSystem.write(text, to: "\(target.remote)/hooks/\(name)", permissions: 0o755)
    }

    @Test(arguments: GitTestServer.Kind.allCases) func deliversOnceThroughEveryKindOfServer(
        kind: GitTestServer.Kind
    ) throws {
        let served = try ServedTarget(kind)
        let first = try served.leviathan("propose", "task-001", "--json")
        #expect(first.json["outcome"] == "delivered", "\(first.output.text)")
        #expect(served.branch == first.json["commit"]?.string)
        let again = try served.leviathan("propose", "task-001", "--json")
        #expect(again.json["outcome"] == "unchanged", "\(again.output.text)")
        try served.target.repository.write("other.txt", "x")
        try served.target.repository.commitAll("Move on")
        try served.target.repository.git("push", "--quiet", served.target.remote, "main")
        let newer = try served.leviathan("propose", "task-001", "--refresh", "--json")
        #expect(newer.json["outcome"] == "delivered", "\(newer.output.text)")
        #expect(served.branch == newer.json["commit"]?.string && served.branch != first.json["commit"]?.string)
    }

    @Test func wrongPasswordsAreNamedAndNeverShown() throws {
        let served = try ServedTarget(.http)
        served.access = try served.server.access(password: "a-wrong-secret")
        let refused = try served.leviathan("propose", "task-001")
        #expect(
            refused.ending == .exited(8) && refused.errors.text.contains("git fetch"), "\(refused.errors.text)")
        #expect(!refused.errors.text.contains("a-wrong-secret"))
        #expect(served.branch == nil)
    }

    @Test func userInfoInTheAddressServesAndIsNeverShown() throws {
        let served = try ServedTarget(.http)
        let url = served.server.url(of: "remote.git").replacing("http://", with: "http://me:test-token@")
        try served.target.repository.git("remote", "set-url", "origin", url)
        served.access = ["GIT_CONFIG_GLOBAL": "/dev/null"]
        let done = try served.leviathan("--verbose", "propose", "task-001", "--json")
        #expect(done.json["outcome"] == "delivered", "\(done.output.text)")
        try hook("pre-receive", "exit 1", served.target)
        try served.target.repository.git(
            "--git-dir", served.target.remote, "update-ref", "-d", "refs/heads/agent/task-001")
        let failed = try served.leviathan("--verbose", "propose", "task-001")
        #expect(failed.ending == .exited(8))
        let wrong = url.replacing("test-token", with: "a-wrong-secret")
        try served.target.repository.git("remote", "set-url", "origin", wrong)
        let refused = try served.leviathan("propose", "task-001", "--json")
        let doctor = try served.leviathan("doctor")
        let events = try served.leviathan("events", "--json")
        for outcome in [done, failed, refused, doctor, events] {
            for secret in ["test-token", "a-wrong-secret"] {
                #expect(!(outcome.output.text + outcome.errors.text).contains(secret), "\(outcome.errors.text)")
            }
        }
    }

    @Test func aCertificateThatNobodyVouchesForIsNotTrusted() throws {
        let served = try ServedTarget(.http)
        let certificate = try TestCertificate(in: served.target.repository.directory)
        let front = try TLSTestFront(certificate, backend: served.server.port)
        let url = "https://me:test-token@localhost:\(front.port)/remote.git"
        try served.target.repository.git("remote", "set-url", "origin", url)
        let refused = try served.leviathan("propose", "task-001")
        #expect(
            refused.ending == .exited(8) && refused.errors.text.contains("certificate"), "\(refused.errors.text)")
        #expect(!refused.errors.text.contains("test-token") && served.branch == nil)
        let trusted = try served.leviathan(
            "propose", "task-001", "--json", extra: ["GIT_SSL_CAINFO": certificate.certificatePath])
        #expect(trusted.json["outcome"] == "delivered", "\(trusted.output.text)")
    }

    @Test func aHostThatSSHDoesNotKnowIsNotTrusted() throws {
        let served = try ServedTarget(.ssh)
        served.access = try served.server.access(knowsHost: false)
        let refused = try served.leviathan("propose", "task-001")
        #expect(
            refused.ending == .exited(8) && refused.errors.text.contains("Host key verification failed"),
            "\(refused.errors.text)")
        #expect(served.branch == nil)
    }

    @Test(arguments: GitTestServer.Kind.allCases) func theWordsOfAHookThatRefusesAreShown(
        kind: GitTestServer.Kind
    ) throws {
        let served = try ServedTarget(kind)
        try hook("pre-receive", "echo 'no robots on Fridays' >&2\nexit 1", served.target)
        let refused = try served.leviathan("propose", "task-001")
        #expect(
            refused.ending == .exited(8) && refused.errors.text.contains("no robots on Fridays"),
            "\(refused.errors.text)")
        #expect(served.branch == nil)
    }

    @Test func aHookThatHangsEndsWithTheLimit() throws {
        let target = try TestTarget()
        try hook("pre-receive", "exec sleep 600", target)
        let hung = try target.leviathan("propose", "task-001", extra: ["LEVIATHAN_GIT_TIMEOUT": "1s"])
        #expect(hung.ending == .exited(8), "\(hung.errors.text)")
        #expect(hung.errors.text.contains("LEVIATHAN_GIT_TIMEOUT"), "\(hung.errors.text)")
        try FileSystem.removeTree(target.remote + "/hooks/pre-receive")
        #expect(try target.leviathan("propose", "task-001", "--json").json["outcome"] == "delivered")
    }

    /// The server dies before the branch is there: nothing happened, and the next attempt delivers.
    @Test(arguments: GitTestServer.Kind.allCases) func aServerThatDiesBeforeItIsDoneIsTriedAgain(
        kind: GitTestServer.Kind
    ) throws {
        let served = try ServedTarget(kind)
        try hook("pre-receive", "kill -9 $PPID", served.target)
        let died = try served.leviathan("propose", "task-001")
        #expect(died.ending == .exited(8), "\(died.errors.text)")
        #expect(served.branch == nil)
        try FileSystem.removeTree(served.target.remote + "/hooks/pre-receive")
        #expect(try served.leviathan("propose", "task-001", "--json").json["outcome"] == "delivered")
    }

    /// The server dies with the branch in place and the answer unsent: the next attempt finds it, and pushes nothing.
    @Test(arguments: GitTestServer.Kind.allCases) func aServerThatDiesAfterwardsIsSettled(
        kind: GitTestServer.Kind
    ) throws {
        let served = try ServedTarget(kind)
        try hook("reference-transaction", "[ \"$1\" = committed ] && kill -9 $PPID\nexit 0", served.target)
        let died = try served.leviathan("propose", "task-001", "--json")
        #expect(died.ending == .exited(8), "\(died.output.text)")
        let pushed = try #require(served.branch)
        let settled = try served.leviathan("propose", "task-001", "--json")
        #expect(
            settled.json["outcome"] == "delivered" && settled.json["commit"]?.string == pushed,
            "\(settled.output.text)")
        let events = try served.leviathan("events", "--type", "branch.pushed", "--json").output.text
        #expect(events.split(separator: "\n").count == 1)
        #expect(try served.leviathan("propose", "task-001", "--json").json["outcome"] == "unchanged")
    }
}
