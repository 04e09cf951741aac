import Basics
import HTTP
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct RedactionTests {
    @Test(arguments: [
        ("ftp://me:hush@host/x", "ftp://host/x"), ("ftp://hush@host/x", "ftp://host/x"),
        ("ftp://me:hu/sh@host/x", "ftp://host/x"), ("ftp://me:hu@sh@host/x", "ftp://host/x"),
        ("ftp://host/x@y", "ftp://host/x@y"), ("me:hush@host", "***@host"),
        ("ftp://host/?token=hush", "ftp://host/?token=***"),
        ("ftp://host/?a=b&PRIVATE_TOKEN=hush&c", "ftp://host/?a=b&PRIVATE_TOKEN=***&c"),
        ("ftp://host/?X-Amz-Signature=hush", "ftp://host/?X-Amz-Signature=***"),
        ("ftp://host/?client_secret=hush", "ftp://host/?client_secret=***"),
        ("ftp://host/?q=ghp_hush", "ftp://host/?q=***"), ("ftp://host/?glpat-hush", "ftp://host/?***"),
        ("ftp://host/?q=0123456789abcdefhush", "ftp://host/?q=***"),
        ("ftp://host/?state=open&per_page=100", "ftp://host/?state=open&per_page=100"),
        ("ftp://host/?head=me%3Aleviathan%2Ftask-001-docs", "ftp://host/?head=me%3Aleviathan%2Ftask-001-docs"),
        ("ftp://host/#hush", "ftp://host/"), ("ftp://host/\u{1B}[31mhi\u{7}", "ftp://host/?[31mhi?"),
    ])
    func hidesSecretsInURLs(url: String, shown: String) throws {
        let error = try #require(failure(HTTPRequest(.get, url)))
        #expect(error.url == shown)
        #expect(error.message == "cannot GET '\(shown)'")
        #expect(!String(reflecting: error).contains("hush"))
    }

    @Test func tracesWithoutSecrets() throws {
        let other = try HTTPTestServer { _ in
            .status(200, headers: [("Set-Cookie", "hush"), ("X-Next-Token", "hush"), ("X-Plain", "seen")])
        }
        let server = try HTTPTestServer(replies: [
            .status(503), .redirect(302, to: "http://u:hush@127.0.0.1:\(other.port)/?access_token=hush&a=b"),
        ])
        let trace = RecordedTrace()
        let client = plainClient(
            retry: .standard, timing: RecordedTiming().timing, trace: trace.hook)
        let headers: HTTPHeaders = [
            "Cookie": "hush", "X-Api-Key": "hush", "X-Any": "ghp_hush", "X-Shown": "shown",
        ]
        let url = "http://me:hush@127.0.0.1:\(server.port)/?sig=hush#hush"
        let authorization = HTTPAuthorization.header(name: "X-Badge", value: Secret("hush"))
        _ = try client.send(HTTPRequest(.get, url, headers: headers, authorization: authorization))
        #expect(!trace.everything.contains("hush"))
        #expect(trace.everything.contains("shown"))
        #expect(trace.everything.contains("seen"))
        let kinds = trace.events.map { $0.description.prefix { $0 != " " } }
        #expect(
            kinds == [
                "sending", "received", "waiting", "sending", "received", "redirected", "sending", "received",
            ])
        guard case .sending(let method, let shown, let fields, 0) = trace.events[0] else { return }
        #expect(method == "GET")
        #expect(shown == server.url + "/?sig=***")
        #expect(fields["X-Badge"] == "***")
    }

    @Test func showsNoAuthorizationWhenPrinted() {
        let request = HTTPRequest(
            .get, "http://host/", authorization: .basic(user: "me", password: Secret("hush")))
        var text = ""
        dump(request, to: &text)
        #expect(!(text + String(describing: request) + String(reflecting: request)).contains("hush"))
    }

    @Test func tracesAFailure() throws {
        let server = try HTTPTestServer { _ in .drop }
        let trace = RecordedTrace()
        _ = failure(HTTPRequest(.get, server.url), plainClient(trace: trace.hook))
        #expect(trace.events.last?.description.hasPrefix("failed: cannot GET") == true)
    }
}
