import Basics
import Forges
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct ExactlyOnceTests {
    private func created(_ outcome: PullRequestDelivery.Outcome) -> Int? {
        if case .created(let pull) = outcome { pull.number } else { nil }
    }

    @Test func createsOnceAndThenLeavesItAlone() throws {
        let fixture = try GitHubFixture()
        var wanted = draft()
        wanted.labels = ["leviathan", "docs"]
        wanted.reviewers = [.user("alice"), .team("writers")]
        wanted.isDraft = true
        let first = try fixture.delivery.ensure(wanted)
        #expect(created(first.outcome) == 1)
        #expect(first.notes == [])
        let pull = fixture.fake.state.pulls[0]
        #expect(pull.title == wanted.text.title)
        #expect(pull.body == wanted.text.body)
        #expect(pull.head == agentHead)
        #expect(pull.isDraft)
        #expect(pull.labels == ["leviathan", "docs"])
        #expect(pull.reviewers == ["alice"])
        #expect(pull.teams == ["writers"])
        #expect(fixture.fake.state.labels == ["leviathan", "docs"])
        let second = try fixture.delivery.ensure(wanted)
        guard case .unchanged(let same) = second.outcome else {
            Issue.record("\(second.outcome)")
            return
        }
        #expect(same.number == 1)
        #expect(fixture.requests("PATCH", "/pulls/1") == 0)
        #expect(fixture.fake.state.creations == 1)
        fixture.expectNoProblems()
    }

    @Test(arguments: [
        FakeFault.Kind.dropAfter, .stallAfter, .truncate, .answerAfter(.html(502, title: "Bad Gateway")),
        .answerAfter(.text("", status: 500)), .answerAfter(.json("{}", status: 201)), .answerAfter(.reset),
    ])
    func findsWhatWasCreatedWithoutAnAnswer(fault: FakeFault.Kind) throws {
        let fixture = try GitHubFixture(total: .milliseconds(700))
        fixture.fake.faults.add(FakeFault("POST", "/pulls", fault))
        var wanted = draft()
        wanted.labels = ["leviathan"]
        wanted.reviewers = [.user("alice")]
        let result = try fixture.delivery.ensure(wanted)
        #expect(created(result.outcome) == 1)
        #expect(fixture.fake.state.pulls.count == 1)
        #expect(fixture.fake.state.pulls[0].labels == ["leviathan"])
        #expect(fixture.fake.state.pulls[0].reviewers == ["alice"])
        #expect(fixture.fake.state.creations == 1)
        #expect(fixture.creations == 1)
        fixture.expectNoProblems()
    }

    @Test(arguments: [FakeFault.Kind.dropBefore, .answer(.html(503, title: "Unicorn")), .answer(.drop)])
    func createsAgainOnlyAfterLookingSeveralTimes(fault: FakeFault.Kind) throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("POST", "/pulls", fault))
        let result = try fixture.delivery.ensure(draft())
        #expect(created(result.outcome) == 1)
        #expect(fixture.fake.state.creations == 1)
        #expect(fixture.time.pauses == [.seconds(2), .seconds(5), .seconds(10)])
        #expect(fixture.creations == 2)
        // One look before the first creation, four between the two.
        #expect(fixture.requests("GET", "state=all&head=") == 5)
    }

    @Test func givesUpAfterThreeCreationsWithoutAnOutcome() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .dropBefore, times: 9))
        let error = try #require(
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.ensure(draft()) })
        #expect(error.isUnknownOutcome)
        #expect(error.kind == .connectionLost)
        #expect(fixture.creations == 3)
        #expect(fixture.fake.state.pulls.isEmpty)
    }

    /// The creation arrives so late that all looks come before it: only the forge's own refusal is left.
    @Test func resolvesADuplicateThatShowsUpOnlyWhenCreatingAgain() throws {
        let fixture = try GitHubFixture()
        // Nothing is seen before the first creation, in three looks after it, and in the one that decides.
        for _ in 0..<5 {
            fixture.fake.faults.add(FakeFault("GET", "/pulls?state=all", .answer(.json("[]"))))
            fixture.fake.faults.add(FakeFault("GET", "/pulls?state=open", .answer(.json("[]"))))
        }
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .dropAfter))
        let result = try fixture.delivery.ensure(draft())
        guard case .unchanged(let pull) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(pull.number == 1)
        #expect(fixture.fake.state.creations == 1)
        #expect(fixture.creations == 2)
    }

    @Test func createsNothingWhileItCannotLook() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("GET", "/pulls", .answer(.html(502, title: "Bad Gateway")), times: 99))
        let error = try #require(
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.ensure(draft()) })
        #expect(error.kind == .serverFailed)
        #expect(error.description.contains("an HTML page, 'Bad Gateway'"))
        #expect(fixture.fake.state.creations == 0)
        #expect(fixture.creations == 0)
    }

    @Test func createsNoSecondOneWhileItCannotLookAgain() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .dropAfter))
        fixture.fake.faults.add(
            FakeFault("GET", "/pulls?state=all", .answer(.text("", status: 503)), times: 99, after: 1))
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.ensure(draft()) }?.kind
                == .serverFailed
        )
        #expect(fixture.creations == 1)
        #expect(fixture.fake.state.creations == 1)
    }

    @Test func twoAtOnceMakeOne() throws {
        for _ in 0..<5 {
            let fixture = try GitHubFixture()
            let outcomes = Gathered<PullRequestDelivery.Result?>()
            // Both have looked, and found nothing, before either may create.
            let gates = [TestGate(), TestGate()]
            fixture.fake.faults.add(FakeFault("POST", "/pulls", .hold(arrived: gates[0], proceed: gates[1])))
            fixture.fake.faults.add(FakeFault("POST", "/pulls", .hold(arrived: gates[1], proceed: gates[0])))
            concurrently(2) { _ in outcomes.add(try? fixture.delivery.ensure(draft())) }
            #expect(fixture.fake.state.creations == 1)
            #expect(fixture.creations == 2)
            let found = outcomes.all.compactMap { $0 }
            #expect(found.count == 2)
            #expect(found.count { created($0.outcome) == 1 } == 1)
            #expect(
                found.count { if case .unchanged(let pull) = $0.outcome { pull.number == 1 } else { false } } == 1)
            fixture.expectNoProblems()
        }
    }

    @Test func manyAtOnceWithADroppedAnswerMakeOne() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .dropAfter, times: 3))
        let outcomes = Gathered<PullRequestDelivery.Result?>()
        concurrently(6) { _ in outcomes.add(try? fixture.delivery.ensure(draft())) }
        #expect(outcomes.all.compactMap { $0 }.count == 6)
        #expect(fixture.fake.state.pulls.count == 1)
        fixture.expectNoProblems()
    }

    @Test func proposesNothingAgainThatAPersonClosed() throws {
        let fixture = try GitHubFixture()
        let number = fixture.add { $0.state = "closed" }
        let result = try fixture.delivery.ensure(draft())
        guard case .declined(let pull) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(pull.number == number)
        #expect(fixture.fake.state.creations == 0)
        #expect(created(try fixture.delivery.ensure(draft(), settled: [number]).outcome) == 2)
    }

    @Test func takesTheNewestOfThoseThatAreClosed() throws {
        let fixture = try GitHubFixture()
        fixture.add { $0.state = "closed" }
        fixture.add { ($0.state, $0.isMerged) = ("closed", true) }
        guard case .merged(let pull) = try fixture.delivery.ensure(draft()).outcome else {
            Issue.record("not merged")
            return
        }
        #expect(pull.number == 2)
        #expect(created(try fixture.delivery.ensure(draft(), settled: [1, 2]).outcome) == 3)
    }

    @Test func looksThroughEveryPage() throws {
        let fixture = try GitHubFixture()
        // The one that counts is the oldest, and so on the last page.
        fixture.add { ($0.head, $0.body) = ("agent/renamed", draft().text.body) }
        for index in 0..<230 { fixture.add { $0.head = "feature-\(index)" } }
        let result = try fixture.delivery.ensure(draft())
        guard case .unchanged(let pull) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(pull.number == 1)
        #expect(result.notes == ["#1 from 'agent/renamed' is open for the task already"])
        #expect(fixture.requests("GET", "state=open") == 3)
        #expect(fixture.fake.state.creations == 0)
        fixture.expectNoProblems()
    }

    /// Anybody may open a pull request from a fork, with any branch name and any text.
    @Test func isNotHeldUpByAFork() throws {
        let fixture = try GitHubFixture()
        fixture.add { ($0.fork, $0.body) = ("mallory/repo", draft().text.body) }
        fixture.add { ($0.fork, $0.state) = ("mallory/repo", "closed") }
        #expect(created(try fixture.delivery.ensure(draft()).outcome) == 3)
        fixture.expectNoProblems()
    }

    /// A person's own branch may carry a copied text, too.
    @Test func isNotHeldUpByACopiedText() throws {
        let fixture = try GitHubFixture()
        fixture.add { ($0.head, $0.body) = ("my-own-work", draft().text.body) }
        #expect(created(try fixture.delivery.ensure(draft()).outcome) == 2)
    }

    @Test func updatesInPlaceWhatPeopleLeftAlone() throws {
        let fixture = try GitHubFixture()
        _ = try fixture.delivery.ensure(draft())
        fixture.fake.change { state in
            let ticked = (state.pulls[0].body ?? "").replacing("- [ ] It is linked", with: "- [x] It is linked")
            state.pulls[0].body = "My note first.\r\n\r\n" + ticked + "\nMy note last."
            state.pulls[0].labels = ["mine"]
        }
        var newer = facts(attempt: "attempt-task-001-0002")
        newer.title = "docs: Explain it better"
        var wanted = draft(facts: newer)
        wanted.labels = ["leviathan"]
        let result = try fixture.delivery.ensure(wanted)
        guard case .updated = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        let pull = fixture.fake.state.pulls[0]
        #expect(pull.title == "docs: Explain it better")
        #expect(pull.body?.hasPrefix("My note first.\r\n\r\n<!-- leviathan ") == true)
        #expect(pull.body?.hasSuffix("<!-- /leviathan -->\n\nMy note last.") == true)
        #expect(pull.body?.contains("- [x] It is linked") == true)
        #expect(pull.body?.contains("- [ ] There is a page") == true)
        #expect(pull.body?.contains("attempt-task-001-0002") == true)
        #expect(pull.body?.contains("0001") == false)
        #expect(pull.labels == ["mine", "leviathan"])
        guard case .unchanged = try fixture.delivery.ensure(wanted).outcome else {
            Issue.record("changed twice")
            return
        }
        fixture.expectNoProblems()
    }

    @Test func leavesATitleAndATextThatPeopleWroteThemselves() throws {
        let fixture = try GitHubFixture()
        _ = try fixture.delivery.ensure(draft())
        fixture.fake.change { state in
            state.pulls[0].title = "My better title"
            state.pulls[0].body = "All mine now."
        }
        let wanted = draft(facts: facts(attempt: "attempt-task-001-0002"))
        guard case .unchanged = try fixture.delivery.ensure(wanted).outcome else {
            Issue.record("touched")
            return
        }
        #expect(fixture.fake.state.pulls[0].title == "My better title")
        #expect(fixture.fake.state.pulls[0].body == "All mine now.")
    }

    @Test func asksReviewersAgainOnlyWhereNobodyWasAskedAndNobodyLooked() throws {
        let fixture = try GitHubFixture()
        var wanted = draft()
        wanted.reviewers = [.user("alice"), .user("stranger")]
        let result = try fixture.delivery.ensure(wanted)
        #expect(result.notes.count == 1)
        #expect(result.notes[0].contains("'stranger' was not asked"))
        #expect(result.notes[0].contains("collaborators"))
        #expect(fixture.fake.state.pulls[0].reviewers == ["alice"])
        fixture.fake.change { state in
            state.pulls[0].reviewers = []
            state.pulls[0].reviews = [("alice", "APPROVED")]
        }
        guard case .unchanged = try fixture.delivery.ensure(wanted).outcome else {
            Issue.record("asked again")
            return
        }
        fixture.fake.change { $0.pulls[0].reviews = [] }
        guard case .updated = try fixture.delivery.ensure(wanted).outcome else {
            Issue.record("not asked")
            return
        }
        #expect(fixture.fake.state.pulls[0].reviewers == ["alice"])
        fixture.expectNoProblems()
    }

    @Test func endsWhereItIsCancelledAndSaysThatItDoesNotKnow() throws {
        let cancellation = Cancellation()
        let time = FakeTime { _ in cancellation.cancel() }
        let fixture = try GitHubFixture(time)
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .dropAfter))
        let delivery = PullRequestDelivery(fixture.forge, timing: time.timing, cancellation: cancellation)
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try delivery.ensure(draft()) })
        #expect(error.kind == .cancelled)
        #expect(error.isUnknownOutcome)
    }

    // MARK: Answers about something else

    private static let lies: [@Sendable (inout FakeGitHub.Pull) -> Void] = [
        { $0.head = "agent/another" }, { $0.base = "production" }, { $0.fork = "mallory/repo" },
        { ($0.state, $0.isMerged) = ("closed", true) },
    ]

    /// A proxy that caches, or a forge that lies: what was not asked for is not taken for what was.
    @Test(arguments: lies.indices) func anAnswerAboutAnotherPullRequestIsNamed(index: Int) throws {
        let fixture = try GitHubFixture()
        var pull = FakeGitHub.Pull()
        (pull.number, pull.head) = (7, agentHead)
        Self.lies[index](&pull)
        let answer = FakeGitHub.describe(pull, owner: "octo", name: "repo")
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .answerAfter(.jsonValue(answer, status: 201))))
        let error = try #require(
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.ensure(draft()) })
        #expect(error.kind == .contradicted && error.isUnknownOutcome)
        #expect(error.description.contains("'agent/task-001' into 'main' of octo/repo"), "\(error.description)")
        #expect(fixture.creations == 1)
    }

    @Test func anAnswerFromAnotherRepositoryIsNamed() throws {
        let fixture = try GitHubFixture()
        var pull = FakeGitHub.Pull()
        (pull.number, pull.head) = (7, agentHead)
        let answer = FakeGitHub.describe(pull, owner: "mallory", name: "repo")
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .answer(.jsonValue(answer, status: 201))))
        let error = try #require(
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.ensure(draft()) })
        #expect(error.kind == .contradicted && error.description.contains("mallory/repo"))
        #expect(fixture.creations == 1 && fixture.fake.state.creations == 0)
    }
}
