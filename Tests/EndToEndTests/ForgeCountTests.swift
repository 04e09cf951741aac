import Basics
import Processes
import TestSupport
import Testing

/// Open proposals are counted where they are, whoever's journal knows them.
@Suite(.timeLimit(.minutes(60))) struct ForgeCountTests {
    private func target(_ limit: Int) throws -> ReviewTarget {
        try ReviewTarget(
            policy: RunTests.policy + "limits: {max_open_prs: \(limit)}\n", backlog: RunTests.backlog(3))
    }

    /// Pull requests that another machine opened, between those of people and of forks.
    private func open(_ count: Int, on forge: FakeGitHub) {
        forge.change { state in
            for number in 0..<count {
                let heads: [(String, String?)] = [
                    ("agent/other-\(number)", nil), ("feature-\(number)", nil), ("agent/x", "a/repo"),
                ]
                for (head, fork) in heads {
                    var pull = FakeGitHub.Pull()
                    (pull.head, pull.fork, pull.title) = (head, fork, "x")
                    _ = state.add(pull)
                }
            }
        }
    }

    @Test func threeHundredOpenOnesAreCountedThroughAllPages() throws {
        let target = try target(300)
        open(300, on: target.forge)
        let run = try target.leviathan("run", "--json")
        #expect(run.succeeded && run.json["dispatched"] == [], "\(run.output.text)\(run.errors.text)")
        #expect(run.json["reasons"]?["max-open-prs"]?.integer == 3)
        let own = try target.leviathan("propose", "task-1", "--json")
        #expect(own.ending == .exited(7), "\(own.output.text)")
        #expect(own.json["error"]?["message"]?.string?.hasPrefix("300 proposals are open") == true)
        #expect(target.forge.faults.problems == [])
    }

    @Test func whatOthersOpenedLeavesTheRest() throws {
        let target = try target(3)
        open(1, on: target.forge)
        let run = try target.leviathan("run", "--json")
        #expect(run.json["dispatched"]?.elements?.count == 2, "\(run.output.text)\(run.errors.text)")
        #expect(run.json["reasons"]?["max-open-prs"]?.integer == 1)
    }

    @Test func aForgeThatDoesNotTellHolds() throws {
        let target = try target(9)
        open(60, on: target.forge)
        // The second page of the list is never told.
        let broken = HTTPTestReply.json(#"{"message":"Server Error"}"#, status: 502)
        target.forge.faults.add(FakeFault("GET", "page=2", .answer(broken), times: 100))
        let own = try target.leviathan("propose", "task-1", "--json")
        #expect(own.ending == .exited(7), "\(own.output.text)")
        #expect(own.json["error"]?["message"]?.string?.contains("nobody can tell how far max_open_prs 9") == true)
        let run = try target.leviathan("run", "--json")
        #expect(run.succeeded && run.json["dispatched"] == [], "\(run.output.text)\(run.errors.text)")
        #expect(run.json["reasons"]?["unmeasurable"]?.integer == 3)
        let held = run.json["held"]?.elements?.first?["refusal"]
        #expect(held?["clears"]?["by"]?.string == "itself" && held?["hint"]?.string?.contains("doctor") == true)
        #expect(target.pulls.filter { $0.head.hasPrefix("agent/task") }.isEmpty)
    }
}
