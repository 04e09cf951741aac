import HTTP
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// Whatever comes in over a socket, the server answers the next one.
@Suite struct RandomRequestTests {
    private static let pieces = [
        "GET ", "POST ", "/x", "/small", "?a=b", " HTTP/1.1", " HTTP/1.0", "\r\n", "\n", "\r", "\0", " ", "\t",
        ":",
        "Host: a\r\n", "Content-Length: 5\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n",
        "0\r\n\r\n", "hello", "\r\n\r\n", "\u{80}\u{ff}", "Connection: keep-alive\r\n", "Expect: 100-continue\r\n",
        "%", "-1",
        String(repeating: "a", count: 3000), "Upgrade: h2c\r\n", "Authorization: Bearer x\r\n",
    ]

    @Test(arguments: 0..<6) func nothingEndsTheServer(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let running = try RunningServer { $0.patience = .seconds(1) }
        for _ in 0..<60 {
            let count = Int.random(in: 1...24, using: &random)
            var text = Bool.random(using: &random) ? "GET /x HTTP/1.1\r\nHost: a\r\n" : ""
            for _ in 0..<count { text += Self.pieces.randomElement(using: &random) ?? "" }
            let socket = try TestSocket.connected(to: running.server.port)
            socket.send(Array(text.utf8))
            if Bool.random(using: &random) { socket.resetWhenClosed() } else { socket.finishSending() }
            if Bool.random(using: &random) { _ = socket.receive() }
        }
        #expect(statuses(try running.get("/other")) == [200])
        // No request of two meanings came through, whatever became of the others.
        let seen = running.service.seen.withLock { $0 }
        #expect(seen.allSatisfy { $0.hasPrefix("GET /") || $0.hasPrefix("POST /") }, "\(seen)")
    }
}
