import Basics
import HTTP
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPRedirectTests {
    /// Redirects everything but `/end`.
    private func server(_ status: Int, to location: String = "/end") throws -> HTTPTestServer {
        try HTTPTestServer { $0.path == "/end" ? .text("end") : .redirect(status, to: location) }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func followsGet(status: Int) throws {
        let server = try server(status)
        let response = try plainClient().send(HTTPRequest(.get, server.url + "/start?a=b"))
        #expect(response.text == "end")
        #expect(response.effectiveURL == server.url + "/end")
    }

    @Test(arguments: [
        (301, HTTPMethod.post, "GET"), (302, .post, "GET"), (303, .post, "GET"), (307, .post, "POST"),
        (308, .post, "POST"), (301, .put, "PUT"), (302, .delete, "DELETE"), (303, .put, "GET"),
        (303, .head, "HEAD"), (302, .patch, "PATCH"), (307, .patch, "PATCH"),
    ])
    func choosesTheMethodAsBrowsersDo(status: Int, method: HTTPMethod, expected: String) throws {
        let server = try server(status)
        let body: [UInt8]? = method == .head ? nil : [UInt8]("body")
        let headers: HTTPHeaders = ["Content-Type": "text/x-own", "X-Kept": "yes"]
        _ = try plainClient().send(HTTPRequest(method, server.url + "/start", headers: headers, body: body))
        let last = try #require(server.requests.last)
        #expect(server.requests.count == 2)
        #expect(last.method == expected)
        #expect(last.header("X-Kept") == "yes")
        if expected == "GET" {
            #expect(last.body.isEmpty)
            #expect(last.header("Content-Type") == nil)
            #expect(last.header("Content-Length") == nil)
        } else if method != .head {
            #expect(last.text == "body")
            #expect(last.header("Content-Type") == "text/x-own")
        }
    }

    @Test(arguments: [
        ("c", "/a/c"), ("../c", "/c"), ("?q=1", "/a/b?q=1"), ("/c#frag", "/c"), ("/a b", "/a%20b"),
        ("/é", "/%c3%a9"),
    ])
    func resolvesRelativeLocations(location: String, target: String) throws {
        let server = try HTTPTestServer { $0.header("X-Seen") == nil ? .redirect(302, to: location) : .text("") }
        var request = HTTPRequest(.get, server.url + "/a/b")
        request.followRedirects = 1
        _ = failure(request)
        #expect(server.requests.last?.target.lowercased() == target)
    }

    @Test func countsRedirects() throws {
        let server = try HTTPTestServer { request in
            let step = Int(request.path.dropFirst()) ?? 0
            return step == 5 ? .text("end") : .redirect(302, to: "/\(step + 1)")
        }
        var request = HTTPRequest(.get, server.url + "/0")
        request.followRedirects = 5
        #expect(try plainClient().send(request).text == "end")
        request.followRedirects = 4
        #expect(failure(request)?.problem == .tooManyRedirects(limit: 4))
        request.followRedirects = 0
        let response = try plainClient().send(request)
        #expect(response.status == 302)
        #expect(response.headers["Location"] == "/1")
    }

    @Test func takesARedirectWithoutATargetAsTheAnswer() throws {
        let server = try HTTPTestServer { _ in .status(302) }
        #expect(try plainClient().send(HTTPRequest(.get, server.url)).status == 302)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "ldap://127.0.0.1/x", "gopher://127.0.0.1/"])
    func refusesToLeaveHTTP(location: String) throws {
        let server = try server(302, to: location)
        let error = try #require(failure(HTTPRequest(.get, server.url)))
        guard case .unsupportedScheme = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(error.mayHaveActed)
    }

    private static let credentials: [HTTPAuthorization] = [
        .bearer(Secret("hush")), .basic(user: "me", password: Secret("hush")),
        .header(name: "X-Own-Badge", value: Secret("hush")),
    ]

    private func ask(_ url: String, _ authorization: HTTPAuthorization) throws {
        let headers: HTTPHeaders = [
            "Cookie": "session=hush", "Private-Token": "hush", "X-Api-Key": "hush", "Accept": "text/plain",
        ]
        _ = try plainClient().send(HTTPRequest(.get, url, headers: headers, authorization: authorization))
    }

    private func secretHeaders(_ request: HTTPTestRequest?) -> [String] {
        let names = ["Authorization", "X-Own-Badge", "Cookie", "Private-Token", "X-Api-Key"]
        return names.filter { request?.header($0) != nil }
    }

    @Test(arguments: 0..<3)
    func keepsCredentialsWithinAnOrigin(index: Int) throws {
        let server = try server(302)
        try ask(server.url + "/start", Self.credentials[index])
        #expect(secretHeaders(server.requests.last).count == 4)
        #expect(server.requests.last?.path == "/end")
    }

    @Test(arguments: 0..<3)
    func leavesCredentialsBehindForAnotherPort(index: Int) throws {
        let other = try HTTPTestServer { _ in .text("other") }
        let server = try server(302, to: other.url + "/end")
        try ask(server.url, Self.credentials[index])
        #expect(secretHeaders(other.requests.first) == [])
        #expect(other.requests.first?.header("Accept") == "text/plain")
    }

    @Test func leavesCredentialsBehindForAnotherHost() throws {
        let server = try HTTPTestServer { $0.path == "/end" ? .text("end") : .redirect(302, to: $0.text) }
        let location = [UInt8]("http://localhost:\(server.port)/end")
        _ = try plainClient().send(
            HTTPRequest(.get, server.url, body: location, authorization: .bearer(Secret("hush"))))
        #expect(server.requests.last?.path == "/end")
        #expect(server.requests.last?.header("Authorization") == nil)
    }

    @Test func doesNotTakeCredentialsBackWhenItReturns() throws {
        let home = Box("")
        let server = try HTTPTestServer { $0.path == "/end" ? .text("end") : .redirect(302, to: home.value) }
        let other = try HTTPTestServer { _ in .redirect(302, to: server.url + "/end") }
        home.value = other.url
        try ask(server.url, .bearer(Secret("hush")))
        #expect(server.requests.count == 2)
        #expect(secretHeaders(server.requests.last) == [])
    }

    @Test func takesNoCredentialsFromARedirect() throws {
        let other = try HTTPTestServer { _ in .text("other") }
        let server = try server(302, to: "http://planted:secret@127.0.0.1:\(other.port)/")
        let response = try plainClient().send(HTTPRequest(.get, server.url))
        #expect(other.requests.first?.header("Authorization") == nil)
        #expect(response.effectiveURL == other.url + "/")
    }

    @Test func leavesUserInfoBehindToo() throws {
        let other = try HTTPTestServer { _ in .text("other") }
        let server = try server(302, to: other.url)
        _ = try plainClient().send(HTTPRequest(.get, "http://me:hush@127.0.0.1:\(server.port)/"))
        #expect(server.requests.first?.header("Authorization") != nil)
        #expect(other.requests.first?.header("Authorization") == nil)
    }

    @Test func saysThatARedirectedPostMayHaveActed() throws {
        let gone = try HTTPTestServer { _ in .drop }
        let url = gone.url
        gone.stop()
        let server = try server(303, to: url + "/?token=hush")
        let recorded = RecordedTiming()
        let client = plainClient(retry: RetryPolicy(attempts: 3), timing: recorded.timing)
        let error = try #require(failure(HTTPRequest(.post, server.url), client))
        guard case .couldNotConnect = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(error.mayHaveActed)
        #expect(error.redirectedTo == url + "/?token=***")
        #expect(server.requests.count == 1)
        #expect(recorded.pauses.isEmpty)
    }
}
