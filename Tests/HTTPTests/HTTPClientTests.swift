import Basics
import HTTP
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPClientTests {
    @Test func bringsStatusHeadersAndBody() throws {
        let server = try HTTPTestServer { _ in
            .status(418, headers: [("X-Thing", "  one "), ("x-thing", "two")], body: [UInt8]("short and stout"))
        }
        let response = try plainClient().send(HTTPRequest(.get, server.url + "/a/b?c=d#part"))
        #expect(response.status == 418)
        #expect(!response.isSuccess)
        #expect(response.text == "short and stout")
        #expect(response.headers["X-THING"] == "one")
        #expect(response.headers.values("x-thing") == ["one", "two"])
        #expect(response.effectiveURL == server.url + "/a/b?c=d")
        #expect(response.timings.attempts == 1)
        #expect(response.timings.total > .zero)
        let request = try #require(server.requests.first)
        #expect(request.target == "/a/b?c=d")
        #expect(request.header("User-Agent") == "leviathan-test")
    }

    @Test(arguments: [HTTPMethod.get, .options, .post, .put, .patch, .delete])
    func sendsMethodHeadersAndBody(method: HTTPMethod) throws {
        let server = try HTTPTestServer { _ in .text("done") }
        let body = (0...255).map { UInt8($0) }
        let headers: HTTPHeaders = ["X-B": "2", "X-A": "1", "Content-Type": "application/x-own", "X-Empty": ""]
        _ = try plainClient().send(HTTPRequest(method, server.url, headers: headers, body: body))
        let request = try #require(server.requests.first)
        #expect(request.method == method.rawValue)
        #expect(request.body == body)
        #expect(request.header("Content-Type") == "application/x-own")
        #expect(request.header("X-Empty") == "")
        #expect(request.header("Expect") == nil)
        let own = request.headers.map(\.name).filter { $0.hasPrefix("X-") && $0 != "X-Empty" }
        #expect(own == ["X-B", "X-A"])
    }

    @Test(arguments: [HTTPMethod.post, .put, .patch])
    func statesThatABodyIsEmpty(method: HTTPMethod) throws {
        let server = try HTTPTestServer { _ in .text("done") }
        _ = try plainClient().send(HTTPRequest(method, server.url))
        let request = try #require(server.requests.first)
        #expect(request.header("Content-Length") == "0")
        #expect(request.header("Content-Type") == nil)
    }

    @Test func takesAHeadWithoutABody() throws {
        let server = try HTTPTestServer { _ in
            HTTPTestReply([.send(HTTPTestReply.head(200, [("Content-Length", "5")]))], closes: false)
        }
        let response = try plainClient().send(HTTPRequest(.head, server.url))
        #expect(response.body.isEmpty)
        #expect(response.headers["Content-Length"] == "5")
        #expect(server.requests.first?.method == "HEAD")
    }

    @Test func carriesALargeBodyBothWays() throws {
        let server = try HTTPTestServer { .status(200, body: $0.body) }
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let response = try plainClient().send(HTTPRequest(.post, server.url, body: body))
        #expect(response.body == body)
    }

    @Test func sendsAuthorizations() throws {
        let server = try HTTPTestServer { _ in .text("done") }
        let client = plainClient()
        for authorization: HTTPAuthorization in [
            .bearer(Secret("t0ken")), .basic(user: "Aladdin", password: Secret("open sesame")),
            .basic(user: "a", password: Secret("b")), .basic(user: "", password: Secret("b")),
            .header(name: "Private-Token", value: Secret("glpat-x")),
        ] {
            _ = try client.send(HTTPRequest(.get, server.url, authorization: authorization))
        }
        let requests = server.requests
        #expect(requests[0].header("Authorization") == "Bearer t0ken")
        #expect(requests[1].header("Authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(requests[2].header("Authorization") == "Basic YTpi")
        #expect(requests[3].header("Authorization") == "Basic OmI=")
        #expect(requests[4].header("Private-Token") == "glpat-x")
        #expect(requests[4].header("Authorization") == nil)
    }

    @Test func turnsUserInfoIntoAuthorization() throws {
        let server = try HTTPTestServer { _ in .text("done") }
        let response = try plainClient().send(
            HTTPRequest(.get, "http://me:p%40ss@127.0.0.1:\(server.port)/x"))
        #expect(server.requests.first?.header("Authorization") == "Basic bWU6cEBzcw==")
        #expect(response.effectiveURL == server.url + "/x")
    }

    @Test(arguments: [
        HTTPHeaders.Field("X-A", "a\r\nX-Evil: 1"), .init("X-A", "a\nb"), .init("X-A", "a\0b"), .init("X A", "b"),
        .init("", "b"), .init("X:", "b"), .init("X\r\nY", "b"), .init("Host", "elsewhere"),
        .init("content-length", "3"), .init("Transfer-Encoding", "chunked"),
    ])
    func refusesHeadersThatBreakOut(field: HTTPHeaders.Field) throws {
        let server = try HTTPTestServer { _ in .text("done") }
        let error = failure(HTTPRequest(.get, server.url, headers: HTTPHeaders([field])))
        guard case .invalidHeader = error?.problem else {
            Issue.record("\(field) gave \(String(describing: error))")
            return
        }
        #expect(server.connectionCount == 0)
    }

    @Test func refusesATokenWithALineBreakWithoutShowingIt() throws {
        let request = HTTPRequest(.get, "http://127.0.0.1:1/", authorization: .bearer(Secret("hush\n")))
        let error = try #require(failure(request))
        #expect(error.problem == .invalidHeader(name: "Authorization"))
        #expect(!(error.description + (error.hint ?? "")).contains("hush"))
    }

    @Test func skipsAnnouncementsBeforeTheAnswer() throws {
        let server = try HTTPTestServer { _ in
            .raw(
                "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 2\r\n\r\nok"
            )
        }
        let response = try plainClient().send(HTTPRequest(.get, server.url))
        #expect(response.status == 200)
        #expect(response.headers["X-Early"] == nil)
        #expect(response.headers["X-Late"] == "1")
    }

    @Test func leavesTrailersOutOfTheHeaders() throws {
        let server = try HTTPTestServer { _ in
            .raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
                    + "Location: http://evil.example\r\nHTTP/1.1 500 no: x\r\n\r\n")
        }
        let response = try plainClient().send(HTTPRequest(.get, server.url))
        #expect(response.status == 200)
        #expect(response.text == "ok")
        #expect(response.headers["Location"] == nil)
    }

    @Test func usesItsConnectionsAgain() throws {
        let server = try HTTPTestServer { _ in .text("ok") }
        let client = plainClient()
        let first = try client.send(HTTPRequest(.get, server.url))
        let second = try client.send(HTTPRequest(.get, server.url))
        #expect(!first.timings.reusedConnection)
        #expect(second.timings.reusedConnection)
        #expect(server.connectionCount == 1)
    }

    @Test func sendsWhatMustNotBeRepeatedOnAFreshConnection() throws {
        // The server ends the connection on every request after its first, as one with an expired keep-alive does.
        let seen = RequestCounter()
        let server = try HTTPTestServer { request in
            seen.count(on: request.connection) == 1 && request.method == "GET" ? .text("ok") : .drop
        }
        let client = plainClient()
        _ = try client.send(HTTPRequest(.get, server.url))
        let error = try #require(failure(HTTPRequest(.post, server.url, body: [1]), client))
        #expect(error.problem == .connectionLost(afterSending: true))
        #expect(error.mayHaveActed)
        #expect(server.requests.filter { $0.method == "POST" }.count == 1)
        #expect(server.connectionCount == 2)
    }

    @Test func isSharedByThreads() throws {
        let server = try HTTPTestServer { request in .text(request.target) }
        let client = plainClient()
        let results = Results()
        let done = (0..<12).map { _ in TestGate() }
        for worker in 0..<12 {
            BackgroundThread.run {
                for round in 0..<10 {
                    let target = "/\(worker)/\(round)"
                    let answer = try? client.send(HTTPRequest(.get, server.url + target))
                    results.add(answer?.text == target)
                }
                done[worker].open()
            }
        }
        for gate in done { #expect(gate.wait()) }
        #expect(results.all.count == 120)
        #expect(results.all.allSatisfy { $0 })
    }

    @Test func decompresses() throws {
        let directory = try TemporaryDirectory()
        let server = try HTTPTestServer { request in
            let encoding = String(request.path.dropFirst())
            let body = (try? FileSystem.read(directory.path + "/" + encoding, limit: 1 << 20)) ?? []
            return .status(200, headers: [("Content-Encoding", encoding)], body: body)
        }
        try Compressed.make("b'plain words ' * 50", in: directory)
        for encoding in ["gzip", "deflate"] {
            let response = try plainClient().send(HTTPRequest(.get, server.url + "/" + encoding))
            #expect(response.text == String(repeating: "plain words ", count: 50))
        }
        #expect(server.requests.allSatisfy { $0.header("Accept-Encoding") == "gzip, deflate" })
    }

    @Test func saysWhatToInstallWhereLibcurlIsMissing() throws {
        let client = HTTPClient(userAgent: "test", libraryNames: ["libnothing-of-the-kind.so.9"])
        let error = try #require(failure(HTTPRequest(.get, "http://127.0.0.1/"), client))
        guard case .libraryMissing(let reason) = error.problem else {
            Issue.record("\(error)")
            return
        }
        #expect(reason.contains("libnothing-of-the-kind.so.9"))
        #expect(error.hint?.contains("apt-get install libcurl4") == true)
        #expect(!error.mayHaveActed)
    }

    @Test func refusesALibraryThatIsNotLibcurl() throws {
        let error = failure(
            HTTPRequest(.get, "http://127.0.0.1/"), HTTPClient(userAgent: "test", libraryNames: ["libm.so.6"]))
        #expect(error?.description.contains("curl_global_init") == true)
    }

    @Test func takesTheSecondNameWhereTheFirstIsMissing() throws {
        let server = try HTTPTestServer { _ in .text("ok") }
        let client = HTTPClient(
            userAgent: "test", libraryNames: ["libnothing-of-the-kind.so.9", "libcurl.so.4", "libcurl.4.dylib"])
        #expect(try client.send(HTTPRequest(.get, server.url)).text == "ok")
    }
}
