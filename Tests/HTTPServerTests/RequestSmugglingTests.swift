import Synchronization
import Testing

@testable import HTTPServer

/// Requests that two readers could understand differently, over raw sockets: each is refused, the connection is closed,
/// and what follows on it is never taken for a request.
@Suite struct RequestSmugglingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: String
        var testDescription: String { name }

        init(_ name: String, _ bytes: String) { (self.name, self.bytes) = (name, bytes) }
    }

    /// A request that would be answered, were it reached.
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func post(_ fields: String, _ body: String = "") -> String {
        "POST /x HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
    }

    static let cases: [Case] = [
        Case(
            "Content-Length and chunked", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        Case(
            "chunked and Content-Length", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n")),
        Case("Content-Length twice, other", post("Content-Length: 0\r\nContent-Length: 5\r\n", "hello")),
        Case("Content-Length twice, same", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")),
        Case("Content-Length as a list", post("Content-Length: 5, 5\r\n", "hello")),
        Case("negative Content-Length", post("Content-Length: -1\r\n")),
        Case("Content-Length with a sign", post("Content-Length: +5\r\n", "hello")),
        Case("Content-Length in hex", post("Content-Length: 0x5\r\n", "hello")),
        Case("Content-Length beyond all numbers", post("Content-Length: 99999999999999999999999\r\n")),
        Case("empty Content-Length", post("Content-Length:\r\n")),
        Case("Content-Length with a blank inside", post("Content-Length: 1 0\r\n")),
        Case("blank before the colon", post("Content-Length : 5\r\n", "hello")),
        Case("tab before the colon", post("Content-Length\t: 5\r\n", "hello")),
        Case("Content_Length", post("Content_Length: 5\r\n", "hello")),
        Case("Transfer_Encoding", post("Transfer_Encoding: chunked\r\n", "0\r\n\r\n")),
        Case(
            "Transfer-Encoding with a blank before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")
        ),
        Case("unknown coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        Case("chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        Case("chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")),
        Case("chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")),
        Case("chunk size that is no number", post("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n")),
        Case("chunk size with a sign", post("Transfer-Encoding: chunked\r\n", "+5\r\nhello\r\n0\r\n\r\n")),
        Case("chunk size that overflows", post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nx")),
        Case("chunk that ends with bare LF", post("Transfer-Encoding: chunked\r\n", "5\nhello\n0\n\n")),
        Case(
            "chunk that is longer than it says", post("Transfer-Encoding: chunked\r\n", "1\r\nhello\r\n0\r\n\r\n")),
        Case("Host twice, other", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Case("Host twice, same", "GET /x HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        Case("no Host", "GET /x HTTP/1.1\r\nAccept: */*\r\n\r\n"),
        Case("empty Host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n"),
        Case("Host with a path", "GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Case("Host with a user", "GET /x HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        Case("absolute form with another host", "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("absolute form with a user", "GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("asterisk form", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("folded line", "GET /x HTTP/1.1\r\nHost: a\r\nX-One: b\r\n c\r\n\r\n"),
        Case("folded Content-Length", post("Content-Length:\r\n 5\r\n", "hello")),
        Case("first line folded", "GET /x HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"),
        Case("bare LF after a field", "GET /x HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        Case("bare LF after the last field", "GET /x HTTP/1.1\r\nHost: a\r\nX: b\n\r\n"),
        Case("bare LF after the request line", "GET /x HTTP/1.1\nHost: a\r\n\r\n"),
        Case("bare LF at the end", "GET /x HTTP/1.1\r\nHost: a\r\n\n"),
        Case("bare LF everywhere", "GET /x HTTP/1.1\nHost: a\n\n"),
        Case("bare CR in a value", "GET /x HTTP/1.1\r\nHost: a\r\nX: b\rContent-Length: 5\r\n\r\n"),
        Case("bare CR after the request line", "GET /x HTTP/1.1\rHost: a\r\n\r\n"),
        Case("NUL in a value", "GET /x HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n"),
        Case("NUL in a name", "GET /x HTTP/1.1\r\nHost: a\r\nX\0Y: b\r\n\r\n"),
        Case("NUL in the target", "GET /x\0y HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("NUL in the Host", "GET /x HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
        Case("NUL in the query", "GET /x?a=1\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("line without a colon", "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length 5\r\n\r\n"),
        Case("field without a name", "GET /x HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
        Case("control character in a value", "GET /x HTTP/1.1\r\nHost: a\r\nX: \u{1}b\r\n\r\n"),
        Case("blank in the target", "GET /x y HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("two blanks before the target", "GET  /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("tab in the request line", "GET\t/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("blank after the version", "GET /x HTTP/1.1 \r\nHost: a\r\n\r\n"),
        Case("no version", "GET /x\r\nHost: a\r\n\r\n"),
        Case("another version", "GET /x HTTP/1.2\r\nHost: a\r\n\r\n"),
        Case("a later protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Case("fragment in the target", "GET /x#y HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("backslash in the target", "GET /x\\y HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("byte above ASCII in the target", "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("method with a mark", "GE(T /x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case(
            "Connection names Content-Length", post("Content-Length: 5\r\nConnection: content-length\r\n", "hello")
        ),
        Case("another expectation", post("Content-Length: 5\r\nExpect: 200-ok\r\n", "hello")),
    ]

    @Test func thereAreAtLeastFortyCases() { #expect(Self.cases.count >= 40) }

    @Test(arguments: cases) func isRefused(_ smuggling: Case) throws {
        let running = try RunningServer()
        let answer = try running.raw(smuggling.bytes + Self.smuggled)
        #expect(statuses(answer).allSatisfy { $0 >= 400 }, "\(answer)")
        // Where the library itself answers, 0.9.75 may send the head of its answer twice before it closes.
        #expect(Set(statuses(answer)).count <= 1, "\(answer.debugDescription)")
        #expect(running.service.seen.withLock { $0 } == [])
    }

    /// What the cases differ from, so that none is refused for another reason than its own.
    @Test(arguments: [
        "GET /x HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /x?y=z HTTP/1.1\r\nHost: a:80\r\nX:b\r\nY: \t c \r\nZ:\r\n\r\n",
        "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0",
        "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ])
    func itsPlainFormIsAnswered(_ request: String) throws {
        let running = try RunningServer()
        let answer = try running.raw(request + Self.smuggled)
        #expect(statuses(answer) == [200, 200], "\(answer)")
    }
}
