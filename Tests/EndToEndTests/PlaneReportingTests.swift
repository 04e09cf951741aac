import Basics
import Processes
import TestSupport
import Testing

/// `propose` and `run` of a person's machine, reported to a control plane with a home of its own.
@Suite(.timeLimit(.minutes(60))) struct PlaneReportingTests {
    private static let token = "a-token-for-the-test"
    private let target: TestTarget
    private let home: TemporaryDirectory

    init() throws {
        let backlog = """
            tasks:
              - {id: task-001, title: One, scope: docs, ready: true, allowed_paths: [docs/one.md]}
              - {id: task-002, title: Two, scope: docs, ready: true, allowed_paths: [docs/two.md]}
            """
        target = try TestTarget(policy: TestTarget.policy, backlog: backlog)
        home = try TemporaryDirectory()
    }

    private func served(_ port: String) throws -> ServedProgram {
        try ServedProgram(
            target, ["--no-scheduler"],
            ["LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token, "LEVIATHAN_HOME": home.path + "/home"], port: port)
    }

    private func propose(_ words: [String], _ url: String) throws -> ProcessOutcome {
        try target.leviathan(
            arguments: words,
            extra: ["LEVIATHAN_CONTROL_PLANE_URL": url, "LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token])
    }

    private func attempts(_ serving: ServedProgram) throws -> [JSON] {
        try JSON.parse(serving.ask("/v1/attempts", Self.token))["attempts"]?.elements ?? []
    }

    @Test func whatIsDoneHereIsKnownThere() throws {
        let serving = try served("0")
        let proposed = try propose(["propose", "task-001", "--json"], serving.url)
        #expect(proposed.ending == .exited(0), "\(proposed.output.text)\(proposed.errors.text)")
        let known = try attempts(serving)
        #expect(known.count == 1 && known.first?["outcome"] == "delivered", "\(known)")
        // The chain of each side is its own; the events are the same.
        let here = try target.leviathan("events", "--json", "--attempt", known.first?["attempt"]?.string ?? "")
        let count = here.output.text.split(separator: "\n").count
        let there = try JSON.parse(serving.ask("/v1/events?limit=200", Self.token))["events"]?.elements ?? []
        #expect(count > 3 && there.filter { $0["payload"]?["attempt_id"] != nil }.count >= count)
        let ran = try propose(["run", "--once", "--json"], serving.url)
        #expect(ran.ending == .exited(0), "\(ran.output.text)\(ran.errors.text)")
    }

    @Test func aControlPlaneThatIsAwayLosesNothingAndHoldsNothingUp() throws {
        let first = try served("0")
        let port = String(first.url.split(separator: ":").last ?? "")
        #expect(try first.end() == "0")
        let proposed = try propose(["propose", "task-001", "--json"], first.url)
        #expect(
            proposed.ending == .exited(0) && proposed.json["outcome"] == "delivered", "\(proposed.errors.text)")
        #expect(proposed.errors.text.contains("not all of what was done is reported"))
        let serving = try served(port)
        #expect(try attempts(serving).isEmpty)
        for _ in 0..<2 {
            _ = try propose(["propose", "task-002", "--json"], serving.url)
            #expect(try attempts(serving).contains { $0["task"] == "task-001" && $0["outcome"] == "delivered" })
        }
        let created = try JSON.parse(serving.ask("/v1/events?type=attempt.created", Self.token))["events"]?
            .elements
        let ids = (created ?? []).compactMap { $0["payload"]?["attempt_id"]?.string }
        #expect(Set(ids).count == ids.count && ids.count >= 1)
    }

    @Test func aPlaceWhereTheTokenWouldBeReadIsRefusedBeforeAnythingIsDone() throws {
        let refused = try propose(["propose", "task-001"], "http://plane.example")
        #expect(refused.ending == .exited(3) && refused.errors.text.contains("in plain text"))
        #expect(try target.leviathan("attempts", "--json").json.elements?.isEmpty != false)
    }
}
