import Basics
import Glibc
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

@Suite struct HTTPServerTests {
    @Test func answersAndKeepsTheConnection() throws {
        let running = try RunningServer()
        let twice =
            "GET /a%20b?c=d HTTP/1.1\r\nHost: a\r\n\r\nPOST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"
        let answer = try running.raw(twice)
        #expect(answer.contains("/a%20b|c=d|0") && answer.contains("/e|-|3"))
        waitUntil { running.service.endings.withLock { $0.count } == 2 }
        #expect(running.service.endings.withLock { $0 } == ["/a%20b 200 true", "/e 200 true"])
    }

    @Test func anAnswerThatIsKnownAtOnceKeepsTheConnectionAsWell() throws {
        let running = try RunningServer()
        let asked = String(repeating: "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n", count: 3)
        let last = "GET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let answer = try running.raw(asked + last)
        #expect(statuses(answer) == [200, 200, 200, 200], "\(answer)")
        #expect(answer.ranges(of: "Connection: close").count == 1, "\(answer)")
    }

    @Test func aHandlerThatWaitsBlocksNobody() throws {
        let running = try RunningServer()
        let slow = try TestSocket.connected(to: running.server.port)
        slow.send(Array("GET /wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
        waitUntil { running.service.working.load(ordering: .relaxed) == 1 }
        #expect(statuses(try running.get("/other")) == [200])
        #expect(statuses(try running.get("/quick")) == [200])
        running.service.gate.open()
        #expect(read(slow, until: "waited").hasSuffix("waited"))
    }

    /// Two workers wait and two requests more: the next is sent away at once, and what needs no worker is answered.
    @Test func moreThanCanWaitIsRefused() throws {
        let running = try RunningServer { $0.waitingRequests = 2 }
        let sockets = try (0..<4).map { _ in try TestSocket.connected(to: running.server.port) }
        for (index, socket) in sockets.enumerated() {
            socket.send(Array("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            waitUntil { running.service.seen.withLock { $0.count } == index + 1 }
            if index == 1 { waitUntil { running.service.working.load(ordering: .relaxed) == 2 } }
        }
        let refused = try running.get("/other")
        #expect(statuses(refused) == [503] && refused.contains("Retry-After: 1"))
        #expect(statuses(try running.get("/quick")) == [200])
        running.service.gate.open()
        for socket in sockets { #expect(read(socket, until: "waited").contains("waited")) }
    }

    @Test func bodiesAreBounded() throws {
        let running = try RunningServer()
        func post(_ path: String, _ count: Int, _ body: String) throws -> String {
            try running.raw(
                "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n\(body)", finishes: true)
        }
        #expect(statuses(try post("/small", 11, "")) == [413])
        #expect(statuses(try post("/small", 10, "0123456789")) == [200])
        #expect(statuses(try post("/x", (16 << 20) + 1, "")) == [413])
        let large = String(repeating: "x", count: 5 << 20)
        #expect(try post("/length", large.utf8.count, large).hasSuffix("\r\n\r\n\(large.utf8.count)"))
    }

    @Test func aBodyWithoutALengthIsAskedForOne() throws {
        let running = try RunningServer()
        let head = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        let answer = try running.raw(head)
        #expect(statuses(answer) == [411] && answer.contains("Connection: close"))
    }

    /// An answer that is known before the body spares the server the body.
    @Test func aRefusalComesBeforeTheBody() throws {
        let running = try RunningServer()
        let head = "POST /denied HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
        let answer = try running.raw(head, finishes: false)
        #expect(statuses(answer) == [401] && answer.contains("Connection: close"))
    }

    @Test func headsAreBounded() throws {
        let running = try RunningServer()
        #expect(
            statuses(try running.get("/x", headers: "X: \(String(repeating: "a", count: 8 << 10))\r\n")) == [431])
        #expect(statuses(try running.get("/x", headers: String(repeating: "X: a\r\n", count: 101))) == [431])
        #expect(statuses(try running.get("/" + String(repeating: "a", count: 5 << 10))) == [414])
        let huge = try running.get("/x", headers: "X: \(String(repeating: "a", count: 100 << 10))\r\n")
        #expect(statuses(huge).allSatisfy { $0 >= 400 })
        #expect(
            statuses(try running.get("/x", headers: "X: \(String(repeating: "a", count: 7 << 10))\r\n")) == [200])
    }

    /// A client that goes on sending a byte now and then has no more time than one that is silent.
    @Test func aHeadThatNeverEndsIsCutOff() throws {
        let running = try RunningServer { $0.patience = .seconds(1) }
        let socket = try TestSocket.connected(to: running.server.port)
        socket.send(Array("GET /x HTTP/1.1\r\nHost: a\r\n".utf8))
        let left = TestGate()
        BackgroundThread.run {
            while !left.wait(seconds: 0), socket.send(Array("X: y\r\n".utf8)) { usleep(100_000) }
        }
        socket.waitForPeerToLeave(milliseconds: 30_000)
        left.open()
        waitUntil { running.server.connectionCount == 0 }
        #expect(running.server.connectionCount == 0)
        #expect(running.service.seen.withLock { $0 } == [])
    }

    @Test func connectionsAreBounded() throws {
        let running = try RunningServer { $0.connections = 4 }
        let sockets = try (0..<4).map { _ in try TestSocket.connected(to: running.server.port) }
        waitUntil { running.server.connectionCount == 4 }
        let fifth = try TestSocket.connected(to: running.server.port)
        fifth.send(Array("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(running.server.connectionCount == 4 && running.service.seen.withLock { $0 } == [])
        sockets[0].shutDown()
        #expect(read(fifth, until: "quick").contains("quick"))
    }

    /// An answer whose header would split into two is not sent at all.
    @Test func anAnswerWithALineBreakInItsHeaderIsDropped() throws {
        let running = try RunningServer()
        #expect(try running.get("/bad-header") == "")
    }

    @Test func aLibraryThatIsMissingIsToldOf() {
        #expect(throws: ServerError.self) { try MicroHTTPDLibrary.load("libmicrohttpd-none.so") }
    }

    @Test func aPortThatIsTakenIsToldOf() throws {
        let running = try RunningServer()
        var settings = ServerSettings(host: "127.0.0.1", port: running.server.port)
        settings.workers = 1
        let error = #expect(throws: ServerError.self) { try HTTPServer(settings, EchoService()) }
        #expect(error?.description.contains("127.0.0.1:\(running.server.port): ") == true)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("localhost", true), ("::1", true), ("127.8.9.1", true), ("0.0.0.0", false),
        ("::", false), ("10.0.0.1", false), ("127.evil.example", false),
    ])
    func knowsLoopback(host: String, isLoopback: Bool) { #expect(HTTPServer.isLoopback(host) == isLoopback) }
}
