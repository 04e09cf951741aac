import Basics
import Processes
import TestSupport
import Testing

/// Tasks that run a program: where it runs, what it may write, and what becomes of that.
@Suite(.timeLimit(.minutes(60))) struct CommandTests {
    static let kinds = ["overlay", "worktree"]

    static let policy = """
        version: 1
        scopes:
          code: {allowed_paths: [src/**, docs/**], executor: command, forbidden: [src/secret/**]}
        sandbox: {scratch: [cache/**], env: [MAIN, TRAP]}
        """

    /// A target with one task that runs a line.
    static func target(_ line: String, paths: String = "[src/, docs/]", policy: String = policy) throws
        -> TestTarget
    {
        let target = try TestTarget(
            policy: policy,
            backlog: """
                version: 1
                tasks:
                  - id: run
                    title: Run it
                    scope: code
                    ready: true
                    allowed_paths: \(paths)
                    inputs:
                      run: |
                \(line.split(separator: "\n").map { "            " + $0 }.joined(separator: "\n"))
                """)
        for (name, text) in [
            ("src/a.py", "print('a')\n"), ("src/b.py", "print('b')\n"), ("src/secret/key.txt", "s\n"),
            ("docs/old.md", "# Old\n"), (".gitignore", "*.log\ncache/\n"),
        ] { try target.repository.write(name, text) }
        try target.repository.commitAll("Files")
        try target.repository.git("push", "-q", "origin", "main")
        return target
    }

    private func changes(_ result: ProcessOutcome) -> [String] {
        result.json["changes"]?.elements?.compactMap { change in
            "\(change["operation"]?.string ?? "") \(change["path"]?.string ?? "") \(change["mode"]?.string ?? "")"
        } ?? []
    }

    @Test(arguments: kinds) func whatTheProgramWritesIsTheChange(kind: String) throws {
        let target = try Self.target(
            """
            sed -i 's/a/x/' src/a.py; rm docs/old.md; mkdir -p src/new/deep; echo y > src/new/deep/y.py
            printf '#!/bin/sh\\n' > src/tool; chmod 755 src/tool; echo noise > src/noise.log
            git log -1 --format=%s; test "$LEVIATHAN_TASK_ID" = run; grep -q '"id":"run"' <&3; echo $SOURCE_DATE_EPOCH
            """)
        let before = try target.everything()
        let result = try target.leviathan("propose", "run", "--workspace", kind, "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["workspace"]?.string == kind)
        #expect(
            changes(result) == [
                "delete docs/old.md 100644", "update src/a.py 100644", "create src/new/deep/y.py 100644",
                "create src/tool 100755",
            ])
        let show = try target.repository.git("--git-dir", target.remote, "show", "agent/run:src/new/deep/y.py")
        #expect(show == "y")
        #expect(try target.repository.git("status", "--porcelain", "--ignored") == "")
        #expect(try target.repository.git("stash", "list") == "" && before.contains("refs/heads/main"))
        #expect(try FileSystem.list(target.home + "/fenced").isEmpty)
    }

    @Test(arguments: kinds) func nothingOutsideTheAllowedPathsIsWritten(kind: String) throws {
        let target = try Self.target(
            """
            set -x; ! echo x > README.md; ! echo x > src/secret/key.txt; ! rm .git; ! touch new-at-the-top
            ! git config user.name Mallory; ! git commit --allow-empty -m x; ! echo x > .leviathan/policy.yaml
            ! echo x > "$MAIN/README.md"; ! rm -r "$MAIN/.git/hooks"; ! touch "$MAIN/.git/hooks/pre-push"
            ! mv src/secret src/open; echo fine > src/fine
            """, paths: "[src/]")
        let result = try target.leviathan(
            "propose", "run", "--workspace", kind, "--json", extra: ["MAIN": target.repository.path])
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(changes(result) == ["create src/fine 100644"])
    }

    @Test func aPathThatIsNotAllowedButWrittenUnfencedIsRejected() throws {
        let target = try Self.target("echo x > README.md; echo y > src/a.py", paths: "[src/]")
        let before = try target.everything()
        let result = try target.leviathan("propose", "run", "--unfenced", "--json")
        #expect(result.ending == .exited(4), "\(result.output.text)\(result.errors.text)")
        #expect(result.json["isolation"]?["level"] == "none")
        #expect(result.json["workspace"] == "worktree")
        #expect(result.json["violations"]?.elements?.first?["path"] == "README.md")
        #expect(try target.everything() == before)
        let attempt = try target.leviathan("attempts", "--json").json.elements?.first
        #expect(attempt?["isolation"] == "unfenced")
    }

    @Test(arguments: kinds) func aFailingProgramIsTheExecutorsFailure(kind: String) throws {
        let target = try Self.target("echo half > src/half; echo the reason >&2; exit 7")
        let result = try target.leviathan("propose", "run", "--workspace", kind)
        #expect(result.ending == .exited(6))
        #expect(result.errors.text.contains("exit code 7") && result.errors.text.contains("the reason"))
        let attempts = try target.leviathan("attempts", "--json").json.elements
        let id = try #require(attempts?.first?["attempt"]?.string)
        let kinds = try target.leviathan("attempts", "show", id, "--json").json["artifacts"]?.elements
        #expect(kinds?.contains { $0["kind"] == "log" } == true)
        #expect(try FileSystem.list(target.home + "/fenced").isEmpty)
    }

    @Test func aProgramThatChangesNothingIsUnchanged() throws {
        let target = try Self.target("true")
        #expect(try target.leviathan("propose", "run", "--json").json["outcome"] == "unchanged")
    }

    @Test func timeRunsOutWithTheWholeTree() throws {
        let target = try Self.target(
            "(setsid sleep 300 &) ; sleep 300", policy: Self.policy + "\nlimits: {attempt_timeout: 1s}")
        let result = try target.leviathan("propose", "run")
        #expect(result.ending == .exited(6))
        #expect(result.errors.text.contains("timed out"))
    }

    @Test func aTreeWorkspaceIsRefused() throws {
        let target = try Self.target("true")
        let result = try target.leviathan("propose", "run", "--workspace", "tree")
        #expect(result.ending == .exited(6))
        #expect(result.errors.text.contains("starts programs"))
    }

    @Test func theDryRunLeavesNoTraceInTheCheckout() throws {
        let target = try Self.target("echo z > src/z")
        let before = try target.everything()
        let result = try target.leviathan("propose", "run", "--dry-run")
        #expect(result.succeeded && result.output.text.contains("+z"), "\(result.errors.text)")
        #expect(try target.everything() == before)
    }

    /// What a program plants for git to run never runs, not even when nothing fences it.
    @Test(arguments: [[], ["--unfenced"]]) func nothingPlantedRunsInLeviathansOwnGitWork(options: [String]) throws
    {
        let target = try Self.target(
            """
            trap="$TRAP"; plant() { printf '#!/bin/sh\\ntouch %s/sprung\\ncat\\n' "$trap" > "$1" && chmod +x "$1"; }
            plant src/evil; top=$(git rev-parse --show-toplevel); common=$(git rev-parse --git-common-dir)
            for hook in pre-push post-checkout reference-transaction post-index-change fsmonitor-watchman; do
              mkdir -p $common/hooks; plant $common/hooks/$hook; done
            for key in core.fsmonitor filter.x.clean filter.x.process diff.external core.sshCommand core.pager; do
              git config $key $top/src/evil; git config --worktree $key $top/src/evil; done
            echo '* filter=x diff=x' > src/.gitattributes; mkdir -p $common/info; echo '* filter=x' > $common/info/attributes
            echo "gitdir: $trap/fake" > .git; echo changed > src/a.py; true
            """)
        let trap = try TemporaryDirectory()
        let result = try target.leviathan(
            arguments: ["propose", "run", "--json", "--dry-run"] + options, extra: ["TRAP": trap.path])
        #expect(changes(result).contains("update src/a.py 100644"), "\(result.output.text)\(result.errors.text)")
        _ = try target.leviathan("propose", "run", "--json", "--dry-run", "--workspace", "worktree")
        _ = try target.leviathan("doctor")
        #expect(try FileSystem.list(trap.path).filter { $0 == "sprung" } == [])
    }
}
