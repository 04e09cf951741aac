import Basics
import Forges
import HTTP
import Model
import TestSupport
import Testing

/// One of the forges with branches, behind the same face.
private struct Fixture: Sendable {
    let forge: any Forge
    let faults: FakeFaults
    let time: FakeTime
    let gitlab: FakeGitLab?
    let gitea: FakeGitea?
    /// Where merge or pull requests are created.
    let path: String

    init(_ kind: ForgeKind, total: Duration = .seconds(20)) throws {
        time = FakeTime()
        let surroundings = surroundings(time, total: total)
        if kind == .gitlab {
            let fake = try FakeGitLab()
            fake.change { $0.branches = ["main": otherCommit.hex, agentHead: agentCommit.hex] }
            let place = try address(.gitlab, fake.apiURL, remote: "git@127.0.0.1:group/sub/name.git")
            forge = GitLabForge(place, try fixed("test-token"), surroundings)
            (faults, gitlab, gitea, path) = (fake.faults, fake, nil, "/merge_requests")
        } else {
            let fake = try FakeGitea()
            fake.change { $0.branches = ["main": otherCommit.hex, agentHead: agentCommit.hex] }
            forge = GiteaForge(try address(.gitea, fake.apiURL), try fixed("test-token"), surroundings)
            (faults, gitlab, gitea, path) = (fake.faults, nil, fake, "/pulls")
        }
    }

    var delivery: PullRequestDelivery { PullRequestDelivery(forge, timing: time.timing) }
    var creations: Int { gitlab?.state.creations ?? gitea?.state.creations ?? -1 }
    var requests: [HTTPTestRequest] { gitlab?.requests ?? gitea?.requests ?? [] }
    var posts: Int { requests.count { $0.method == "POST" && $0.path.hasSuffix(path) } }

    func addMine(state: String, body: String = "", head: String = agentHead, fork: Bool = false) {
        gitlab?.change { fake in
            var request = FakeGitLab.Request()
            (request.state, request.body, request.head) = (state == "open" ? "opened" : state, body, head)
            request.sourceProject = fork ? 99 : 42
            _ = fake.add(request)
        }
        gitea?.change { fake in
            var pull = FakeGitea.Pull()
            (pull.state, pull.body, pull.head, pull.isBranchDeleted) = (state, body, head, state == "closed")
            pull.sourceRepository = fork ? 99 : 5
            _ = fake.add(pull)
        }
    }
}

@Suite(.timeLimit(.minutes(60))) struct OtherForgesTests {
    private static let kinds = [ForgeKind.gitlab, .gitea]

    private func number(_ result: PullRequestDelivery.Result) -> (word: String, number: Int) {
        switch result.outcome {
        case .created(let pull): ("created", pull.number)
        case .updated(let pull, _): ("updated", pull.number)
        case .unchanged(let pull): ("unchanged", pull.number)
        case .declined(let pull): ("declined", pull.number)
        case .merged(let pull): ("merged", pull.number)
        case .kept: ("kept", 0)
        }
    }

    @Test(arguments: kinds) func createsOnceAndThenLeavesItAlone(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        var wanted = draft(kind)
        (wanted.labels, wanted.isDraft) = (["leviathan", "area docs"], true)
        wanted.reviewers = [.user("alice"), .user("stranger")]
        let first = try fixture.delivery.ensure(wanted)
        #expect(number(first) == ("created", 1))
        #expect(first.notes.count == 1)
        #expect(first.notes.allSatisfy { $0.contains("'stranger' was not asked") })
        if let request = fixture.gitlab?.state.requests.first {
            #expect(request.title == "Draft: docs: Explain the thing")
            #expect(request.labels == ["leviathan", "area docs"])
            #expect(request.reviewers == [7])
        }
        if let pull = fixture.gitea?.state.pulls.first {
            #expect(pull.title == "WIP: docs: Explain the thing")
            #expect(pull.labels == [1, 2])
            #expect(pull.reviewers == ["alice"])
        }
        #expect(number(try fixture.delivery.ensure(wanted)) == ("unchanged", 1))
        #expect(fixture.creations == 1)
        #expect(fixture.faults.problems == [])
    }

    @Test(
        arguments: kinds, [FakeFault.Kind.dropAfter, .truncate, .answerAfter(.html(502, title: "x")), .stallAfter])
    func findsWhatWasCreatedWithoutAnAnswer(kind: ForgeKind, fault: FakeFault.Kind) throws {
        let fixture = try Fixture(kind, total: .milliseconds(700))
        fixture.faults.add(FakeFault("POST", fixture.path, fault))
        #expect(number(try fixture.delivery.ensure(draft(kind))) == ("created", 1))
        #expect(fixture.creations == 1)
        #expect(fixture.posts == 1)
        #expect(fixture.faults.problems == [])
    }

    @Test(arguments: kinds) func createsAgainWhatNeverArrived(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        fixture.faults.add(FakeFault("POST", fixture.path, .dropBefore, times: 2))
        #expect(number(try fixture.delivery.ensure(draft(kind))) == ("created", 1))
        #expect(fixture.posts == 3)
        #expect(fixture.creations == 1)
    }

    @Test(arguments: kinds) func twoAtOnceMakeOne(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        let gates = [TestGate(), TestGate()]
        fixture.faults.add(FakeFault("POST", fixture.path, .hold(arrived: gates[0], proceed: gates[1])))
        fixture.faults.add(FakeFault("POST", fixture.path, .hold(arrived: gates[1], proceed: gates[0])))
        let words = Gathered<String>()
        concurrently(2) { _ in
            words.add((try? fixture.delivery.ensure(draft(kind))).map { number($0).word } ?? "failed")
        }
        #expect(words.all.sorted() == ["created", "unchanged"])
        #expect(fixture.creations == 1)
        #expect(fixture.posts == 2)
        #expect(fixture.faults.problems == [])
    }

    /// With Gitea the branch of a closed one is gone, and only its label still names it.
    @Test(arguments: kinds) func proposesNothingAgainThatAPersonClosed(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        fixture.addMine(state: "closed")
        #expect(number(try fixture.delivery.ensure(draft(kind))) == ("declined", 1))
        #expect(fixture.creations == 0)
        #expect(number(try fixture.delivery.ensure(draft(kind), settled: [1])) == ("created", 2))
    }

    @Test(arguments: kinds) func isNotHeldUpByAForkAndFindsARenamedBranch(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        fixture.addMine(state: "open", body: draft().text.body, head: "agent/renamed")
        for index in 0..<130 { fixture.addMine(state: "open", head: "feature-\(index)") }
        fixture.addMine(state: "open", body: draft().text.body, fork: true)
        fixture.addMine(state: "closed", fork: true)
        #expect(number(try fixture.delivery.ensure(draft(kind))) == ("unchanged", 1))
        #expect(try fixture.forge.openPullRequests(markedFor: draft(kind).task).count == 1)
        #expect(fixture.faults.problems == [])
    }

    @Test(arguments: kinds) func updatesTitleTextAndLabels(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        var wanted = draft(kind)
        wanted.isDraft = true
        _ = try fixture.delivery.ensure(wanted)
        var newer = facts(attempt: "attempt-task-001-0002")
        newer.title = "docs: Better"
        var again = draft(kind, facts: newer)
        again.labels = ["late"]
        #expect(number(try fixture.delivery.ensure(again)) == ("updated", 1))
        let (title, body) =
            fixture.gitlab.map { ($0.state.requests[0].title, $0.state.requests[0].body) }
            ?? fixture.gitea.map { ($0.state.pulls[0].title, $0.state.pulls[0].body) } ?? ("", "")
        // What makes it a draft stays.
        #expect(title == (kind == .gitlab ? "Draft: docs: Better" : "WIP: docs: Better"))
        #expect(body.contains("attempt-task-001-0002"))
        #expect(number(try fixture.delivery.ensure(again)) == ("unchanged", 1))
        #expect(fixture.faults.problems == [])
    }

    @Test(arguments: kinds) func turnsDraftsAndDeletes(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        _ = try fixture.delivery.ensure(draft(kind))
        let pull = try #require(try fixture.forge.pullRequests(head: agentHead).first)
        var update = PullRequestUpdate()
        update.isDraft = true
        _ = try fixture.forge.update(pull, update)
        #expect(try fixture.forge.pullRequests(head: agentHead).first?.isDraft == true)
        #expect(try fixture.forge.pullRequests(head: agentHead).first?.title == pull.title)
        #expect(try fixture.forge.deleteBranch(agentHead, expecting: otherCommit) == .moved)
        #expect(try fixture.forge.deleteBranch(agentHead, expecting: agentCommit) == .deleted)
        #expect(try fixture.forge.deleteBranch(agentHead, expecting: agentCommit) == .absent)
        #expect(
            forgeFailure { () throws(ForgeError) in
                _ = try fixture.forge.deleteBranch("main", expecting: otherCommit)
            }?.kind == .unsupported)
        #expect(fixture.faults.problems == [])
    }

    @Test(arguments: kinds) func mergesOnlyTheExpectedCommit(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        _ = try fixture.delivery.ensure(draft(kind))
        let moved = forgeFailure { () throws(ForgeError) in
            _ = try fixture.forge.merge(1, expecting: otherCommit, method: .squash)
        }
        #expect(moved?.kind == .conflict)
        _ = try fixture.forge.merge(1, expecting: agentCommit, method: .squash)
        #expect(try fixture.forge.states(of: [1, 77])[1]?.phase == .merged)
        #expect(try fixture.forge.states(of: [1, 77]).count == 1)
        #expect(fixture.faults.problems == [])
    }

    @Test(arguments: kinds) func readsChecksAndReviews(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        _ = try fixture.delivery.ensure(draft(kind))
        fixture.gitlab?.change { state in
            state.requests[0].pipeline = "failed"
            state.requests[0].jobs = [
                ("test", "failed", false), ("lint", "failed", true), ("deploy", "manual", false),
            ]
            (state.requests[0].approvers, state.requests[0].approvalsLeft) = (["alice"], 1)
            state.requests[0].status = "ci_must_pass"
        }
        fixture.gitea?.change { state in
            state.pulls[0].statuses = [("test", "failure"), ("lint", "success"), ("deploy", "pending")]
            state.pulls[0].reviews = [
                ("alice", "REQUEST_CHANGES", false), ("alice", "APPROVED", false), ("bob", "APPROVED", true),
            ]
        }
        let review = try fixture.forge.review(of: 1)
        #expect(review.state.checks == .failing)
        #expect(review.state.approvals == 1)
        #expect(review.checks.map(\.name) == ["test", "lint", "deploy"])
        #expect(review.checks[0].outcome == .failed)
        if kind == .gitlab {
            #expect(review.state.mergeability == .blocked)
            #expect(review.checks[1].isRequired == false)
            #expect(review.missingApprovals == 1)
            #expect(try fixture.forge.states(of: [1])[1]?.checks == .failing)
            try fixture.forge.enableAutoMerge(1, expecting: agentCommit, method: .squash)
            #expect(try fixture.forge.states(of: [1])[1]?.isAutoMergeEnabled == true)
        }
        #expect(fixture.faults.problems == [])
    }

    @Test(arguments: kinds) func readsManyStates(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        for index in 0..<250 { fixture.addMine(state: index == 3 ? "closed" : "open", head: "agent/t\(index)") }
        let states = try fixture.forge.states(of: Array(1...250))
        #expect(states.count == 250)
        #expect(states[4]?.phase == .closed)
        #expect(states[250]?.head == "agent/t249")
        #expect(fixture.requests.count <= (kind == .gitlab ? 5 : 6))
        #expect(fixture.faults.problems == [])
    }

    @Test(arguments: kinds) func refusesBeforehandWhatTheForgeWouldRefuse(kind: ForgeKind) throws {
        let fixture = try Fixture(kind)
        func failure() -> ForgeError.Kind? {
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.prepare() }?.kind
        }
        #expect(try fixture.delivery.prepare().defaultBranch == "main")
        fixture.gitlab?.change { $0.scopes = ["read_api"] }
        if kind == .gitlab { #expect(failure() == .missingScopes(["the scope 'api'"])) }
        fixture.gitlab?.change { ($0.scopes, $0.accessLevel) = (nil, 20) }
        fixture.gitea?.change { $0.canPush = false }
        #expect(failure() == .forbidden)
        fixture.gitlab?.change { ($0.accessLevel, $0.isArchived) = (40, true) }
        fixture.gitea?.change { ($0.canPush, $0.isArchived) = (true, true) }
        #expect(failure() == .archived)
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try fixture.forge.create(draft(kind)) }?.kind == .archived)
    }

    @Test func namesTheScopesThatGitLabAndGiteaMiss() throws {
        let gitlab = try Fixture(.gitlab)
        _ = try gitlab.forge.facts()
        let lacking = #"{"error":"insufficient_scope","error_description":"…","scope":"api"}"#
        gitlab.faults.add(FakeFault("POST", "/merge_requests", .answer(.json(lacking, status: 403))))
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try gitlab.forge.create(draft(.gitlab)) }?.kind
                == .missingScopes(["the scope 'api'"]))
        let gitea = try Fixture(.gitea)
        let words = #"{"message":"token does not have at least one of required scope(s): [write:repository]"}"#
        gitea.faults.add(FakeFault("GET", "/repos", .answer(.json(words, status: 403))))
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try gitea.forge.facts() }?.kind
                == .missingScopes(["the scope 'write:repository'"]))
    }

    @Test func keepsTheTextWhereThereAreNoPullRequests() throws {
        let place = try ForgeAddress(DeliverySettings(), remoteURL: "/srv/git/x.git")
        let forge = PlainForge(place)
        let delivery = PullRequestDelivery(forge, timing: FakeTime().timing)
        _ = try delivery.prepare()
        let wanted = draft(.plain)
        #expect(try delivery.ensure(wanted).outcome == .kept(wanted.text))
        #expect(forgeFailure { () throws(ForgeError) in _ = try forge.create(wanted) }?.kind == .unsupported)
    }
}
