import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// Every mistake gives one line that says what is wrong, a hint, the right exit code, and leaves nothing behind.
@Suite(.timeLimit(.minutes(60))) struct BadInputTests {
    private func expect(_ outcome: ProcessOutcome, _ code: Int32, _ message: String, hint: String) {
        // A stage that began before the mistake was found has a line of its own, with the time of day.
        let lines = outcome.errors.text.split(separator: "\n").map(String.init).filter {
            $0.prefixMatch(of: #/[0-9:]{8} /#) == nil
        }
        #expect(outcome.ending == .exited(code), "\(outcome.errors.text)")
        #expect(lines.first?.hasPrefix("error: ") == true && lines.first?.contains(message) == true, "\(lines)")
        #expect(lines.last?.hasPrefix("hint: ") == true && lines.last?.contains(hint) == true, "\(lines)")
        #expect(outcome.output.isEmpty)
    }

    private func propose(in directory: String, _ words: String..., environment: [String: String]) throws
        -> ProcessOutcome
    {
        try TestTarget.run(["propose", "task-001"] + words, in: directory, environment: environment)
    }

    @Test func outsideARepository() throws {
        let directory = try TemporaryDirectory()
        let environment = TestRepository.environment(home: directory.path)
        expect(
            try propose(in: directory.path, environment: environment), 3, "is not inside a git repository",
            hint: "-C DIR")
        #expect(try FileSystem.list(directory.path).isEmpty)
    }

    @Test func anEmptyRepository() throws {
        let test = try TestRepository()
        expect(
            try propose(in: test.path, environment: test.environment), 3, "has no commit yet",
            hint: "commit and push")
    }

    @Test func aBareRepository() throws {
        let target = try TestTarget()
        expect(
            try target.leviathan("propose", "task-001", in: target.remote), 3, "is a bare repository",
            hint: "clone it")
    }

    @Test func withoutAContract() throws {
        let test = try TestRepository()
        try test.commitAll()
        try test.addRemote()
        expect(
            try propose(in: test.path, environment: test.environment), 3, "there is no .leviathan/ in origin/main",
            hint: "leviathan init")
        #expect(try TestTarget.run(["init"], in: test.path, environment: test.environment).succeeded)
        #expect(try TestTarget.run(["lint", "--strict"], in: test.path, environment: test.environment).succeeded)
        expect(
            try propose(in: test.path, environment: test.environment), 3, "only in the working directory",
            hint: "--from-worktree")
    }

    /// Such a search ran for minutes once, whatever the timeout said, and could not be interrupted.
    @Test func aPatternThatTriesTooManyWays() throws {
        let target = try TestTarget(
            policy: "version: 1\nscopes:\n  all: {allowed_paths: [a.txt], executor: edit}\n",
            backlog: """
                version: 1
                tasks:
                  - {id: task-001, title: Tidy up, scope: all, ready: true, allowed_paths: [a.txt],
                     inputs: {edits: [{replace: a.txt, pattern: '(?:a|x)+(?:a|x)+\\d', with: b}]}}
                """)
        try target.repository.write("a.txt", String(repeating: "a", count: 160_000))
        try target.repository.commitAll()
        expect(
            try target.leviathan("propose", "task-001", "--dry-run", "--base", "HEAD"), 6,
            "inputs.edits[0] (replace): a.txt: looking for 'pattern' takes more than 11240000 steps",
            hint: "repetitions inside of repetitions")
    }

    @Test func withoutARemote() throws {
        let target = try TestTarget(hasHome: false)
        try target.repository.git("remote", "remove", "origin")
        expect(try target.leviathan("propose", "task-001"), 8, "has no remote 'origin'", hint: "git remote add")
        #expect(try target.leviathan("propose", "task-001", "--dry-run").succeeded)
        #expect(!FileSystem.exists(target.home))
    }

    @Test func aDetachedHeadThatLeavesTheBaseUnclear() throws {
        let target = try TestTarget()
        try target.repository.git("checkout", "--quiet", "--detach")
        #expect(try target.leviathan("propose", "task-001", "--dry-run").succeeded)
        try target.repository.git("remote", "remove", "origin")
        expect(
            try target.leviathan("propose", "task-001", "--dry-run"), 3, "HEAD is detached", hint: "--base HEAD")
        #expect(try target.leviathan("propose", "task-001", "--dry-run", "--base", "HEAD").succeeded)
    }

    @Test func aShallowCloneWithoutTheBaseThatIsAsked() throws {
        let target = try TestTarget()
        try target.repository.commitAll("Second")
        try target.repository.git("push", "--quiet", "origin", "main")
        try target.repository.git("clone", "--quiet", "--depth=1", "file://" + target.remote, "../shallow")
        let shallow = target.repository.directory.path + "/shallow"
        expect(
            try target.leviathan("propose", "task-001", "--base", "HEAD~1", in: shallow), 3,
            "there is no commit 'HEAD~1' here", hint: "--unshallow")
        #expect(try target.leviathan("propose", "task-001", in: shallow).succeeded)
    }

    @Test func aRemoteThatRefuses() throws {
        let target = try TestTarget()
        try FileSystem.write(
            Array("#!/bin/sh\necho 'no robots'\nexit 1\n".utf8), to: target.remote + "/hooks/pre-receive",
            permissions: 0o755)
        let before = try target.everything()
        let outcome = try target.leviathan("propose", "task-001")
        #expect(outcome.ending == .exited(8) && outcome.errors.text.contains("the remote says: no robots"))
        #expect(outcome.errors.text.contains("hint: "))
        #expect(try target.everything() == before)
    }

    @Test func aRemoteThatIsGone() throws {
        let target = try TestTarget()
        try FileSystem.removeTree(target.remote)
        expect(try target.leviathan("propose", "task-001"), 8, "cannot list 'origin'", hint: "git remote -v")
    }

    @Test func anUnknownTask() throws {
        let target = try TestTarget()
        expect(
            try target.leviathan("propose", "tsak-001"), 3, "there is no task 'tsak-001'",
            hint: "did you mean 'task-001'?")
        expect(
            try target.leviathan("show", "task-0001"), 3, "there is no task 'task-0001'",
            hint: "did you mean 'task-001'?")
        try target.repository.write(
            ".leviathan/backlog.yaml",
            TestTarget.backlog + "\n  - {id: new, scope: docs, ready: true, allowed_paths: [docs/]}\n")
        expect(
            try target.leviathan("propose", "new"), 3, "there is no task 'new'",
            hint: "only in the working directory")
        #expect(try target.leviathan("propose", "new", "--dry-run", "--from-worktree").succeeded)
    }

    @Test func aTaskThatIsNotReleased() throws {
        let target = try TestTarget()
        expect(try target.leviathan("propose", "task-002"), 7, "it is not ready", hint: "ready: true")
        #expect(try target.leviathan("tasks").output.text.contains("it is not ready"))
        // What is only looked at need not be released.
        let preview = try target.leviathan("propose", "task-002", "--dry-run")
        #expect(preview.succeeded && preview.errors.text.contains("set 'ready: true'"), "\(preview.errors.text)")
        #expect(try target.leviathan("plan", "task-002").output.text.contains("it is not ready"))
    }

    @Test func aContractWithMistakes() throws {
        let target = try TestTarget(backlog: "tasks:\n  - {id: a b, scope: nope, ready: maybe}\n")
        let outcome = try target.leviathan("lint")
        #expect(outcome.ending == .exited(3))
        for id in ["bad-task-id", "unknown-scope", "wrong-type"] {
            #expect(outcome.output.text.contains("error[\(id)]"))
        }
        expect(try target.leviathan("propose", "a b"), 3, "its text has 3 mistakes", hint: "leviathan lint")
        #expect(
            try target.leviathan("lint", "--format", "short").output.text.contains(
                ".leviathan/backlog.yaml:2:10: error[bad-task-id]"))
    }

    @Test func aSymlinkedContract() throws {
        let target = try TestTarget()
        try target.repository.git("mv", ".leviathan", "hidden")
        try target.repository.git("commit", "--quiet", "--message", "Move")
        let link = Subprocess(
            "ln", ["-s", "hidden", target.repository.path + "/.leviathan"],
            environment: target.repository.environment)
        #expect(try link.run().succeeded)
        #expect(try target.leviathan("lint").ending == .exited(3))
        try target.repository.commitAll("Link")
        try target.repository.git("push", "--quiet", "origin", "main")
        let outcome = try target.leviathan("propose", "task-001")
        #expect(outcome.ending == .exited(3) && outcome.errors.text.contains("symlink"))
    }

    /// Root may write everywhere but on a file system that is read-only.
    @Test(.enabled(if: getuid() == 0)) func aHomeThatCannotBeWritten() throws {
        let target = try CommandTests.target("echo new > src/new.py")
        try FileSystem.createDirectory(target.home)
        let mount = Subprocess(
            "mount", ["-t", "tmpfs", "-o", "ro,mode=0700", "none", target.home],
            environment: target.repository.environment)
        guard try mount.run().succeeded else { return }
        defer { _ = try? Subprocess("umount", ["-l", target.home], environment: [:]).run() }
        expect(
            try target.leviathan("propose", "run", "--dry-run"), 6, "cannot create the directory",
            hint: "LEVIATHAN_HOME names another place")
        expect(
            try target.leviathan("propose", "run"), 1, "cannot use the journal", hint: "LEVIATHAN_HOME")
        let doctor = try target.leviathan("doctor")
        #expect(doctor.output.text.contains("problem  home         \(target.home) cannot be written"))
        #expect(try target.repository.git("for-each-ref", "refs/heads/agent") == "")
    }

    @Test func anUnknownExecutorAndNobodyToCommitAs() throws {
        let target = try TestTarget(policy: TestTarget.policy.replacing("executor: docs", with: "executor: dosc"))
        let unknown = try target.leviathan("propose", "task-001")
        #expect(unknown.ending == .exited(3) && unknown.errors.text.contains("there is no executor 'dosc'"))
        #expect(unknown.errors.text.contains("did you mean 'docs'?"))
        let nameless = try TestTarget()
        var environment = nameless.repository.environment.filter {
            !$0.key.hasPrefix("GIT_AUTHOR") && !$0.key.hasPrefix("GIT_COMMITTER")
        }
        environment["LEVIATHAN_HOME"] = nameless.home
        let outcome = try propose(in: nameless.repository.path, environment: environment)
        #expect(outcome.ending == .exited(3) && outcome.errors.text.contains("nobody is named as the author"))
    }

    /// As git has it: a file that a variable names, or a pair of the environment, is enough to commit as somebody.
    @Test func somebodyNamedByGitsVariablesAlone() throws {
        let file = ["GIT_CONFIG_GLOBAL": "/identity"]
        let pairs = [
            "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Kim",
            "GIT_CONFIG_KEY_1": "user.email", "GIT_CONFIG_VALUE_1": "kim@example.com",
        ]
        for extra in [file, ["GIT_CONFIG_SYSTEM": "/identity", "GIT_CONFIG_NOSYSTEM": "0"], pairs] {
            let target = try TestTarget()
            var environment = target.repository.environment.filter {
                !$0.key.hasPrefix("GIT_AUTHOR") && !$0.key.hasPrefix("GIT_COMMITTER")
            }
            let place = target.repository.directory.path
            try FileSystem.write(
                Array("[user]\n\tname = Kim\n\temail = kim@example.com\n".utf8), to: place + "/identity")
            for (name, value) in extra { environment[name] = value == "/identity" ? place + value : value }
            environment["LEVIATHAN_HOME"] = target.home
            let outcome = try propose(in: target.repository.path, environment: environment)
            #expect(outcome.succeeded, "\(extra) \(outcome.errors.text)")
            let people = try target.repository.git(
                "--git-dir", target.remote, "log", "-1", "--format=%an %ae %cn %ce", "agent/task-001")
            #expect(people == "Kim kim@example.com Kim kim@example.com")
            let actor = try target.leviathan("events", "--json", extra: extra.merging(environment) { $1 }).output
                .text
            #expect(actor.contains("Kim <kim@example.com>"))
        }
    }

    @Test func everyFailureIsOneJSONDocumentWhenAsked() throws {
        let target = try TestTarget()
        for words in [["propose", "nope"], ["show", "nope"], ["propose"], ["nope"], ["propose", "task-002"]] {
            let outcome = try TestTarget.run(
                words + ["--json"], in: target.repository.path, environment: target.repository.environment)
            #expect(outcome.json["error"]?["message"]?.string?.isEmpty == false, "\(words)")
        }
    }

    @Test func aRepositoryThatCannotBeRead() throws {
        let test = try TestRepository(arguments: ["--object-format=sha256", "--initial-branch=main"])
        expect(
            try propose(in: test.path, environment: test.environment), 3, "cannot open the repository",
            hint: "sha1")
    }
}
