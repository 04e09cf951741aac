import Basics
import Processes
import TestSupport
import Testing

/// Registered targets: added, shown, run and forgotten.
@Suite struct TargetsTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func leviathan(_ target: TestTarget, _ words: String...) throws -> ProcessOutcome {
        try target.leviathan(arguments: words, in: place.path)
    }

    private func target(_ name: String, limits: String = "max_open_prs: 1") throws -> TestTarget {
        try TestTarget(
            policy: RunTests.policy + "limits: {\(limits)}\n", backlog: RunTests.backlog(2),
            contract: "version: 1\ntarget: \(name)\n")
    }

    @Test func aTargetIsClonedShownRunAndRemoved() throws {
        let app = try target("app")
        #expect(try leviathan(app, "run").ending == .exited(3))
        let added = try leviathan(app, "target", "add", app.remote)
        #expect(added.succeeded, "\(added.errors.text)")
        let list = try leviathan(app, "target", "list", "--json").json.elements ?? []
        #expect(list.map { $0["target"]?.string } == ["app"])
        let run = try leviathan(app, "run", "--json")
        #expect(
            run.succeeded && run.json["dispatched"]?.elements?.count == 1, "\(run.output.text)\(run.errors.text)")
        let page = try leviathan(app, "target", "show", "app").output.text
        #expect(page.contains("held") && page.contains("max_open_prs: 1 of 1 (policy limits)"), "\(page)")
        #expect(try leviathan(app, "target", "disable", "app").succeeded)
        #expect(try leviathan(app, "run", "--target", "app").ending == .exited(7))
        #expect(try leviathan(app, "target", "remove", "app").succeeded)
        #expect(!FileSystem.exists(app.home + "/clones/app"))
    }

    /// As `kubectl get configmaps -o yaml` prints them: one is a target, one names no repository, one is something else.
    @Test func configMapsOfTheOlderSystemAreRegistered() throws {
        let app = try target("app")
        let maps = """
            apiVersion: v1
            kind: List
            items:
              - apiVersion: v1
                kind: ConfigMap
                metadata: {name: leviathan-target-app, namespace: leviathan}
                data:
                  contract.yaml: |
                    target_id: app
                    repo_url: \(app.remote)
                    default_branch: main
                  policy.yaml: "{}"
                  backlog.yaml: "tasks: []"
              - {apiVersion: v1, kind: ConfigMap, metadata: {name: kube-root-ca.crt}, data: {ca.crt: x}}

            """
        let broken =
            "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: leviathan-target-no}, data: {contract.yaml: '{}'}}\n"
        let file = try place.write("maps.yaml", maps + broken)
        let added = try leviathan(app, "target", "add", "--config-maps", file)
        #expect(
            added.ending == .exited(3) && added.errors.text.contains("'app' is registered: leviathan-target-app"))
        #expect(added.errors.text.contains("'leviathan-target-no' registers nothing"), "\(added.errors.text)")
        let list = try leviathan(app, "target", "list", "--json").json.elements ?? []
        #expect(list.map { $0["target"]?.string } == ["app"])
        #expect(try leviathan(app, "run", "--json").json["dispatched"]?.elements?.count == 1)
        let again = try TestTarget.run(
            ["target", "add", "--config-maps", "-"], in: place.path,
            environment: app.repository.environment.merging(["LEVIATHAN_HOME": app.home]) { $1 },
            input: Array(maps.utf8))
        #expect(
            again.succeeded && again.errors.text.contains("'app' is registered already"), "\(again.errors.text)")
        let none = try leviathan(app, "target", "add", "--config-maps", try place.write("none.yaml", "a: 1\n"))
        #expect(none.ending == .exited(3) && none.errors.text.contains("no ConfigMap 'leviathan-target-NAME'"))
        #expect(try leviathan(app, "target", "add", "--config-maps", file, "x").ending == .exited(2))
        #expect(try leviathan(app, "target", "add").ending == .exited(2))
    }

    @Test func aBrokenTargetIsReportedAndTheOthersGoOn() throws {
        let (good, bad) = (try target("good"), try target("bad"))
        #expect(try leviathan(good, "target", "add", good.remote).succeeded)
        #expect(try leviathan(good, "target", "add", bad.remote).succeeded)
        try bad.repository.write(".leviathan/policy.yaml", "scopes: 5\n")
        try bad.repository.commitAll("Break it")
        _ = try bad.repository.git("push", "--quiet", "origin", "HEAD:main")
        let run = try leviathan(good, "run", "--json")
        #expect(run.ending == .exited(3), "\(run.output.text)")
        #expect(run.json["problems"]?.elements?.first?["target"]?.string == "bad")
        #expect(run.json["dispatched"]?.elements?.map { $0["target"]?.string } == ["good"])
    }

    @Test func aSwitchIsThatOfItsTargetAlone() throws {
        let (one, other) = (try target("one"), try target("other"))
        #expect(try leviathan(one, "target", "add", one.remote).succeeded)
        #expect(try leviathan(one, "target", "add", other.remote).succeeded)
        #expect(try leviathan(one, "autonomy", "off", "--target", "one", "--reason", "too loud").succeeded)
        let status = try leviathan(one, "autonomy", "status", "--json").json.elements ?? []
        #expect(status.map { $0["autonomy"]?.string } == ["off", "on"])
        #expect(try leviathan(one, "breaker", "reset", "other", "--reason", "mended").succeeded)
        let events = try leviathan(one, "events", "--json").output.text.split(separator: "\n")
        let payloads = events.compactMap { try? JSON.parse(String($0)) }.filter {
            ["autonomy.disabled", "breaker.reset"].contains($0["event_type"]?.string)
        }.map { $0["payload"] }
        #expect(
            payloads == [
                ["reason": "too loud", "target": "one"], ["reason": "mended", "target": "other"],
            ], "\(payloads)")
    }

    @Test func oneRepositoryIsOneTarget() throws {
        let app = try target("app")
        #expect(try leviathan(app, "target", "add", app.remote).succeeded)
        let again = try leviathan(app, "target", "add", app.remote, "--name", "other")
        #expect(
            again.ending == .exited(3) && again.errors.text.contains("registered already, as 'app'"),
            "\(again.errors.text)")
        let same = try leviathan(app, "target", "add", app.remote, "--name", "app")
        #expect(
            same.ending == .exited(3) && same.errors.text.contains("nothing to add: leviathan target show app"),
            "\(same.errors.text)")
        let wrong = try leviathan(app, "target", "show", "ap")
        #expect(wrong.ending == .exited(3) && wrong.errors.text.contains("did you mean 'app'?"))
    }

    @Test func aRemoteThatCannotBeClonedLeavesNothing() throws {
        let app = try target("app")
        let gone = try leviathan(app, "target", "add", "file://" + place.path + "/nosuch.git")
        #expect(
            gone.ending == .exited(8) && gone.errors.text.contains("hint: check the address"),
            "\(gone.errors.text)")
        let (path, directory) = (place.path + "/nosuch", place.path + "/plain")
        try FileSystem.createDirectory(directory)
        for (name, text) in [(path, "there is no '\(path)'"), (directory, "'\(directory)' is no git repository")] {
            let run = try leviathan(app, "target", "add", name)
            #expect(run.ending == .exited(3) && run.errors.text.contains(text), "\(run.errors.text)")
            #expect(!run.errors.text.contains("git remote"))
        }
        #expect(try leviathan(app, "target", "list", "--json").json == [])
    }

    @Test func groupsShareALimit() throws {
        let (first, second) = (
            try target("first", limits: "max_open_prs: 5"), try target("second", limits: "max_open_prs: 5")
        )
        try FileSystem.createDirectory(first.home)
        try FileSystem.write(
            Array("groups: {team: {weight: 2, limits: {max_tasks_per_day: 1}}}\n".utf8),
            to: first.home + "/config.yaml")
        #expect(try leviathan(first, "target", "add", first.remote, "--group", "nope").ending == .exited(3))
        #expect(try leviathan(first, "target", "add", first.remote, "--group", "team").succeeded)
        #expect(try leviathan(first, "target", "add", second.remote, "--group", "team").succeeded)
        let run = try leviathan(first, "run", "--json")
        #expect(run.json["dispatched"]?.elements?.count == 1, "\(run.output.text)\(run.errors.text)")
        #expect(run.json["reasons"]?["max-tasks-per-day"]?.integer == 3, "\(run.output.text)")
    }

    /// Branches without pull requests are open in the eyes of every target that shares the limit, and until they are merged
    /// or gone.
    @Test(arguments: ["limits: {max_open_prs: 1}\n", "groups: {team: {limits: {max_open_prs: 1}}}\n"])
    func branchesOfOneTargetUseUpALimitOfSeveral(machine: String) throws {
        let (first, second) = (
            try target("first", limits: "max_open_prs: 5"), try target("second", limits: "max_open_prs: 5")
        )
        try FileSystem.createDirectory(first.home)
        try FileSystem.write(Array("groups: {team: {}}\n".utf8), to: first.home + "/config.yaml")
        for added in [first, second] {
            #expect(try leviathan(first, "target", "add", added.remote, "--group", "team").succeeded)
        }
        try FileSystem.write(Array(machine.utf8), to: first.home + "/config.yaml")
        let group = machine.hasPrefix("groups") ? [] : ["first", "second"]
        for name in group { try ungroup(name, in: first.home) }
        func begun() throws -> [String] {
            let run = try leviathan(first, "run", "--json")
            return (run.json["dispatched"]?.elements ?? []).map {
                ($0["target"]?.string ?? "") + "/" + ($0["task"]?.string ?? "")
            }
        }
        #expect(try begun() == ["first/task-1"])
        let limit = try leviathan(first, "target", "show", "second").output.text
        #expect(limit.contains("max_open_prs: 1 of 1"), "\(limit)")
        let refused = try leviathan(first, "propose", "task-1", "--target", "second")
        #expect(refused.ending == .exited(7), "\(refused.errors.text)")
        #expect(try begun() == [])
        _ = try first.repository.git("fetch", "--quiet", "origin")
        _ = try first.repository.git("merge", "--quiet", "--ff-only", "origin/agent/task-1")
        _ = try first.repository.git("push", "--quiet", "origin", "main")
        #expect(try begun() == ["second/task-1"])
        #expect(try begun() == [])
        _ = try second.repository.git("push", "--quiet", "origin", "--delete", "agent/task-1")
        #expect(try begun().last == "first/task-2")
    }

    private func ungroup(_ name: String, in home: String) throws {
        let path = home + "/targets/" + name + ".yaml"
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 16), as: UTF8.self)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("group:") }
        try FileSystem.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
    }

    /// What `next` and messages tell a person to type works wherever that person stands.
    @Test func aRegisteredTargetIsNamedInTheCommandsToType() throws {
        let (app, other) = (try target("app"), try target("other"))
        for added in [app, other] { #expect(try leviathan(app, "target", "add", added.remote).succeeded) }
        let all = try leviathan(app, "next", "--all").output.text
        #expect(all.contains("leviathan propose task-1 --target app"), "\(all)")
        for words in [["tasks"], ["show", "task-1"], ["plan", "task-1"], ["propose", "task-1", "--dry-run"]] {
            let done = try app.leviathan(arguments: words + ["--target", "app"], in: place.path)
            #expect(done.succeeded, "\(words): \(done.errors.text)")
        }
        #expect(try leviathan(app, "propose", "task-1", "--target", "app").succeeded)
        #expect(try leviathan(app, "next", "--all").output.text.contains("propose task-1 --target app --refresh"))
        #expect(try leviathan(app, "retry", "task-1", "--target", "app").succeeded)
        let wrong = try leviathan(app, "retry", "task-1", "--target", "ap")
        #expect(wrong.ending == .exited(3) && wrong.errors.text.contains("did you mean 'app'?"))
    }

    @Test func turnsAreTakenAcrossTargets() throws {
        let (first, second) = (
            try target("first", limits: "max_open_prs: 5"), try target("second", limits: "max_open_prs: 5")
        )
        for added in [first, second] { #expect(try leviathan(first, "target", "add", added.remote).succeeded) }
        let all = try leviathan(first, "next", "--all", "--json").json.elements ?? []
        #expect(all.map { $0["target"]?.string } == ["first", "second", "first", "second"])
        #expect(all.map { $0["position"]?.integer } == [1, 2, 3, 4])
        #expect(try leviathan(first, "__complete", "targets").output.text == "first\nsecond\n")
    }

    @Test func aRepositoryWithoutACommitIsNamedAsSuch() throws {
        let app = try target("app")
        _ = try app.repository.git("init", "--quiet", place.path)
        for words in [["run"], ["next"], ["target", "add", "."]] {
            let said = try app.leviathan(arguments: words, in: place.path)
            #expect(said.errors.text.hasPrefix("error: the repository '"), "\(said.errors.text)")
            #expect(!said.errors.text.contains("nothing to do"), "\(said.errors.text)")
            #expect(
                said.ending == .exited(3) && said.errors.text.contains("has no commit yet"), "\(said.errors.text)")
        }
    }
}
