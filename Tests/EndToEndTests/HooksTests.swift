import Basics
import Processes
import TestSupport
import Testing

/// Hooks that git itself runs: what they refuse, what they let pass, and that nothing of them stays.
@Suite(.timeLimit(.minutes(60))) struct HooksTests {
    private func git(_ target: CheckTarget, _ words: [String], in directory: String? = nil) throws
        -> ProcessOutcome
    {
        var program = Subprocess(
            "git", words,
            environment: target.repository.environment.merging(["LEVIATHAN_HOME": target.target.home]) { $1 })
        program.workingDirectory = directory ?? target.repository.path
        return try program.run()
    }

    /// Names, modes and contents of everything below a directory.
    private func snapshot(_ directory: String) throws -> [String] {
        guard FileSystem.exists(directory) else { return ["nothing"] }
        return try FileSystem.list(directory).flatMap { name -> [String] in
            let path = directory + "/" + name
            if FileSystem.isDirectory(path) { return try snapshot(path).map { name + "/" + $0 } }
            let mode = try FileSystem.status(path)?.permissions ?? 0
            return [
                "\(name) \(mode) \(String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self))"
            ]
        }
    }

    private func write(_ path: String, _ script: String) throws {
        try FileSystem.write(Array(script.utf8), to: path, permissions: 0o755)
    }

    // MARK: What hooks judge

    @Test func aCommitOnTheBranchOfATaskKeepsToItsPaths() throws {
        let target = try CheckTarget()
        #expect(try target.target.leviathan("hooks", "install").succeeded)
        try target.repository.write("docs/guide.md", "# Mine\n")
        #expect(try git(target, ["commit", "-qam", "Better"]).succeeded)
        try target.repository.write("src/b.py", "x = 1\n")
        try target.repository.git("add", "src/b.py")
        let refused = try git(target, ["commit", "-qm", "More"])
        #expect(!refused.succeeded && refused.errors.text.contains("[path-not-allowed]"), "\(refused.errors.text)")
        let other = try git(
            target, ["commit", "-qm", "More\n\nTask-ID: task-002", "--allow-empty", "docs/guide.md"])
        #expect(
            !other.succeeded && other.errors.text.contains("names the task 'task-002'"), "\(other.errors.text)")
        try target.repository.git("checkout", "-q", "-b", "mine")
        #expect(try git(target, ["commit", "-qm", "My own branch"]).succeeded)
        // What a merge of the target brings along is not the branch's own.
        try target.repository.git("checkout", "-q", "main")
        try target.commit(["LICENSE": "mine\n"])
        try target.repository.git("push", "-q", "origin", "main")
        try target.repository.git("checkout", "-q", "agent/task-001")
        #expect(try git(target, ["merge", "-q", "--no-commit", "--no-ff", "origin/main"]).succeeded)
        let merged = try git(target, ["commit", "-qm", "Merge"])
        #expect(merged.succeeded, "\(merged.errors.text)")
    }

    @Test func aPushKeepsTasksToTheirBranches() throws {
        let target = try CheckTarget()
        try target.commit(["src/b.py": "x = 1\n"])
        #expect(try target.target.leviathan("hooks", "install").succeeded)
        let refused = try git(target, ["push", "origin", "agent/task-001"])
        #expect(!refused.succeeded && refused.errors.text.contains("[path-not-allowed]"), "\(refused.errors.text)")
        #expect(try git(target, ["push", "origin", "HEAD:refs/heads/mine"]).succeeded)
        try target.repository.git("reset", "-q", "--hard", "origin/agent/task-001")
        let direct = try git(target, ["push", "origin", "HEAD:main"])
        #expect(!direct.succeeded && direct.errors.text.contains("[agent-commit]"), "\(direct.errors.text)")
        try target.repository.git("checkout", "-q", "main")
        try target.repository.git("merge", "-q", "--no-ff", "-m", "Merge", "agent/task-001")
        let merged = try git(target, ["push", "origin", "main"])
        #expect(merged.succeeded, "\(merged.errors.text)")
    }

    /// The server judges in quarantine, whoever pushes and with whatever: no hook of the pusher's is needed.
    @Test func aServerJudgesWhatAnybodyPushes() throws {
        let target = try CheckTarget()
        try target.commit(["src/b.py": "x = 1\n"])
        let installed = try target.target.leviathan("-C", target.target.remote, "hooks", "install", "--server")
        #expect(
            installed.succeeded && installed.output.text.contains("git runs it"),
            "\(installed.output.text)\(installed.errors.text)")
        let refused = try git(target, ["push", "origin", "agent/task-001"])
        #expect(
            !refused.succeeded && refused.errors.text.contains("remote:   violation"), "\(refused.errors.text)")
        #expect(refused.errors.text.contains("pre-receive hook declined"))
        #expect(try git(target, ["push", "origin", "HEAD:refs/heads/mine"]).succeeded)
        try target.repository.git("reset", "-q", "--hard", "origin/agent/task-001")
        try target.commit(["docs/guide.md": "# Otherwise\n"])
        let fine = try git(target, ["push", "origin", "agent/task-001"])
        #expect(fine.succeeded, "\(fine.errors.text)")
        #expect(try git(target, ["push", "origin", ":agent/task-001"]).succeeded)
        // A task that the server's branch does not have cannot be judged, and is not let in.
        let unknown = try git(target, ["push", "origin", "HEAD:refs/heads/agent/task-009"])
        #expect(!unknown.succeeded && unknown.errors.text.contains("task-009"), "\(unknown.errors.text)")
    }

    @Test(arguments: GitTestServer.Kind.allCases) func theServersHookHoldsOverEveryProtocol(
        _ kind: GitTestServer.Kind
    ) throws {
        let target = try CheckTarget()
        #expect(try target.target.leviathan("-C", target.target.remote, "hooks", "install", "--server").succeeded)
        let directory = target.repository.directory
        let server = try GitTestServer(kind, root: directory.path, in: directory)
        var push = Subprocess(
            "git", ["push", server.url(of: "remote.git"), "HEAD:refs/heads/agent/task-001"],
            environment: target.repository.environment.merging(try server.access()) { $1 })
        push.workingDirectory = target.repository.path
        try target.commit(["src/b.py": "x = 1\n"])
        let refused = try push.run()
        #expect(!refused.succeeded && refused.errors.text.contains("[path-not-allowed]"), "\(refused.errors.text)")
        try target.repository.git("reset", "-q", "--hard", "origin/agent/task-001")
        try target.commit(["docs/guide.md": "# Otherwise\n"])
        let fine = try push.run()
        #expect(fine.succeeded, "\(fine.errors.text)")
    }

    // MARK: Where they are put

    @Test func whatWasThereRunsFirstAndComesBack() throws {
        let target = try CheckTarget()
        let hooks = target.repository.path + "/.git/hooks"
        let marker = target.repository.directory.path + "/ran"
        try write(hooks + "/pre-commit", "#!/bin/sh\ntouch \(marker)\n")
        try write(hooks + "/pre-push", "#!/bin/sh\ncat > \(marker).push\n")
        let before = try snapshot(hooks)
        let first = try target.target.leviathan("hooks", "install")
        #expect(first.succeeded, "\(first.output.text)\(first.errors.text)")
        #expect(
            first.output.text.contains("pre-commit  installed; the hook that was there runs first; git runs it"))
        #expect(!FileSystem.exists(marker))
        let after = try snapshot(hooks)
        #expect(
            try target.target.leviathan("hooks", "install").output.text.contains(
                "was installed already; git runs it"))
        #expect(try snapshot(hooks) == after)
        try target.commit(["docs/guide.md": "# Mine\n"])
        #expect(FileSystem.exists(marker))
        try target.repository.git("push", "-q", "origin", "agent/task-001")
        let told = String(decoding: try FileSystem.read(marker + ".push", limit: 4096), as: UTF8.self)
        #expect(told.contains("refs/heads/agent/task-001"))
        #expect(try target.target.leviathan("hooks", "uninstall").succeeded)
        #expect(try snapshot(hooks) == before)
    }

    @Test(arguments: ["own", "configured", "husky", "worktree", "bare", "missing"])
    func everyPlaceIsFoundAndLeftAsItWas(_ kind: String) throws {
        let target = try CheckTarget()
        let path = target.repository.path
        var (directory, hooks, words) = (path, path + "/.git/hooks", ["install"])
        switch kind {
        case "configured":
            hooks = path + "/tools/hooks"
            try target.repository.git("config", "core.hooksPath", "tools/hooks")
        case "husky":
            hooks = path + "/.husky"
            try target.repository.git("config", "core.hooksPath", ".husky/_")
            try FileSystem.createDirectory(hooks)
            try FileSystem.createDirectory(hooks + "/_")
            for name in ["pre-commit", "commit-msg", "pre-push"] {
                try write(
                    hooks + "/_/" + name, "#!/bin/sh\nsh -e \"$(dirname \"$(dirname \"$0\")\")/\(name)\" \"$@\"\n")
            }
            try write(hooks + "/pre-commit", "npm test\n")
        case "worktree":
            directory = target.repository.directory.path + "/tree"
            try target.repository.git("worktree", "add", "-q", "-b", "other", directory)
        case "bare":
            (directory, hooks, words) = (
                target.target.remote, target.target.remote + "/hooks", ["install", "--server"]
            )
        case "missing": try FileSystem.removeTree(hooks)
        default: break
        }
        let before = try snapshot(hooks)
        let program = TestTarget.program
        let search = [String(program[..<(program.lastIndex(of: "/") ?? program.startIndex)]), "/usr/bin", "/bin"]
        let extra = ["PATH": search.joined(separator: ":")]
        let installed = try target.target.leviathan("hooks", arguments: words, in: directory, extra: extra)
        #expect(installed.succeeded, "\(kind): \(installed.output.text)\(installed.errors.text)")
        #expect(try snapshot(hooks) != before)
        // Without --server too: nobody need remember how a hook was put there.
        let removed = try target.target.leviathan("hooks", arguments: ["uninstall"], in: directory, extra: extra)
        #expect(removed.succeeded && removed.output.text.contains("removed"), "\(removed.output.text)")
        #expect(try snapshot(hooks) == before, "\(kind)")
    }

    @Test func globalHooksPassOnToTheRepositorys() throws {
        let target = try CheckTarget()
        let marker = target.repository.directory.path + "/ran"
        try write(target.repository.path + "/.git/hooks/post-commit", "#!/bin/sh\ntouch \(marker)\n")
        let installed = try target.target.leviathan("hooks", "install", "--global")
        #expect(installed.succeeded, "\(installed.output.text)\(installed.errors.text)")
        #expect(try target.repository.git("config", "--global", "core.hooksPath") == target.target.home + "/hooks")
        try target.commit(["docs/guide.md": "# Mine\n"])
        #expect(FileSystem.exists(marker))
        try target.repository.write("src/b.py", "x = 1\n")
        try target.repository.git("add", "src/b.py")
        #expect(!(try git(target, ["commit", "-qm", "More"]).succeeded))
        #expect(try target.target.leviathan("hooks", "uninstall", "--global").succeeded)
        #expect(!(try git(target, ["config", "--global", "core.hooksPath"]).succeeded))
        #expect(!FileSystem.exists(target.target.home + "/hooks"))
    }

    /// What an installation that died has left keeps no hook from judging.
    @Test func aProofThatNobodyWaitsForIsNone() throws {
        let target = try CheckTarget()
        #expect(try target.target.leviathan("hooks", "install").succeeded)
        let probe = target.repository.path + "/.git/hooks/leviathan-probe"
        try FileSystem.write([], to: probe)
        try target.repository.write("src/b.py", "x = 1\n")
        try target.repository.git("add", "src/b.py")
        let refused = try git(target, ["commit", "-qm", "More"])
        #expect(!refused.succeeded && refused.errors.text.contains("[path-not-allowed]"), "\(refused.errors.text)")
        #expect(!FileSystem.exists(probe))
    }

    /// Another tool put its hook over ours: what was kept before stays, and nobody guesses which of the two is wanted.
    @Test func anOlderHookIsNeverOverwritten() throws {
        let target = try CheckTarget()
        let hooks = target.repository.path + "/.git/hooks"
        try write(hooks + "/pre-commit", "#!/bin/sh\n# first\n")
        #expect(try target.target.leviathan("hooks", "install").succeeded)
        try write(hooks + "/pre-commit", "#!/bin/sh\n# second\n")
        let before = try snapshot(hooks)
        let again = try target.target.leviathan("hooks", "install")
        #expect(
            again.ending == .exited(3) && again.errors.text.contains("pre-commit.before-leviathan"),
            "\(again.errors.text)")
        #expect(try snapshot(hooks) == before)
        let removed = try target.target.leviathan("hooks", "uninstall")
        #expect(
            removed.output.text.contains("pre-commit  is not Leviathan's, and was left alone"),
            "\(removed.output.text)")
    }

    /// A hook that git does not run is no success.
    @Test func aHookThatDoesNotRunIsTold() throws {
        let target = try CheckTarget()
        let hooks = target.repository.path + "/.git/hooks"
        try write(hooks + "/pre-commit", "#!/bin/sh\nexit 0\n")
        #expect(try target.target.leviathan("hooks", "install").succeeded)
        // Husky's directory without husky: nothing starts its files.
        try target.repository.git("config", "core.hooksPath", ".husky/_")
        let idle = try target.target.leviathan("hooks", "install")
        #expect(
            idle.ending == .exited(3) && idle.output.text.contains("does NOT run"),
            "\(idle.output.text)\(idle.errors.text)")
    }
}
