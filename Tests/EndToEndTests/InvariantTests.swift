import Basics
import Processes
import TestSupport
import Testing

/// Programs that a policy has run on a change: behind the fence, on exactly the frozen tree.
@Suite(.timeLimit(.minutes(60))) struct InvariantTests {
    private func target(_ invariants: String) throws -> TestTarget {
        try TestTarget(
            policy: """
                version: 1
                scopes: {docs: {allowed_paths: [docs/**, README.md], executor: docs}}
                invariants: [\(invariants)]
                """)
    }

    private func outcomes(_ result: ProcessOutcome) -> [String] {
        result.json["invariants"]?.elements?.compactMap { $0["outcome"]?.string } ?? []
    }

    @Test func runsOnExactlyTheFrozenTree() throws {
        let check =
            "test -f docs/guide.md && test -f README.md && git log -1 --format=%s && ! touch .git && echo x > README.md"
        let target = try target(
            "{name: Files, check: '\(check)'}, {name: Again, check: 'grep -q Hello README.md'}")
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(outcomes(result) == ["passed", "passed"], "\(result.output.text)")
        #expect(result.json["isolation"]?["network"] == "denied")
        // What a check writes is neither in the commit nor before the next check.
        let readme = try target.repository.git("--git-dir", target.remote, "show", "agent/task-001:README.md")
        #expect(readme == "# Hello")
        let log = try #require(result.json["invariants"]?.elements?.first?["log"]?.string)
        #expect(try target.leviathan("artifacts", "show", log).output.text.hasPrefix("Start\n"))
        #expect(try FileSystem.list(target.home + "/fenced").isEmpty)
    }

    @Test func aFailureRejectsAndShowsItsLastLines() throws {
        let target = try target("{name: Tests, check: 'echo first; echo the reason >&2; exit 3', baseline: false}")
        let before = try target.everything()
        let result = try target.leviathan("propose", "task-001")
        #expect(result.ending == .exited(5))
        #expect(result.errors.text.contains("exit code 3") && result.errors.text.contains("the reason"))
        #expect(try target.everything() == before)
    }

    @Test func whatOnlyWarnsDoesNotStandInTheWay() throws {
        let target = try target(
            "{name: Old, check: 'exit 1', severity: warn}, "
                + "{name: New, check: '! test -f docs/guide.md', severity: warn}")
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(outcomes(result) == ["broken-at-base", "failed"], "\(result.output.text)")
        #expect(result.json["outcome"] == "delivered")
    }

    @Test func timeRunsOut() throws {
        let target = try target("{name: Slow, check: 'sleep 300 & sleep 300', timeout: 1s}")
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(result.ending == .exited(5) && outcomes(result) == ["timed-out"])
    }

    @Test func aFlakyCheckIsRunAgainAndSaysSo() throws {
        let check = "test -e $LEVIATHAN_TEST_MARK || exit 1"
        let target = try target(
            "{name: Flaky, check: '\(check)', retries: 2, baseline: false, env: [LEVIATHAN_TEST_MARK]}")
        let result = try target.leviathan(
            "propose", "task-001", extra: ["LEVIATHAN_TEST_MARK": "/nowhere"])
        #expect(result.ending == .exited(5) && result.errors.text.contains("run 3 times"), "\(result.errors.text)")
    }

    /// Each deed works without the fence, where this test does it, and not for a check.
    @Test(arguments: [
        "echo planted > CHECKOUT/README.md", "echo planted > CHECKOUT/.git/hooks/post-checkout",
        "rm -rf CHECKOUT/docs CHECKOUT/README.md", "git --git-dir CHECKOUT/.git config core.fsmonitor evil",
        "cat HOME/.ssh/id_test", "test -n \"$SECRET_TOKEN\"", "cat LEVIATHAN/journal.db", "chmod 777 CHECKOUT",
        "cat HOME/notes", "cat CHECKOUT/.git/config", "cat CHECKOUT/.env",
        "cat LEVIATHAN/workspaces/*/slots/1/state",
    ])
    func nothingOutsideIsReached(deed: String) throws {
        let target = try target("{name: Deed, check: 'CHECK', baseline: false}")
        let home = target.repository.environment["HOME"] ?? ""
        try FileSystem.createDirectory(home + "/.ssh")
        for path in [home + "/.ssh/id_test", home + "/notes", target.repository.path + "/.env"] {
            try FileSystem.write(Array("key".utf8), to: path)
        }
        let line = deed.replacing("CHECKOUT", with: target.repository.path).replacing("HOME", with: home)
            .replacing("LEVIATHAN", with: target.home)
        try target.repository.write(
            ".leviathan/policy.yaml",
            """
            version: 1
            scopes: {docs: {allowed_paths: [docs/**], executor: docs}}
            invariants: [{name: Deed, check: \(JSON.string(line).text()), baseline: false}]
            """)
        try target.repository.commitAll("Deed")
        try target.repository.git("push", "--quiet", "origin", "main")
        let before = try outside(target)
        let result = try target.leviathan("propose", "task-001", extra: ["SECRET_TOKEN": "s3cret"])
        // A write may seem to succeed, in a private /tmp that nobody sees; what is secret is not there at all.
        let reads = ["cat ", "test "].contains { deed.hasPrefix($0) }
        if reads { #expect(result.ending == .exited(5), "\(result.errors.text)") }
        #expect(try outside(target) == before)
        let unfenced = Subprocess.shell(
            line, environment: target.repository.environment.merging(["SECRET_TOKEN": "s3cret"]) { $1 })
        #expect(try unfenced.run().succeeded, "the deed fails even without a fence")
        if !reads { #expect(try outside(target) != before, "the deed does nothing even without a fence") }
    }

    /// The user's checkout, and what git would run there.
    private func outside(_ target: TestTarget) throws -> String {
        let checkout = target.repository.path
        return try target.repository.git("status", "--porcelain", "--ignored")
            + FileSystem.list(checkout + "/.git/hooks").joined(separator: " ")
            + String(decoding: FileSystem.read(checkout + "/.git/config", limit: 1 << 16), as: UTF8.self)
            + String(FileSystem.status(checkout)?.permissions ?? 0, radix: 8)
    }

    // MARK: leviathan fence

    @Test func theFenceAloneHoldsAnyProgram() throws {
        let target = try target("")
        let script = "echo in > docs.txt; echo in > allowed/a; echo out > README.md; exit 9"
        try target.repository.write("allowed/keep", "")
        let outcome = try target.leviathan("fence", "--allow", "allowed", "--", "sh", "-c", script)
        #expect(outcome.ending == .exited(9), "\(outcome.errors.text)")
        #expect(FileSystem.exists(target.repository.path + "/allowed/a"))
        #expect(!FileSystem.exists(target.repository.path + "/docs.txt"))
        #expect(try target.repository.git("diff", "--name-only") == "")
        #expect(try target.leviathan("fence", "--allow", "no/such/place", "--", "true").ending == .exited(3))
        #expect(try target.leviathan("fence", "--", "no-such-program").ending == .exited(6))
        #expect(try target.leviathan("fence", "--timeout", "1s", "--", "sleep", "300").ending == .exited(6))
        #expect(try target.leviathan("fence").ending == .exited(2))
    }
}
