import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// `leviathan worker` against a control plane that runs: one attempt, as a job does it.
@Suite(.timeLimit(.minutes(60))) struct WorkerTests {
    private static let token = "a-token-for-the-test"
    private let target: TestTarget
    /// The control plane has a home of its own.
    private let plane: TemporaryDirectory
    private let job: TemporaryDirectory

    init() throws {
        let policy = TestTarget.policy + "\ninvariants:\n  - {name: slow, check: \"echo slow; sleep 2\"}\n"
        target = try TestTarget(policy: policy)
        (plane, job) = (try TemporaryDirectory(), try TemporaryDirectory())
    }

    private final class Plane: @unchecked Sendable {
        private let shell: BackgroundProgram
        let process: pid_t
        let url: String

        init(_ home: String, port: String = "0") throws {
            // Into a file: nobody reads the log meanwhile, and a full pipe would stop the service.
            let log = "\(home)/log-\(port)"
            let script = #"echo $$; exec "$0" "$@" >"$LOG" 2>&1"#
            shell = try BackgroundProgram([
                "env", "-i", "PATH=/usr/bin:/bin", "HOME=\(home)", "LEVIATHAN_HOME=\(home)/home", "LOG=\(log)",
                "LEVIATHAN_CONTROL_PLANE_TOKEN=\(WorkerTests.token)", "sh", "-c", script, TestTarget.program,
                "serve",
                "--no-scheduler", "--port", port,
            ])
            process = try #require(shell.readLine().flatMap { pid_t($0) })
            var first: String?
            waitUntil {
                let text =
                    (try? FileSystem.read(log, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                first = text.contains("\n") ? text.split(separator: "\n").first.map(String.init) : nil
                return first != nil
            }
            url = try #require(try first.flatMap { try JSON.parse($0)["url"]?.string }, "\(first ?? "")")
        }

        deinit { kill(process, SIGKILL) }

        func ask(_ path: String, _ words: String...) throws -> JSON {
            let header = "Authorization: Bearer " + WorkerTests.token
            return try JSON.parse(
                BackgroundProgram.run(["curl", "-s", "-S", "-H", header] + words + [url + path]))
        }

        func attempts() throws -> [JSON] { try ask("/v1/attempts")["attempts"]?.elements ?? [] }

        func claims() -> [JSON] { (try? ask("/v1/claims")["claims"]?.elements) ?? [] }
    }

    private func environment(_ url: String) -> [String: String] {
        target.repository.environment.merging([
            "TARGET_NAME": "remote", "TARGET_REPO_URL": target.remote, "TARGET_BRANCH": "main",
            "TASK_ID": "task-001",
            "ATTEMPT_ID": "job-1", "CONTROL_PLANE_URL": url, "CONTROL_PLANE_TOKEN": Self.token,
            "LEVIATHAN_WORKSPACE_DIR": job.path, "LEVIATHAN_WORKER_PATIENCE": "30s",
        ]) { $1 }
    }

    private func worker(_ url: String, _ change: [String: String] = [:]) throws -> ProcessOutcome {
        try Subprocess(
            TestTarget.program, ["worker", "--json"], environment: environment(url).merging(change) { $1 }
        ).run()
    }

    private func branches() throws -> String {
        try target.repository.git("--git-dir", target.remote, "for-each-ref", "refs/heads/agent")
    }

    @Test func doesOneAttemptAndReportsIt() throws {
        let serving = try Plane(plane.path)
        let outcome = try worker(serving.url)
        #expect(outcome.ending == .exited(0), "\(outcome.errors.text)")
        let attempts = try serving.attempts()
        #expect(attempts.map { $0["attempt"]?.string } == ["job-1"] && attempts[0]["outcome"] == "delivered")
        #expect(try branches().contains("agent/task-001"))
        let message = try target.repository.git("--git-dir", target.remote, "log", "-1", "agent/task-001")
        #expect(message.contains("Attempt-ID: job-1"))
        #expect(serving.claims().isEmpty)
        // The log of the invariant came along.
        let shown = try serving.ask("/v1/attempts/job-1")
        let log = try #require(shown["invariants"]?.elements?.first?["log"]?.string)
        #expect(FileSystem.exists(plane.path + "/home/artifacts/\(log.prefix(2))/\(log)"))
        #expect(!outcome.output.text.contains(Self.token) && !outcome.errors.text.contains(Self.token))
    }

    /// The second worker finds what the first one fetched; the mirror follows the remote.
    @Test func mirrorsAreSharedAndFollowTheRemote() throws {
        let serving = try Plane(plane.path)
        let mirrors = job.path + "/mirrors"
        let first = try worker(serving.url, ["LEVIATHAN_MIRRORS": mirrors])
        #expect(first.ending == .exited(0), "\(first.errors.text)")
        let names = try FileSystem.list(mirrors).filter { $0.hasSuffix(".git") }
        #expect(names.count == 1)
        let tip = try target.repository.git("--git-dir", target.remote, "rev-parse", "agent/task-001")
        _ = try target.repository.git("--git-dir", target.remote, "update-ref", "refs/heads/main", tip.trimmed)
        let again = [
            "LEVIATHAN_MIRRORS": mirrors, "LEVIATHAN_WORKSPACE_DIR": job.path + "/second", "ATTEMPT_ID": "job-2",
            "TASK_ID": "task-002",
        ]
        let second = try worker(serving.url, again)
        let clone = job.path + "/second/.leviathan-home/clones/remote/.git/objects/info/alternates"
        let alternates = String(decoding: try FileSystem.read(clone, limit: 1 << 16), as: UTF8.self)
        #expect(alternates.contains(mirrors + "/" + (names.first ?? "?")), "\(second.errors.text)")
        let mirrored = try target.repository.git(
            "--git-dir", mirrors + "/" + (names.first ?? ""), "rev-parse", "main")
        #expect(mirrored == tip)
    }

    /// A mirror that cannot be had costs time and nothing else.
    @Test func aMirrorThatCannotBeHadIsAWarning() throws {
        let serving = try Plane(plane.path)
        let mirrors = try job.write("mirrors", "no directory")
        let outcome = try worker(serving.url, ["LEVIATHAN_MIRRORS": mirrors])
        #expect(outcome.ending == .exited(0) && outcome.errors.text.contains(mirrors), "\(outcome.errors.text)")
    }

    @Test func aTaskThatAnotherWorkerHasIsLeft() throws {
        let serving = try Plane(plane.path)
        let claim =
            #"{"action":"acquire","target":"remote","task":"task-001","attempt":"job-0","lease_seconds":600}"#
        _ = try serving.ask("/v1/claims", "-H", "Content-Type: application/json", "-d", claim)
        let outcome = try worker(serving.url)
        #expect(outcome.ending == .exited(7), "\(outcome.errors.text)")
        #expect(try branches().isEmpty && serving.attempts().isEmpty)
    }

    /// Whoever has lost the lease delivers nothing, however far the work is.
    @Test func aLeaseThatIsLostEndsTheWorkBeforeItDelivers() throws {
        let serving = try Plane(plane.path)
        let (url, plane) = (serving.url, serving)
        let outcomes = Workers.map(2, atOnce: 2) { part -> Result<ProcessOutcome, any Error> in
            Result {
                if part == 0 { return try worker(url) }
                waitUntil { !plane.claims().isEmpty }
                let json = "Content-Type: application/json"
                let (own, other) = ("job-1", "job-2")
                func change(_ action: String, _ attempt: String) -> String {
                    #"{"action":"\#(action)","target":"remote","task":"task-001","attempt":"\#(attempt)","lease_seconds":600}"#
                }
                _ = try plane.ask("/v1/claims", "-H", json, "-d", change("release", own))
                _ = try plane.ask("/v1/claims", "-H", json, "-d", change("acquire", other))
                return try Subprocess("true", [], environment: ["PATH": "/usr/bin:/bin"]).run()
            }
        }
        let outcome = try outcomes[0].get()
        #expect(outcome.ending == .exited(7), "\(outcome.errors.text)")
        #expect(outcome.errors.text.contains("job-1 holds no claim any more"), "\(outcome.errors.text)")
        #expect(try branches().isEmpty)
    }

    /// The control plane dies in the middle and comes back: the attempt goes on, and nothing is lost or told twice.
    @Test func aControlPlaneThatGoesAwayIsWaitedFor() throws {
        let first = try Plane(plane.path)
        let (url, gone) = (first.url, first)
        let port = String(url.split(separator: ":").last ?? "0")
        let (home, back) = (plane.path, Box<Plane?>(nil))
        let outcomes = Workers.map(2, atOnce: 2) { part -> Result<ProcessOutcome?, any Error> in
            Result {
                if part == 0 { return try worker(url) }
                waitUntil { !gone.claims().isEmpty }
                kill(gone.process, SIGKILL)
                back.value = try Plane(home, port: port)
                return nil
            }
        }
        let outcome = try #require(try outcomes[0].get())
        _ = try outcomes[1].get()
        #expect(outcome.ending == .exited(0), "\(outcome.errors.text)")
        let serving = try #require(back.value)
        let attempts = try serving.attempts()
        #expect(attempts.map { $0["outcome"]?.string } == ["delivered"])
        let events = try serving.ask("/v1/events?attempt=job-1&limit=1000")["events"]?.elements ?? []
        let types = events.compactMap { $0["event_type"]?.string }
        for once in ["attempt.created", "branch.pushed", "attempt.succeeded"] {
            #expect(types.filter { $0 == once }.count == 1, "\(types)")
        }
        #expect(Set(events.compactMap { $0["event_id"]?.string }).count == events.count)
    }

    @Test func mistakesOfTheEnvironmentAreNamed() throws {
        for (name, value, words) in [
            ("TASK_ID", "", "TASK_ID is missing"), ("ATTEMPT_ID", "../x", "ATTEMPT_ID is no name"),
            ("CONTROL_PLANE_URL", "http://plane.example:8000", "would carry the token in plain text"),
            ("CONTROL_PLANE_URL", "ftp://plane.example", "is no address of a control plane"),
            ("LEVIATHAN_WORKER_PATIENCE", "soon", "is no duration"),
        ] {
            let outcome = try worker("http://127.0.0.1:9", [name: value])
            #expect(outcome.ending == .exited(3) && outcome.errors.text.contains(words), "\(outcome.errors.text)")
        }
        let nobody = try worker("http://127.0.0.1:9", ["LEVIATHAN_WORKER_PATIENCE": "0s"])
        #expect(nobody.ending == .exited(8) && nobody.errors.text.contains("does not answer: nothing was begun"))
        let serving = try Plane(plane.path)
        let wrong = try worker(serving.url, ["CONTROL_PLANE_TOKEN": "another-token"])
        #expect(wrong.ending == .exited(8) && wrong.errors.text.contains("refuses to let this attempt begin"))
        let name = try worker(serving.url, ["TARGET_NAME": "other"])
        #expect(name.ending == .exited(3) && name.errors.text.contains("its contract calls the target 'remote'"))
        #expect(try branches().isEmpty)
    }

    private final class Box<Value>: @unchecked Sendable {
        var value: Value
        init(_ value: Value) { self.value = value }
    }
}
