import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// Several control planes on one real PostgreSQL server: each of them serves, one of them leads.
@Suite(.enabled(if: PostgresTestServer.isInstalled), .timeLimit(.minutes(60))) struct ReplicaTests {
    private static let token = "a-token-for-the-test"
    private static let json = "Content-Type: application/json"
    private let target: TestTarget
    private let variables: [String: String]

    init() throws {
        target = try TestTarget()
        let server = try PostgresTestServer.shared()
        let database = try server.run("SELECT 'replicas_' || md5(random()::text)", in: "postgres")
        try server.run("CREATE DATABASE \(database)", in: "postgres")
        variables = [
            "LEVIATHAN_BACKEND": "postgres", "LEVIATHAN_POSTGRES_URL": server.networkURL(database),
            "LEVIATHAN_CONTROL_PLANE_TOKEN": Self.token,
        ]
    }

    private func serving(_ words: String...) throws -> ServedProgram {
        try ServedProgram(target, ["--every", "1h"] + words, variables)
    }

    private func curl(_ words: String...) throws -> String {
        try BackgroundProgram.run(["curl", "-s", "-S"] + words)
    }

    private func leads(_ program: ServedProgram) throws -> [String] {
        try JSON.parse(curl(program.url + "/healthz"))["leads"]?.elements?.compactMap(\.string) ?? []
    }

    /// What the login at one process sets, as a browser sends it on.
    private func login(_ program: ServedProgram) throws -> String {
        let answer = try curl(
            "-D", "-", "-o", "/dev/null", "-H", "Origin: " + program.url, "-d", "key=" + Self.token,
            program.url + "/login")
        let line = answer.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("set-cookie:") }
        let cookie = try #require(line?.split(separator: " ").dropFirst().first, "\(answer)")
        return String(cookie.prefix { $0 != ";" })
    }

    private func status(_ program: ServedProgram, _ cookie: String, _ path: String = "/tasks") throws -> String {
        try curl("-o", "/dev/null", "-w", "%{http_code}", "-H", "Cookie: " + cookie, program.url + path)
    }

    @Test func whoLogsInAtOneIsKnownToTheOther() throws {
        let (first, second) = (try serving(), try serving())
        let cookie = try login(first)
        #expect(try status(first, cookie) == "200" && status(second, cookie) == "200")
        // What the page's own script asks is answered as well.
        #expect(try status(second, cookie, "/v1/attempts") == "200")
        #expect(try status(second, cookie + "0") == "401" && status(second, cookie + "0", "/v1/attempts") == "401")
        // The word of a form is the session's, and who leaves at one has left.
        let page = try curl("-H", "Cookie: " + cookie, first.url + "/tasks")
        let words = page.components(between: "name=\"word\" value=\"", and: "\"")
        let word = try #require(words.first, "\(page)")
        let left = try curl(
            "-o", "/dev/null", "-w", "%{http_code}", "-H", "Cookie: " + cookie, "-H", "Origin: " + second.url,
            "-d",
            "word=" + word, second.url + "/logout")
        #expect(left == "303")
        #expect(try status(first, cookie) == "401" && status(second, cookie) == "401")
        // A restart logs nobody out.
        let stays = try login(first)
        #expect(try first.end() == "0" && second.end() == "0")
        let third = try serving()
        #expect(try status(third, stays) == "200")
        #expect(try third.end() == "0")
    }

    /// Two homes share nothing but the journal: each is told of the other, and so is whoever asks the doctor.
    @Test func homesThatShareNothingButTheJournalAreToldOfOneAnother() throws {
        let elsewhere = try TestTarget()
        let first = try serving()
        let second = try ServedProgram(elsewhere, ["--every", "1h"], variables)
        let words = try second.line(
            beginning: "another control plane serves this journal from a home of its own: " + first.url)
        #expect(words["level"] == "warning")
        let here = try target.leviathan("doctor", "--json", extra: variables)
        let found = here.json.elements?.first { $0["name"] == "serving" }
        #expect(found?["state"] == "warning", "\(here.output.text)\(here.errors.text)")
        #expect(found?["text"]?.string?.contains(elsewhere.home) == true && found?["hint"] != nil)
        #expect(try second.end() == "0")
        let alone = try target.leviathan("doctor", "--json", extra: variables)
        #expect(alone.json.elements?.first { $0["name"] == "serving" }?["state"] == "ok", "\(alone.output.text)")
        #expect(try first.end() == "0")
    }

    @Test func whatIsWrittenThroughOneIsHeardAtTheOther() throws {
        let (first, second) = (try serving(), try serving())
        let stream = try BackgroundProgram([
            "curl", "-s", "-S", "-N", "-H", "Authorization: Bearer " + Self.token,
            second.url + "/v1/events/stream",
        ])
        #expect(stream.readLine() == ": connected")
        let stop = [
            "-H", Self.json, "-H", "Authorization: Bearer " + Self.token, "-H", "Idempotency-Key: once", "-d",
            #"{"reason":"heard"}"#,
        ]
        func stopped(at program: ServedProgram) throws -> String {
            try BackgroundProgram.run(["curl", "-s", "-S", "-D", "-"] + stop + [program.url + "/v1/stop"])
        }
        #expect(try stopped(at: first).contains("200"))
        var line = stream.readLine()
        while let text = line, !text.contains("run.stopped") { line = stream.readLine() }
        #expect(line == "event: run.stopped")
        // The same request again changes nothing, whichever of them it comes to.
        #expect(try stopped(at: second).lowercased().contains("idempotent-replayed: true"))
        let events = try JSON.parse(second.ask("/v1/events?type=run.stopped", Self.token))["events"]?.elements
        #expect(events?.count == 1)
        #expect(try first.end() == "0" && second.end() == "0")
    }

    @Test func anotherOneLeadsOnceTheLeaderIsGone() throws {
        let first = try serving()
        waitUntil { (try? leads(first)) == ["keeping", "scheduling"] }
        let second = try serving()
        let waiting = try second.line("another process schedules: \(first.url): only serving until it ends")
        #expect(waiting["level"] == "info")
        #expect(try leads(first) == ["keeping", "scheduling"] && leads(second) == [])
        #expect(try first.ask("/metrics", Self.token).contains("leviathan_leader{duty=\"scheduling\"} 1"))
        #expect(try second.ask("/metrics", Self.token).contains("leviathan_leader{duty=\"scheduling\"} 0"))
        kill(first.process, SIGKILL)
        waitUntil { (try? leads(second)) == ["keeping", "scheduling"] }
        #expect(try leads(second) == ["keeping", "scheduling"])
        #expect(try second.end() == "0")
    }

    /// The lease is lost with its connection, and the work with the lease.
    @Test func aLeaderThatLosesItsConnectionBeginsToWaitAgain() throws {
        let program = try serving()
        waitUntil { (try? leads(program)) == ["keeping", "scheduling"] }
        let url = try #require(variables["LEVIATHAN_POSTGRES_URL"])
        let cut = """
            SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid IN (2, 3)
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        try PostgresTestServer.shared().run(cut, in: url)
        #expect(try program.line("scheduling")["level"] == "info")
        waitUntil { (try? leads(program)) == ["keeping", "scheduling"] }
        #expect(try leads(program) == ["keeping", "scheduling"])
        #expect(try program.end() == "0")
    }
}

extension String {
    /// What stands between two marks, each time they come.
    fileprivate func components(between first: String, and last: String) -> [String] {
        var (found, rest): ([String], Substring) = ([], self[...])
        while let start = rest.firstRange(of: first) {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: last) else { break }
            found.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }
}
