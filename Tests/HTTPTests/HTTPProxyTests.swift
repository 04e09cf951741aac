import Basics
import Glibc
import HTTP
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPProxyTests {
    private func client(_ environment: [String: String], caBundle: String? = nil) -> HTTPClient {
        plainClient(proxies: ProxySettings(environment: environment), caBundle: caBundle)
    }

    @Test(arguments: ["http_proxy", "all_proxy", "ALL_PROXY"])
    func asksThroughTheProxy(variable: String) throws {
        let proxy = try ForwardProxy()
        let server = try HTTPTestServer { .text($0.target) }
        let url = "http://named.test:\(server.port)/x?y=z"
        let response = try client([variable: proxy.url]).send(HTTPRequest(.get, url))
        #expect(response.text == "/x?y=z")
        #expect(proxy.requests.map(\.target) == [url])
    }

    @Test(arguments: ["HTTP_PROXY", "https_proxy", "no_proxy"])
    func takesNoOtherVariableForPlainHTTP(variable: String) throws {
        let proxy = try ForwardProxy()
        let server = try HTTPTestServer { _ in .text("direct") }
        #expect(try client([variable: proxy.url]).send(HTTPRequest(.get, server.url)).text == "direct")
        #expect(proxy.requests.isEmpty)
    }

    @Test(arguments: ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
    func tunnelsTLSThroughTheProxy(variable: String) throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory, host: "named.test")
        let proxy = try ForwardProxy()
        let server = try HTTPTestServer { _ in .text("inside", status: 201) }
        let front = try TLSTestFront(certificate, backend: server.port)
        let request = HTTPRequest(
            .get, "https://named.test:\(front.port)/secret", authorization: .bearer(Secret("hush")))
        let response = try client([variable: proxy.url], caBundle: certificate.certificatePath).send(request)
        #expect(response.text == "inside")
        #expect(response.status == 201)
        #expect(response.headers.map(\.name) == ["Content-Type", "Content-Length"])
        let asked = try #require(proxy.requests.first)
        #expect(asked.method == "CONNECT")
        #expect(asked.target == "named.test:\(front.port)")
        #expect(asked.header("Authorization") == nil)
        #expect(server.requests.first?.header("Authorization") == "Bearer hush")
    }

    @Test(arguments: ["127.0.0.1", "*", "localhost,127.0.0.1"])
    func leavesExceptionsAlone(exceptions: String) throws {
        let proxy = try ForwardProxy()
        let server = try HTTPTestServer { _ in .text("direct") }
        for name in ["no_proxy", "NO_PROXY"] {
            let client = client(["http_proxy": proxy.url, name: exceptions])
            #expect(try client.send(HTTPRequest(.get, server.url)).text == "direct")
        }
        #expect(proxy.requests.isEmpty)
    }

    @Test func prefersTheSchemesOwnProxyAndTheLowerCase() throws {
        let proxy = try ForwardProxy()
        let server = try HTTPTestServer { _ in .text("ok") }
        let client = client(["http_proxy": proxy.url, "ALL_PROXY": "http://127.0.0.1:1"])
        #expect(try client.send(HTTPRequest(.get, server.url)).text == "ok")
        let direct = self.client(["http_proxy": "", "ALL_PROXY": "http://127.0.0.1:1"])
        #expect(try direct.send(HTTPRequest(.get, server.url)).text == "ok")
        #expect(proxy.requests.count == 1)
    }

    @Test func hidesTheProxysPassword() throws {
        let proxy = try ForwardProxy(refusal: .status(407))
        let secret = "http://me:hush@127.0.0.1:\(proxy.port)"
        let trace = RecordedTrace()
        let client = plainClient(
            proxies: ProxySettings(environment: ["ALL_PROXY": secret]), trace: trace.hook)
        let error = try #require(failure(HTTPRequest(.post, "https://named.test/x"), client))
        guard case .couldNotConnect(let reason) = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(reason.contains("407"))
        #expect(!error.mayHaveActed)
        #expect(proxy.requests.first?.header("Proxy-Authorization") != nil)
        #expect(!(error.description + String(reflecting: error) + trace.everything).contains("hush"))
    }

    @Test func saysThatTheProxyCannotBeReached() throws {
        let proxy = try HTTPTestServer { _ in .text("never") }
        let url = proxy.url
        proxy.stop()
        let error = try #require(failure(HTTPRequest(.post, "http://named.test/"), client(["ALL_PROXY": url])))
        guard case .couldNotConnect = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(!error.mayHaveActed)
    }

    #if os(Linux) || os(macOS)
    @Test func inheritsNothingFromTheEnvironment() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.write(".netrc", "machine 127.0.0.1 login planted password planted\n")
            for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:1", 1)
            }
            setenv("HOME", directory.path, 1)
            let server = try HTTPTestServer { _ in .text("direct") }
            let response = try plainClient().send(HTTPRequest(.get, server.url))
            #expect(response.text == "direct")
            #expect(server.requests.first?.header("Authorization") == nil)

            // Nor does an exception in the environment hide a proxy that was asked for.
            setenv("no_proxy", "*", 1)
            let proxy = try ForwardProxy()
            let client = plainClient(proxies: ProxySettings(environment: ["http_proxy": proxy.url]))
            _ = try client.send(HTTPRequest(.get, server.url))
            #expect(proxy.requests.count == 1)
        }
    }

    @Test func survivesAPeerThatHangsUp() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            // Some TLS libraries raise the signal when they write to a closed socket; this stands in for them.
            let talker = try HTTPTestServer { _ in .text("ok") }
            _ = try plainClient().stream(HTTPRequest(.get, talker.url)) { _ in raise(SIGPIPE) == 0 }
            let server = try HTTPTestServer(onConnect: { _ in .reset }) { _ in .text("never") }
            let body = [UInt8](repeating: 0, count: 8 << 20)
            for _ in 0..<20 {
                _ = failure(HTTPRequest(.post, server.url, body: body))
                _ = failure(HTTPRequest(.post, "https://127.0.0.1:\(server.port)", body: body))
            }
        }
    }

    @Test func closesWhatItOpened() async {
        await #expect(processExitsWith: .success) {
            let server = try HTTPTestServer { $0.path == "/drop" ? .drop : .text("ok") }
            func round() {
                let client = plainClient()
                for path in ["/", "/drop", "/", "/drop"] {
                    _ = failure(HTTPRequest(.post, server.url + path), client)
                }
            }
            func openDescriptors() -> Int { (0..<1024).filter { fcntl($0, F_GETFD) >= 0 }.count }
            round()
            let before = openDescriptors()
            for _ in 0..<50 { round() }
            // The server's side of the last connections may close a little later.
            #expect(openDescriptors() <= before + 16)
        }
    }
    #endif
}
