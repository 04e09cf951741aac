import Basics
import Processes
import TestSupport
import Testing

/// From a task to one change on Gerrit, whatever happens on the way.
@Suite(.timeLimit(.minutes(60))) struct GerritReviewTests {
    /// A target whose remote takes pushes for review only.
    private final class GerritTarget {
        let target: TestTarget
        let forge: FakeGerrit
        private let configuration: String

        init() throws {
            forge = try FakeGerrit()
            target = try TestTarget(
                contract: "version: 1\ntarget: shop\ndelivery: {forge: gerrit, api_url: \"\(forge.apiURL)\"}\n")
            let (remote, url) = (target.remote, forge.apiURL + "/tools/x")
            try target.repository.git("remote", "set-url", "origin", url)
            configuration = try target.repository.directory.write(
                "gerrit-gitconfig", "[url \"\(remote)\"]\n\tinsteadOf = \(url)\n")
            // As Gerrit does: nothing but refs/for/, and no version twice.
            let hook = """
                #!/bin/sh
                while read old new name; do
                    case $name in refs/for/*) ;; *) echo "prohibited by Gerrit: $name"; exit 1 ;; esac
                    git show-ref | grep -q "^$new refs/changes/" && { echo "no new changes"; exit 1; }
                done
                exit 0
                """
            try FileSystem.write(Array(hook.utf8), to: remote + "/hooks/pre-receive", permissions: 0o755)
            forge.change { $0.gitDirectory = remote }
        }

        deinit { forge.stop() }

        func leviathan(_ words: String..., extra: [String: String] = [:]) throws -> ProcessOutcome {
            let own = [
                "LEVIATHAN_HOME": target.home, "GIT_CONFIG_GLOBAL": configuration, "GERRIT_USER": "me",
                "GERRIT_TOKEN": "test-token",
            ]
            let environment = target.repository.environment.merging(own) { $1 }.merging(extra) { $1 }
            return try TestTarget.run(words, in: target.repository.path, environment: environment)
        }

        func moveBase() throws {
            let hook = target.remote + "/hooks/pre-receive"
            let held = try FileSystem.read(hook, limit: 4096)
            try FileSystem.removeTree(hook)
            try target.repository.write("other.txt", "x")
            try target.repository.commitAll("Move on")
            try target.repository.git("push", "--quiet", target.remote, "main")
            try FileSystem.write(held, to: hook, permissions: 0o755)
        }
    }

    @Test func oneTaskIsOneChangeThroughAllItsVersions() throws {
        let gerrit = try GerritTarget()
        let first = try gerrit.leviathan("propose", "task-001", "--json")
        #expect(first.json["outcome"] == "delivered", "\(first.output.text)\(first.errors.text)")
        #expect(first.json["pull_request"]?["number"] == 1)
        let change = try #require(gerrit.forge.state.changes.first)
        #expect(change.topic == "agent/task-001" && change.branch == "main" && change.versions == 1)
        #expect(change.message.hasPrefix("docs: Add a guide\n") && change.message.contains("Task-ID: task-001"))
        let again = try gerrit.leviathan("propose", "task-001", "--json").json
        #expect(again["outcome"] == "unchanged" && again["pull_request"]?["number"] == 1)
        try gerrit.moveBase()
        let newer = try gerrit.leviathan("propose", "task-001", "--refresh", "--json")
        #expect(newer.json["outcome"] == "delivered", "\(newer.output.text)\(newer.errors.text)")
        let changes = gerrit.forge.state.changes
        #expect(changes.count == 1 && changes[0].versions == 2 && changes[0].changeID == change.changeID)
        #expect(changes[0].commit == newer.json["commit"]?.string)
        let branches = try gerrit.target.repository.git("--git-dir", gerrit.target.remote, "for-each-ref")
        #expect(!branches.contains("refs/heads/agent"))
        #expect(gerrit.forge.faults.problems.isEmpty, "\(gerrit.forge.faults.problems)")
    }

    @Test func anAbandonedChangeIsANoUntilRetry() throws {
        let gerrit = try GerritTarget()
        _ = try gerrit.leviathan("propose", "task-001")
        gerrit.forge.change { $0.changes[0].status = "ABANDONED" }
        #expect(try gerrit.leviathan("propose", "task-001").ending == .exited(7))
        #expect(try gerrit.leviathan("retry", "task-001").succeeded)
        let again = try gerrit.leviathan("propose", "task-001", "--json")
        #expect(again.json["pull_request"]?["number"] == 2, "\(again.output.text)\(again.errors.text)")
        let changes = gerrit.forge.state.changes
        #expect(changes.count == 2 && changes[0].changeID != changes[1].changeID)
    }

    @Test func aVersionThatAPersonUploadedIsLeftAlone() throws {
        let gerrit = try GerritTarget()
        _ = try gerrit.leviathan("propose", "task-001")
        try gerrit.moveBase()
        gerrit.forge.change { $0.changes[0].commit = String(repeating: "b", count: 40) }
        let refused = try gerrit.leviathan("propose", "task-001", "--refresh")
        #expect(
            refused.ending == .exited(7) && refused.errors.text.contains("did not push"), "\(refused.errors.text)")
        #expect(gerrit.forge.state.changes[0].versions == 1)
    }

    @Test(arguments: [
        Failpoint.afterDeliveryRecorded, .beforeForge, .afterForge, .afterForgeRecorded, .beforeLastEvent,
    ])
    func aDeathLeavesOneChange(place: Failpoint) throws {
        let gerrit = try GerritTarget()
        let death = try gerrit.leviathan("propose", "task-001", extra: ["LEVIATHAN_FAILPOINT": place.rawValue])
        #expect(death.ending == .signalled(9), "\(death.errors.text)")
        let end = try gerrit.leviathan("propose", "task-001", "--json")
        #expect(["delivered", "unchanged"].contains(end.json["outcome"]?.string), "\(end.output.text)")
        #expect(end.json["pull_request"]?["number"] == 1 && gerrit.forge.state.changes.count == 1)
    }

    @Test func aMergedChangeIsFollowed() throws {
        let gerrit = try GerritTarget()
        _ = try gerrit.leviathan("propose", "task-001")
        gerrit.forge.change { $0.changes[0].status = "MERGED" }
        let entry = try gerrit.leviathan("sync", "--json").json["pull_requests"]?.elements?.first
        #expect(entry?["state"] == "merged" && entry?["task"] == "task-001")
    }
}
