import Basics
import HTTP
import Processes
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct HTTPClientTests {
    /// Remembers the waits instead of waiting.
    private final class Waits: Sendable {
        let all = Mutex<[Duration]>([])
        var timing: HTTPTiming {
            HTTPTiming(
                now: { Instant(secondsSinceEpoch: 1_000_000) },
                sleep: { wait, _ in self.all.withLock { $0.append(wait) } },
                random: { 0.5 })
        }
    }

    private let direct = HTTPClient(retry: .never)

    private func kind(_ body: () throws -> HTTPResponse) -> HTTPError.Kind? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? HTTPError)?.kind }
    }

    @Test func sendsAndReceives() throws {
        let server = try HTTPTestServer { request, _ in
            .status(201, headers: [("X-Answer", "yes")], body: Array("\(request.method) ".utf8) + request.body)
        }
        let secret = Secret("tok")
        var request = HTTPRequest(
            "POST", server.url + "/a?b=c", headers: ["X-Ask": "no"], body: Array("body".utf8))
        request.authorization = .bearer(secret)
        let answer = try direct.send(request)
        #expect(
            answer.status == 201 && answer.headers["x-answer"] == "yes" && answer.body == Array("POST body".utf8))
        let seen = try #require(server.requests.first)
        #expect(
            seen.path == "/a?b=c" && seen.headers["x-ask"] == "no" && seen.headers["authorization"] == "Bearer tok"
        )
        request.authorization = .basic(user: "u", password: Secret("p"))
        _ = try direct.send(request)
        #expect(server.requests[1].headers["authorization"] == "Basic dTpw")
        #expect(try direct.send(HTTPRequest("HEAD", server.url)).body.isEmpty)
        #expect(try direct.send(HTTPRequest("DELETE", server.url)).body == Array("DELETE ".utf8))
    }

    @Test func triesAgainWhereThatIsSafe() throws {
        let server = try HTTPTestServer { _, count in count < 2 ? .status(503) : .status(200) }
        let waits = Waits()
        let client = HTTPClient(timing: waits.timing)
        #expect(try client.send(HTTPRequest("GET", server.url)).status == 200)
        #expect(waits.all.withLock { $0 } == [.milliseconds(375), .milliseconds(750)])
        let other = try HTTPTestServer { _, _ in .status(503) }
        #expect(try client.send(HTTPRequest("POST", other.url, body: [])).status == 503)
        #expect(other.requests.count == 1)
    }

    @Test func obeysTheServersOwnLimits() throws {
        let server = try HTTPTestServer { request, count in
            switch count {
            case 0: .status(429, headers: [("Retry-After", "7")])
            case 1:
                .status(
                    403,
                    headers: [
                        ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1000030"),
                        ("x-ratelimit-limit", "60"),
                    ])
            case 2: .status(429, headers: [("Retry-After", "Mon, 12 Jan 1970 13:47:00 GMT")])
            default: .status(200, headers: [("ratelimit-remaining", "5")])
            }
        }
        let waits = Waits()
        let answer = try HTTPClient(timing: waits.timing).send(HTTPRequest("POST", server.url, body: []))
        #expect(waits.all.withLock { $0 } == [.seconds(7), .seconds(30), .seconds(20)])
        #expect(answer.rateLimit?.remaining == 5)
        let patient = try HTTPTestServer { _, _ in .status(429, headers: [("Retry-After", "9999")]) }
        #expect(try HTTPClient(timing: waits.timing).send(HTTPRequest("GET", patient.url)).status == 429)
        #expect(patient.requests.count == 1)
    }

    @Test func neverSendsTwiceWhatTheServerMayHaveDone() throws {
        let server = try HTTPTestServer { _, _ in .hangUp }
        let waits = Waits()
        let client = HTTPClient(timing: waits.timing)
        #expect(
            kind { try client.send(HTTPRequest("POST", server.url, body: [1])) }
                == .connectionLost(afterSending: true))
        #expect(server.requests.count == 1)
        #expect(kind { try client.send(HTTPRequest("GET", server.url)) } == .connectionLost(afterSending: true))
        #expect(server.requests.count == 5)
    }

    @Test func credentialsStayWithTheirHost() throws {
        let other = try HTTPTestServer { _, _ in .status(200) }
        let target = other.url
        let server = try HTTPTestServer { request, _ in
            request.path == "/same"
                ? .status(307, headers: [("Location", "/there")])
                : request.path == "/there" ? .status(200) : .status(302, headers: [("Location", target + "/x")])
        }
        var request = HTTPRequest("GET", server.url + "/same", headers: ["Cookie": "c"])
        request.authorization = .header("PRIVATE-TOKEN", Secret("tok"))
        #expect(try direct.send(request).url.hasSuffix("/there"))
        #expect(server.requests[1].headers["private-token"] == "tok")
        request.url = server.url + "/elsewhere"
        #expect(try direct.send(request).status == 200)
        #expect(other.requests[0].headers["private-token"] == nil && other.requests[0].headers["cookie"] == nil)
    }

    @Test func redirectsKeepOrChangeTheMethod() throws {
        for (status, method, hasBody) in [
            (303, "GET", false), (302, "GET", false), (307, "POST", true), (308, "POST", true),
        ] {
            let server = try HTTPTestServer { request, _ in
                request.path == "/" ? .status(status, headers: [("Location", "next")]) : .status(200)
            }
            _ = try direct.send(HTTPRequest("POST", server.url + "/", body: [65]))
            #expect(
                server.requests[1].method == method && server.requests[1].body.isEmpty != hasBody
                    && server.requests[1].path == "/next")
        }
    }

    @Test func refusesBadRedirects() throws {
        let loop = try HTTPTestServer { _, _ in .status(302, headers: [("Location", "/again")]) }
        #expect(kind { try direct.send(HTTPRequest("GET", loop.url)) } == .tooManyRedirects)
        let file = try HTTPTestServer { _, _ in .status(302, headers: [("Location", "file:///etc/passwd")]) }
        #expect(kind { try direct.send(HTTPRequest("GET", file.url)) } == .unsupportedScheme)
        #expect(kind { try direct.send(HTTPRequest("GET", "ftp://127.0.0.1/x")) } == .unsupportedScheme)
        #expect(kind { try direct.send(HTTPRequest("GET", "nonsense")) } == .badURL)
    }

    @Test func boundsTheAnswerEvenWhenItIsCompressed() throws {
        let script =
            "import zlib,sys; c=zlib.compressobj(9,8,31); sys.stdout.buffer.write(c.compress(bytes(50000000))+c.flush())"
        var program = Subprocess("python3", ["-c", script], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
        program.captureLimit.head = 1 << 20
        let bomb = try #require(try program.run().output.whole)
        #expect(bomb.count < 100_000)
        let server = try HTTPTestServer { _, _ in .status(200, headers: [("Content-Encoding", "gzip")], body: bomb)
        }
        var request = HTTPRequest("GET", server.url)
        request.maxResponseBytes = 1_000_000
        #expect(kind { try direct.send(request) } == .tooLarge)
        let flood = try HTTPTestServer { _, _ in
            .raw(Array("HTTP/1.1 200 OK\r\n".utf8) + [UInt8](repeating: 65, count: 400_000))
        }
        #expect(kind { try direct.send(HTTPRequest("GET", flood.url)) } != nil)
    }

    @Test func namesWhatWentWrong() throws {
        let stalled = try HTTPTestServer { _, _ in .stall }
        var request = HTTPRequest("GET", stalled.url)
        request.totalTimeout = .milliseconds(200)
        #expect(kind { try direct.send(request) } == .timedOut)
        #expect(kind { try direct.send(HTTPRequest("GET", "http://127.0.0.1:9/")) } == .couldNotConnect)
        #expect(kind { try direct.send(HTTPRequest("GET", "http://no-such-host.invalid/")) } == .couldNotResolve)
        let torn = try HTTPTestServer { _, _ in
            .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".utf8))
        }
        #expect(kind { try direct.send(HTTPRequest("GET", torn.url)) } == .connectionLost(afterSending: true))
        let garbage = try HTTPTestServer { _, _ in .raw([0, 1, 2, 3, 4, 5]) }
        #expect(kind { try direct.send(HTTPRequest("GET", garbage.url)) } != nil)
    }

    @Test func stopsWhenCancelled() throws {
        let cancellation = Cancellation()
        let server = try HTTPTestServer { _, _ in
            cancellation.cancel()
            return .stall
        }
        #expect(kind { try direct.send(HTTPRequest("GET", server.url), cancellation: cancellation) } == .cancelled)
    }

    @Test func goesThroughAProxyOnlyWhenTold() throws {
        let proxy = try HTTPTestServer { request, _ in
            .status(200, body: Array(("via proxy: " + request.path).utf8))
        }
        let client = HTTPClient(environment: ["http_proxy": proxy.url, "no_proxy": "127.0.0.1"], retry: .never)
        #expect(
            try String(decoding: client.send(HTTPRequest("GET", "http://example.invalid/x")).body, as: UTF8.self)
                == "via proxy: http://example.invalid/x")
        let server = try HTTPTestServer { _, _ in .status(204) }
        #expect(try client.send(HTTPRequest("GET", server.url)).status == 204)
        #expect(proxy.requests.count == 1)
    }

    @Test func errorsShowNoCredentials() throws {
        let url = "http://user:hunter2@127.0.0.1:9/x?token=hunter2"
        #expect { try direct.send(HTTPRequest("GET", url)) } throws: { !"\($0)".contains("hunter2") }
    }

    @Test func headersCannotBeSmuggled() throws {
        let server = try HTTPTestServer { _, _ in .status(200) }
        _ = try direct.send(HTTPRequest("GET", server.url, headers: ["X-A": "1\r\nX-Evil: 2", "X-B": "3"]))
        #expect(server.requests[0].headers["x-evil"] == nil && server.requests[0].headers["x-b"] == "3")
    }

    @Test func manyThreadsShareOneClient() async throws {
        let server = try HTTPTestServer { request, _ in .status(200, body: Array(request.path.utf8)) }
        let url = server.url
        let client = direct
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                group.addTask {
                    (try? client.send(HTTPRequest("GET", "\(url)/\(number)")).body) == Array("/\(number)".utf8)
                }
            }
            for await fine in group { #expect(fine) }
        }
        withExtendedLifetime(server) {}
    }

    @Test func trustsOnlyCertificatesThatHold() throws {
        let directory = try TemporaryDirectory()
        let port = try TLSServer(directory, host: "127.0.0.1")
        let url = "https://127.0.0.1:\(port.port)/"
        #expect(kind { try direct.send(HTTPRequest("GET", url)) } == .tls)
        let trusting = HTTPClient(retry: .never, certificates: directory.path + "/cert.pem")
        #expect(try trusting.send(HTTPRequest("GET", url)).status == 200)
        let wrong = try TLSServer(directory, host: "elsewhere.example")
        #expect(kind { try trusting.send(HTTPRequest("GET", "https://127.0.0.1:\(wrong.port)/")) } == .tls)
    }

    @Test(arguments: [("a b/ü", "a%20b%2F%C3%BC"), ("A-z_0.~", "A-z_0.~"), ("", "")])
    func encodesForURLs(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
    }
}

/// A real HTTPS server with a certificate of its own making.
private final class TLSServer: Sendable {
    let port: Int
    private let cancellation = Cancellation()

    init(_ directory: TemporaryDirectory, host: String) throws {
        let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory.path]
        let kind = host.contains("example") ? "DNS" : "IP"
        var make = Subprocess(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days",
                "2", "-subj", "/CN=\(host)",
                "-addext", "subjectAltName=\(kind):\(host)",
            ], environment: environment)
        make.workingDirectory = directory.path
        guard try make.run().succeeded else { throw FileError("make", "a certificate", 5) }
        let script = """
            import http.server, ssl, sys
            class H(http.server.BaseHTTPRequestHandler):
                def do_GET(self): self.send_response(200); self.send_header('Content-Length', '0'); self.end_headers()
                def log_message(self, *a): pass
            s = http.server.HTTPServer(('127.0.0.1', 0), H)
            c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); c.load_cert_chain('cert.pem', 'key.pem')
            s.socket = c.wrap_socket(s.socket, server_side=True)
            print(s.server_port, flush=True); s.serve_forever()
            """
        var serve = Subprocess("python3", ["-c", script], environment: environment)
        serve.workingDirectory = directory.path
        serve.teardown = [.kill]
        let box = Announcement()
        let (program, cancellation) = (serve, cancellation)
        Thread.start {
            _ = try? program.run(cancellation: cancellation) { _, line in box.port.withLock { $0 = Int(line) ?? 0 }
            }
        }
        waitUntil { box.port.withLock { $0 } != 0 }
        port = box.port.withLock { $0 }
    }

    deinit { cancellation.cancel() }

    private final class Announcement: Sendable { let port = Mutex(0) }
}
