import Basics
import HTTP
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import Kubernetes

/// What the client does with answers that a server gives, real ones over a socket.
@Suite struct ClusterClientTests {
    @Test func listsAreReadPageByPageAndBegunAnewWhenThePagesAreForgotten() throws {
        let first = Mutex(true)
        let server = try HTTPTestServer { request in
            if !request.query.contains("continue=") {
                return .json(#"{"metadata":{"resourceVersion":"7","continue":"more/1"},"items":[{"n":1}]}"#)
            }
            let isFirst = first.withLock { value in
                defer { value = false }
                return value
            }
            if isFirst {
                return ClusterWorld.status(410, "Expired", "the token is too old")
            }
            return .json(#"{"metadata":{"resourceVersion":"8"},"items":[{"n":2}]}"#)
        }
        let (items, version) = try ClusterWorld.client(server).list(
            .jobs, selector: "app=leviathan-worker", in: "leviathan")
        #expect(items.count == 2 && version == "8")
        #expect(
            server.requests.map(\.path) == Array(repeating: "/apis/batch/v1/namespaces/leviathan/jobs", count: 4))
        #expect(server.requests[0].query == "labelSelector=app%3Dleviathan-worker&limit=500")
        #expect(server.requests[3].query.hasSuffix("continue=more%2F1"))
        #expect(server.requests[0].header("Authorization") == "Bearer t1")
    }

    @Test(
        arguments: [
            (404, "NotFound", "jobs \"x\" not found", ClusterError.Reason.notFound),
            (409, "AlreadyExists", "it is there", .exists), (409, "Conflict", "it was changed", .conflict),
            (403, "Forbidden", "User \"u\" cannot", .forbidden),
            (403, "Forbidden", "pods \"x\" is forbidden: exceeded quota: q", .quota),
            (401, "Unauthorized", "Unauthorized", .unauthorized), (422, "Invalid", "spec.x", .invalid),
            (429, "TooManyRequests", "later", .busy), (410, "Expired", "too old", .gone),
            (302, "", "", .other),
        ])
    func answersAreUnderstood(status: Int, word: String, message: String, reason: ClusterError.Reason) throws {
        let server = try HTTPTestServer { _ in ClusterWorld.status(status, word, message, name: "x") }
        let client = try ClusterWorld.client(server)
        let error = try #require(
            ClusterWorld.error { () throws(ClusterError) in _ = try client.get(.jobs, "x", in: "leviathan") })
        #expect(error.reason == reason)
        #expect(error.message == "cannot get jobs 'x' in 'leviathan'")
        #expect(error.causes.first?.contains(message) == true)
    }

    @Test func aBusyServerIsAskedAgain() throws {
        let server = try HTTPTestServer(replies: [
            ClusterWorld.status(503, "ServiceUnavailable", "starting"), .reset,
            .json(#"{"metadata":{"name":"x"}}"#, status: 201),
        ])
        let client = try ClusterWorld.client(server)
        let made = try client.create(.jobs, ["metadata": ["name": "x"]], in: "leviathan")
        #expect(made["metadata"]?["name"] == "x" && server.requests.count == 3)
    }

    @Test func anExpiredTokenIsReadAgain() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("token", "old")
        let server = try HTTPTestServer { request in
            guard request.header("Authorization") == "Bearer new" else {
                try? FileSystem.write(Array("new\n".utf8), to: path)
                return ClusterWorld.status(401, "Unauthorized", "expired")
            }
            return .json(#"{"items":[]}"#)
        }
        let client = try ClusterWorld.client(server, proof: .tokenFile(path))
        _ = try client.list(.pods, in: "leviathan")
        #expect(server.requests.map { $0.header("Authorization") } == ["Bearer old", "Bearer new"])
    }

    @Test func aTokenThatStaysExpiredIsTold() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("token", "old")
        let server = try HTTPTestServer { _ in ClusterWorld.status(401, "Unauthorized", "Unauthorized") }
        let client = try ClusterWorld.client(server, proof: .tokenFile(path))
        let error = ClusterWorld.error { () throws(ClusterError) in _ = try client.list(.pods, in: "leviathan") }
        #expect(error?.reason == .unauthorized && server.requests.count == 2)
        #expect(error?.hint?.contains("sign in again") == true)
    }

    @Test func aProgramIsAskedOnceUntilWhatItSaidExpires() throws {
        let directory = try TemporaryDirectory()
        let program = try directory.write(
            "plugin",
            """
            #!/bin/sh
            echo x >>\(directory.path)/asked
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",
              "status":{"token":"t'$(wc -l <\(directory.path)/asked)'","expirationTimestamp":"2030-01-01T00:00:00Z"}}'
            """)
        _ = try BackgroundProgram.run(["chmod", "+x", program])
        let now = Mutex(Instant("2029-01-01T00:00:00Z")!)
        let context = ClusterWorld.context(clock: Clock { now.withLock { $0 } })
        let server = try HTTPTestServer { _ in .json(#"{"items":[]}"#) }
        let plugin = CredentialPlugin(
            program, [], version: "client.authentication.k8s.io/v1", origin: "test")
        let client = try ClusterWorld.client(server, proof: .plugin(plugin), context)
        for _ in 0..<2 { _ = try client.list(.pods, in: "leviathan") }
        now.withLock { $0 = Instant("2029-12-31T23:59:55Z")! }
        _ = try client.list(.pods, in: "leviathan")
        #expect(
            server.requests.map { $0.header("Authorization") } == ["Bearer t1", "Bearer t1", "Bearer t2"])
    }

    @Test func aTokenFollowsNoRedirect() throws {
        let other = try HTTPTestServer { _ in .json(#"{"items":[]}"#) }
        let server = try HTTPTestServer { _ in .redirect(307, to: other.url + "/api") }
        let client = try ClusterWorld.client(server)
        #expect(ClusterWorld.reason { () throws(ClusterError) in _ = try client.list(.pods, in: "x") } == .other)
        #expect(other.requests.isEmpty)
    }

    @Test func namesOfAnyBytesStayOneComponent() throws {
        let server = try HTTPTestServer { _ in .json("{}") }
        let client = try ClusterWorld.client(server)
        _ = try client.get(.jobs, "a/../b?c", in: "n/s")
        #expect(server.requests[0].target == "/apis/batch/v1/namespaces/n%2Fs/jobs/a%2F..%2Fb%3Fc")
        #expect(
            ClusterWorld.reason { () throws(ClusterError) in _ = try client.get(.jobs, "..", in: "n") } == .invalid
        )
    }

    @Test func deletingSaysWhichOneIsMeant() throws {
        let server = try HTTPTestServer { _ in .json("{}") }
        try ClusterWorld.client(server).delete(.jobs, "x", uid: "u1", in: "leviathan")
        let body = try JSON.parse(server.requests[0].body)
        #expect(body["preconditions"]?["uid"] == "u1" && body["propagationPolicy"] == "Foreground")
    }

    @Test func whatIsNoAnswerOfAnAPIServerIsTold() throws {
        let server = try HTTPTestServer { _ in .text("<html>hello</html>") }
        let client = try ClusterWorld.client(server)
        #expect(
            ClusterWorld.reason { () throws(ClusterError) in _ = try client.list(.pods, in: "x") } == .unreachable)
    }
}

/// A watch goes on where it was, whatever happens to its connection.
@Suite struct ClusterWatchTests {
    private func run(_ server: HTTPTestServer, until isEnough: @escaping @Sendable ([String]) -> Bool) throws
        -> [String]
    {
        let (told, cancellation) = (ToldNews(), Cancellation())
        let client = try ClusterWorld.client(server)
        let watch = ClusterWatch(
            client, .jobs, selector: "a=b", in: "leviathan", longestPause: .milliseconds(5))
        watch.run(cancellation) { news in
            told.add(news)
            if isEnough(told.all) { cancellation.cancel() }
        }
        return told.all
    }

    /// Answers watches with these, one after the other, and lists with what there is.
    private func server(_ watches: [HTTPTestReply], version: String = "10") throws -> HTTPTestServer {
        let next = Atomic(0)
        return try HTTPTestServer { request in
            guard request.query.contains("watch=true") else {
                return .json(
                    #"{"metadata":{"resourceVersion":"\#(version)"},"items":[{"metadata":{"name":"a"}}]}"#)
            }
            return watches[min(next.add(1, ordering: .relaxed).oldValue, watches.count - 1)]
        }
    }

    private func versions(_ server: HTTPTestServer) -> [String] {
        server.requests.filter { $0.query.contains("watch=true") }.map { request in
            request.query.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }.map {
                String($0.dropFirst(16))
            }
                ?? ""
        }
    }

    @Test func itGoesOnAfterTheLastEventAlsoWhenTheConnectionBreaks() throws {
        let broken = HTTPTestReply(
            [
                .send(HTTPTestReply.head(200, [("Transfer-Encoding", "chunked")])),
                .send(
                    HTTPTestReply.chunk(ClusterWorld.event("MODIFIED", ClusterWorld.object("b", version: 11)))),
                // Half of an event is none.
                .send(HTTPTestReply.chunk(#"{"type":"DELETED","object":{"metadata":{"#)),
            ], closes: true)
        let server = try server([
            broken,
            .chunked([
                ClusterWorld.event("BOOKMARK", ClusterWorld.object("", version: 20)),
                ClusterWorld.event("DELETED", ClusterWorld.object("b", version: 21)),
            ]),
            .chunked([ClusterWorld.event("ADDED", ClusterWorld.object("c", version: 30))]),
        ])
        let told = try run(server) { $0.last == "changed c" }
        #expect(told == ["all a", "changed b", "lost unreachable", "removed b", "changed c"])
        #expect(versions(server) == ["10", "11", "21"])
        #expect(server.requests[1].query.contains("allowWatchBookmarks=true"))
    }

    @Test func whatTheServerForgotIsListedAnew() throws {
        let server = try server([
            .chunked([
                ClusterWorld.event(
                    "ERROR", ["kind": "Status", "code": 410, "reason": "Expired", "message": "too old"])
            ]),
            .chunked([ClusterWorld.event("ADDED", ClusterWorld.object("c", version: 30))]),
        ])
        #expect(try run(server) { $0.last == "changed c" } == ["all a", "all a", "changed c"])
        #expect(versions(server) == ["10", "10"])
    }

    @Test func aServerThatIsAwayIsAskedAgainAndAnEventThatIsNoneEndsTheWatch() throws {
        let server = try server([
            .chunked(["{}\n"]), ClusterWorld.status(403, "Forbidden", "no"),
            .chunked([ClusterWorld.event("ADDED", ClusterWorld.object("c", version: 30))]),
        ])
        #expect(
            try run(server) { $0.last == "changed c" }
                == ["all a", "lost unreachable", "lost forbidden", "changed c"])
    }

    @Test func anEventHasABound() {
        var reader = ClusterEventReader(version: "1")
        _ = reader.take([UInt8](repeating: 0x20, count: ClusterEventReader.lineLimit + 1))
        #expect(reader.problem != nil)
    }
}
