import Basics
import Journal
import Processes
import TestSupport
import Testing

/// From a task to one pull request, whatever happens on the way.
@Suite(.timeLimit(.minutes(60))) struct ReviewTests {
    @Test func opensOnePullRequest() throws {
        let review = try ReviewTarget(delivery: ", labels: [leviathan], reviewers: [alice], draft: true")
        let result = try review.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)\(result.errors.text)")
        #expect(result.json["pull_request"]?["number"] == 1)
        let pull = try #require(review.pulls.first)
        #expect(
            pull.head == "agent/task-001" && pull.base == "main" && pull.isDraft && pull.title == "Add a guide")
        #expect(pull.labels == ["leviathan"] && pull.reviewers == ["alice"])
        for words in ["What it is about.", "docs/guide.md", "leviathan verify origin/agent/task-001"] {
            #expect(pull.body?.contains(words) == true, "\(pull.body ?? "")")
        }
        let again = try review.leviathan("propose", "task-001", "--json").json
        #expect(again["outcome"] == "unchanged" && again["pull_request"]?["number"] == 1)
        #expect(review.pulls.count == 1 && review.forge.faults.problems.isEmpty, "\(review.forge.faults.problems)")
        let record = try review.leviathan("attempts", "--json").json.elements?.last
        #expect(record?["pull_request"] == 1)
    }

    @Test func nothingIsPushedWhereTheForgeWouldRefuse() throws {
        let review = try ReviewTarget()
        for (isArchived, token) in [(true, "test-token"), (false, "another")] {
            review.forge.change { state in (state.isArchived, state.token) = (isArchived, token) }
            let refused = try review.leviathan("propose", "task-001")
            #expect(refused.ending == .exited(8), "\(refused.errors.text)")
            #expect(!refused.errors.text.contains("test-token"))
        }
        let without = try review.leviathan("propose", "task-001", extra: ["GH_ENTERPRISE_TOKEN": ""])
        #expect(
            without.ending == .exited(8) && without.errors.text.contains("no credentials"),
            "\(without.errors.text)")
        let branches = try review.target.repository.git("--git-dir", review.target.remote, "for-each-ref")
        #expect(!branches.contains("agent/"))
        #expect(try review.leviathan("attempts", "--json").json.elements?.isEmpty != false)
    }

    @Test func aClosedPullRequestIsANoUntilRetry() throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001")
        try #require(review.pulls.count == 1)
        review.forge.change { $0.pulls[0].state = "closed" }
        for _ in 0..<2 {
            let refused = try review.leviathan("propose", "task-001")
            #expect(refused.ending == .exited(7) && refused.errors.text.contains("closed pull request #1"))
        }
        let declined = try review.leviathan("events", "--type", "task.declined", "--json").output.text
        #expect(declined.split(separator: "\n").count == 1)
        #expect(try review.leviathan("retry", "task-001").succeeded)
        let again = try review.leviathan("propose", "task-001", "--json")
        #expect(again.json["pull_request"]?["number"] == 2, "\(again.output.text)\(again.errors.text)")
        #expect(review.pulls.map(\.state) == ["closed", "open"])
    }

    @Test func aTemplateOfTheRepositoryIsFilled() throws {
        let review = try ReviewTarget()
        try review.target.repository.write(
            ".github/PULL_REQUEST_TEMPLATE.md", "## Description\n\n## Checklist\n- [ ] read\n")
        try review.target.repository.commitAll("Template")
        try review.target.repository.git("push", "--quiet", review.target.remote, "main")
        #expect(try review.leviathan("propose", "task-001").succeeded)
        #expect(review.pulls.first?.body?.contains("## Checklist") == true)
    }

    @Test func theDoctorSaysWhichCredentialsAreUsed() throws {
        let review = try ReviewTarget()
        let sound = try review.leviathan("doctor")
        #expect(sound.ending == .exited(0), "\(sound.output.text)")
        for words in ["GH_ENTERPRISE_TOKEN", "octo/repo", "may push: yes", "scopes: repo, read:org"] {
            #expect(sound.output.text.contains(words), "\(sound.output.text)")
        }
        #expect(!sound.output.text.contains("test-token"))
        review.forge.change { $0.canPush = false }
        let readOnly = try review.leviathan("doctor", "--json")
        #expect(readOnly.ending == .exited(3))
        #expect(readOnly.json.elements?.contains { $0["state"] == "problem" } == true)
    }

    // MARK: Deaths around the forge

    private static let places: [Failpoint] = [
        .afterDeliveryRecorded, .afterPush, .afterPushRecorded, .beforeForge, .afterForge, .afterForgeRecorded,
        .beforeLastEvent, .afterLastEvent,
    ]

    @Test(arguments: places) func aDeathLeavesOnePullRequest(place: Failpoint) throws {
        let review = try ReviewTarget()
        let death = try review.leviathan("propose", "task-001", extra: ["LEVIATHAN_FAILPOINT": place.rawValue])
        #expect(death.ending == .signalled(9), "\(place) was not reached: \(death.errors.text)")
        let end = try review.leviathan("propose", "task-001", "--json").json
        #expect(["delivered", "unchanged"].contains(end["outcome"]?.string), "\(end.text())")
        #expect(end["pull_request"]?["number"] == 1)
        #expect(review.pulls.count == 1 && review.forge.state.creations == 1, "\(place)")
        #expect(review.forge.faults.problems.isEmpty, "\(review.forge.faults.problems)")
        let journal = try #require(try Journal(reading: review.target.home + "/journal.db"))
        #expect(try journal.verify().firstBreak == nil && journal.claims().isEmpty)
        #expect(try journal.attempts().contains { $0.outcome == "delivered" || $0.outcome == "unchanged" })
        print("crash: \(place.rawValue), with a forge | … | \(end["outcome"]?.string ?? "?"), 1 pull request")
    }

    /// The answer to a creation never comes; what was created is found again.
    @Test func aLostAnswerIsLookedFor() throws {
        let review = try ReviewTarget()
        review.forge.faults.add(FakeFault("POST", "/pulls", .dropAfter))
        let result = try review.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)")
        #expect(review.pulls.count == 1)
    }
}
