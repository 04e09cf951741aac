/// What a test server does in answer to a request: sends bytes, waits, breaks off.
package struct HTTPTestReply: Sendable {
    package enum Step: Sendable {
        case send([UInt8])
        /// Paces a drip; never something to synchronise by.
        case pause(milliseconds: Int32)
        case open(TestGate)
        case wait(TestGate)
        case waitForPeerToLeave
    }

    package var steps: [Step]
    package var closes: Bool
    package var resets = false

    package init(_ steps: [Step], closes: Bool) { (self.steps, self.closes) = (steps, closes) }

    /// A whole answer with its length; the connection stays open.
    package static func status(
        _ code: Int, headers: [(String, String)] = [], body: [UInt8] = []
    ) -> HTTPTestReply {
        let length = [("Content-Length", String(body.count))]
        return HTTPTestReply([.send(head(code, headers + length) + body)], closes: false)
    }

    package static func text(_ text: String, status: Int = 200) -> HTTPTestReply {
        .status(status, headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }

    package static func json(_ text: String, status: Int = 200) -> HTTPTestReply {
        .status(status, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
    }

    package static func redirect(_ code: Int, to location: String) -> HTTPTestReply {
        .status(code, headers: [("Location", location)])
    }

    /// An answer in chunks, each sent on its own.
    package static func chunked(
        _ chunks: [String], headers: [(String, String)] = [], pause: Int32 = 0
    ) -> HTTPTestReply {
        var steps: [Step] = [.send(head(200, headers + [("Transfer-Encoding", "chunked")]))]
        for text in chunks {
            if pause > 0 { steps.append(.pause(milliseconds: pause)) }
            steps.append(.send(chunk(text)))
        }
        return HTTPTestReply(steps + [.send(Array("0\r\n\r\n".utf8))], closes: false)
    }

    /// These bytes, then the end of the connection.
    package static func raw(_ text: String) -> HTTPTestReply {
        HTTPTestReply([.send(Array(text.utf8))], closes: true)
    }

    /// The end of the connection, without a word.
    package static let drop = HTTPTestReply([], closes: true)

    /// As `drop`, with a reset.
    package static var reset: HTTPTestReply {
        var reply = drop
        reply.resets = true
        return reply
    }

    /// Silence until the peer gives up.
    package static let stall = HTTPTestReply([.waitForPeerToLeave], closes: true)

    /// The same answer, once the gate is open.
    package func after(_ gate: TestGate) -> HTTPTestReply {
        var reply = self
        reply.steps.insert(.wait(gate), at: 0)
        return reply
    }

    /// The same answer, opening the gate first.
    package func opening(_ gate: TestGate) -> HTTPTestReply {
        var reply = self
        reply.steps.insert(.open(gate), at: 0)
        return reply
    }

    package static func head(_ code: Int, _ headers: [(String, String)]) -> [UInt8] {
        let lines = ["HTTP/1.1 \(code) Status"] + headers.map { "\($0.0): \($0.1)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    package static func chunk(_ text: String) -> [UInt8] {
        Array((String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n").utf8)
    }
}
