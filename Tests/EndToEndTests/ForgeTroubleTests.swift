import Basics
import Journal
import Processes
import TestSupport
import Testing

/// Forges that move, forget, refuse and stumble, seen from the built program.
@Suite(.timeLimit(.minutes(60))) struct ForgeTroubleTests {
    @Test func aDefaultBranchThatWasRenamedIsFollowed() throws {
        let review = try ReviewTarget()
        try review.target.repository.git("--git-dir", review.target.remote, "branch", "--move", "main", "trunk")
        review.forge.change { $0.defaultBranch = "trunk" }
        let result = try review.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)")
        #expect(review.pulls.first?.base == "trunk")
        #expect(
            try review.target.repository.git("symbolic-ref", "refs/remotes/origin/HEAD")
                == "refs/remotes/origin/trunk")
    }

    @Test func aRepositoryThatMovedIsFoundUnderItsNewName() throws {
        let review = try ReviewTarget()
        review.forge.change { ($0.formerName, $0.name) = ("repo", "renamed") }
        let result = try review.leviathan("propose", "task-001", "--json")
        #expect(result.json["outcome"] == "delivered", "\(result.output.text)")
        #expect(review.pulls.count == 1)
        #expect(try review.leviathan("doctor").output.text.contains("octo/renamed"))
        #expect(try review.leviathan("propose", "task-001", "--json").json["pull_request"]?["number"] == 1)
    }

    @Test(arguments: ["test-\ntoken", "test-token\r\nX-Evil: 1", "test\u{0}token"])
    func aTokenWithControlsNeverLeaves(token: String) throws {
        let review = try ReviewTarget()
        let clean = token.replacing("\u{0}", with: "\u{1}")
        let result = try review.leviathan("propose", "task-001", extra: ["GH_ENTERPRISE_TOKEN": clean])
        #expect(result.ending == .exited(8), "\(result.errors.text)")
        #expect(!result.errors.text.contains("X-Evil") && !result.errors.text.contains("test-"))
        #expect(review.forge.requests.isEmpty && review.pulls.isEmpty)
    }

    @Test func anExhaustedLimitIsSaidAndNothingIsPushed() throws {
        let review = try ReviewTarget()
        review.forge.change { ($0.rateRemaining, $0.rateReset) = (0, 4_000_000_000) }
        let result = try review.leviathan("propose", "task-001")
        #expect(
            result.ending == .exited(8) && result.errors.text.lowercased().contains("limit"),
            "\(result.errors.text)")
        let branches = try review.target.repository.git("--git-dir", review.target.remote, "for-each-ref")
        #expect(!branches.contains("agent/"))
    }

    private static let stumbles: [FakeFault.Kind] = [
        .answer(.text("<html>Bad gateway</html>", status: 404)), .truncate, .answer(.text("{", status: 200)),
        .answer(.json(#"{"message":"Resource not accessible by integration"}"#, status: 403)),
    ]

    @Test(arguments: stumbles.indices) func whatCannotBeUnderstoodEndsBeforeThePush(index: Int) throws {
        let review = try ReviewTarget()
        review.forge.faults.add(FakeFault("GET", "/pulls", Self.stumbles[index], times: 100))
        let result = try review.leviathan("propose", "task-001", "--json")
        #expect(result.ending == .exited(8), "\(result.output.text)")
        let branches = try review.target.repository.git("--git-dir", review.target.remote, "for-each-ref")
        #expect(!branches.contains("agent/") && review.pulls.isEmpty)
    }

    /// A creation that the forge refuses leaves the branch; the next attempt makes up for the pull request.
    @Test func aRefusedCreationIsMadeUpFor() throws {
        let review = try ReviewTarget()
        review.forge.faults.add(
            FakeFault("POST", "/pulls", .answer(.json(#"{"message":"Resource not accessible"}"#, status: 403))))
        #expect(try review.leviathan("propose", "task-001").ending == .exited(8))
        let again = try review.leviathan("propose", "task-001", "--json")
        #expect(
            again.json["outcome"] == "delivered" && again.json["pull_request"]?["number"] == 1,
            "\(again.output.text)")
        #expect(review.pulls.count == 1)
    }

    @Test func aThousandOpenPullRequestsTakeAtMostTwelveRequests() throws {
        let review = try ReviewTarget()
        try FileSystem.createDirectory(review.target.home, permissions: 0o700)
        let journal = try Journal(at: review.target.home + "/journal.db")
        let drafts = (1...1000).map { number in
            EventDraft(
                id: "event-\(number)", type: .pullRequestCreated, timestamp: "2026-01-01T00:00:00.000000Z",
                actor: "a",
                payload: [
                    "target": "shop", "task_id": .string("task-\(number)"), "number": .integer(number),
                    "branch": .string("agent/task-\(number)"),
                ])
        }
        try journal.append(drafts)
        review.forge.change { state in
            for number in 1...1000 {
                var pull = FakeGitHub.Pull()
                pull.head = "agent/task-\(number)"
                _ = state.add(pull)
            }
        }
        let result = try review.leviathan("sync", "--json").json
        #expect(result["pull_requests"]?.elements?.count == 1000)
        #expect(review.forge.requests.count <= 12, "\(review.forge.requests.count) requests")
        #expect(review.forge.faults.problems.isEmpty, "\(review.forge.faults.problems)")
    }
}
