import Basics
import Processes
import TestSupport
import Testing

/// What a head says of itself is held against what is so, and nothing that it holds decides about it.
@Suite(.timeLimit(.minutes(60))) struct CheckTrustTests {
    /// Policy, invariants, sandbox, templates, attributes, hooks and scripts of the head: all of it is refused, and none of
    /// it runs.
    @Test func nothingOfTheHeadHasEffect() throws {
        let policy = TestTarget.policy + "\ninvariants:\n  - {name: script, check: \"sh scripts/check.sh\"}\n"
        let target = try CheckTarget(policy: policy, proposes: false)
        try target.commit(["scripts/check.sh": "exit 1\n"], "A script that fails")
        try target.repository.git("push", "-q", "origin", "main")
        try target.repository.git("checkout", "-q", "-b", "agent/task-001")
        let marker = target.repository.directory.path + "/ran"
        let act = "touch \(marker)\n"
        try target.commit([
            ".leviathan/policy.yaml": """
            version: 1
            scopes:
              docs: {allowed_paths: ["**"], executor: command}
            sandbox: {network: allow, read: [/], scratch: ["**"]}
            workspace: {setup: "touch \(marker)"}
            invariants: [{name: script, check: "touch \(marker)"}]
            """,
            ".leviathan/templates/guide.md": "# Theirs\n",
            ".gitattributes": "* filter=evil diff=evil\n", "docs/.gitattributes": "* -diff filter=evil\n",
            ".githooks/post-checkout": act, ".husky/pre-commit": act, "scripts/check.sh": act,
            "docs/guide.md": "# Guide\n",
        ])
        for key in ["filter.evil.smudge", "filter.evil.clean", "diff.evil.command", "diff.evil.textconv"] {
            try target.repository.git("config", key, "touch \(marker)")
        }
        try target.repository.git("config", "core.hooksPath", ".githooks")
        let result = try target.check("--json")
        #expect(result.ending == .exited(4))
        let paths = result.json["violations"]?.elements?.compactMap { $0["path"]?.string } ?? []
        for path in [
            ".leviathan/policy.yaml", ".leviathan/templates/guide.md", ".gitattributes", "docs/.gitattributes",
            ".githooks/post-checkout", ".husky/pre-commit", "scripts/check.sh",
        ] {
            #expect(paths.contains(path), "\(path) in \(paths)")
        }
        #expect(result.json["invariants"] == .null && result.json["scope"] == "docs")
        #expect(!FileSystem.exists(marker))
        // Within the task's paths the target's own invariant judges: by its script, not by another.
        try target.repository.git("reset", "-q", "--hard", "origin/main")
        try target.commit(["docs/guide.md": "# Guide\n"])
        // The test's own git may have run a filter while it put the files back.
        try FileSystem.removeTree(marker)
        let honest = try target.check("--json")
        #expect(honest.ending == .exited(5), "\(honest.output.text)")
        #expect(!FileSystem.exists(marker))
    }

    @Test func aTrailerOfAnotherTask() throws {
        let target = try CheckTarget()
        try target.amend { $0.replacing("Task-ID: task-001", with: "Task-ID: task-002") }
        let result = try target.check("--json")
        #expect(
            result.ending == .exited(4) && result.json.violatedRules.first == "trailer-task",
            "\(result.output.text)")
    }

    @Test func twoTasksInOneCommit() throws {
        let target = try CheckTarget()
        try target.amend { $0.replacing("Task-ID: task-001", with: "Task-ID: task-001\nTask-ID: task-002") }
        for branch in ["agent/task-001", "mine"] {
            try target.repository.git("checkout", "-q", "-B", branch)
            let result = try target.check("--json")
            #expect(result.ending == .exited(4) && result.json.violatedRules.contains("trailer-task"), "\(branch)")
            #expect(result.output.text.contains("names several tasks: task-001, task-002"))
        }
    }

    @Test(arguments: ["attempt-task-001-0badc0de", "attempt-task-002-0badc0de", "mine"])
    func aForgedAttempt(_ attempt: String) throws {
        let target = try CheckTarget()
        try target.amend { message in
            message.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.hasPrefix("Attempt-ID: ") ? "Attempt-ID: \(attempt)" : String($0) }.joined(
                    separator: "\n")
        }
        let result = try target.check("--json")
        #expect(
            result.ending == .exited(4) && result.json.violatedRules.contains("trailer-attempt"),
            "\(result.output.text)")
    }

    /// A base that the target never had could bring rules of its own along.
    @Test func aBaseThatIsNotTheTargets() throws {
        let target = try CheckTarget()
        let own = try target.repository.git("commit-tree", "-m", "mine", "HEAD^{tree}")
        for base in [own, String(repeating: "1", count: 40), "main"] {
            try target.repository.git("reset", "-q", "--hard", "origin/agent/task-001")
            try target.amend { message in
                message.split(separator: "\n", omittingEmptySubsequences: false)
                    .map { $0.hasPrefix("Leviathan-Base: ") ? "Leviathan-Base: \(base)" : String($0) }
                    .joined(separator: "\n")
            }
            let result = try target.check("--json", "--reproduce")
            #expect(
                result.ending == .exited(4) && result.json.violatedRules == ["trailer-base"],
                "\(result.output.text)")
            #expect(result.json["reproduction"]?["outcome"] == "not reproducible")
        }
    }

    /// Whatever another machine or a person's rebase explains is told, and rejects nothing.
    @Test func differencesAreTold() throws {
        let target = try CheckTarget()
        try target.amend { message in
            message.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.hasPrefix("Leviathan-Spec: ") ? "Leviathan-Spec: 0000" : String($0) }
                .joined(separator: "\n")
        }
        let json = try target.evaluation()
        #expect(
            json["verdict"] == "accepted"
                && json.differenceTexts.contains { $0.contains("another text of the task") })
        let repository = target.repository
        try repository.git("checkout", "-q", "main")
        try target.commit(["LICENSE": "mine\n"])
        try repository.git("push", "-q", "origin", "main")
        try repository.git("checkout", "-q", "-B", "agent/task-001", "origin/agent/task-001")
        try repository.git("rebase", "-q", "origin/main")
        let rebased = try target.evaluation()
        #expect(rebased["verdict"] == "accepted", "\(rebased)")
        #expect(rebased.differenceTexts.contains { $0.contains("was made on") }, "\(rebased)")
    }

    @Test func aBranchWithoutTrailersIsJudgedAndTold() throws {
        let target = try CheckTarget(proposes: false)
        try target.repository.git("checkout", "-q", "-b", "agent/task-001")
        try target.commit(["docs/guide.md": "# Guide\n"])
        let json = try target.evaluation()
        #expect(
            json["verdict"] == "accepted"
                && json.differenceTexts.first?.hasPrefix("no commit has Leviathan's") == true)
    }

    @Test func aTaskThatTheTargetDoesNotHave() throws {
        let target = try CheckTarget()
        try target.repository.git("checkout", "-q", "-B", "agent/task-003")
        let result = try target.check("--json")
        #expect(result.ending == .exited(3))
        #expect(result.json["error"]?["message"]?.string?.contains("'task-003'") == true, "\(result.output.text)")
    }
}
