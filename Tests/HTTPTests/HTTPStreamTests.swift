import Basics
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPStreamTests {
    @Test func handsPiecesOverAsTheyCome() throws {
        let gotFirst = TestGate()
        let server = try HTTPTestServer { _ in
            HTTPTestReply(
                [
                    .send(HTTPTestReply.head(200, [("Transfer-Encoding", "chunked")])),
                    .send(HTTPTestReply.chunk("first")), .wait(gotFirst), .send(HTTPTestReply.chunk("second")),
                    .send([UInt8]("0\r\n\r\n")),
                ], closes: false)
        }
        var pieces: [String] = []
        let response = try plainClient().stream(HTTPRequest(.get, server.url)) { chunk in
            pieces.append(String(decoding: chunk, as: UTF8.self))
            gotFirst.open()
            return true
        }
        #expect(pieces == ["first", "second"])
        #expect(response.status == 200)
        #expect(response.body.isEmpty)
    }

    @Test func stopsWhenToldTo() throws {
        let server = try HTTPTestServer { _ in
            HTTPTestReply(
                [
                    .send(HTTPTestReply.head(200, [("Transfer-Encoding", "chunked")])),
                    .send(HTTPTestReply.chunk("first")), .waitForPeerToLeave,
                ], closes: true)
        }
        var count = 0
        let response = try plainClient().stream(HTTPRequest(.get, server.url)) { _ in
            count += 1
            return false
        }
        #expect(count == 1)
        #expect(response.status == 200)
    }

    @Test func keepsTheBodyOfARefusal() throws {
        let server = try HTTPTestServer { _ in .json("{\"error\":\"no\"}", status: 400) }
        let response = try plainClient().stream(HTTPRequest(.post, server.url)) { _ in
            Issue.record("a refusal is no stream")
            return true
        }
        #expect(response.status == 400)
        #expect(response.text == "{\"error\":\"no\"}")
    }

    @Test func repeatsOnlyWhatWasNotHandedOver() throws {
        let half = HTTPTestReply.raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        let recorded = RecordedTiming()
        let client = plainClient(retry: RetryPolicy(attempts: 5), timing: recorded.timing)
        let server = try HTTPTestServer(replies: [.status(503), .drop, half, .text("never")])
        var pieces: [String] = []
        #expect(throws: HTTPError.self) {
            try client.stream(HTTPRequest(.get, server.url)) { chunk in
                pieces.append(String(decoding: chunk, as: UTF8.self))
                return true
            }
        }
        #expect(pieces == ["half"])
        #expect(server.requests.count == 3)
    }

    @Test func limitsTheWholeStream() throws {
        let server = try HTTPTestServer { _ in
            .chunked(Array(repeating: String(repeating: "x", count: 100), count: 50))
        }
        var request = HTTPRequest(.get, server.url)
        request.maxResponseBytes = 1000
        var received = 0
        #expect {
            try plainClient().stream(request) { chunk in
                received += chunk.count
                return true
            }
        } throws: { ($0 as? HTTPError)?.problem == .tooLarge(.body, limit: 1000) }
        #expect(received <= 1000)
    }

    @Test func isCancelledInTheMiddle() throws {
        let server = try HTTPTestServer { _ in
            HTTPTestReply(
                [
                    .send(HTTPTestReply.head(200, [("Transfer-Encoding", "chunked")])),
                    .send(HTTPTestReply.chunk("first")), .waitForPeerToLeave,
                ], closes: true)
        }
        let cancellation = Cancellation()
        var request = HTTPRequest(.get, server.url)
        request.timeouts = HTTPTimeouts(total: nil, idle: nil)
        #expect {
            try plainClient().stream(request, cancellation: cancellation) { _ in
                cancellation.cancel()
                return true
            }
        } throws: { ($0 as? HTTPError)?.problem == .cancelled }
    }

    @Test func readsAnEventStream() throws {
        let stream = ": hello\n\nevent: delta\ndata: {\"a\":1}\n\ndata: [DONE]\n\n"
        let server = try HTTPTestServer { _ in
            .chunked(stream.map(String.init), headers: [("Content-Type", "text/event-stream")])
        }
        var parser = ServerSentEventParser()
        var events: [ServerSentEvent] = []
        _ = try plainClient().stream(HTTPRequest(.get, server.url)) { chunk in
            events += (try? parser.feed(chunk)) ?? []
            return events.last?.data != "[DONE]"
        }
        #expect(events == [ServerSentEvent(type: "delta", data: "{\"a\":1}"), ServerSentEvent(data: "[DONE]")])
    }
}

@Suite struct ServerSentEventParserTests {
    private func events(_ text: String, pieces: Int) throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        let bytes = [UInt8](text)
        return try stride(from: 0, to: bytes.count, by: pieces).flatMap { start in
            try parser.feed(bytes[start..<min(start + pieces, bytes.count)])
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000], ["\n", "\r", "\r\n"])
    func readsFieldsHoweverTheyAreCut(pieces: Int, lineEnd: String) throws {
        let lines = [
            "\u{FEFF}data: one", "data:two", "data", ": comment", "unknown: x", "", "event: e", "id: 7",
            "data: é:  b",
            "", "event: lost", "", "data: last", "", "data: unfinished",
        ]
        let found = try events(lines.joined(separator: lineEnd), pieces: pieces)
        #expect(
            found == [
                ServerSentEvent(data: "one\ntwo\n"), ServerSentEvent(type: "e", data: "é:  b", id: "7"),
                ServerSentEvent(data: "last", id: "7"),
            ])
    }

    @Test func readsTheReconnectionDelay() throws {
        var parser = ServerSentEventParser()
        _ = try parser.feed([UInt8]("retry: 1500\n\nretry: soon\n\n"))
        #expect(parser.reconnectionDelay == .milliseconds(1500))
    }

    @Test func refusesAnEndlessMessage() throws {
        var parser = ServerSentEventParser(limit: 100)
        #expect(throws: ServerSentEventError.self) {
            for _ in 0..<100 { _ = try parser.feed([UInt8]("data: more\n")) }
        }
        var line = ServerSentEventParser(limit: 100)
        #expect(throws: ServerSentEventError.self) { try line.feed([UInt8](repeating: 65, count: 101)) }
    }

    @Test func countsNoCommentsAndForgetsWhatIsDone() throws {
        var parser = ServerSentEventParser(limit: 20)
        for _ in 0..<50 { #expect(try parser.feed([UInt8](": still here\n")).isEmpty) }
        for _ in 0..<50 { #expect(try parser.feed([UInt8]("data: 123456\n\n")).count == 1) }
    }
}
