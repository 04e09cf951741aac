import Basics
import Processes
import TestSupport
import Testing

/// Targets and disks that do what nobody expects, seen from the scheduler: told, and nobody else is held up.
@Suite(.timeLimit(.minutes(60))) struct BadTargetTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func leviathan(_ target: TestTarget, _ words: String...) throws -> ProcessOutcome {
        try target.leviathan(arguments: words, in: place.path)
    }

    private func target(_ name: String, backlog: String = RunTests.backlog(2)) throws -> TestTarget {
        try TestTarget(
            policy: RunTests.policy + "limits: {max_open_prs: 1}\n", backlog: backlog,
            contract: "version: 1\ntarget: \(name)\n")
    }

    private func registered(_ names: String...) throws -> [TestTarget] {
        let targets = try names.map { try target($0) }
        for target in targets { #expect(try leviathan(targets[0], "target", "add", target.remote).succeeded) }
        return targets
    }

    private func dispatched(_ run: ProcessOutcome) -> [String] {
        (run.json["dispatched"]?.elements ?? []).map {
            "\($0["target"]?.string ?? "")/\($0["task"]?.string ?? "")"
        }
    }

    @Test func aRemoteThatVanishedIsToldAndComesBack() throws {
        let targets = try registered("good", "gone")
        let away = targets[1].remote + ".away"
        try FileSystem.replace(away, by: targets[1].remote)
        let run = try leviathan(targets[0], "run", "--json")
        #expect(run.ending == .exited(8), "\(run.output.text)")
        #expect(run.json["problems"]?.elements?.map { $0["target"]?.string } == ["gone"])
        #expect(dispatched(run) == ["good/task-1"])
        #expect(try leviathan(targets[0], "next", "--all", "--json").json.elements?.count == 4)
        try FileSystem.replace(targets[1].remote, by: away)
        let again = try leviathan(targets[0], "run", "--json")
        #expect(again.succeeded && dispatched(again) == ["gone/task-1"], "\(again.output.text)")
    }

    @Test func aForcePushedBaseIsTheBase() throws {
        let app = try registered("app")[0]
        #expect(dispatched(try leviathan(app, "run", "--json")) == ["app/task-1"])
        try app.repository.git("checkout", "--quiet", "--orphan", "other")
        try app.repository.write("README.md", "another history\n")
        try app.repository.commitAll("Begin anew")
        try app.repository.git("push", "--quiet", "--force", "origin", "HEAD:main")
        let head = try app.repository.git("rev-parse", "HEAD").trimmed
        // The branch of the first task is still there, and under review: no base holds it.
        let run = try leviathan(app, "run", "--json")
        #expect(run.succeeded && run.json["dispatched"] == [], "\(run.output.text)\(run.errors.text)")
        #expect(run.json["reasons"]?["under-review"]?.integer == 1)
        let shown = try leviathan(app, "target", "show", "app").output.text
        #expect(shown.contains(String(head.prefix(7))), "\(shown)")
    }

    @Test func aRenamedDefaultBranchIsFollowed() throws {
        let app = try registered("app")[0]
        try app.repository.git("--git-dir", app.remote, "branch", "--move", "main", "trunk")
        try app.repository.git("--git-dir", app.remote, "symbolic-ref", "HEAD", "refs/heads/trunk")
        let run = try leviathan(app, "run", "--json")
        #expect(run.succeeded && dispatched(run) == ["app/task-1"], "\(run.output.text)\(run.errors.text)")
        #expect(try leviathan(app, "target", "show", "app").output.text.contains("origin/trunk"))
    }

    @Test func aCycleAcrossFilesHoldsItsOwnTasksAlone() throws {
        let app = try target(
            "app",
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: docs, ready: true, allowed_paths: [docs/a.md], dependencies: [b]}
                  - {id: free, title: Free, scope: docs, ready: true, allowed_paths: [docs/free.md]}

                """)
        try app.repository.write(
            ".leviathan/backlog/more.yaml",
            """
            version: 1
            tasks:
              - {id: b, title: B, scope: docs, ready: true, allowed_paths: [docs/b.md], dependencies: [a]}

            """)
        try app.repository.commitAll("Depend on each other")
        try app.repository.git("push", "--quiet", "origin", "HEAD:main")
        let lint = try app.leviathan("lint")
        let said = lint.output.text + lint.errors.text
        #expect(said.contains("a → b → a"), "\(said)")
        let run = try app.leviathan("run", "--json")
        #expect(run.json["dispatched"]?.elements?.map { $0["task"]?.string } == ["free"], "\(run.output.text)")
        let held = (run.json["held"]?.elements ?? []).compactMap { $0["task"]?.string }
        #expect(held.contains("a"), "\(run.output.text)")
    }

    @Test func oneNameIsOneTargetWhereverItStands() throws {
        let (first, second) = (try target("app"), try target("app"))
        #expect(try leviathan(first, "target", "add", first.remote).succeeded)
        let again = try leviathan(first, "target", "add", second.remote)
        #expect(
            again.ending == .exited(3) && again.errors.text.contains("there is a target 'app' already"),
            "\(again.errors.text)")
        // The same repository under another spelling has the same name in its contract.
        let spelled = try leviathan(first, "target", "add", "file://" + first.remote)
        #expect(spelled.ending == .exited(3), "\(spelled.errors.text)")
        #expect(try leviathan(first, "target", "list", "--json").json.elements?.count == 1)
        #expect(dispatched(try leviathan(first, "run", "--json")) == ["app/task-1"])
        // Registered before it was renamed, it is told and left out.
        try first.repository.write(".leviathan/contract.yaml", "version: 1\ntarget: renamed\n")
        try first.repository.commitAll("Rename it")
        try first.repository.git("push", "--quiet", "origin", "HEAD:main")
        let run = try leviathan(first, "run", "--json")
        #expect(run.ending == .exited(3) && run.json["dispatched"] == [], "\(run.output.text)")
    }

    @Test func anUnreadableStopFileStopsTheScheduler() throws {
        let app = try registered("app")[0]
        try FileSystem.createDirectory(app.home + "/stop")
        let run = try leviathan(app, "run", "--json")
        #expect(run.ending == .exited(7) && (run.json["dispatched"] ?? []) == [], "\(run.output.text)")
        let next = try leviathan(app, "next", "--all", "--json").json.elements ?? []
        #expect(!next.isEmpty && next.allSatisfy { $0["refusal"]?["reason"]?.string == "stopped" })
        #expect(try leviathan(app, "resume").succeeded)
        #expect(dispatched(try leviathan(app, "run", "--json")) == ["app/task-1"])
    }

    /// A file system with room for the journal, and for little more; then there is room again.
    @Test func aFullDiskInMidCycleIsToldAndNothingIsLost() throws {
        let target = try RunTests.target(3, limits: "max_open_prs: 9")
        #expect(try target.leviathan("propose", "task-1").succeeded)
        let place = target.repository.directory.path + "/full"
        try FileSystem.createDirectory(place)
        let program = TestTarget.program
        let script = """
            set -e
            mount -t tmpfs -o size=3m,mode=0700 none '\(place)'
            '\(program)' journal backup '\(place)/journal.db' >/dev/null
            export LEVIATHAN_HOME='\(place)'
            head -c 20000000 /dev/zero > '\(place)/filler' 2>/dev/null || true
            code=0; '\(program)' run --json >&2 || code=$?
            rm '\(place)/filler'
            '\(program)' run --json
            '\(program)' journal verify >&2
            exit $code
            """
        let environment = target.repository.environment.merging(["LEVIATHAN_HOME": target.home]) { $1 }
        var outside = Subprocess(
            "unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script], environment: environment)
        outside.workingDirectory = target.repository.path
        let outcome = try outside.run()
        #expect(outcome.ending == .exited(1), "\(outcome.output.text)\(outcome.errors.text)")
        #expect(
            outcome.json["dispatched"]?.elements?.map { $0["task"]?.string } == ["task-2", "task-3"],
            "\(outcome.output.text)\(outcome.errors.text)")
    }
}
