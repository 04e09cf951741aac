import Basics
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPRetryTests {
    private static let policy = RetryPolicy(
        attempts: 4, baseDelay: .seconds(1), maxDelay: .seconds(3), jitter: 0.5, maxWait: .seconds(60))

    /// Sends a request to a server with these replies; returns the pauses before the answer too.
    private func send(
        _ replies: [HTTPTestReply], method: HTTPMethod = .get, idempotent: Bool? = nil,
        policy: RetryPolicy = policy, random: Double = 0
    ) throws -> (status: Int?, error: HTTPError?, pauses: [Duration], requests: Int) {
        let server = try HTTPTestServer(replies: replies)
        let recorded = RecordedTiming(random: random)
        var request = HTTPRequest(method, server.url)
        if let idempotent { request.isIdempotent = idempotent }
        do throws(HTTPError) {
            let response = try plainClient(retry: policy, timing: recorded.timing).send(request)
            #expect(response.timings.attempts == server.requests.count)
            return (response.status, nil, recorded.pauses, server.requests.count)
        } catch {
            #expect(error.attempts == server.requests.count)
            return (nil, error, recorded.pauses, server.requests.count)
        }
    }

    private func limited(_ status: Int, _ headers: (String, String)...) -> HTTPTestReply {
        .status(status, headers: headers)
    }

    @Test func doublesItsPausesUpToTheLongest() throws {
        let result = try send([.status(503)])
        #expect(result.status == 503)
        #expect(result.pauses == [.seconds(1), .seconds(2), .seconds(3)])
        #expect(result.requests == 4)
    }

    @Test func stopsAtTheFirstAnswerThatStands() throws {
        let result = try send([.drop, .status(502), .text("ok")])
        #expect(result.status == 200)
        #expect(result.pauses == [.seconds(1), .seconds(2)])
    }

    @Test func letsChanceShortenAPause() throws {
        #expect(try send([.status(503), .text("ok")], random: 0.5).pauses == [.milliseconds(750)])
        #expect(try send([.status(503), .text("ok")], random: 1).pauses == [.milliseconds(500)])
    }

    @Test(arguments: [400, 401, 404, 409, 422, 500, 501])
    func takesOtherStatusesAsTheyAre(status: Int) throws {
        let result = try send([.status(status)])
        #expect(result.status == status)
        #expect(result.requests == 1)
    }

    @Test(arguments: [
        ("7", 7), ("0", 1), ("60", 60), (" 5 ", 5), ("Tue, 14 Nov 2023 22:13:50 GMT", 30),
        ("Tuesday, 14-Nov-23 22:13:50 GMT", 30), ("Tue Nov 14 22:13:50 2023", 30),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 1),
        ("soon", 1), ("-5", 1), ("99999999999999999999", 1), ("", 1),
    ])
    func waitsAsLongAsTheServerAsks(header: String, seconds: Int) throws {
        // The clock stands at Tue, 14 Nov 2023 22:13:20 GMT.
        let result = try send([limited(429, ("Retry-After", header)), .text("ok")])
        #expect(result.status == 200)
        #expect(result.pauses == [.seconds(seconds)])
    }

    @Test(arguments: ["61", "3600", "99999999999", "Wed, 15 Nov 2023 22:13:20 GMT"])
    func handsTheAnswerBackWhereTheWaitIsTooLong(header: String) throws {
        let result = try send([limited(503, ("Retry-After", header)), .text("ok")])
        #expect(result.status == 503)
        #expect(result.pauses == [])
    }

    @Test(arguments: [
        ("X-RateLimit-Remaining", "X-RateLimit-Reset", "1700000042", 42),
        ("RateLimit-Remaining", "RateLimit-Reset", "1700000042", 42),
        ("ratelimit-remaining", "ratelimit-reset", "12", 12),
        ("X-RateLimit-Remaining", "X-RateLimit-Reset", "1600000000", 1),
    ])
    func waitsForTheQuotaToComeBack(remaining: String, reset: String, value: String, seconds: Int) throws {
        for status in [403, 429] {
            let result = try send([limited(status, (remaining, "0"), (reset, value)), .text("ok")])
            #expect(result.status == 200)
            #expect(result.pauses == [.seconds(seconds)])
        }
    }

    @Test func doesNotWaitForAQuotaThatIsFarAway() throws {
        let reply = limited(403, ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1700003600"))
        #expect(try send([reply, .text("ok")]).status == 403)
    }

    @Test func takesAnOrdinaryRefusalAsItIs() throws {
        let reply = limited(403, ("X-RateLimit-Remaining", "10"), ("X-RateLimit-Reset", "1700000001"))
        #expect(try send([reply, .text("ok")]).requests == 1)
        #expect(try send([.status(403), .text("ok")]).requests == 1)
        #expect(try send([limited(403, ("Retry-After", "2")), .text("ok")]).pauses == [.seconds(2)])
    }

    @Test(arguments: [HTTPTestReply.drop, .reset, .status(429), .status(503), .raw("HTTP/1.1 200 OK\r\n")])
    func neverRepeatsWhatMayHaveActed(reply: HTTPTestReply) throws {
        for method in [HTTPMethod.post, .patch] {
            let result = try send([reply, .text("ok")], method: method)
            #expect(result.requests == 1)
            #expect(result.pauses == [])
        }
    }

    @Test func repeatsAPostThatIsSaidToBeHarmless() throws {
        #expect(try send([.drop, .status(503), .text("ok")], method: .post, idempotent: true).status == 200)
        #expect(try send([.drop, .text("ok")], method: .put, idempotent: false).requests == 1)
    }

    @Test func repeatsAPostThatNeverLeft() throws {
        let server = try HTTPTestServer { _ in .text("never") }
        let url = server.url
        server.stop()
        let recorded = RecordedTiming()
        let client = plainClient(retry: Self.policy, timing: recorded.timing)
        let error = try #require(failure(HTTPRequest(.post, url), client))
        #expect(error.attempts == 4)
        #expect(error.causes.last == "after 4 attempts")
        #expect(recorded.pauses.count == 3)
    }

    @Test func repeatsOnlyTheTroublesItWasTold() throws {
        var policy = Self.policy
        policy.troubles = [.connecting]
        #expect(try send([.drop, .text("ok")], policy: policy).requests == 1)
        policy.troubles = [.lostConnection]
        #expect(try send([.drop, .text("ok")], policy: policy).requests == 2)
        #expect(try send([.raw("garbage\r\n\r\n"), .text("ok")]).requests == 1)
    }

    @Test func endsInAPauseThatIsCancelled() throws {
        let server = try HTTPTestServer { _ in .status(503) }
        let recorded = RecordedTiming { cancellation in cancellation?.cancel() }
        let client = plainClient(retry: Self.policy, timing: recorded.timing)
        let error = try #require(failure(HTTPRequest(.get, server.url), client, cancellation: Cancellation()))
        #expect(error.problem == .cancelled)
        #expect(server.requests.count == 1)
    }

    @Test func readsRateLimits() throws {
        func response(_ headers: HTTPHeaders) -> HTTPResponse {
            HTTPResponse(status: 200, headers: headers, receivedAt: RecordedTiming.start)
        }
        let limit = try #require(
            response([
                "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1700003600",
            ]).rateLimit)
        #expect(limit.limit == 5000)
        #expect(limit.remaining == 4999)
        #expect(limit.reset == Instant(secondsSinceEpoch: 1_700_003_600))
        #expect(response(["RateLimit-Limit": "60"]).rateLimit?.limit == 60)
        #expect(response(["RateLimit-Limit": "many"]).rateLimit == nil)
        #expect(response([:]).rateLimit == nil)
        #expect(response([:]).retryAfter == nil)
    }
}
