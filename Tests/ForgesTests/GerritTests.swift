import Basics
import Forges
import Git
import HTTP
import Model
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct GerritTests {
    private struct Fixture {
        let fake: FakeGerrit
        let forge: GerritForge
        let time = FakeTime()
        let faults = Gathered<DeliveryError>()

        /// `faults` end pushes after they have acted, one each.
        init(failures: [DeliveryError] = []) throws {
            let fake = try FakeGerrit()
            self.fake = fake
            let id = GerritChangeID.compute(project: "tools/x", branch: "main", task: "task-001")
            fake.change { state in
                for (commit, text) in [(agentCommit, "docs: One"), (otherCommit, "docs: Two")] {
                    state.commits[commit.hex] = GerritChangeID.adding(id, to: "\(text)\n\nTask-ID: task-001\n")
                }
            }
            let failed = Gathered<Int>()
            forge = GerritForge(
                try address(.gerrit, fake.apiURL, remote: "ssh://me@127.0.0.1:29418/tools/x"),
                try fixed("test-token", user: "me"), surroundings(time)
            ) { commit, reference throws(DeliveryError) in
                let refusal = fake.push(commit, to: reference)
                if failed.all.count < failures.count {
                    failed.add(1)
                    throw failures[failed.all.count - 1]
                }
                if let refusal { throw DeliveryError("cannot push", causes: ["[remote rejected] (\(refusal))"]) }
            }
        }

        var delivery: PullRequestDelivery { PullRequestDelivery(forge, timing: time.timing) }
    }

    @Test func pushesForReviewOnce() throws {
        let fixture = try Fixture()
        var wanted = draft(.gerrit)
        (wanted.labels, wanted.reviewers, wanted.isDraft) = (["leviathan", "not, plain"], [.user("alice")], true)
        guard case .created(let change) = try fixture.delivery.ensure(wanted).outcome else {
            Issue.record("not created")
            return
        }
        #expect(change.number == 1)
        #expect(change.head == agentHead)
        let kept = fixture.fake.state.changes[0]
        #expect(kept.isDraft)
        #expect(kept.hashtags == ["leviathan", "not, plain"])
        #expect(kept.reviewers == ["alice"])
        guard case .unchanged = try fixture.delivery.ensure(wanted).outcome else {
            Issue.record("changed")
            return
        }
        #expect(fixture.fake.state.changes[0].versions == 1)
        #expect(fixture.fake.faults.problems == [])
    }

    @Test func makesANewVersionOfTheSameChange() throws {
        let fixture = try Fixture()
        _ = try fixture.delivery.ensure(draft(.gerrit))
        var newer = draft(.gerrit)
        newer.headCommit = otherCommit
        guard case .updated(let change, _) = try fixture.delivery.ensure(newer).outcome else {
            Issue.record("not updated")
            return
        }
        #expect(change.number == 1)
        #expect(fixture.fake.state.changes.count == 1)
        #expect(fixture.fake.state.changes[0].versions == 2)
        #expect(fixture.fake.state.changes[0].commit == otherCommit.hex)
    }

    @Test func findsAChangeWhosePushWasCutOff() throws {
        let fixture = try Fixture(failures: [DeliveryError("cut off")])
        guard case .created(let change) = try fixture.delivery.ensure(draft(.gerrit)).outcome else {
            Issue.record("not found")
            return
        }
        #expect(change.number == 1)
        #expect(fixture.fake.state.changes.count == 1)
    }

    @Test func pushesNothingAgainThatWasAbandoned() throws {
        let fixture = try Fixture()
        _ = try fixture.delivery.ensure(draft(.gerrit))
        fixture.fake.change { $0.changes[0].status = "ABANDONED" }
        guard case .declined = try fixture.delivery.ensure(draft(.gerrit)).outcome else {
            Issue.record("pushed again")
            return
        }
        // The same Change-Id cannot come back; a new generation has another one.
        let error = forgeFailure { () throws(ForgeError) in
            _ = try fixture.delivery.ensure(draft(.gerrit), settled: [1])
        }
        #expect(error?.description.contains("closed") == true)
        #expect(fixture.fake.state.changes.count == 1)
    }

    @Test func readsThroughPagesAndVotes() throws {
        let fixture = try Fixture()
        fixture.fake.change { state in
            state.pageSize = 10
            for index in 0..<35 {
                var change = FakeGerrit.Change()
                (change.topic, change.commit) = ("agent/t\(index)", agentCommit.hex)
                change.message = "m\n\nTask-ID: t\(index)\n"
                if index == 4 { change.status = "ABANDONED" }
                if index == 5 {
                    change.codeReview = [("alice", 2), ("bob", -1)]
                    (change.verified, change.isSubmittable) = (1, true)
                }
                if index == 6 { change.verified = -1 }
                _ = state.add(change)
            }
        }
        #expect(try fixture.forge.openPullRequests(markedFor: "t7").map(\.number) == [8])
        let states = try fixture.forge.states(of: Array(1...35))
        #expect(states.count == 35)
        #expect(states[5]?.phase == .closed)
        #expect(states[6]?.approvals == 1)
        #expect(states[6]?.changesRequested == 1)
        #expect(states[6]?.mergeability == .clean)
        #expect(states[6]?.checks == .passing)
        #expect(states[7]?.checks == .failing)
        let review = try fixture.forge.review(of: 6)
        #expect(review.checks == [PullRequestCheck("Verified", .passed, isRequired: true)])
        #expect(fixture.fake.faults.problems == [])
    }

    @Test func submitsOnlyTheExpectedVersion() throws {
        let fixture = try Fixture()
        _ = try fixture.delivery.ensure(draft(.gerrit))
        func submit(_ commit: ObjectID) -> ForgeError? {
            forgeFailure { () throws(ForgeError) in
                _ = try fixture.forge.merge(1, expecting: commit, method: .merge)
            }
        }
        #expect(submit(otherCommit)?.description.contains("revision is not current") == true)
        #expect(submit(agentCommit)?.description.contains("submit requirement not met") == true)
        fixture.fake.change { $0.changes[0].isSubmittable = true }
        #expect(submit(agentCommit) == nil)
        #expect(try fixture.forge.states(of: [1])[1]?.phase == .merged)
        #expect(fixture.fake.faults.problems == [])
    }

    @Test func readsTheProject() throws {
        let fixture = try Fixture()
        #expect(try fixture.delivery.prepare().defaultBranch == "main")
        fixture.fake.change { $0.isReadOnly = true }
        #expect(forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.prepare() }?.kind == .archived)
        fixture.fake.change { $0.authorization = "Basic other" }
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try fixture.delivery.prepare() }?.kind == .unauthorized)
    }

    @Test func sendsOnlyOptionsThatCannotBeTakenForOthers() {
        var wanted = draft(.gerrit)
        wanted.labels = ["ok", "a,submit", "b%c", "d e", "f..g", "h.lock", "i~j"]
        wanted.reviewers = [.user("al-ice"), .user("x,submit"), .team("t")]
        #expect(
            GerritForge.reference(for: wanted)
                == "refs/for/main%topic=agent/task-001,t=ok,r=al-ice")
    }

    // MARK: Change-Id

    @Test func computesTheSameForEveryAttempt() {
        let first = GerritChangeID.compute(project: "p", branch: "main", task: "t")
        #expect(first == GerritChangeID.compute(project: "p", branch: "main", task: "t"))
        #expect(first.count == 41)
        #expect(first.hasPrefix("I"))
        let others = [
            GerritChangeID.compute(project: "p", branch: "main", task: "t", generation: 1),
            GerritChangeID.compute(project: "pm", branch: "ain", task: "t"),
            GerritChangeID.compute(project: "p", branch: "main", task: "u"),
        ]
        #expect(Set(others + [first]).count == 4)
    }

    @Test(arguments: [
        ("subject\n", "subject\n\nChange-Id: I1\n"),
        ("subject: like a trailer\n", "subject: like a trailer\n\nChange-Id: I1\n"),
        ("s\n\nbody\n\nTask-ID: x\nA-B: y\n", "s\n\nbody\n\nTask-ID: x\nA-B: y\nChange-Id: I1\n"),
        ("s\n\nbody with: colon\nand more\n", "s\n\nbody with: colon\nand more\n\nChange-Id: I1\n"),
        ("s\n\nChange-Id: Iold\nTask-ID: x\n", "s\n\nTask-ID: x\nChange-Id: I1\n"),
    ])
    func addsItsFooterAmongTheTrailers(message: String, expected: String) {
        let made = GerritChangeID.adding("I1", to: message)
        #expect(made == expected)
        #expect(GerritChangeID.read(made) == "I1")
        #expect(GerritChangeID.adding("I1", to: made) == made)
    }

    @Test func shortensAMessageButNeverItsTrailers() {
        let message = "subject\n\n" + String(repeating: "word ", count: 9000) + "\n\nTask-ID: x\n"
        let made = GerritChangeID.adding("I1", to: message)
        #expect(made.unicodeScalars.count <= 16_384)
        #expect(made.hasSuffix("\n\nTask-ID: x\nChange-Id: I1\n"))
        #expect(made.contains("(Shortened"))
    }

    @Test(arguments: [
        ("s\n", "s\n\nSigned-off-by: A <a@b.c>\n"), ("s\n\nbody\n", "s\n\nbody\n\nSigned-off-by: A <a@b.c>\n"),
        ("s\n\nTask-ID: x\n", "s\n\nTask-ID: x\nSigned-off-by: A <a@b.c>\n"),
        ("s\n\nSigned-off-by: A <a@b.c>\n", "s\n\nSigned-off-by: A <a@b.c>\n"),
    ])
    func signsOffOnce(message: String, expected: String) {
        let made = SignOff.adding(name: "A", email: "a@b.c", to: message)
        #expect(made == expected)
        #expect(SignOff.adding(name: "A\n", email: "<a@b.c>", to: made) == made)
    }

    // MARK: Real git

    @Test func pushesForReviewWithTheRealGit() throws {
        let repository = try TestRepository()
        try repository.write("a.txt", "one\n")
        let base = try repository.commitAll("Base")
        let remote = try repository.addRemote()
        let sealed = try sealedCommit(in: repository, on: base)
        let commit = sealed.id
        let delivery = BranchDelivery(
            git: GitCommand(environment: repository.environment), remote: "origin", directory: repository.path)
        var wanted = draft(.gerrit)
        (wanted.headCommit, wanted.labels) = (commit, ["one"])
        let reference = GerritForge.reference(for: wanted)
        try delivery.pushForReview(sealed, to: reference, cancellation: nil)
        #expect(try repository.git("--git-dir", remote, "rev-parse", reference) == commit.hex)
        #expect(try repository.git("--git-dir", remote, "rev-parse", "main") == base.hex)
        #expect(throws: DeliveryError.self) {
            try delivery.pushForReview(sealed, to: "refs/heads/main", cancellation: nil)
        }
        // One that is not there yet could be made, were the name not looked at.
        for branch in ["refs/heads/new", "refs/tags/new"] {
            #expect(throws: DeliveryError.self) {
                try delivery.pushForReview(sealed, to: branch, cancellation: nil)
            }
            #expect(try repository.git("--git-dir", remote, "for-each-ref", branch) == "")
        }
    }
}
