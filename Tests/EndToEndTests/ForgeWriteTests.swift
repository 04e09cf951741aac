import Basics
import Processes
import TestSupport
import Testing

/// Changes of a forge are counted for all processes of a home, and held where they would be too many.
@Suite(.timeLimit(.minutes(60))) struct ForgeWriteTests {
    private func target(_ limits: String, tasks: Int = 3) throws -> ReviewTarget {
        let target = try ReviewTarget(
            policy: RunTests.policy + "limits: {max_open_prs: 9, max_running_attempts: 1}\n",
            backlog: RunTests.backlog(tasks))
        let host = target.forge.url.split(separator: "/").last.map(String.init) ?? ""
        try FileSystem.createDirectory(target.target.home, permissions: 0o700)
        try FileSystem.write(
            Array("forges: {\"\(host)\": {kind: github, api_url: \"\(target.forge.apiURL)\", \(limits)}}\n".utf8),
            to: target.target.home + "/config.yaml")
        return target
    }

    /// Changes through the forge's interface, and the push before each new pull request.
    private func writes(_ target: ReviewTarget) -> Int {
        let changes = target.forge.requests.filter { $0.method != "GET" && !$0.path.hasSuffix("/graphql") }
        return changes.count + changes.count { $0.method == "POST" && $0.path.hasSuffix("/pulls") }
    }

    private func state(_ name: String, _ target: ReviewTarget) throws -> JSON? {
        try target.leviathan("tasks", "--limits", "--json").json.elements?.first { $0["name"]?.string == name }
    }

    @Test func everyChangeIsCountedAcrossProcesses() throws {
        let target = try target("writes_per_hour: 100")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let first = writes(target)
        #expect(first > 0)
        #expect(try state("writes_per_hour", target)?["observed"]?.integer == first)
        #expect(try target.leviathan("run", "--json").json["dispatched"]?.elements?.count == 2)
        let shown = try state("writes_per_hour", target)
        #expect(shown?["observed"]?.integer == writes(target) && shown?["allowed"]?.integer == 100)
        #expect(shown?["set_by"]?.string == "this machine's config.yaml")
        let minute = try state("writes_per_minute", target)
        #expect(minute?["allowed"]?.integer == 80 && minute?["set_by"]?.string == "platform default")
    }

    @Test func aLimitThatIsUsedUpHoldsEverybodyUntilItIsNot() throws {
        let target = try target("writes_per_hour: 3")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let made = writes(target)
        let held = try target.leviathan("propose", "task-2", "--json")
        #expect(held.ending == .exited(7), "\(held.output.text)")
        #expect(held.json["error"]?["message"]?.string?.contains("writes_per_hour is 3") == true)
        let run = try target.leviathan("run", "--json")
        #expect(run.json["dispatched"] == [] && run.json["reasons"]?["forge-writes"]?.integer == 2)
        let refusal = run.json["held"]?.elements?.last?["refusal"]
        #expect(refusal?["clears"]?["by"]?.string == "time" && refusal?["clears"]?["at"]?.string != nil)
        #expect(writes(target) == made)
        #expect(!(try target.leviathan("events", "--json").output.text.contains("attempt.failed")))
    }

    /// A push is a change like the others: it leaves no room for the pull request here, which the next attempt opens.
    @Test func aPushIsCounted() throws {
        let target = try target("writes_per_hour: 1")
        let first = try target.leviathan("propose", "task-1", "--json")
        #expect(first.ending == .exited(7), "\(first.output.text)")
        #expect(first.output.text.contains("writes_per_hour"))
        #expect(writes(target) == 0)
        #expect(try state("writes_per_hour", target)?["observed"]?.integer == 1)
        #expect(try target.leviathan("attempts", "--json").output.text.contains("\"interrupted\""))
        let held = try target.leviathan("propose", "task-2", "--json")
        #expect(held.ending == .exited(7), "\(held.output.text)")
        let branches = try target.target.repository.git(
            "--git-dir", target.target.remote, "for-each-ref", "--format=%(refname:short)", "refs/heads/agent")
        #expect(branches == "agent/task-1", "\(branches)")
    }

    /// An anchor that is brought to a forge is one of the changes that this forge is asked for.
    @Test func anAnchorIsCounted() throws {
        let target = try target("writes_per_hour: 100")
        let configuration = target.target.home + "/config.yaml"
        let plain = try FileSystem.read(configuration, limit: 1 << 16)
        try FileSystem.write(plain + Array("journal: {anchor_remote: origin}\n".utf8), to: configuration)
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let anchors = try target.target.repository.git(
            "--git-dir", target.target.remote, "for-each-ref", "refs/leviathan/journal")
        #expect(anchors.split(separator: "\n").count == 1, "\(anchors)")
        #expect(try state("writes_per_hour", target)?["observed"]?.integer == writes(target) + 1)
        // Where none is left, the delivery stands, and the anchor waits for the next one.
        let used = writes(target) + 1
        let tight = String(decoding: plain, as: UTF8.self)
            .replacing("writes_per_hour: 100", with: "writes_per_hour: \(used)")
        try FileSystem.write(
            Array((tight + "journal: {anchor_remote: origin}\n").utf8), to: configuration)
        let held = try target.leviathan("propose", "task-2", "--json")
        #expect(held.ending == .exited(7), "\(held.output.text)")
    }

    @Test func whatCannotBeCountedHolds() throws {
        let target = try target("writes_per_hour: 100")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let directory = target.target.home + "/forges"
        let file = try #require(
            try FileSystem.list(directory).first { $0.hasPrefix("writes-") && !$0.hasSuffix(".lock") })
        try FileSystem.write(Array("many\n".utf8), to: directory + "/" + file)
        let held = try target.leviathan("propose", "task-2", "--json")
        #expect(held.ending == .exited(7), "\(held.output.text)")
        let tasks = try target.leviathan("tasks", "--json").json.elements ?? []
        #expect(tasks.last?["refusal"]?["reason"]?.string == "unmeasurable")
        try FileSystem.removeTree(directory + "/" + file)
        #expect(try target.leviathan("propose", "task-2").succeeded)
    }

    @Test func changesOfATimeToComeCountForAnHourAndNoLonger() throws {
        let target = try target("writes_per_hour: 3")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let directory = target.target.home + "/forges"
        let file = try #require(
            try FileSystem.list(directory).first { $0.hasPrefix("writes-") && !$0.hasSuffix(".lock") })
        // As after the clock was put back by years.
        let later = String(repeating: "4000000000000000\n", count: 3)
        try FileSystem.write(Array(later.utf8), to: directory + "/" + file)
        let refusal = try target.leviathan("tasks", "--json").json.elements?.last?["refusal"]
        #expect(refusal?["reason"]?.string == "forge-writes")
        let at = try #require(refusal?["clears"]?["at"]?.string.flatMap { Instant($0) })
        #expect(at < Clock.system.now() + .seconds(3700))
    }
}
