import Basics
import Forges
import HTTP
import Model
import TestSupport
import Testing

/// A fake GitHub with a client for it; every request that GitHub would not know fails the test.
struct GitHubFixture {
    let fake: FakeGitHub
    let forge: GitHubForge
    let time: FakeTime

    init(
        _ time: FakeTime = FakeTime(), paced: Bool = false, total: Duration = .seconds(20),
        cancellation: Cancellation? = nil, token: String = "test-token",
        adjust: (inout ForgeEnvironment) -> Void = { _ in }
    ) throws {
        fake = try FakeGitHub()
        fake.change { $0.branches = ["main": otherCommit.hex, agentHead: agentCommit.hex] }
        self.time = time
        var surroundings = surroundings(time, paced: paced, total: total, cancellation: cancellation)
        adjust(&surroundings)
        forge = GitHubForge(try address(.github, fake.apiURL), try fixed(token), surroundings)
    }

    var delivery: PullRequestDelivery { PullRequestDelivery(forge, timing: time.timing) }

    func expectNoProblems(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(fake.faults.problems == [], sourceLocation: sourceLocation)
    }

    /// Adds a pull request as if it had been there before.
    @discardableResult
    func add(_ change: (inout FakeGitHub.Pull) -> Void = { _ in }) -> Int {
        var pull = FakeGitHub.Pull()
        pull.head = agentHead
        change(&pull)
        let added = pull
        return fake.change { $0.add(added) }
    }

    /// How many times a pull request was asked for.
    var creations: Int { fake.requests.count { $0.method == "POST" && $0.path.hasSuffix("/pulls") } }

    func requests(_ method: String, _ path: String) -> Int {
        fake.requests.count { $0.method == method && $0.target.contains(path) }
    }
}
