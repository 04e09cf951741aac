import Basics
import Forges
import HTTP
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct RateLimitTests {
    private static let secondary = HTTPTestReply.json(
        #"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}"#,
        status: 403)

    @Test func waitsUntilTheLimitResets() throws {
        let fixture = try GitHubFixture()
        fixture.fake.change { ($0.rateRemaining, $0.rateReset) = (0, 1_700_000_060) }
        let time = fixture.time
        let fake = fixture.fake
        let lifting = FakeTime { _ in fake.change { $0.rateRemaining = nil } }
        let forge = GitHubForge(try address(.github, fake.apiURL), try fixed("test-token"), surroundings(lifting))
        _ = try forge.facts()
        #expect(lifting.pauses == [.seconds(61)])
        #expect(time.pauses.isEmpty)
    }

    @Test func waitsBeforeAskingWhereNothingIsLeft() throws {
        let fixture = try GitHubFixture()
        let used = HTTPTestReply.jsonValue(
            ["full_name": "octo/repo"],
            headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1700000030")])
        fixture.fake.faults.add(FakeFault("GET", "/repos/octo/repo", .answer(used)))
        _ = try fixture.forge.facts()
        #expect(fixture.time.pauses == [])
        _ = try fixture.forge.facts()
        #expect(fixture.time.pauses == [.seconds(30)])
        // GraphQL has a limit of its own, which is not used up.
        _ = try fixture.forge.states(of: [1])
        #expect(fixture.time.pauses == [.seconds(30)])
    }

    @Test func createsOnceTheSecondaryLimitIsOver() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .answer(Self.secondary), times: 2))
        _ = try fixture.delivery.ensure(draft())
        // Refused means not done: no look is needed, and the wait doubles.
        #expect(fixture.time.pauses == [.seconds(60), .seconds(120)])
        #expect(fixture.fake.state.creations == 1)
        #expect(fixture.creations == 3)
    }

    @Test func waitsAsLongAsTheForgeAsks() throws {
        let fixture = try GitHubFixture()
        for status in [403, 429] {
            let reply = HTTPTestReply.status(status, headers: [("Retry-After", "7")])
            fixture.fake.faults.add(FakeFault("POST", "/pulls", .answer(reply)))
        }
        _ = try fixture.delivery.ensure(draft())
        #expect(fixture.time.pauses == [.seconds(7), .seconds(7)])
    }

    @Test func waitsForGraphQLsOwnWayToSayIt() throws {
        let fixture = try GitHubFixture()
        fixture.add()
        let reply = HTTPTestReply.jsonValue(
            ["errors": [["type": "RATE_LIMITED", "message": "API rate limit exceeded"]]],
            headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1700000010")])
        fixture.fake.faults.add(FakeFault("POST", "/graphql", .answer(reply)))
        #expect(try fixture.forge.states(of: [1]).count == 1)
        #expect(fixture.time.pauses == [.seconds(11)])
    }

    @Test func givesUpWhereTheWaitIsTooLong() throws {
        let fixture = try GitHubFixture()
        fixture.fake.change { ($0.rateRemaining, $0.rateReset) = (0, 1_700_003_600) }
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try fixture.forge.facts() })
        #expect(error.kind == .rateLimited(until: Instant(secondsSinceEpoch: 1_700_003_600)))
        #expect(error.description.contains("2023-11-14T23:13:20Z"))
        #expect(error.isTransient)
        #expect(!error.isUnknownOutcome)
        #expect(fixture.time.pauses == [])
    }

    @Test func givesUpAfterAFewAttempts() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(
            FakeFault("GET", "/repos", .answer(.status(429, headers: [("Retry-After", "1")])), times: 99))
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try fixture.forge.facts() })
        #expect(fixture.time.pauses.count == 4)
        guard case .rateLimited = error.kind else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func takesAnOrdinaryRefusalForWhatItIs() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("GET", "/repos", .answer(.json(#"{"message":"no"}"#, status: 403))))
        #expect(forgeFailure { () throws(ForgeError) in _ = try fixture.forge.facts() }?.kind == .forbidden)
        #expect(fixture.time.pauses == [])
    }

    @Test func spreadsManyCreations() throws {
        let fixture = try GitHubFixture(paced: true)
        fixture.fake.change { state in
            for index in 0..<5 { state.branches["agent/task-\(index)"] = agentCommit.hex }
        }
        let pulls = try (0..<5).map { try fixture.forge.create(draft(task: "task-\($0)")) }
        // The clock passes in pauses only, so each has to wait for the whole spacing.
        #expect(fixture.time.pauses == Array(repeating: .seconds(3), count: 4))
        var update = PullRequestUpdate()
        update.title = "docs: Better"
        _ = try fixture.forge.update(pulls[0], update)
        #expect(fixture.time.pauses.last == .seconds(1))
        _ = try fixture.forge.pullRequests(head: agentHead)
        #expect(fixture.time.pauses.count == 5)
    }

    @Test func spreadsCreationsOfSeveralThreads() throws {
        let fixture = try GitHubFixture(FakeTime(passes: false), paced: true)
        fixture.fake.change { state in
            for index in 0..<6 { state.branches["agent/task-\(index)"] = agentCommit.hex }
        }
        _ = try fixture.forge.facts()
        concurrently(6) { index in _ = try? fixture.forge.create(draft(task: "task-\(index)")) }
        #expect(fixture.fake.state.creations == 6)
        // Each has a place of its own in the row.
        #expect(fixture.time.pauses.sorted() == [3, 6, 9, 12, 15].map { .seconds($0) })
    }

    @Test func doesNotHurryWhereALimitSaysNothing() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("GET", "/repos", .answer(.status(429))))
        _ = try fixture.forge.facts()
        #expect(fixture.time.pauses == [.seconds(60)])
    }

    @Test func endsAWaitThatIsCancelled() throws {
        let cancellation = Cancellation()
        let fixture = try GitHubFixture(FakeTime { _ in cancellation.cancel() }, cancellation: cancellation)
        fixture.fake.faults.add(FakeFault("GET", "/repos", .answer(Self.secondary), times: 9))
        #expect(forgeFailure { () throws(ForgeError) in _ = try fixture.forge.facts() }?.kind == .cancelled)
        #expect(fixture.fake.requests.count == 1)
    }
}
