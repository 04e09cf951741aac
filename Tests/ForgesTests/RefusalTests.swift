import Basics
import Forges
import HTTP
import Model
import TestSupport
import Testing

/// Answers that are not what was asked for: each has to end in a clear word, and none may do harm.
@Suite(.timeLimit(.minutes(60))) struct RefusalTests {
    private func failure(
        _ reply: HTTPTestReply, on path: String = "/pulls", times: Int = 9,
        adjust: (inout ForgeEnvironment) -> Void = { _ in }
    ) throws -> ForgeError {
        let fixture = try GitHubFixture { surroundings in
            surroundings.retry = .never
            adjust(&surroundings)
        }
        fixture.fake.faults.add(FakeFault("GET", path, .answer(reply), times: times))
        return try #require(
            forgeFailure { () throws(ForgeError) in _ = try fixture.forge.pullRequests(head: agentHead) })
    }

    @Test func saysThatTheCredentialsAreNotAccepted() throws {
        let fixture = try GitHubFixture(token: "wrong-token-1234")
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try fixture.forge.facts() })
        #expect(error.kind == .unauthorized)
        #expect(error.message.contains("cannot read the repository octo/repo on 127.0.0.1"))
        #expect(error.description.contains("Bad credentials"))
        #expect(error.hint?.contains("leviathan doctor") == true)
        #expect(!error.description.contains("wrong-token"))
        #expect(!error.isTransient)
    }

    @Test func hidesATokenThatTheForgeRepeats() throws {
        let error = try failure(.json(#"{"message":"token test-token is odd"}"#, status: 400))
        #expect(error.description.contains("token *** is odd"))
        #expect(!error.description.contains("test-token"))
    }

    @Test func namesTheScopesThatAreMissing() throws {
        let classic = try failure(
            .status(
                404, headers: [("X-OAuth-Scopes", "gist"), ("X-Accepted-OAuth-Scopes", "repo")],
                body: Array(#"{"message":"Not Found"}"#.utf8)))
        #expect(classic.kind == .missingScopes(["the scope 'repo'"]))
        #expect(classic.hint == "make a token that has the scope 'repo'")
        let fine = try failure(
            .status(
                403, headers: [("X-Accepted-GitHub-Permissions", "pull_requests=write")],
                body: Array(#"{"message":"Resource not accessible by personal access token"}"#.utf8)))
        #expect(fine.kind == .missingScopes(["the permission 'pull_requests=write'"]))
        let enough = try failure(
            .status(404, headers: [("X-OAuth-Scopes", "repo"), ("X-Accepted-OAuth-Scopes", "public_repo")]))
        #expect(enough.kind == .notFound)
    }

    @Test(arguments: [
        (403, ForgeError.Kind.forbidden), (404, .notFound), (410, .archived), (422, .invalid), (409, .conflict),
        (500, .serverFailed), (503, .serverFailed), (451, .invalid), (304, .redirectedElsewhere),
    ])
    func tellsStatusesApart(status: Int, kind: ForgeError.Kind) throws {
        let error = try failure(.json(#"{"message":"Because."}"#, status: status))
        #expect(error.kind == kind)
        #expect(error.status == status)
        #expect(error.description.contains("status \(status)"))
        #expect(error.isTransient == (kind == .serverFailed))
        #expect(!error.isUnknownOutcome)
    }

    @Test func passesOnTheForgesOwnWords() throws {
        let error = try failure(
            .json(
                """
                {"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"base","code":"invalid"},
                {"message":"No commits between main and agent/x"}]}
                """, status: 422))
        #expect(
            error.details == [
                "Validation Failed", "PullRequest base invalid", "No commits between main and agent/x",
            ])
    }

    @Test func showsNothingThatDrivesATerminal() throws {
        let error = try failure(
            .jsonValue(
                ["message": .string("a\u{1B}[31m\nb\u{202E}" + String(repeating: "x", count: 5000))], status: 422))
        #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
        #expect(error.description.count < 600)
    }

    @Test(arguments: [
        HTTPTestReply.json(#"[{"number":1,"#), .json("{}"), .json("[{}]"), .json("[1,2]"), .json("nonsense"),
        .html(200, title: "Sign in"), .status(200), .json(#"[{"number":"1"}]"#), .status(204),
    ])
    func takesNoAnswerThatItCannotReadForNone(reply: HTTPTestReply) throws {
        let error = try failure(reply)
        #expect(error.kind == .unreadable)
        #expect(error.hint?.contains("api_url") == true)
    }

    @Test func refusesAnAnswerThatIsTooLarge() throws {
        let error = try failure(.json("[" + String(repeating: " ", count: 200_000) + "]")) {
            $0.maximumAnswer = 100_000
        }
        #expect(error.kind == .tooLarge)
    }

    @Test func stopsWhereAListDoesNotEnd() throws {
        let fixture = try GitHubFixture { $0.maximumPages = 3 }
        for index in 0..<500 { fixture.add { $0.head = "agent/t\(index)" } }
        let error = forgeFailure { () throws(ForgeError) in
            _ = try fixture.forge.openPullRequests(markedFor: "task-001")
        }
        #expect(error?.kind == .tooMany)
    }

    @Test func doesNotReadTheSamePageForEver() throws {
        let fixture = try GitHubFixture()
        _ = try fixture.forge.facts()
        let place = "\(fixture.fake.apiURL)/repos/octo/repo/pulls?state=open&per_page=100"
        let reply = HTTPTestReply.jsonValue([], headers: [("Link", "<\(place)>; rel=\"next\"")])
        fixture.fake.faults.add(FakeFault("GET", "/pulls", .answer(reply), times: 9))
        let error = forgeFailure { () throws(ForgeError) in
            _ = try fixture.forge.openPullRequests(markedFor: "task-001")
        }
        #expect(error?.kind == .unreadable)
    }

    // MARK: Other hosts

    @Test(arguments: [
        "https://evil.example/x", "//evil.example/x", "http://127.0.0.1@evil.example/", "ftp://x/", "/\\evil",
    ])
    func followsNoRedirectToAnotherHost(target: String) throws {
        let error = try failure(.redirect(302, to: target))
        #expect(error.kind == .redirectedElsewhere)
        #expect(error.hint?.contains("sign-on") == true)
    }

    @Test func neverSendsTheTokenToAnotherServer() throws {
        let thief = try HTTPTestServer { _ in .json("[]") }
        for status in [301, 302, 307, 308] {
            #expect(
                try failure(.redirect(status, to: thief.url + "/repos/octo/repo/pulls")).kind
                    == .redirectedElsewhere)
        }
        let link = HTTPTestReply.jsonValue([], headers: [("Link", "<\(thief.url)/x?page=2>; rel=\"next\"")])
        #expect(try failure(link).kind == .redirectedElsewhere)
        // The same host by another port, and a name that only begins like it.
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("GET", "/repos", .answer(.redirect(302, to: fixture.fake.url + "0/x"))))
        #expect(
            forgeFailure { () throws(ForgeError) in _ = try fixture.forge.facts() }?.kind == .redirectedElsewhere)
        #expect(thief.connectionCount == 0)
    }

    @Test func changesNothingWhereARedirectWouldChangeTheQuestion() throws {
        let fixture = try GitHubFixture()
        _ = try fixture.forge.facts()
        fixture.fake.faults.add(FakeFault("POST", "/pulls", .answer(.redirect(301, to: "/api/v3/repositories/1"))))
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try fixture.forge.create(draft()) })
        guard case .moved = error.kind else {
            Issue.record("\(error)")
            return
        }
        #expect(error.hint?.contains("git remote set-url") == true)
        #expect(fixture.fake.state.creations == 0)
    }

    // MARK: The network

    @Test func tellsAServerThatIsGoneFromOneThatIsSlow() throws {
        let gone = try GitHubFixture { $0.retry = .never }
        gone.fake.stop()
        let error = try #require(forgeFailure { () throws(ForgeError) in _ = try gone.forge.facts() })
        #expect(error.kind == .unreachable)
        #expect(error.isTransient)
        #expect(!error.isUnknownOutcome)
        let slow = try GitHubFixture(total: .milliseconds(300)) { $0.retry = .never }
        slow.fake.faults.add(FakeFault("GET", "/repos", .answer(.stall)))
        #expect(forgeFailure { () throws(ForgeError) in _ = try slow.forge.facts() }?.kind == .timedOut)
    }

    @Test func neverTakesACertificateThatFails() throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory)
        let fake = try FakeGitHub()
        let front = try TLSTestFront(certificate, backend: Int(fake.url.split(separator: ":").last ?? "") ?? 0)
        func facts(_ caBundle: String?) throws -> ForgeError? {
            var given = surroundings()
            (given.caBundle, given.retry) = (caBundle, .never)
            let forge = GitHubForge(
                try address(.github, front.url + "/api/v3", remote: "https://localhost/octo/repo"),
                try fixed("test-token"), given)
            return forgeFailure { () throws(ForgeError) in _ = try forge.facts() }
        }
        let error = try #require(try facts(nil))
        #expect(error.kind == .tls)
        #expect(error.hint?.contains("never ignored") == true)
        #expect(fake.requests.isEmpty)
        #expect(try facts(certificate.certificatePath) == nil)
    }

    @Test func repeatsAQuestionButNoChange() throws {
        let fixture = try GitHubFixture()
        fixture.fake.faults.add(FakeFault("GET", "/repos/octo/repo", .answer(.status(502)), times: 2))
        _ = try fixture.forge.facts()
        fixture.add()
        fixture.fake.faults.add(FakeFault("PUT", "/merge", .dropAfter))
        let failure = forgeFailure { () throws(ForgeError) in
            _ = try fixture.forge.merge(1, expecting: agentCommit, method: .merge)
        }
        let error = try #require(failure)
        #expect(error.isUnknownOutcome)
        #expect(fixture.fake.state.pulls[0].isMerged)
        #expect(fixture.requests("PUT", "/merge") == 1)
        #expect(error.description.contains("whether it happened all the same is not known"))
    }
}
