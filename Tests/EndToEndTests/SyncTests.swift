import Basics
import Processes
import SQLite
import TestSupport
import Testing

/// What becomes of pull requests after they were opened.
@Suite(.timeLimit(.minutes(60))) struct SyncTests {
    private static let merging =
        TestTarget.policy + """

            auto_merge: {enabled: true, scopes: [docs], require_ci: true, require_approvals: 1}
            """

    private func task(_ review: ReviewTarget) throws -> String? {
        let database = try Connection(review.target.home + "/journal.db")
        var state: String?
        try database.query("SELECT state FROM tasks WHERE id = 'task-001'") { row in state = row.text(0) }
        return state
    }

    @Test func aMergedPullRequestCompletesItsTask() throws {
        let review = try ReviewTarget(more: "writeback: false")
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { ($0.pulls[0].state, $0.pulls[0].isMerged) = ("closed", true) }
        let result = try review.leviathan("sync", "--json")
        #expect(result.ending == .exited(0), "\(result.output.text)\(result.errors.text)")
        #expect(result.json["pull_requests"]?.elements?.first?["state"] == "merged")
        #expect(try review.events("pr.merged").count == 1)
        #expect(try task(review) == "completed")
        let again = try review.leviathan("sync")
        #expect(again.succeeded && again.errors.text.contains("no pull request is open"))
        #expect(try review.events("pr.merged").count == 1)
        let refused = try review.leviathan("propose", "task-001")
        #expect(refused.ending == .exited(7) && refused.errors.text.contains("was merged"))
        #expect(review.forge.faults.problems.isEmpty, "\(review.forge.faults.problems)")
    }

    @Test func aClosedOneIsRecordedAndItsBranchGoesWhereTheContractSaysSo() throws {
        let review = try ReviewTarget(delivery: ", delete_merged_branches: true")
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { $0.pulls[0].state = "closed" }
        let looked = try review.leviathan("sync", "--dry-run", "--json").json
        #expect(looked["pull_requests"]?.elements?.first?["state"] == "closed")
        #expect(try review.events("pr.closed").isEmpty)
        #expect(try review.leviathan("sync").output.text.contains("deleted 'agent/task-001'"))
        #expect(try review.events("pr.closed").count == 1 && review.events("task.declined").count == 1)
        #expect(try review.events("branch.deleted").first?["payload"]?["outcome"] == "deleted")
        let branches = try review.target.repository.git("--git-dir", review.target.remote, "for-each-ref")
        #expect(!branches.contains("agent/"))
        #expect(try task(review) == "declined")
        #expect(try review.leviathan("retry", "task-001").succeeded)
        let again = try review.leviathan("propose", "task-001", "--json").json
        #expect(again["pull_request"]?["number"] == 2, "\(again.text())")
    }

    @Test func aBranchThatPeopleCommittedToIsNotDeleted() throws {
        let review = try ReviewTarget(delivery: ", delete_merged_branches: true")
        _ = try review.leviathan("propose", "task-001")
        let theirs = try commitOnBranch(review)
        review.forge.change { $0.pulls[0].state = "closed" }
        #expect(try review.leviathan("sync").output.text.contains("people committed to it"))
        let branches = try review.target.repository.git("--git-dir", review.target.remote, "for-each-ref")
        #expect(branches.contains(theirs.hex))
    }

    /// A person's commit on Leviathan's branch.
    private func commitOnBranch(_ review: ReviewTarget) throws -> ObjectID {
        let repository = review.target.repository
        try repository.git("fetch", "--quiet", review.target.remote, "agent/task-001")
        try repository.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
        try repository.write("theirs.txt", "x")
        let commit = try repository.commitAll("A person's work")
        try repository.git("push", "--quiet", review.target.remote, "HEAD:agent/task-001")
        try repository.git("checkout", "--quiet", "main")
        return commit
    }

    @Test func reviewsAndChecksAreRecordedWhenTheyChange() throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { state in
            state.pulls[0].rollup = "SUCCESS"
            state.pulls[0].reviews = [("alice", "APPROVED")]
        }
        for _ in 0..<3 { #expect(try review.leviathan("sync").succeeded) }
        #expect(try review.events("pr.checked").count == 1 && review.events("pr.reviewed").count == 1)
        #expect(try review.events("pr.reviewed").first?["payload"]?["approvals"] == 1)
        review.forge.change { $0.pulls[0].rollup = "FAILURE" }
        let entry = try review.leviathan("sync", "--json").json["pull_requests"]?.elements?.first
        #expect(entry?["checks"] == "failing" && entry?["approvals"] == 1)
        #expect(try review.events("pr.checked").count == 2)
    }

    @Test func aConflictIsMadeAnewOnTheNewBase() throws {
        let review = try ReviewTarget()
        let first = try review.leviathan("propose", "task-001", "--json").json
        try review.moveBase()
        review.forge.change { $0.pulls[0].mergeable = "CONFLICTING" }
        let result = try review.leviathan("sync", "--json").json
        #expect(result["refreshed"]?.elements?.first?["outcome"] == "delivered", "\(result.text())")
        #expect(review.pulls.count == 1 && review.pulls[0].headCommit != first["commit"]?.string)
        #expect(try review.events("pr.updated").count == 1)
        let left = try review.leviathan("sync", "--no-refresh")
        #expect(left.succeeded && review.pulls.count == 1)
    }

    @Test func aConflictWithPeoplesCommitsIsLeftAlone() throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001")
        let theirs = try commitOnBranch(review)
        try review.moveBase()
        review.forge.change { $0.pulls[0].mergeable = "CONFLICTING" }
        let result = try review.leviathan("sync")
        #expect(result.output.text.contains("left alone: people committed to it"), "\(result.output.text)")
        #expect(review.pulls[0].headCommit == theirs.hex)
    }

    @Test func refreshUpdatesInPlaceAndOnlyWhatChanged() throws {
        let review = try ReviewTarget()
        let first = try review.leviathan("propose", "task-001", "--json").json
        let same = try review.leviathan("propose", "task-001", "--refresh", "--json").json
        #expect(same["outcome"] == "unchanged" && same["commit"] == first["commit"])
        try review.moveBase(
            ".leviathan/backlog.yaml",
            TestTarget.backlog.replacing("Add a guide", with: "Add a better guide"))
        let left = try review.leviathan("propose", "task-001", "--json")
        #expect(left.json["outcome"] == "unchanged" && left.json["pull_request"]?["number"] == 1)
        #expect(review.pulls[0].title == "Add a guide" && review.pulls[0].headCommit == first["commit"]?.string)
        let refreshed = try review.leviathan("propose", "task-001", "--refresh", "--json").json
        #expect(refreshed["outcome"] == "delivered" && refreshed["pull_request"]?["number"] == 1)
        #expect(review.pulls.count == 1 && review.pulls[0].title == "Add a better guide")
        #expect(review.pulls[0].headCommit == refreshed["commit"]?.string)
    }

    // MARK: Auto-merge

    @Test func mergesOnlyWhatIsGreenAndApproved() throws {
        let review = try ReviewTarget(policy: Self.merging)
        _ = try review.leviathan("propose", "task-001")
        func decision() throws -> String? {
            try review.leviathan("sync", "--json").json["pull_requests"]?.elements?.first?["auto_merge"]?.string
        }
        #expect(try decision()?.contains("no check ran") == true)
        review.forge.change { state in
            state.pulls[0].rollup = "SUCCESS"
            state.pulls[0].checks = [("tests", "SUCCESS", true)]
        }
        #expect(try decision()?.hasPrefix("wait: 1 more approval") == true)
        #expect(review.pulls[0].isMerged == false && review.pulls[0].autoMerge == nil)
        review.forge.change { $0.pulls[0].reviews = [("alice", "APPROVED")] }
        #expect(try decision()?.hasPrefix("merge: ") == true)
        #expect(review.pulls[0].isMerged)
        #expect(try review.events("pr.merged").count == 1 && task(review) == "completed")
        let decisions = try review.events("pr.merge_decided").compactMap { $0["payload"]?["decision"]?.string }
        #expect(decisions.last == "merge" && decisions.contains("wait"))
        #expect(review.forge.faults.problems.isEmpty, "\(review.forge.faults.problems)")
    }

    @Test func leavesProtectionToTheForge() throws {
        let review = try ReviewTarget(policy: Self.merging)
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { state in
            state.pulls[0].rollup = "SUCCESS"
            state.pulls[0].checks = [("tests", "SUCCESS", true)]
            state.pulls[0].reviews = [("alice", "APPROVED")]
            state.pulls[0].mergeState = "BLOCKED"
        }
        _ = try review.leviathan("sync")
        #expect(!review.pulls[0].isMerged && review.pulls[0].autoMerge != nil)
    }

    @Test func aPersonsCommitIsNeverMerged() throws {
        let review = try ReviewTarget(policy: Self.merging)
        _ = try review.leviathan("propose", "task-001")
        _ = try commitOnBranch(review)
        review.forge.change { state in
            state.pulls[0].rollup = "SUCCESS"
            state.pulls[0].checks = [("tests", "SUCCESS", true)]
            state.pulls[0].reviews = [("alice", "APPROVED")]
        }
        _ = try review.leviathan("sync")
        #expect(!review.pulls[0].isMerged && review.pulls[0].autoMerge == nil)
    }

    // MARK: Trouble

    @Test func aForgeThatFailsLeavesEverythingAsItWas() throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { $0.token = "another" }
        let failed = try review.leviathan("sync", "--json")
        #expect(failed.ending == .exited(8) && failed.json["error"]?["kind"] == "delivery")
        #expect(try review.events("pr.checked").isEmpty)
    }

    @Test func aPlainRemoteHasNothingToRead() throws {
        let target = try TestTarget()
        _ = try target.leviathan("propose", "task-001")
        let result = try target.leviathan("sync")
        #expect(result.succeeded && result.errors.text.contains("without pull requests"))
    }

    /// A death between creation and record is made up for, so that the follow-up knows the pull request.
    @Test func aPullRequestThatADeathLeftUnrecordedIsFollowed() throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001", extra: ["LEVIATHAN_FAILPOINT": "after-forge"])
        #expect(try review.events("pr.created").isEmpty)
        #expect(try review.leviathan("propose", "task-001").succeeded)
        #expect(try review.events("pr.created").count == 1)
        review.forge.change { ($0.pulls[0].state, $0.pulls[0].isMerged) = ("closed", true) }
        _ = try review.leviathan("sync")
        #expect(try review.events("pr.merged").count == 1)
    }

    // MARK: After an older backup was restored

    private static let two = """
        version: 1
        tasks:
          - {id: task-001, title: One, scope: docs, ready: true, allowed_paths: [docs/one.md]}
          - {id: task-002, title: Two, scope: docs, ready: true, allowed_paths: [docs/two.md]}
        """

    /// Proposes two tasks, and goes back to a backup that was made between them.
    private func restored(policy: String) throws -> ReviewTarget {
        let review = try ReviewTarget(policy: policy, backlog: Self.two)
        #expect(try review.leviathan("propose", "task-001").succeeded)
        let file = review.target.repository.directory.path + "/copy.db"
        #expect(try review.leviathan("journal", "backup", file).succeeded)
        let second = try review.leviathan("propose", "task-002", "--json")
        #expect(second.json["outcome"] == "delivered", "\(second.output.text)")
        #expect(try review.leviathan("journal", "restore", file).succeeded)
        return review
    }

    @Test func whatARestoredJournalDoesNotKnowIsTakenOver() throws {
        let review = try restored(policy: Self.merging)
        let refused = try review.leviathan("propose", "task-002")
        #expect(refused.ending == .exited(7), "\(refused.errors.text)")
        let looked = try review.leviathan("sync", "--dry-run")
        #expect(looked.errors.text.contains("#2 of 'agent/task-002' would be taken over"), "\(looked.errors.text)")
        #expect(try review.events("pr.created").count == 1)
        review.forge.change { state in
            state.pulls[1].reviews = [("ann", "APPROVED")]
            state.pulls[1].checks = [("build", "SUCCESS", true)]
            state.pulls[1].rollup = "SUCCESS"
        }
        let result = try review.leviathan("sync", "--json")
        #expect(result.json["notes"]?.text().contains("#2 of 'agent/task-002' was taken over") == true)
        let entries = try #require(result.json["pull_requests"]?.elements)
        #expect(entries.compactMap { $0["number"]?.integer } == [1, 2], "\(result.output.text)")
        // Nobody knows any more whether its scope may merge by itself.
        #expect(entries[1]["state"] == "open" && entries[1]["auto_merge"] == .null, "\(result.output.text)")
        #expect(try review.events("pr.created").count == 2)
        let again = try review.leviathan("sync", "--json").json
        #expect(again["notes"] == [], "\(again.text())")
        let proposed = try review.leviathan("propose", "task-002", "--json")
        #expect(proposed.json["outcome"] == "unchanged", "\(proposed.output.text)")
        #expect(try review.leviathan("journal", "verify").succeeded && review.pulls.count == 2)
    }

    /// Whoever amends a commit leaves Leviathan's words in it, and the pull request as it is.
    @Test func whatAPersonAmendedIsNotTakenOver() throws {
        let review = try restored(policy: TestTarget.policy)
        let repository = review.target.repository
        try repository.git("fetch", "--quiet", review.target.remote, "agent/task-002")
        try repository.git("checkout", "--quiet", "--detach", "FETCH_HEAD")
        try repository.write("docs/two.md", "by hand")
        try repository.git("commit", "--quiet", "--all", "--amend", "--no-edit")
        try repository.git("push", "--quiet", "--force", review.target.remote, "HEAD:agent/task-002")
        try repository.git("checkout", "--quiet", "main")
        let result = try review.leviathan("sync", "--json")
        #expect(
            result.json["notes"]?.text().contains("committed by somebody else") == true, "\(result.output.text)")
        #expect(try review.events("pr.created").count == 1)
        #expect(try review.leviathan("propose", "task-002").ending == .exited(7))
    }

    /// A journal that lost nothing takes over nothing: pull requests of other machines stay theirs.
    @Test func aJournalThatWasNotRestoredTakesOverNothing() throws {
        let review = try ReviewTarget(backlog: Self.two)
        #expect(try review.leviathan("propose", "task-001").succeeded)
        let home = review.target.home + "-other"
        // What the first machine opened counts for the second one as well.
        try FileSystem.createDirectory(home, permissions: 0o700)
        try FileSystem.write(Array("limits: {max_open_prs: 2}\n".utf8), to: home + "/config.yaml")
        #expect(try review.leviathan("propose", "task-002", extra: ["LEVIATHAN_HOME": home]).succeeded)
        let result = try review.leviathan("sync", "--json").json
        #expect(result["pull_requests"]?.elements?.count == 1 && result["notes"] == [], "\(result.text())")
    }
}
