import Basics
import Processes
import TestSupport
import Testing

/// A forge of each kind that tells of a merge, to a control plane that runs.
@Suite(.timeLimit(.minutes(60))) struct ServedHookTests {
    /// Nobody runs `sync`, and nothing schedules: what is recorded comes of the hook alone.
    @Test(arguments: HookedForge.Kind.allCases) func aMergeIsKnownAsSoonAsTheForgeTellsOfIt(
        kind: HookedForge.Kind
    ) throws {
        let forge = try HookedForge(kind)
        let proposed = try forge.propose()
        try #require(
            proposed.json["pull_request"]?["number"] == 1, "\(proposed.output.text)\(proposed.errors.text)")
        let plane = try forge.served()
        func merged() throws -> Int {
            let events = try JSON.parse(plane.ask("/v1/events?type=pr.merged", HookedForge.token))["events"]
            return events?.elements?.count ?? -1
        }
        // What a body says counts for nothing: the pull request is still open, and the forge is asked.
        #expect(try forge.send("closed", to: plane, delivery: "1").contains("queued"))
        #expect(try forge.send("closed", to: plane, delivery: "2", signed: "another").contains("unauthenticated"))
        #expect(try forge.send("closed", to: plane, delivery: "1").contains("known"))
        #expect(try merged() == 0)
        forge.merge()
        // Word of its opening comes last, and word of its merge twice.
        for (action, delivery) in [("closed", "3"), ("closed", "4"), ("opened", "5")] {
            #expect(try forge.send(action, to: plane, delivery: delivery).contains("queued"))
        }
        waitUntil { (try? merged()) == 1 }
        #expect(try merged() == 1)
        #expect(forge.problems.isEmpty, "\(forge.problems)")
        #expect(try plane.end() == "0")
    }
}
