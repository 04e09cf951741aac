import Basics
import Processes
import TestSupport
import Testing

/// Commands that only look, and proposals that are only tried: the repository and the journal are as before, byte by byte.
@Suite(.timeLimit(.minutes(60))) struct DryRunTests {
    private static let invariants =
        "invariants: [{name: Here, check: 'git status --porcelain; git log -1; test -f src/new.py'}, {name: Secrets, builtin: secrets}]"

    /// Everything below the checkout and its git directory, and the journal: names, kinds, modes and contents.
    ///
    /// The memory that readers of the journal share (`-shm`) is no part of it.
    private func listing(_ target: TestTarget) throws -> String {
        let find = """
            find '\(target.repository.path)' '\(target.remote)' -printf '%p %y %m %l\\n' | LC_ALL=C sort
            find '\(target.repository.path)' '\(target.remote)' -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
            find '\(target.home)' -maxdepth 1 -name 'journal*' ! -name '*-shm' -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
            """
        let outcome = try Subprocess("bash", ["-ec", find], environment: target.repository.environment).run()
        try #require(outcome.succeeded, "\(outcome.errors.text)")
        return outcome.output.text
    }

    private static func programs(_ more: String = "") throws -> TestTarget {
        try CommandTests.target(
            "git status --porcelain; echo new > src/new.py; rm src/a.py; git diff --stat; git stash list",
            policy: CommandTests.policy + "\n" + invariants + "\n" + more)
    }

    @Test(arguments: ["overlay", "worktree"]) func aTryWithProgramsLeavesNothing(kind: String) throws {
        let target = try Self.programs()
        let before = try listing(target)
        for words in [[], ["--no-cache"], ["--offline"]] {
            let result = try target.leviathan(
                arguments: ["propose", "run", "--json", "--dry-run", "--workspace", kind] + words)
            #expect(result.json["outcome"] == "prepared", "\(result.output.text)\(result.errors.text)")
            #expect(result.json["workspace"]?.string == kind)
            #expect(try listing(target) == before)
        }
    }

    @Test func aTryInATreeLeavesNothing() throws {
        let target = try TestTarget(
            policy: TestTarget.policy
                + "\ninvariants: [{name: Here, check: 'git status; test -f docs/guide.md'}]\n")
        let before = try listing(target)
        for words in [[], ["--workspace", "worktree"], ["--workspace", "overlay"]] {
            let result = try target.leviathan(arguments: ["propose", "task-001", "--dry-run"] + words)
            #expect(result.succeeded, "\(result.errors.text)")
            #expect(try listing(target) == before, "\(words)")
        }
    }

    @Test(arguments: ["overlay", "worktree"]) func aTryWithSetUpAndSubmoduleLeavesNothing(kind: String) throws {
        let target = try Self.programs(
            "workspace: {setup: 'mkdir made; echo x > made/x', submodules: true, copy: [.env]}")
        let library = try TestRepository()
        try library.write("lib.c", "int one;\n")
        try library.commitAll("Library")
        try target.repository.git(
            "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.path, "lib")
        try target.repository.commitAll("Submodule")
        try target.repository.git("push", "-q", "origin", "main")
        let before = try listing(target)
        let result = try target.leviathan("propose", "run", "--json", "--dry-run", "--workspace", kind)
        #expect(result.json["outcome"] == "prepared", "\(result.output.text)\(result.errors.text)")
        let after = try listing(target)
        #expect(after == before, "\(Self.difference(before, after))")
    }

    /// The lines that only one of two listings has.
    private static func difference(_ before: String, _ after: String) -> [String] {
        let (old, new) = (Set(before.split(separator: "\n")), Set(after.split(separator: "\n")))
        return old.subtracting(new).map { "-" + $0 }.sorted() + new.subtracting(old).map { "+" + $0 }.sorted()
    }

    /// The same beside what an earlier attempt has left, and in a journal that holds something.
    @Test(arguments: ["overlay", "worktree"]) func lookingLeavesNothing(kind: String) throws {
        let target = try Self.programs()
        let delivered = try target.leviathan("propose", "run", "--json", "--workspace", kind)
        #expect(delivered.json["outcome"] == "delivered", "\(delivered.output.text)\(delivered.errors.text)")
        let attempt = try #require(delivered.json["attempt"]?.string)
        let before = try listing(target)
        for words in [
            ["verify", attempt], ["verify", "origin/agent/run"], ["plan", "run"], ["lint"], ["tasks"],
            ["show", "run"],
            ["next"], ["doctor"], ["attempts"], ["failures"], ["events"], ["workspaces"], ["journal", "verify"],
            ["propose", "run", "--dry-run", "--workspace", kind],
        ] {
            let result = try target.leviathan(arguments: words)
            #expect(
                [.exited(0), .exited(7)].contains(result.ending),
                "\(words): \(result.output.text)\(result.errors.text)")
            #expect(try listing(target) == before, "\(words)")
        }
    }

    @Test func aWorktreeIsListedWhileAnAttemptRunsInIt() throws {
        let target = try CommandTests.target(
            "git worktree list --porcelain > src/list; cat .git > src/git; git rev-parse HEAD > src/head")
        let result = try target.leviathan("propose", "run", "--json", "--workspace", "worktree")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        let list = try target.repository.git("--git-dir", target.remote, "show", "agent/run:src/list")
        #expect(list.contains("/slots/1/tree"), "\(list)")
        #expect(try target.repository.git("worktree", "list").split(separator: "\n").count == 1)
        #expect(!FileSystem.exists(target.repository.path + "/.git/worktrees"))
    }
}
