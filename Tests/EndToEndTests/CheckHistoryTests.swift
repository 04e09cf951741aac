import Basics
import Processes
import TestSupport
import Testing

/// The shapes of history that build services and people make.
@Suite(.timeLimit(.minutes(60))) struct CheckHistoryTests {
    /// GitHub and others check out a merge of the target and the branch, detached and with a history of one commit.
    private func pullRequest() throws -> CheckTarget {
        let target = try CheckTarget()
        let repository = target.repository
        try repository.git("checkout", "-q", "main")
        try target.commit(["LICENSE": "mine\n"])
        try repository.git("push", "-q", "origin", "main")
        try repository.git("checkout", "-q", "--detach", "origin/main")
        try repository.git("merge", "-q", "--no-ff", "-m", "Merge", "agent/task-001")
        try repository.git("push", "-q", "origin", "HEAD:refs/pull/7/merge")
        return target
    }

    private static let github = [
        "GITHUB_ACTIONS": "true", "GITHUB_HEAD_REF": "agent/task-001", "GITHUB_BASE_REF": "main",
        "GITHUB_REF": "refs/pull/7/merge", "GITHUB_EVENT_NAME": "pull_request",
    ]

    @Test func aMergeOfTheBuildService() throws {
        let target = try pullRequest()
        for extra in [[:], Self.github] {
            let json = try target.evaluation("--reproduce", extra: extra)
            #expect(json["verdict"] == "accepted" && json["task"] == "task-001", "\(json)")
            #expect(json["reproduction"]?["outcome"] == "reproduced", "\(json)")
            #expect(json["changes"]?.elements?.count == 1)
        }
    }

    /// What a merge commit holds beyond what it merges is judged as well.
    @Test func aMergeThatHoldsMore() throws {
        let target = try pullRequest()
        try target.repository.write("src/evil.py", "x = 1\n")
        try target.repository.git("add", "--all")
        try target.repository.git("commit", "-q", "--amend", "--no-edit")
        #expect(try target.evaluation().violatedRules == ["path-not-allowed"])
        try target.repository.git("reset", "-q", "--hard", "HEAD~0")
        try target.repository.git("rm", "-q", "src/evil.py")
        try target.repository.write("docs/guide.md", "# Otherwise\n")
        try target.repository.git("commit", "-q", "-a", "--amend", "--no-edit")
        let json = try target.evaluation("--reproduce")
        #expect(json["verdict"] == "rejected" && json["reproduction"]?["outcome"] == "differs", "\(json)")
    }

    /// A clone of one commit: it is said what to fetch, and `--fetch` does that.
    @Test func aShallowClone() throws {
        let target = try pullRequest()
        let clone = target.repository.directory.path + "/runner"
        let repository = target.repository
        try repository.git("init", "-q", clone)
        try repository.git("-C", clone, "remote", "add", "origin", "file://" + target.target.remote)
        try repository.git(
            "-C", clone, "fetch", "-q", "--no-tags", "--depth=1", "origin",
            "+refs/pull/7/merge:refs/remotes/pull/7/merge")
        try repository.git("-C", clone, "checkout", "-q", "--detach", "refs/remotes/pull/7/merge")
        let missing = try target.check(extra: Self.github, in: clone)
        #expect(missing.ending == .exited(3))
        #expect(
            missing.errors.text.contains("git fetch --no-tags origin +refs/heads/main:refs/remotes/origin/main"),
            "\(missing.errors.text)")
        try repository.git(
            "-C", clone, "fetch", "-q", "--no-tags", "--depth=1", "origin",
            "+refs/heads/main:refs/remotes/origin/main")
        let shallow = try target.check(extra: Self.github, in: clone)
        #expect(shallow.ending == .exited(3), "\(shallow.output.text)")
        let hint = try #require(shallow.errors.text.split(separator: "\n").first { $0.hasPrefix("hint: ") })
        #expect(hint.contains("--unshallow"), "\(shallow.errors.text)")
        let fetched = try target.check("--fetch", "--json", extra: Self.github, in: clone)
        #expect(fetched.json["verdict"] == "accepted", "\(fetched.output.text)\(fetched.errors.text)")
    }

    /// The hint of a shallow clone, taken word for word.
    @Test func theHintOfAShallowCloneWorks() throws {
        let target = try pullRequest()
        let clone = try target.clone("--depth=1", "--branch=agent/task-001", "--no-single-branch")
        let shallow = try target.check(in: clone)
        #expect(shallow.ending == .exited(3), "\(shallow.output.text)")
        let line = try #require(shallow.errors.text.split(separator: "\n").first { $0.hasPrefix("hint: git ") })
        let words = line.dropFirst("hint: git ".count).prefix { $0 != "," }.split(separator: " ").map(String.init)
        try target.repository.git("-C", clone, arguments: words)
        #expect(try target.check(in: clone).succeeded)
    }

    @Test func unrelatedHistories() throws {
        let target = try CheckTarget()
        try target.repository.git("checkout", "-q", "--orphan", "agent/task-002")
        try target.repository.commitAll("Another beginning")
        let result = try target.check()
        #expect(result.ending == .exited(3) && result.errors.text.contains("have no commit in common"))
        #expect(result.errors.text.contains("hint: "))
    }

    @Test func objectsThatAreMissing() throws {
        let target = try CheckTarget()
        let blob = try target.repository.git("rev-parse", "HEAD:docs/guide.md")
        let file = target.repository.path + "/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
        try FileSystem.removeTree(file)
        let result = try target.check()
        #expect(result.ending == .exited(3), "\(result.output.text)")
        #expect(result.errors.text.contains(String(blob.prefix(7))), "\(result.errors.text)")
    }

    @Test func anOctopusMerge() throws {
        let target = try CheckTarget()
        let repository = target.repository
        for name in ["one", "two"] {
            try repository.git("checkout", "-q", "-B", name, "origin/main")
            try target.commit(["docs/\(name).md": "# \(name)\n"])
        }
        try repository.git("checkout", "-q", "agent/task-001")
        try repository.git("merge", "-q", "-m", "Octopus", "one", "two")
        let json = try target.evaluation()
        #expect(json.violatedRules == ["path-not-allowed", "path-not-allowed"], "\(json)")
        #expect(json["commits"] == 4)
    }

    /// Two merge bases: what both sides have is what their merge has, and nothing of it counts as the branch's.
    @Test func mergeBasesThatCross() throws {
        let target = try CheckTarget()
        let repository = target.repository
        try repository.git("checkout", "-q", "main")
        let own = try target.commit(["LICENSE": "mine\n"])
        let first = try repository.id("agent/task-001")
        try repository.git("checkout", "-q", "agent/task-001")
        try repository.git("merge", "-q", "-m", "Merge main", own.hex)
        try repository.git("checkout", "-q", "main")
        try repository.git("merge", "-q", "--no-ff", "-m", "Merge the branch", first.hex)
        try repository.git("push", "-q", "origin", "main")
        try repository.git("checkout", "-q", "agent/task-001")
        try target.commit(["docs/guide.md": "# Guide, again\n"])
        let json = try target.evaluation()
        #expect(json["merge_bases"]?.elements?.count == 2, "\(json)")
        #expect(json["changes"]?.elements?.compactMap { $0["path"]?.string } == ["docs/guide.md"], "\(json)")
        #expect(json["verdict"] == "accepted")
        try target.commit(["LICENSE": "theirs\n"])
        #expect(try target.evaluation().violatedRules == ["path-not-allowed"])
    }

    /// A branch of a fork, in a clone whose origin is the target.
    @Test func aFork() throws {
        let target = try CheckTarget()
        let fork = target.repository.directory.path + "/fork.git"
        try target.repository.git("clone", "-q", "--bare", target.target.remote, fork)
        let clone = try target.clone()
        try target.repository.git("-C", clone, "fetch", "-q", fork, "agent/task-001")
        try target.repository.git("-C", clone, "checkout", "-q", "--detach", "FETCH_HEAD")
        #expect(try target.evaluation(extra: Self.github, in: clone)["verdict"] == "accepted")
        let gitlab = [
            "GITLAB_CI": "true", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "agent/task-001",
            "CI_PROJECT_PATH": "me/fork",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_PROJECT_PATH": "them/it",
            "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example.com/them/it",
        ]
        let own = try target.check(extra: gitlab, in: clone)
        #expect(own.ending == .exited(3) && own.errors.text.contains("--base FETCH_HEAD"), "\(own.errors.text)")
    }

    @Test func aLongBranch() throws {
        let target = try CheckTarget()
        var stream = ""
        for number in 1...10_000 {
            stream +=
                "commit refs/heads/long\ncommitter A <a@example.com> \(1_767_225_600 + number) +0000\ndata 2\nc\n"
            if number == 1 { stream += "from refs/heads/agent/task-001^0\n" }
            stream += "M 100644 inline docs/guide.md\ndata <<E\n\(number)\nE\n\n"
        }
        try target.repository.git("fast-import", "--quiet", input: Array(stream.utf8))
        try target.repository.git("checkout", "-q", "-f", "-B", "agent/task-001", "long")
        let json = try target.evaluation()
        #expect(json["verdict"] == "accepted" && json["commits"] == 10_001, "\(json)")
    }

    @Test func aBranchThatBringsNothing() throws {
        let target = try CheckTarget(proposes: false)
        let result = try target.check()
        #expect(result.succeeded && result.output.text.contains("not judged"), "\(result.output.text)")
        #expect(result.output.text.contains("has nothing that origin/main has not"))
    }
}
