import Basics
import Forges
import HTTP
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct GitHubTests {
    @Test func readsAThousandStatesInTwelveRequests() throws {
        let fixture = try GitHubFixture()
        fixture.fake.change { state in
            for index in 0..<1000 {
                var pull = FakeGitHub.Pull()
                (pull.head, pull.rollup) = ("agent/task-\(index)", index.isMultiple(of: 2) ? "SUCCESS" : "FAILURE")
                _ = state.add(pull)
            }
        }
        let states = try fixture.forge.states(of: Array(1...1000) + [5000])
        #expect(states.count == 1000)
        #expect(states[1]?.checks == .passing)
        #expect(states[2]?.checks == .failing)
        #expect(states[1000]?.head == "agent/task-999")
        #expect(states[5000] == nil)
        #expect(fixture.fake.requests.count <= 12)
        fixture.expectNoProblems()
    }

    @Test func findsThoseOfATaskAmongAThousandByPages() throws {
        let fixture = try GitHubFixture()
        fixture.fake.change { state in
            for index in 0..<1000 {
                var pull = FakeGitHub.Pull()
                pull.head = "agent/task-\(index)"
                if index == 7 { pull.state = "closed" }
                if index % 100 < 10 { pull.body = draft().text.body }
                _ = state.add(pull)
            }
        }
        #expect(try fixture.forge.openPullRequests(markedFor: draft().task).count == 99)
        #expect(fixture.requests("GET", "/pulls?") == 10)
        fixture.expectNoProblems()
    }

    @Test func readsWhatAStateSays() throws {
        let fixture = try GitHubFixture()
        fixture.add { pull in
            pull.reviews = [("alice", "APPROVED"), ("bob", "CHANGES_REQUESTED"), ("carol", "APPROVED")]
            (pull.rollup, pull.mergeState, pull.autoMerge) = ("PENDING", "BLOCKED", "SQUASH")
        }
        fixture.add { ($0.isDraft, $0.mergeable) = (true, "CONFLICTING") }
        fixture.add { ($0.state, $0.isMerged) = ("closed", true) }
        let states = try fixture.forge.states(of: [1, 2, 3])
        let first = try #require(states[1])
        #expect(first.approvals == 2)
        #expect(first.changesRequested == 1)
        #expect(first.hasReviews)
        #expect(first.checks == .pending)
        #expect(first.mergeability == .blocked)
        #expect(first.isAutoMergeEnabled)
        #expect(first.headCommit == agentCommit)
        #expect(states[2]?.mergeability == .conflicting)
        #expect(states[2]?.isDraft == true)
        #expect(states[2]?.checks == PullRequestState.Checks.none)
        #expect(states[3]?.phase == .merged)
    }

    @Test func asksForFewerWhereTheForgeIsOverwhelmed() throws {
        let fixture = try GitHubFixture { $0.retry = .never }
        for _ in 0..<40 { fixture.add() }
        fixture.fake.faults.add(FakeFault("POST", "/graphql", .answer(.html(502, title: "Timeout")), times: 2))
        #expect(try fixture.forge.states(of: Array(1...40)).count == 40)
    }

    @Test func readsEveryCheckThroughItsPages() throws {
        let fixture = try GitHubFixture()
        fixture.add { pull in
            pull.rollup = "FAILURE"
            pull.checks = (0..<205).map { ("check-\($0)", $0 == 204 ? "FAILURE" : "SUCCESS", $0 % 2 == 0) }
            pull.checks[3].conclusion = nil
            pull.checks[4].conclusion = "SKIPPED"
            pull.reviews = [("alice", "APPROVED")]
        }
        let review = try fixture.forge.review(of: 1)
        #expect(review.checks.count == 205)
        #expect(review.checks[204] == PullRequestCheck("check-204", .failed, isRequired: true))
        #expect(review.checks[3].outcome == .pending)
        #expect(review.checks[4].outcome == .skipped)
        #expect(review.checks[1].isRequired == false)
        #expect(review.state.approvals == 1)
        #expect(review.missingApprovals == 0)
        fixture.expectNoProblems()
    }

    @Test func mergesOnlyTheExpectedCommit() throws {
        let fixture = try GitHubFixture()
        fixture.add()
        let error = forgeFailure { () throws(ForgeError) in
            _ = try fixture.forge.merge(1, expecting: otherCommit, method: .squash)
        }
        #expect(error?.kind == .conflict)
        #expect(error?.description.contains("Head branch was modified") == true)
        #expect(try fixture.forge.merge(1, expecting: agentCommit, method: .squash) != nil)
        #expect(fixture.fake.state.pulls[0].isMerged)
        fixture.expectNoProblems()
    }

    @Test func leavesMergingToTheForgeOrMergesWhatIsReady() throws {
        let fixture = try GitHubFixture()
        fixture.add { $0.mergeState = "BLOCKED" }
        fixture.add { $0.head = "agent/task-002" }
        try fixture.forge.enableAutoMerge(1, expecting: agentCommit, method: .rebase)
        #expect(fixture.fake.state.pulls[0].autoMerge == "REBASE")
        #expect(!fixture.fake.state.pulls[0].isMerged)
        try fixture.forge.enableAutoMerge(2, expecting: agentCommit, method: .squash)
        #expect(fixture.fake.state.pulls[1].isMerged)
        let moved = forgeFailure { () throws(ForgeError) in
            try fixture.forge.enableAutoMerge(1, expecting: otherCommit, method: .squash)
        }
        #expect(moved?.description.contains("head moved") == true)
        fixture.expectNoProblems()
    }

    @Test func turnsDrafts() throws {
        let fixture = try GitHubFixture()
        fixture.add()
        let pull = try #require(try fixture.forge.pullRequests(head: agentHead).first)
        var update = PullRequestUpdate()
        update.isDraft = true
        #expect(try fixture.forge.update(pull, update) == [])
        #expect(fixture.fake.state.pulls[0].isDraft)
        fixture.expectNoProblems()
    }

    @Test func deletesOnlyItsOwnBranchesWhereTheyStood() throws {
        let fixture = try GitHubFixture()
        #expect(try fixture.forge.deleteBranch(agentHead, expecting: otherCommit) == .moved)
        #expect(fixture.fake.state.branches[agentHead] != nil)
        #expect(try fixture.forge.deleteBranch(agentHead, expecting: agentCommit) == .deleted)
        #expect(try fixture.forge.deleteBranch(agentHead, expecting: agentCommit) == .absent)
        let error = forgeFailure { () throws(ForgeError) in
            _ = try fixture.forge.deleteBranch("main", expecting: otherCommit)
        }
        #expect(error?.kind == .unsupported)
        #expect(fixture.fake.state.branches["main"] != nil)
        fixture.expectNoProblems()
    }

    @Test func neverProposesFromABranchOfPeoples() throws {
        let fixture = try GitHubFixture()
        var wanted = draft()
        wanted.head = "feature"
        let error = forgeFailure { () throws(ForgeError) in _ = try fixture.forge.create(wanted) }
        #expect(error?.kind == .unsupported)
        #expect(fixture.fake.requests.isEmpty)
    }

    @Test func createsLabelsThatAreMissingAndLosesNoRace() throws {
        let fixture = try GitHubFixture()
        fixture.fake.change { _ = $0.labels.insert("there") }
        try fixture.forge.ensureLabels(["there", "good first issue", "area/docs?"])
        #expect(fixture.fake.state.labels == ["there", "good first issue", "area/docs?"])
        fixture.fake.faults.add(FakeFault("GET", "/labels/there", .answer(.json("{}", status: 404))))
        try fixture.forge.ensureLabels(["there"])
        fixture.expectNoProblems()
    }

    @Test func goesWithoutLabelsItMayNotMake() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("POST", "/labels", .answer(.json(#"{"message":"no"}"#, status: 403))))
        var wanted = draft()
        wanted.labels = ["x"]
        let result = try fixture.delivery.ensure(wanted)
        #expect(fixture.fake.state.creations == 1)
        #expect(result.notes.count == 1)
        #expect(result.notes[0].contains("label"))
    }

    // MARK: The repository

    @Test func followsARepositoryThatMoved() throws {
        let fixture = try GitHubFixture()
        fixture.fake.change { ($0.formerName, $0.name) = ("repo", "renamed") }
        fixture.add { $0.state = "closed" }
        let facts = try fixture.delivery.prepare()
        #expect(facts.hasMoved)
        #expect(facts.slug.description == "octo/renamed")
        // Asked for under its old name, the list of its closed ones would be empty.
        guard case .declined = try fixture.delivery.ensure(draft()).outcome else {
            Issue.record("proposed again")
            return
        }
        fixture.expectNoProblems()
    }

    @Test func refusesBeforehandWhatTheForgeWouldRefuse() throws {
        let fixture = try GitHubFixture()
        func failure() -> ForgeError? {
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.prepare() }
        }
        #expect(try fixture.delivery.prepare().defaultBranch == "main")
        fixture.fake.change { $0.scopes = "read:org, gist" }
        #expect(failure()?.kind == .missingScopes(["the scope 'repo'"]))
        #expect(failure()?.description.contains("lacks the scope 'repo'") == true)
        fixture.fake.change { ($0.scopes, $0.isPrivate) = ("public_repo", false) }
        #expect(failure() == nil)
        fixture.fake.change { ($0.scopes, $0.canPush) = (nil, false) }
        #expect(failure()?.kind == .forbidden)
        fixture.fake.change { ($0.canPush, $0.isArchived) = (true, true) }
        #expect(failure()?.kind == .archived)
        #expect(forgeFailure { () throws(ForgeError) in _ = try fixture.forge.create(draft()) }?.kind == .archived)
    }

    @Test func deliversNothingWithoutCredentials() throws {
        let fixture = try GitHubFixture()
        let forge = GitHubForge(try address(.github, fixture.fake.apiURL), FixedCredential.none, surroundings())
        let delivery = PullRequestDelivery(forge, timing: fixture.time.timing)
        let error = forgeFailure { () throws(ForgeError) in _ = try delivery.prepare() }
        #expect(error?.kind == .credentials)
        #expect(error?.hint?.contains("leviathan doctor") == true)
        #expect(fixture.fake.requests.isEmpty)
    }

    @Test func takesThePathOfAnEnterpriseAndOfTheCloud() throws {
        let fixture = try GitHubFixture()
        _ = try fixture.forge.states(of: [1])
        #expect(fixture.fake.requests.map(\.path).suffix(1) == ["/api/graphql"])
        #expect(fixture.fake.requests[0].path == "/api/v3/repos/octo/repo")
        let cloud = try ForgeAddress(DeliverySettings(), remoteURL: "git@github.com:octo/repo.git")
        #expect(cloud.apiURL == "https://api.github.com")
        #expect(cloud.credentialHost == "github.com")
    }
}
