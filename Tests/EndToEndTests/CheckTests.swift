import Basics
import Processes
import TestSupport
import Testing

/// `check`: what `propose` judged is judged again, by the same code and with the same answer.
@Suite(.timeLimit(.minutes(60))) struct CheckTests {
    @Test func acceptsWhatProposeMade() throws {
        let target = try CheckTarget()
        let before = try target.target.everything()
        let result = try target.check()
        #expect(result.succeeded, "\(result.errors.text)")
        let text = result.output.text
        #expect(text.contains("of origin/main (") && text.contains("task by    the branch's name"), "\(text)")
        #expect(text.contains("accepted  every rule accepted it; there are no invariants\nnext: "), "\(text)")
        #expect(!text.contains("differs"), "\(text)")
        #expect(try target.target.everything() == before)
        let json = try target.evaluation()
        #expect(json["verdict"] == "accepted" && json["task"] == "task-001" && json["error"] == .null)
        #expect(json["writeback"] == ".leviathan/backlog.yaml" && json["commits"] == 1)
    }

    /// A detached head says nothing of a branch: the commits' trailers do.
    @Test func findsTheTaskByTrailers() throws {
        let target = try CheckTarget()
        try target.repository.git("checkout", "-q", "--detach")
        let json = try target.evaluation()
        #expect(json["verdict"] == "accepted" && json["task_from"] == "the commits' trailers", "\(json)")
        let named = try target.evaluation("--head", "origin/agent/task-001")
        #expect(named["verdict"] == "accepted" && named["task_from"] == "the branch's name", "\(named)")
    }

    @Test func rejectsWhatLeavesTheTasksPaths() throws {
        let target = try CheckTarget()
        try target.commit(["src/b.py": "x = 1\n"])
        let result = try target.check()
        #expect(result.ending == .exited(4))
        #expect(
            result.output.text.contains("[path-not-allowed]")
                && result.output.text.contains("rejected  1 violation"))
    }

    @Test func runsInvariantsOnTheHeadBehindTheFence() throws {
        let policy =
            TestTarget.policy + "\ninvariants:\n  - {name: guide, check: \"test -e docs/guide.md\"}\n"
            + "  - {name: short, check: \"test ! -e docs/long.md\"}\n"
        let target = try CheckTarget(policy: policy)
        let fine = try target.evaluation()
        #expect(fine["verdict"] == "accepted" && fine["invariants"]?.elements?.count == 2, "\(fine)")
        let left = try target.check("--no-invariants")
        #expect(
            left.succeeded && left.output.text.contains("2 invariants not run: not asked for"),
            "\(left.output.text)")
        let scoped = try CheckTarget(policy: policy, proposes: false)
        try scoped.repository.git("checkout", "-q", "-b", "mine")
        try scoped.commit(["docs/guide.md": "# Guide\n", "docs/long.md": "long\n"])
        let rejected = try scoped.check("--scope", "docs")
        #expect(rejected.ending == .exited(5), "\(rejected.output.text)\(rejected.errors.text)")
        #expect(
            rejected.output.text.contains("short: failed")
                && rejected.output.text.contains("rejected  1 invariant"))
    }

    @Test func notesABranchThatIsNoTasks() throws {
        let target = try CheckTarget(proposes: false)
        try target.repository.git("checkout", "-q", "-b", "mine")
        try target.commit(["src/b.py": "x = 1\n"])
        let noted = try target.check()
        #expect(
            noted.succeeded && noted.output.text.contains("not judged  'mine' is no agent branch"),
            "\(noted.output.text)")
        let required = try target.evaluation("--require-task")
        #expect(required["verdict"] == "rejected" && required.violatedRules == ["no-task"])
        #expect(try target.check("--require-task").ending == .exited(4))
        let scoped = try target.check("--scope", "docs")
        #expect(scoped.ending == .exited(4) && scoped.output.text.contains("[path-not-allowed]"))
        let wrong = try target.check("--scope", "dosc")
        #expect(wrong.ending == .exited(3) && wrong.errors.text.contains("did you mean 'docs'?"))
    }

    @Test func reproducesTheTaskOnDemand() throws {
        let target = try CheckTarget()
        let again = try target.check("--reproduce")
        #expect(
            again.succeeded && again.output.text.contains(": reproduced"),
            "\(again.output.text)\(again.errors.text)")
        try target.repository.write("docs/guide.md", "slipped in\n")
        try target.repository.git("commit", "-q", "-a", "--amend", "--no-edit")
        let altered = try target.check("--reproduce")
        #expect(
            altered.ending == .exited(4) && altered.output.text.contains(": differs"), "\(altered.output.text)")
        try target.repository.git("reset", "-q", "--hard", "origin/agent/task-001")
        try target.commit(["docs/guide.md": "more\n"])
        let more = try target.check("--reproduce")
        #expect(
            more.ending == .exited(4) && more.output.text.contains("holds more than this commit"),
            "\(more.output.text)")
    }

    /// The target's newer rules judge, and the output says whose they are.
    @Test func theBacklogsOwnEditCountsForNoLimitOfThePatch() throws {
        // The page makes 263 bytes of patch, and the mark in the backlog as much again.
        let policy = TestTarget.policy + "\nlimits: {max_patch_bytes: 300}\n"
        #expect(try CheckTarget(policy: policy).evaluation("--no-invariants")["verdict"] == "accepted")
        let smaller = policy.replacing("300", with: "200")
        let target = try TestTarget(policy: smaller)
        #expect(try target.leviathan("propose", "task-001").ending == .exited(4))
    }

    @Test func rulesComeFromTheTipOfTheTarget() throws {
        let target = try CheckTarget()
        let repository = target.repository
        try repository.git("checkout", "-q", "main")
        try repository.write(".leviathan/policy.yaml", TestTarget.policy + "\nforbidden: [docs/guide.md]\n")
        let tip = try repository.commitAll("Forbid")
        try repository.git("push", "-q", "origin", "main")
        try repository.git("checkout", "-q", "agent/task-001")
        let json = try target.evaluation()
        #expect(
            json.violatedRules == ["path-forbidden"] && json["rules"]?["commit"] == .string(tip.hex), "\(json)")
    }
}
