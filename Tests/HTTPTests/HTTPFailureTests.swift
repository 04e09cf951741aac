import Basics
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPFailureTests {
    private static let lostAfterSending = [
        "nothing": HTTPTestReply.drop,
        "reset": .reset,
        "half a status line": .raw("HTTP/1.1 2"),
        "half a head": .raw("HTTP/1.1 200 OK\r\nContent-Le"),
        "half a body": .raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        "half a chunk": .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhalf"),
        "no last chunk": .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
    ]

    @Test(arguments: lostAfterSending.keys.sorted(), [HTTPMethod.get, .post])
    func losesTheConnectionAfterSending(what: String, method: HTTPMethod) throws {
        let server = try HTTPTestServer(replies: [Self.lostAfterSending[what] ?? .stall])
        let error = try #require(failure(HTTPRequest(method, server.url)))
        #expect(error.problem == .connectionLost(afterSending: true))
        #expect(error.mayHaveActed)
        #expect(error.hint?.contains("may have acted") == true)
    }

    @Test func losesTheConnectionBeforeAnythingWasSent() throws {
        // TLS starts with the server's word, so nothing of the request has left when this server hangs up.
        let server = try HTTPTestServer(onConnect: { _ in .drop }) { _ in .text("never") }
        let error = try #require(failure(HTTPRequest(.post, "https://127.0.0.1:\(server.port)/")))
        #expect(!error.mayHaveActed)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [
        "garbage\r\n\r\n", "\0\0\0\0\0\0", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Encoding: gzip\r\n\r\nno gzip",
        "HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 0\r\n\r\n",
    ])
    func refusesGarbage(answer: String) throws {
        let server = try HTTPTestServer { _ in .raw(answer) }
        let error = try #require(failure(HTTPRequest(.get, server.url)))
        switch error.problem {
        case .invalidResponse, .connectionLost(afterSending: true): break
        default: Issue.record("\(error.problem)")
        }
        #expect(error.mayHaveActed)
    }

    @Test func findsNobodyListening() throws {
        let server = try HTTPTestServer { _ in .text("ok") }
        let url = server.url
        server.stop()
        let error = try #require(failure(HTTPRequest(.post, url)))
        guard case .couldNotConnect = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(!error.mayHaveActed)
    }

    @Test func cannotResolveAName() throws {
        // No resolver is asked for a label this long.
        let host = String(repeating: "a", count: 70) + ".test"
        let error = try #require(failure(HTTPRequest(.post, "http://\(host)/")))
        #expect(error.problem == .couldNotResolve(host: host))
        #expect(!error.mayHaveActed)
    }

    @Test(arguments: [
        ("file:///etc/passwd", "file"), ("ftp://127.0.0.1/x", "ftp"), ("gopher://127.0.0.1/", "gopher"),
        ("javascript://x/", "javascript"), ("FILE:///etc/passwd", "file"),
    ])
    func asksOnlyOverHTTP(url: String, scheme: String) throws {
        #expect(failure(HTTPRequest(.get, url))?.problem == .unsupportedScheme(scheme))
    }

    @Test(arguments: [
        "", "example.com", "/path", "http://", "http://a b/", "http://127.0.0.1:99999/",
        "http://[::1/",
        "http://127.0.0.1/\u{1}", "http://127.0.0.1/a\r\nb", "http://127.0.0.1/\0", "://", "?",
        "http://" + String(repeating: "a", count: 70_000),
    ])
    func refusesWhatIsNoURL(url: String) throws {
        guard case .invalidURL = failure(HTTPRequest(.get, url))?.problem else {
            Issue.record("\(String(describing: failure(HTTPRequest(.get, url))))")
            return
        }
    }

    @Test(arguments: [
        HTTPTestReply.status(200, body: Array(repeating: 65, count: 1001)),
        .chunked(Array(repeating: String(repeating: "x", count: 100), count: 11)),
        .status(500, body: Array(repeating: 65, count: 100_000)),
    ])
    func stopsAtTheLimitOfTheBody(reply: HTTPTestReply) throws {
        let server = try HTTPTestServer { _ in reply }
        var request = HTTPRequest(.get, server.url)
        request.maxResponseBytes = 1000
        #expect(failure(request)?.problem == .tooLarge(.body, limit: 1000))
    }

    @Test func takesABodyOfExactlyTheLimit() throws {
        let server = try HTTPTestServer { _ in .status(200, body: Array(repeating: 65, count: 1000)) }
        var request = HTTPRequest(.get, server.url)
        request.maxResponseBytes = 1000
        #expect(try plainClient().send(request).body.count == 1000)
    }

    @Test func countsTheBodyAfterDecompression() throws {
        let directory = try TemporaryDirectory()
        try Compressed.make("bytes(100 << 20)", in: directory)
        let server = try HTTPTestServer { request in
            let encoding = String(request.path.dropFirst())
            let body = (try? FileSystem.read(directory.path + "/" + encoding, limit: 1 << 20)) ?? []
            return .status(200, headers: [("Content-Encoding", encoding)], body: body)
        }
        for encoding in ["gzip", "deflate"] {
            var request = HTTPRequest(.get, server.url + "/" + encoding)
            request.maxResponseBytes = 1 << 20
            #expect(failure(request)?.problem == .tooLarge(.body, limit: 1 << 20))
        }
    }

    @Test(arguments: ["X-Filler: \(String(repeating: "f", count: 990))\r\n", "HTTP/1.1 103 Early\r\n\r\n"])
    func stopsAFloodOfHeaders(line: String) throws {
        let start = line.hasPrefix("HTTP") ? "" : "HTTP/1.1 200 OK\r\n"
        let flood = start + String(repeating: line, count: 1 + (600 << 10) / line.utf8.count)
        let server = try HTTPTestServer { _ in .raw(flood + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let error = try #require(failure(HTTPRequest(.get, server.url)))
        #expect(error.problem == .tooLarge(.headers, limit: 256 << 10))
    }

    @Test func describesItself() throws {
        let server = try HTTPTestServer { _ in .drop }
        let error = try #require(failure(HTTPRequest(.get, server.url + "/x")))
        #expect(error.message == "cannot GET '\(server.url)/x'")
        #expect(error.causes == ["the connection was lost after the request was sent"])
    }
}
