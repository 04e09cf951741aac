import Basics
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPTimeoutTests {
    private func request(_ url: String, _ timeouts: HTTPTimeouts) -> HTTPRequest {
        var request = HTTPRequest(.post, url)
        request.timeouts = timeouts
        return request
    }

    @Test func endsAConnectionThatIsNeverSecured() throws {
        let server = try HTTPTestServer(onConnect: { _ in .stall }) { _ in .text("never") }
        let timeouts = HTTPTimeouts(connect: .milliseconds(100), total: nil, idle: nil)
        let error = try #require(failure(request("https://127.0.0.1:\(server.port)", timeouts)))
        #expect(error.problem == .timedOut(.connect))
        #expect(!error.mayHaveActed)
    }

    @Test func endsAnAnswerThatNeverStarts() throws {
        let server = try HTTPTestServer { _ in .stall }
        let timeouts = HTTPTimeouts(total: nil, idle: .milliseconds(100))
        let error = try #require(failure(request(server.url, timeouts)))
        #expect(error.problem == .timedOut(.idle))
        #expect(error.mayHaveActed)
    }

    @Test func endsAnAnswerThatStopsMoving() throws {
        let server = try HTTPTestServer { _ in
            HTTPTestReply(
                [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")), .waitForPeerToLeave],
                closes: true)
        }
        let timeouts = HTTPTimeouts(total: nil, idle: .milliseconds(100))
        #expect(failure(request(server.url, timeouts))?.problem == .timedOut(.idle))
    }

    @Test func endsADripThatTakesTooLong() throws {
        let server = try HTTPTestServer { _ in .chunked(Array(repeating: "x", count: 3000), pause: 10) }
        let timeouts = HTTPTimeouts(total: .milliseconds(300), idle: .seconds(20))
        #expect(failure(request(server.url, timeouts))?.problem == .timedOut(.total))
    }

    @Test func letsADripMove() throws {
        let server = try HTTPTestServer { _ in .chunked(Array(repeating: "x", count: 12), pause: 50) }
        let timeouts = HTTPTimeouts(total: nil, idle: .milliseconds(400))
        #expect(try plainClient().send(request(server.url, timeouts)).body.count == 12)
    }

    @Test func countsAllHopsTogether() throws {
        let server = try HTTPTestServer { _ in
            var reply = HTTPTestReply.redirect(307, to: "/again")
            reply.steps.insert(.pause(milliseconds: 150), at: 0)
            return reply
        }
        var request = request(server.url, HTTPTimeouts(total: .milliseconds(400), idle: nil))
        request.followRedirects = 1000
        #expect(failure(request)?.problem == .timedOut(.total))
        #expect(server.requests.count <= 4)
    }

    @Test func isCancelledWhileItWaits() throws {
        let arrived = TestGate()
        // By then libcurl has no timer of its own left, and the client is asleep for good.
        let server = try HTTPTestServer { _ in
            HTTPTestReply([.pause(milliseconds: 500), .open(arrived), .waitForPeerToLeave], closes: true)
        }
        let cancellation = Cancellation()
        BackgroundThread.run {
            arrived.wait()
            cancellation.cancel()
        }
        // Nothing else would end it before the test's own limit does.
        var request = HTTPRequest(.post, server.url)
        request.timeouts = HTTPTimeouts(connect: .seconds(600), total: nil, idle: nil)
        let error = try #require(failure(request, cancellation: cancellation))
        #expect(error.problem == .cancelled)
        #expect(error.mayHaveActed)
    }

    @Test func isCancelledWhileItConnects() throws {
        let arrived = TestGate()
        let server = try HTTPTestServer(onConnect: { _ in HTTPTestReply.stall.opening(arrived) }) { _ in
            .text("never")
        }
        let cancellation = Cancellation()
        BackgroundThread.run {
            arrived.wait()
            cancellation.cancel()
        }
        var request = HTTPRequest(.get, "https://127.0.0.1:\(server.port)")
        request.timeouts = HTTPTimeouts(connect: .seconds(600), total: nil, idle: nil)
        let error = try #require(failure(request, cancellation: cancellation))
        #expect(error.problem == .cancelled)
        #expect(!error.mayHaveActed)
    }

    @Test func sendsNothingOnceCancelled() throws {
        let server = try HTTPTestServer { _ in .text("never") }
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(failure(HTTPRequest(.get, server.url), cancellation: cancellation)?.problem == .cancelled)
        #expect(server.connectionCount == 0)
    }

    @Test func worksAfterACancelledRequest() throws {
        let arrived = TestGate()
        let server = try HTTPTestServer { request in
            request.path == "/stall" ? HTTPTestReply.stall.opening(arrived) : .text(request.path)
        }
        let client = plainClient()
        let cancellation = Cancellation()
        BackgroundThread.run {
            arrived.wait()
            cancellation.cancel()
        }
        #expect(failure(HTTPRequest(.get, server.url + "/stall"), client, cancellation: cancellation) != nil)
        #expect(try client.send(HTTPRequest(.get, server.url + "/next")).text == "/next")
    }

    @Test func returnsEarlyFromTheSystemsPause() {
        let cancellation = Cancellation()
        let paused = TestGate()
        BackgroundThread.run {
            HTTPTiming.system.sleep(.seconds(600), cancellation)
            paused.open()
        }
        cancellation.cancel()
        #expect(paused.wait())
        #expect((0..<1).contains(HTTPTiming.system.random()))
        #expect(HTTPTiming.system.now() > RecordedTiming.start)
    }
}
