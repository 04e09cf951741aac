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

    /// The row of a limit, as `tasks`, `next` or `target show` tell it.
    private func row(_ limit: String, _ outcome: ProcessOutcome) -> JSON? {
        (outcome.json["limits"] ?? outcome.json).elements?.first { $0["name"]?.string == limit }
    }

    /// Rewrites when the forge was last asked.
    private func setAge(_ target: ReviewTarget, to instant: String) throws {
        let directory = target.target.home + "/forges"
        let name = try #require(try FileSystem.list(directory).first { $0.hasPrefix("open-") })
        let path = directory + "/" + name
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        let parts = text.split(separator: "\"asked_at\":\"", maxSplits: 1)
        let rest = try #require(parts.last?.drop { $0 != "\"" })
        try FileSystem.write(Array((parts[0] + "\"asked_at\":\"" + instant + rest).utf8), to: path)
    }

    @Test func whoeverOnlyLooksIsToldWhatWasCountedAndWhen() throws {
        let target = try target(2)
        open(2, on: target.forge)
        let never = try target.leviathan("tasks", "--limits", "--json")
        #expect(row("max_open_prs", never)?["observed"]?.integer == 0, "\(never.output.text)")
        let note = row("max_open_prs", never)?["note"]?.string
        #expect(note == "only what this journal knows: the forge was never asked")
        #expect(try target.leviathan("tasks", "--runnable", "--json").json.elements?.count == 3)

        #expect(try target.leviathan("run").succeeded)
        target.forge.stop()
        for words in [["tasks", "--limits", "--json"], ["next", "--limits", "--json"]] {
            let shown = row("max_open_prs", try target.leviathan(words))
            #expect(shown?["observed"]?.integer == 2 && shown?["allowed"]?.integer == 2, "\(words)")
            #expect(shown?["set_by"]?.string == "policy limits")
            #expect(shown?["note"]?.string?.hasPrefix("counted at the forge") == true)
        }
        #expect(try target.leviathan("tasks", "--runnable", "--json").json.elements?.isEmpty == true)
        let plan = try target.leviathan("plan", "task-1").output.text
        #expect(plan.contains("max_open_prs 2 (policy limits), 2 used, counted at the forge"), "\(plan)")
        let next = try target.leviathan("next", "--all", "--json").json.elements?.first
        #expect(next?["refusal"]?["limit"]?["observed"]?.integer == 2)
    }

    @Test(arguments: ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
    func aCountOfAnotherTimeHoldsWhoeverActsOnIt(_ asked: String) throws {
        let target = try target(9)
        #expect(try target.leviathan("sync", "--count").succeeded)
        #expect(try target.leviathan("run", "--dry-run", "--json").json["dispatched"]?.elements?.count == 3)
        try setAge(target, to: asked)
        let tasks = try target.leviathan("tasks", "--limits", "--json")
        let note = row("max_open_prs", tasks)?["note"]?.string ?? ""
        #expect(note.hasPrefix("only what this journal knows: "), "\(note)")
        for mode in ["--dry-run", "--offline"] {
            let run = try target.leviathan("run", mode, "--json")
            #expect(run.json["dispatched"] == [], "\(mode) \(run.output.text)")
            #expect(run.json["reasons"]?["unmeasurable"]?.integer == 3)
        }
    }

    @Test func thatItCouldNotBeCountedIsRememberedToo() throws {
        let target = try target(9)
        let broken = HTTPTestReply.json(#"{"message":"Server Error"}"#, status: 502)
        target.forge.faults.add(FakeFault("GET", "state=open", .answer(broken), times: 100))
        #expect(try target.leviathan("run", "--json").json["reasons"]?["unmeasurable"]?.integer == 3)
        let tasks = try target.leviathan("tasks", "--json").json.elements ?? []
        #expect(
            tasks.map { $0["refusal"]?["reason"]?.string } == ["unmeasurable", "unmeasurable", "unmeasurable"])
        let rows = try target.leviathan("tasks", "--limits", "--json")
        #expect(row("max_open_prs", rows)?["note"]?.string?.hasPrefix("not measurable: ") == true)
    }

    @Test func whatPeopleDecidedSinceCountsNoMore() throws {
        let target = try target(1)
        #expect(try target.leviathan("propose", "task-1").succeeded)
        #expect(try target.leviathan("sync", "--count").succeeded)
        #expect(
            row("max_open_prs", try target.leviathan("tasks", "--limits", "--json"))?["observed"]?.integer == 1)
        target.forge.change { state in state.pulls[0].state = "closed" }
        // The list of open ones is out of reach, what became of a known one is not.
        let broken = HTTPTestReply.json(#"{"message":"Server Error"}"#, status: 502)
        target.forge.faults.add(FakeFault("GET", "state=open", .answer(broken), times: 100))
        _ = try target.leviathan("sync", "--count")
        let shown = row("max_open_prs", try target.leviathan("tasks", "--limits", "--json"))
        #expect(shown?["observed"]?.integer == 0, "\(shown?.text() ?? "")")
    }
}
