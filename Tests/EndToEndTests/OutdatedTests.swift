import Basics
import Processes
import TestSupport
import Testing

/// `leviathan outdated` and `add --outdated`, against registries that are small real servers.
@Suite struct OutdatedTests {
    private let target: TestTarget
    private let server: HTTPTestServer

    private static let answers = [
        "/pypi/requests/json": """
        {"releases": {"2.31.0": [{"yanked": false}], "2.32.0": [{"yanked": false}], "2.33.0": [{"yanked": true}],
         "3.0.0rc1": [{"yanked": false}], "2.34.0": []}}
        """,
        "/pypi/click/json": #"{"releases": {"8.1.0": [{"yanked": false}]}}"#,
        "/react":
            #"{"versions": {"18.2.0": {}, "18.3.1": {}, "19.0.0": {"deprecated": "x"}}, "dist-tags": {"latest": "18.3.1"}}"#,
        "/@types%2fnode": #"{"versions": {"20.1.0": {}}, "dist-tags": {"latest": "22.0.0"}}"#,
        "/api/v1/crates/serde":
            #"{"versions": [{"num": "1.0.2", "yanked": false}, {"num": "1.0.3", "yanked": true}]}"#,
        "/example.com/!up/mod/@v/list": "v1.2.0\nv1.3.0\nv2.0.0-rc.1\n",
    ]

    init() throws {
        target = try TestTarget(
            policy: """
                version: 1
                scopes:
                  docs: {allowed_paths: [docs/**], executor: docs}
                  dependencies:
                    allowed_paths: [requirements.txt, package.json, package-lock.json, Cargo.toml, go.mod]
                    executor: dependencies

                """)
        server = try HTTPTestServer { request in
            Self.answers[request.target].map { .text($0) } ?? .text("none", status: 404)
        }
        let repository = target.repository
        try repository.write(
            "requirements.txt", "requests==2.31.0  # pinned\nclick==8.1.0\nhome-made==1.0\nplain\n")
        try repository.write(
            "package.json",
            #"{"dependencies": {"react": "^18.2.0", "local": "file:../x2"}, "devDependencies": {"@types/node": "~20.1.0"}}"#
        )
        try repository.write("package-lock.json", "{}")
        try repository.write("Cargo.toml", "[dependencies]\nserde = \"1.0.1\"\n")
        try repository.write("go.mod", "module example.com/a\n\ngo 1.20\n\nrequire example.com/Up/mod v1.2.0\n")
        try repository.write("Dockerfile", "FROM redis:7.0\n")
        try repository.commitAll("Manifests")
        try repository.git("push", "--quiet", "origin", "main")
        try registries(server.url)
    }

    private func registries(_ url: String) throws {
        let lines = ["pypi", "npm", "cargo", "go"].map { "  \($0): \(url)\n" }.joined()
        try FileSystem.write(Array("registries:\n\(lines)".utf8), to: target.home + "/config.yaml")
    }

    @Test func listsWhatCouldBeRaisedAndSaysWhatIsNotKnown() throws {
        let run = try target.leviathan("outdated", "--json")
        #expect(run.succeeded, "\(run.errors.text)")
        let rows = run.json["outdated"]?.elements?.map { row in
            ["package", "current", "newest", "step"].map { row[$0]?.string ?? "" }.joined(separator: " ")
        }
        let wanted: Set = [
            "requests 2.31.0 2.32.0 minor", "react 18.2.0 18.3.1 minor", "@types/node 20.1.0 22.0.0 major",
            "serde 1.0.1 1.0.2 patch", "example.com/Up/mod 1.2.0 v1.3.0 minor",
        ]
        let listed = Set(rows ?? [])
        #expect(listed == wanted, "\(run.output.text)")
        #expect(run.json["current"] == 1)
        let unknown = run.json["unknown"]?.elements ?? []
        let names = Set(unknown.compactMap { $0["package"]?.string })
        let isToldOf = names.isSuperset(of: ["home-made", "plain", "redis"])
        #expect(isToldOf, "\(names)")
        #expect(unknown.allSatisfy { $0["reason"]?.string?.isEmpty == false })
        #expect(server.requests.allSatisfy { $0.header("Authorization") == nil })
    }

    @Test func theTableIsForPeople() throws {
        let run = try target.leviathan("outdated")
        #expect(run.output.text.contains("requests"), "\(run.output.text)")
        #expect(run.errors.text.contains("not known: redis (docker): no registry is asked for docker"))
        #expect(run.errors.text.contains("5 could be raised, 1 newest already"))
    }

    @Test func aRegistryThatFailsMakesNothingCurrent() throws {
        server.stop()
        let run = try target.leviathan("outdated", "--json")
        #expect(run.ending == .exited(1), "\(run.output.text)")
        #expect(run.json["outdated"] == [] && run.json["current"] == 0)
        #expect(
            run.json["unknown"]?.elements?.contains { $0["reason"]?.string?.contains("cannot be asked") == true }
                == true)
    }

    @Test func onlyHTTPSIsAskedAndNoRedirectIsFollowed() throws {
        try registries("http://registry.example.com")
        let plain = try target.leviathan("outdated")
        #expect(
            plain.ending == .exited(1) && plain.errors.text.contains("only https is asked"), "\(plain.errors.text)"
        )
        let redirecting = try HTTPTestServer { _ in .redirect(302, to: server.url + "/react") }
        try registries(redirecting.url)
        let moved = try target.leviathan("outdated", "--json")
        #expect(moved.ending == .exited(1) && moved.json["outdated"] == [])
        #expect(server.requests.isEmpty)
    }

    @Test func writesATaskForEachThatIsPicked() throws {
        let run = try target.leviathan(
            "add", "--outdated", "--pick", "react", "--pick", "requests", "--ready", "--json")
        #expect(run.succeeded, "\(run.errors.text)")
        let tasks = run.json["tasks"]?.elements?.compactMap { $0["task"]?.string } ?? []
        #expect(tasks == ["raise-react-to-18-3-1", "raise-requests-to-2-32-0"], "\(run.output.text)")
        let react = try target.leviathan("show", tasks[0], "--from-worktree", "--json").json
        #expect(react["inputs"]?["npm:react"] == "18.3.1")
        #expect(react["allowed_paths"] == ["package.json", "package-lock.json"])
        let tried = try target.leviathan("propose", tasks[1], "-n", "--from-worktree")
        #expect(
            tried.succeeded && tried.output.text.contains("+requests==2.32.0  # pinned"), "\(tried.errors.text)")
        #expect(try target.leviathan("lint").succeeded)
    }

    @Test func withoutAPickNothingIsWritten() throws {
        let before = try target.everything()
        let none = try target.leviathan("add", "--outdated")
        #expect(none.ending == .exited(2) && none.errors.text.contains("--pick"), "\(none.errors.text)")
        let wrong = try target.leviathan("add", "--outdated", "--pick", "raect")
        #expect(wrong.ending == .exited(3) && wrong.errors.text.contains("did you mean 'react'?"))
        #expect(try target.leviathan("add", "--outdated", "--pick", "all", "--title", "x").ending == .exited(2))
        #expect(try target.everything() == before)
    }
}
