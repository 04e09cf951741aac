import Basics
import Processes
import TestSupport
import Testing

/// Who is told of what a run came to.
@Suite(.timeLimit(.minutes(60))) struct NotificationTests {
    private func target(_ url: String, limits: String) throws -> TestTarget {
        let target = try TestTarget(
            policy: """
                version: 1
                scopes:
                  all: {allowed_paths: ["*.md"], executor: command}
                limits: {\(limits)}

                """,
            backlog: """
                version: 1
                tasks:
                  - {id: a, title: A, scope: all, ready: true, allowed_paths: [a.md], inputs: {run: "false"}}

                """)
        try FileSystem.write(
            Array("notifications: {webhook: {url: \"\(url)\"}}\n".utf8), to: target.home + "/config.yaml")
        return target
    }

    private func events(_ server: HTTPTestServer) throws -> [JSON] {
        try server.requests.flatMap { try JSON.parse($0.body)["events"]?.elements ?? [] }
    }

    @Test func peopleAreToldOnceOfWhatWaitsForThem() throws {
        let server = try HTTPTestServer(replies: [.status(204)])
        let target = try target(server.url, limits: "max_open_prs: 9, circuit_breaker: {failures: 9}")
        #expect(try target.leviathan("run").ending == .exited(6))
        let told = try events(server)
        #expect(told.map { $0["event"]?.string } == ["task-blocked"], "\(told)")
        #expect(told.first?["command"]?.string == "leviathan retry a")
        #expect(try target.leviathan("run").succeeded)
        #expect(server.requests.count == 1)
        #expect(try target.leviathan("stop", "--reason", "wrong token").succeeded)
        #expect(try target.leviathan("run").ending == .exited(7))
        let last = try events(server).last
        #expect(last?["event"]?.string == "stopped" && last?["text"]?.string?.contains("wrong token") == true)
        #expect(last?["command"]?.string == "leviathan resume")
    }

    @Test func aServiceThatIsAwayFailsNoRun() throws {
        let target = try target(
            "http://127.0.0.1:1/hook", limits: "max_open_prs: 9, circuit_breaker: {failures: 9}")
        let run = try target.leviathan("run")
        #expect(
            run.ending == .exited(6) && run.errors.text.contains("a notification was not sent"),
            "\(run.errors.text)")
        #expect(!run.errors.text.contains("/hook"))
        let spool = try FileSystem.read(target.home + "/notifications/spool.json", limit: 1 << 20)
        #expect(String(decoding: spool, as: UTF8.self).contains("task-blocked"))
        #expect(try target.leviathan("run").succeeded)
    }

    @Test func mistakesInTheConfigurationAreNamed() throws {
        let target = try RunTests.target(1, limits: "max_open_prs: 9")
        for (text, problem) in [
            ("webhook: {url: \"http://example.com\"}", "must be an https address"),
            ("webhook: {}", "either `url` or `url_variable`"),
            ("mail: {server: \"smtp://h\", from: a@b}", "mail needs `from` and `to`"),
            ("mail: {server: \"smtp://h\", from: \"a\\nb@c\", to: [a@b]}", "is no mail address"),
            ("slack: {url_variable: X, events: [opened]}", "pull-request-opened"),
        ] {
            try FileSystem.write(Array("notifications: {\(text)}\n".utf8), to: target.home + "/config.yaml")
            let run = try target.leviathan("run")
            #expect(run.ending == .exited(3) && run.errors.text.contains(problem), "\(text): \(run.errors.text)")
        }
    }
}
