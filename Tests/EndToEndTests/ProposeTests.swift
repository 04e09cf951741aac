import Basics
import Processes
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct ProposeTests {
    @Test func deliversABranchThatIsOneCommitOnTheBase() throws {
        let target = try TestTarget()
        let base = try target.repository.id("main")
        let outcome = try target.leviathan("propose", "task-001", "--json")
        #expect(outcome.ending == .exited(0), "\(outcome.errors.text)")
        let result = outcome.json
        #expect(
            result["outcome"] == "delivered" && result["branch"] == "agent/task-001" && result["error"] == .null)
        #expect(result["base"]?.string == base.hex && result["writeback"] == true && result["attempt_number"] == 1)
        #expect(
            result["changes"] == [
                ["path": "docs/guide.md", "operation": "create", "mode": "100644", "added": 5, "removed": 0]
            ])
        let commit = try #require(result["commit"]?.string)
        let show = try target.repository.git(
            "--git-dir", target.remote, "show", "--format=%P%n%s%n%an%n%(trailers:only)", "--name-only",
            "agent/task-001")
        #expect(
            show.contains(
                base.hex + "\ndocs: Add a guide\nA U Thor\nTask-ID: task-001\nAttempt-ID: attempt-task-001-"))
        #expect(show.contains("Leviathan-Base: \(base.hex)") && show.contains("Leviathan-Executor: docs@5"))
        #expect(show.hasSuffix(".leviathan/backlog.yaml\ndocs/guide.md"))
        #expect(try target.repository.git("--git-dir", target.remote, "rev-parse", "agent/task-001") == commit)
        #expect(try target.repository.git("--git-dir", target.remote, "rev-parse", "main") == base.hex)
        #expect(try target.repository.git("--git-dir", target.remote, "fsck", "--strict") == "")
    }

    @Test func marksTheTaskAndNothingElseInTheBacklog() throws {
        let target = try TestTarget()
        _ = try target.leviathan("propose", "task-001")
        let diff = try target.repository.git(
            "--git-dir", target.remote, "diff", "--unified=0", "main", "agent/task-001", "--", ".leviathan")
        let changed = diff.split(separator: "\n").filter {
            ($0.hasPrefix("+") || $0.hasPrefix("-")) && !$0.hasPrefix("+++") && !$0.hasPrefix("---")
        }
        #expect(changed.prefix(3) == ["-    ready: true", "+    ready: false", "+    status: completed"])
        #expect(changed.count == 6)
    }

    @Test func leavesTheCheckoutAlone() throws {
        let target = try TestTarget()
        try target.repository.write("docs/guide.md", "my own draft, not committed")
        try target.repository.write("README.md", "# Changed\n")
        let before = try target.repository.git("status", "--porcelain")
        #expect(try target.leviathan("propose", "task-001").succeeded)
        #expect(try target.repository.git("status", "--porcelain") == before)
        #expect(try target.repository.git("branch", "--list") == "* main")
    }

    @Test func aDryRunChangesNothing() throws {
        let target = try TestTarget(hasHome: false)
        let objects = try target.repository.git("count-objects", "-v")
        let before = try target.everything()
        let outcome = try target.leviathan("propose", "task-001", "--dry-run")
        #expect(outcome.succeeded && outcome.output.text.contains("+++ b/docs/guide.md"))
        #expect(try target.everything() == before)
        #expect(try target.repository.git("count-objects", "-v") == objects)
        #expect(!FileSystem.exists(target.home))
        try target.repository.git("apply", "--check", input: outcome.output.whole ?? [])
        #expect(try target.leviathan("propose", "task-001", "--dry-run", "--json").json["outcome"] == "prepared")
    }

    @Test func theJournalTellsTheStory() throws {
        let target = try TestTarget(hasHome: false)
        #expect(try target.leviathan("events").errors.text.contains("the journal is empty"))
        #expect(!FileSystem.exists(target.home))
        let commit = try target.leviathan("propose", "task-001", "--json").json["commit"]
        let events = try target.leviathan("events", "--json").output.text.split(separator: "\n").map {
            try JSON.parse(String($0))
        }
        #expect(
            events.compactMap { $0["event_type"]?.string } == [
                "attempt.created", "attempt.started", "change.frozen", "policy.judged", "delivery.started",
                "artifact.created", "branch.pushed", "attempt.succeeded",
            ])
        #expect(events[6]["payload"]?["commit"] == commit)
        #expect(try target.leviathan("journal", "verify").output.text.hasPrefix("8 events, unbroken"))
        #expect(try target.leviathan("events", "--task", "task-001").output.text.contains("branch.pushed"))
    }

    @Test func theSameTaskAgainIsUnchanged() throws {
        let target = try TestTarget()
        let first = try target.leviathan("propose", "task-001", "--json").json
        let second = try target.leviathan("propose", "task-001", "--json")
        #expect(second.ending == .exited(0) && second.json["outcome"] == "unchanged")
        #expect(second.json["commit"] == first["commit"])
    }

    @Test func aMovedBaseReplacesItsOwnBranchWhenAsked() throws {
        let target = try TestTarget()
        let first = try target.leviathan("propose", "task-001", "--json").json
        try target.repository.write("other.txt", "x")
        try target.repository.commitAll("Move on")
        try target.repository.git("push", "--quiet", "origin", "main")
        let left = try target.leviathan("propose", "task-001", "--json").json
        #expect(left["outcome"] == "unchanged" && left["commit"] == first["commit"])
        let second = try target.leviathan("propose", "task-001", "--refresh", "--json").json
        #expect(
            second["outcome"] == "delivered" && second["commit"] != first["commit"]
                && second["attempt_number"] == 3)
    }

    @Test func respectsWhatPeoplePushedToTheBranch() throws {
        let target = try TestTarget()
        _ = try target.leviathan("propose", "task-001")
        try target.repository.git("fetch", "--quiet", "origin")
        try target.repository.git("checkout", "--quiet", "agent/task-001")
        try target.repository.commitAll("A person's work")
        try target.repository.git("push", "--quiet", "origin", "agent/task-001")
        try target.repository.git("checkout", "--quiet", "main")
        let before = try target.everything()
        let outcome = try target.leviathan("propose", "task-001", "--json")
        #expect(outcome.ending == .exited(7) && outcome.json["outcome"] == "refused")
        #expect(try target.everything() == before)
    }

    @Test func fetchesTheBaseUnlessItIsOffline() throws {
        let target = try TestTarget()
        try target.repository.git("clone", "--quiet", target.remote, "../second")
        let second = target.repository.directory.path + "/second"
        try target.repository.write("new.txt", "x")
        let newest = try target.repository.commitAll("New")
        try target.repository.git("push", "--quiet", "origin", "main")
        let offline = try target.leviathan("propose", "task-001", "--offline", "--dry-run", "--json", in: second)
            .json
        #expect(offline["base"]?.string != newest.hex)
        #expect(
            try target.leviathan("propose", "task-001", "--json", in: second).json["base"]?.string == newest.hex)
    }

    @Test func rejectsWhatPolicyForbidsAndSaysWhy() throws {
        let policy =
            "version: 1\nscopes:\n  docs: {allowed_paths: [docs/**], operations: [update], max_files: 5, executor: docs}\n"
        let target = try TestTarget(policy: policy)
        let before = try target.everything()
        let outcome = try target.leviathan("propose", "task-001", "--json")
        #expect(outcome.ending == .exited(4) && outcome.json["outcome"] == "rejected")
        #expect(outcome.json["violations"]?.elements?.first?["rule"] == "operation-not-allowed")
        #expect(try target.everything() == before)
        #expect(
            try target.leviathan("events", "--type", "attempt.failed", "--json").output.text.contains("rejected"))
    }

    @Test func aSecretIsRejectedAndAnInvariantThatIsNotConcernedIsSkipped() throws {
        let token = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
        let policy = TestTarget.policy + "\ninvariants: [{name: No secrets, builtin: secrets}]\n"
        // The token is put together by the table, so that the contract itself holds none.
        let backlog = TestTarget.backlog.replacing(
            "What it is about.", with: token.replacing("ghp_", with: "\"\\x67hp_") + "\"")
        let outcome = try TestTarget(policy: policy, backlog: backlog).leviathan("propose", "task-001", "--json")
        #expect(outcome.ending == .exited(4), "\(outcome.errors.text)")
        #expect(outcome.json["violations"]?.elements?.first?["rule"] == "secret", "\(outcome.output.text)")
        #expect(!outcome.output.text.contains(token))
        let skipped = TestTarget.policy + "\ninvariants: [{name: Tests, check: make test, when: [src/**]}]\n"
        let done = try TestTarget(policy: skipped).leviathan("propose", "task-001", "--json")
        #expect(
            done.json["outcome"] == "delivered"
                && done.json["invariants"]?.elements?.first?["outcome"] == "skipped")
    }

    @Test func theContractComesFromTheBaseAndNotFromTheCheckout() throws {
        let target = try TestTarget()
        try target.repository.write(
            ".leviathan/policy.yaml", "version: 1\nscopes: {docs: {allowed_paths: [nothing/**]}}\n")
        #expect(try target.leviathan("propose", "task-001", "--dry-run").succeeded)
        #expect(try target.leviathan("propose", "task-001", "--dry-run", "--from-worktree").ending == .exited(3))
        #expect(try target.leviathan("propose", "task-001", "--from-worktree").ending == .exited(2))
    }

    @Test func plantedHooksAndFiltersNeverRun() throws {
        let target = try TestTarget()
        let marker = target.repository.directory.path + "/ran"
        for hook in [
            "pre-push", "pre-commit", "post-commit", "commit-msg", "reference-transaction", "prepare-commit-msg",
        ] {
            let script = Array("#!/bin/sh\ntouch '\(marker)'\n".utf8)
            try FileSystem.write(script, to: target.repository.path + "/.git/hooks/" + hook, permissions: 0o755)
        }
        try target.repository.git("config", "filter.x.clean", "touch '\(marker)'")
        try target.repository.write(".gitattributes", "* filter=x diff=x")
        try target.repository.git("config", "diff.x.textconv", "touch '\(marker)'")
        try FileSystem.removeTree(marker)
        #expect(try target.leviathan("propose", "task-001").succeeded)
        #expect(!FileSystem.exists(marker))
    }

    @Test func anInterruptCleansUpAndExits130() throws {
        let target = try TestTarget()
        let hook = "#!/bin/sh\ntouch '\(target.repository.directory.path)/pushing'\nexec sleep 300\n"
        try FileSystem.write(Array(hook.utf8), to: target.remote + "/hooks/pre-receive", permissions: 0o755)
        let line = """
            "$PROGRAM" propose task-001 & pid=$!
            while [ ! -e ../pushing ]; do kill -0 $pid || exit 99; done
            kill -INT $pid; wait $pid
            """
        var environment = target.repository.environment
        environment["LEVIATHAN_HOME"] = target.home
        environment["PROGRAM"] = TestTarget.program
        var shell = Subprocess("bash", ["-c", line], environment: environment)
        shell.workingDirectory = target.repository.path
        let outcome = try shell.run()
        #expect(outcome.ending == .exited(130), "\(outcome.errors.text)")
        #expect(try target.repository.git("--git-dir", target.remote, "for-each-ref", "refs/heads/agent") == "")
        #expect(try target.leviathan("events", "--json").output.text.contains("attempt.interrupted"))
    }
}
