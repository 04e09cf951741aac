import Basics
import Journal
import Processes
import TestSupport
import Testing

/// What is done again and again, and must come to the same as once.
@Suite(.timeLimit(.minutes(60))) struct RepeatedDeliveryTests {
    private static let policy =
        TestTarget.policy + "\ninvariants: [{name: Readme is there, check: 'test -f README.md'}]\n"

    /// Requests that would change something at the forge.
    private func writes(_ review: ReviewTarget) -> Int {
        review.forge.requests.count { $0.method != "GET" && !$0.path.hasSuffix("/graphql") }
    }

    private func pullRequestEvents(_ review: ReviewTarget) throws -> Int {
        try ["pr.created", "pr.updated", "pr.merge_decided"].reduce(0) { try $0 + review.events($1).count }
    }

    @Test func aRepeatedProposalChangesNothingAtTheForge() throws {
        let review = try ReviewTarget(policy: Self.policy, delivery: ", labels: [leviathan], reviewers: [alice]")
        let first = try review.leviathan("propose", "task-001", "--json").json
        #expect(first["outcome"] == "delivered", "\(first.text())")
        let body = try #require(review.pulls.first?.body)
        #expect(body.contains("## Invariants"))
        // A person took the label away again, and need not do so twice.
        review.forge.change { $0.pulls[0].labels = [] }
        let (written, recorded) = (writes(review), try pullRequestEvents(review))
        for _ in 0..<2 {
            let again = try review.leviathan("propose", "task-001", "--json").json
            #expect(again["outcome"] == "unchanged" && again["pull_request"]?["number"] == 1, "\(again.text())")
            #expect(again["commit"] == first["commit"])
        }
        #expect(writes(review) == written)
        #expect(try pullRequestEvents(review) == recorded)
        #expect(review.pulls.first?.body == body && review.pulls.first?.labels == [])
    }

    /// What an earlier attempt did not come to is made up for, with everything that belongs in the text.
    @Test(arguments: [Failpoint.afterPush, .beforeForge])
    func aPullRequestThatIsMadeUpForTellsOfItsInvariants(place: Failpoint) throws {
        let review = try ReviewTarget(policy: Self.policy)
        let death = try review.leviathan("propose", "task-001", extra: ["LEVIATHAN_FAILPOINT": place.rawValue])
        #expect(death.ending == .signalled(9))
        let again = try review.leviathan("propose", "task-001", "--json").json
        #expect(again["pull_request"]?["number"] == 1, "\(again.text())")
        #expect(review.pulls.first?.body?.contains("## Invariants") == true)
        let written = writes(review)
        #expect(try review.leviathan("propose", "task-001", "--json").json["outcome"] == "unchanged")
        #expect(writes(review) == written)
    }

    @Test(arguments: [(true, "pr.merged"), (false, "pr.closed")])
    func eightAtOnceRecordAnEndingOnce(isMerged: Bool, type: String) throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { ($0.pulls[0].state, $0.pulls[0].isMerged) = ("closed", isMerged) }
        try inParallel(8, review, at: ("POST", "/graphql")) {
            try review.leviathan("sync", "--json").ending == .exited(0)
        }
        #expect(try review.events(type).count == 1)
        #expect(try review.events("task.declined").count == (isMerged ? 0 : 1))
    }

    @Test func eightAtOnceRecordWhatReviewersSayOnce() throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { state in
            state.pulls[0].rollup = "SUCCESS"
            state.pulls[0].reviews = [("alice", "APPROVED")]
        }
        try inParallel(8, review, at: ("POST", "/graphql")) {
            try review.leviathan("sync", "--json").ending == .exited(0)
        }
        #expect(try review.events("pr.checked").count == 1 && review.events("pr.reviewed").count == 1)
    }

    @Test func whatAPersonClosedIsRecordedOnceByManyProposals() throws {
        let review = try ReviewTarget()
        _ = try review.leviathan("propose", "task-001")
        review.forge.change { $0.pulls[0].state = "closed" }
        try inParallel(8, review, at: ("GET", "/pulls?state=all")) {
            try review.leviathan("propose", "task-001").ending == .exited(7)
        }
        #expect(try review.events("pr.closed").count == 1 && review.events("task.declined").count == 1)
    }

    /// Every process has asked the forge before any of them may record what it heard.
    private func inParallel(
        _ count: Int, _ review: ReviewTarget, at request: (method: String, path: String),
        _ body: @escaping @Sendable () throws -> Bool
    ) throws {
        let arrived = (0..<count).map { _ in TestGate() }
        let (everybody, results) = (TestGate(), Gathered<Bool>())
        for gate in arrived {
            let held = FakeFault.Kind.hold(arrived: gate, proceed: everybody)
            review.forge.faults.add(FakeFault(request.method, request.path, held))
        }
        BackgroundThread.run {
            for gate in arrived { gate.wait(seconds: 120) }
            everybody.open()
        }
        concurrently(count, seconds: 300) { _ in results.add((try? body()) == true) }
        #expect(results.all.count { $0 } == count)
    }
}
