import Basics
import Processes
import TestSupport
import Testing

/// `leviathan run --config FILE`: the older, flat file of one target.
@Suite struct AutonomyFileTests {
    private let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func file(_ target: TestTarget, _ more: String) throws {
        let text = """
            target_id: app
            target_repo_url: \(target.remote)
            target_branch: main
            schedule_cron: "*/5 * * * *"
            worker_image: leviathan-worker:local

            """ + more
        try FileSystem.write(Array(text.utf8), to: place.path + "/autonomy.yaml")
    }

    @Test func itsLimitsHoldForItsTargetWithoutRegistration() throws {
        let target = try RunTests.target(4, limits: "max_open_prs: 9", name: "app")
        try file(target, "autonomy_enabled: true\nmax_open_prs: 2\n")
        let run = try target.leviathan("run", "--config", "autonomy.yaml", "--json", in: place.path)
        #expect(run.succeeded, "\(run.errors.text)")
        #expect(run.json["dispatched"]?.elements?.count == 2, "\(run.output.text)")
        #expect(run.json["reasons"]?["max-open-prs"]?.integer == 2)
        #expect(try target.leviathan("target", "list", "--json", in: place.path).json == [])
        let again = try target.leviathan("run", "--config", "autonomy.yaml", "--json", in: place.path)
        #expect(again.json["dispatched"] == [], "\(again.output.text)")
    }

    @Test func itIsAskedForAutonomyAndReadWithCare() throws {
        let target = try RunTests.target(1, limits: "max_open_prs: 9", name: "app")
        try file(target, "")
        let off = try target.leviathan("run", "--config", "autonomy.yaml", in: place.path)
        #expect(off.ending == .exited(7) && off.errors.text.contains("autonomy_enabled"), "\(off.errors.text)")
        try file(target, "autonomy_enabled: maybe\n")
        #expect(try target.leviathan("run", "--config", "autonomy.yaml", in: place.path).ending == .exited(3))
        #expect(try target.leviathan("run", "--config", "nosuch.yaml", in: place.path).ending == .exited(3))
        let both = try target.leviathan("run", "--config", "autonomy.yaml", "--all", in: place.path)
        #expect(both.ending == .exited(2))
    }
}
