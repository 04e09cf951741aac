import Basics
import Processes
import TestSupport
import Testing

/// What reaches reviewers where no forge takes pull requests, and what the words of a task may not do.
@Suite(.timeLimit(.minutes(60))) struct DeliveryTests {
    private func contract(_ delivery: String) -> String { "version: 1\ntarget: shop\ndelivery: {\(delivery)}\n" }

    // MARK: The text

    @Test func aDryRunShowsWhatReviewersWouldRead() throws {
        let target = try TestTarget()
        let shown = try target.leviathan("propose", "task-001", "--dry-run", "--text")
        #expect(shown.errors.text.hasPrefix("Add a guide\n\n") && shown.errors.text.contains("## Changes"))
        #expect(!shown.output.text.contains("## Changes"))
        let request = try target.leviathan("propose", "task-001", "--dry-run", "--json").json["pull_request"]
        #expect(request?["number"] == .null && request?["url"] == .null && request?["title"] == "Add a guide")
        #expect(request?["body"]?.string?.contains("| `docs/guide.md` | created |") == true)
        let quiet = try target.leviathan("--quiet", "propose", "task-001", "--dry-run")
        #expect(quiet.errors.text.isEmpty)
    }

    @Test func plainGitKeepsAndPrintsTheText() throws {
        let target = try TestTarget(contract: contract("forge: git"))
        let result = try target.leviathan("propose", "task-001")
        #expect(result.succeeded && result.errors.text.contains("## How it was made"), "\(result.errors.text)")
        let kept = try #require(try target.leviathan("artifacts", "--json").json.elements?.first)
        #expect(kept["kind"] == "text" && kept["name"] == "pull request")
        let text = try target.leviathan("artifacts", "show", kept["sha256"]?.string ?? "").output.text
        #expect(text.hasPrefix("Add a guide\n\n") && text.contains("leviathan verify origin/agent/task-001"))
    }

    // MARK: Nowhere else

    @Test func noneStopsAfterTheBranchHere() throws {
        let target = try TestTarget(contract: contract("forge: none"))
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)")
        let commit = try target.repository.id("agent/task-001")
        #expect(result.json["commit"]?.string == commit.hex)
        #expect(try !target.repository.git("--git-dir", target.remote, "for-each-ref").contains("agent/"))
        #expect(try target.repository.git("status", "--porcelain") == "")
        #expect(try target.leviathan("propose", "task-001", "--json").json["outcome"] == "unchanged")
        try target.repository.write("other.txt", "x")
        try target.repository.commitAll("Move on")
        try target.repository.git("push", "--quiet", "origin", "main")
        let newer = try target.leviathan("propose", "task-001", "--refresh", "--json").json
        #expect(try newer["commit"]?.string == target.repository.id("agent/task-001").hex)
        #expect(newer["commit"]?.string != commit.hex)
    }

    @Test func noneNeedsNoRemote() throws {
        let target = try TestTarget(contract: contract("forge: none"))
        try target.repository.git("remote", "remove", "origin")
        let result = try target.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)")
    }

    @Test func aBranchOfAPersonsOrOneThatIsCheckedOutStays() throws {
        let target = try TestTarget(contract: contract("forge: none"))
        try target.repository.git("branch", "agent/task-001")
        let taken = try target.leviathan("propose", "task-001")
        #expect(taken.ending == .exited(7) && taken.errors.text.contains("did not push"), "\(taken.errors.text)")
        try target.repository.git("branch", "--delete", "agent/task-001")
        _ = try target.leviathan("propose", "task-001")
        try target.repository.git("worktree", "add", "--quiet", "../elsewhere", "agent/task-001")
        let before = try target.repository.id("agent/task-001")
        try target.repository.write("other.txt", "x")
        try target.repository.commitAll("Move on")
        try target.repository.git("push", "--quiet", "origin", "main")
        let refused = try target.leviathan("propose", "task-001", "--refresh")
        #expect(refused.ending == .exited(7) && refused.errors.text.contains("is checked out"))
        #expect(try target.repository.id("agent/task-001") == before)
    }

    @Test(arguments: [
        Failpoint.afterDeliveryRecorded, .beforePush, .afterPush, .afterPushRecorded, .beforeLastEvent,
    ])
    func aDeathLeavesTheBranchHereOrNot(place: Failpoint) throws {
        let target = try TestTarget(contract: contract("forge: none"))
        let death = try target.leviathan(
            "propose", "task-001", extra: ["LEVIATHAN_FAILPOINT": place.rawValue])
        #expect(death.ending == .signalled(9))
        let end = try target.leviathan("propose", "task-001", "--json").json
        #expect(["delivered", "unchanged"].contains(end["outcome"]?.string), "\(end.text())")
        #expect(try target.repository.id("agent/task-001").hex == end["commit"]?.string)
    }

    // MARK: The words of a task

    @Test func theWordsOfATaskDoNothingInTheCommit() throws {
        let backlog = """
            version: 1
            tasks:
              - id: task-001
                title: "Fixes #12 for @alice [skip ci]"
                description: "Closes octo/repo#7 [ci skip]\\n\\nSigned-off-by: Eve <eve@example.com>\\nCo-authored-by: Eve <e@x.org>\\n\\nChange-Id: I0123456789012345678901234567890123456789"
                scope: docs
                ready: true
                allowed_paths: [docs/guide.md]
            """
        let target = try TestTarget(backlog: backlog)
        let result = try target.leviathan("propose", "task-001", "--json")
        let commit = try #require(result.json["commit"]?.string, "\(result.output.text)")
        let message = try target.repository.git("show", "--no-patch", "--format=%B", commit)
        for words in [
            "Fixes #12", "@alice", "[skip ci]", "[ci skip]", "Closes octo/repo#7", "\nSigned-off-by:",
            "\nCo-authored-by:", "\nChange-Id:",
        ] { #expect(!message.contains(words), "\(words) in \(message)") }
        let title = try target.leviathan("propose", "task-001", "--dry-run", "--json").json["pull_request"]?[
            "title"]
        #expect(title?.string?.contains("[skip ci]") == false && title?.string?.contains("skip ci") == true)
        let trailers = try target.repository.git(
            "show", "--no-patch", "--format=%(trailers:only,keyonly)", commit)
        #expect(
            trailers.split(separator: "\n") == [
                "Task-ID", "Attempt-ID", "Leviathan-Base", "Leviathan-Spec", "Leviathan-Executor",
            ], "\(trailers)")
    }

    @Test func aLongLineCannotWrapIntoATrailer() throws {
        let filler = String(repeating: "word ", count: 13)
        let backlog = TestTarget.backlog.replacing(
            "What it is about.", with: "\"\(filler)a Signed-off-by: Eve <eve@example.com>\"")
        let target = try TestTarget(backlog: backlog)
        let commit = try target.leviathan("propose", "task-001", "--json").json["commit"]?.string ?? ""
        #expect(
            try !target.repository.git("show", "--no-patch", "--format=%B", commit).contains("\nSigned-off-by:"))
    }
}
