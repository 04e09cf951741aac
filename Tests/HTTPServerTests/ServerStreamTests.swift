import Basics
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

@Suite struct ServerStreamTests {
    private func open(_ running: RunningServer) throws -> (TestSocket, ServerStream) {
        let before = running.service.streams.withLock { $0.count }
        let socket = try TestSocket.connected(to: running.server.port)
        socket.send(Array("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        _ = read(socket, until: "first")
        return (socket, running.service.streams.withLock { $0[before] })
    }

    @Test func whatIsSentLaterArrives() throws {
        let running = try RunningServer { $0.heartbeat = .seconds(60) }
        let (socket, stream) = try open(running)
        for word in ["second", "third"] {
            #expect(stream.send(Array("\(word)\n".utf8)))
            #expect(read(socket, until: word).contains(word))
        }
        stream.end()
        #expect(read(socket, until: "0\r\n\r\n").hasSuffix("0\r\n\r\n"))
        #expect(!stream.isOpen && !stream.send([1]))
    }

    @Test func heartbeatsComeAndShowWhoHasLeft() throws {
        let running = try RunningServer()
        let (socket, stream) = try open(running)
        #expect(read(socket, until: ": ping").contains(": ping"))
        socket.resetWhenClosed()
        socket.shutDown()
        waitUntil { !stream.isOpen }
        #expect(!stream.isOpen)
    }

    /// Who takes nothing is let go, and nobody waits for it.
    @Test func aClientThatIsTooSlowIsLetGo() throws {
        let running = try RunningServer()
        let (_, stream) = try open(running)
        let piece = [UInt8](repeating: 65, count: 64 << 10)
        var sent = 0
        while stream.send(piece) && sent < 100_000 { sent += 1 }
        #expect(!stream.isOpen)
    }

    @Test func manyStreamsNeedNoThreads() throws {
        let running = try RunningServer()
        let all = try (0..<100).map { _ in try open(running) }
        for (_, stream) in all { stream.send(Array("news\n".utf8)) }
        for (socket, _) in all { #expect(read(socket, until: "news").contains("news")) }
        #expect(statuses(try running.get("/other")) == [200])
    }
}

@Suite struct ServerDrainTests {
    @Test func whatRunsIsAnsweredAndNothingMoreIsAccepted() throws {
        let running = try RunningServer()
        let slow = try TestSocket.connected(to: running.server.port)
        slow.send(Array("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        waitUntil { running.service.working.load(ordering: .relaxed) == 1 }
        let drained = TestGate()
        let result = Mutex(false)
        BackgroundThread.run {
            let isComplete = running.server.drain(within: .seconds(20))
            result.withLock { $0 = isComplete }
            drained.open()
        }
        waitUntil { (try? TestSocket.connected(to: running.server.port)) == nil }
        #expect(throws: TestSystemError.self) { try TestSocket.connected(to: running.server.port) }
        running.service.gate.open()
        let answer = read(slow, until: "waited")
        #expect(answer.contains("Connection: close") && answer.hasSuffix("waited"))
        drained.wait()
        #expect(result.withLock { $0 })
    }

    @Test func streamsEnd() throws {
        let running = try RunningServer()
        let socket = try TestSocket.connected(to: running.server.port)
        socket.send(Array("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        _ = read(socket, until: "first")
        #expect(running.server.drain(within: .seconds(20)))
        #expect(read(socket, until: "0\r\n\r\n").hasSuffix("0\r\n\r\n"))
    }

    @Test func whatDoesNotEndInTimeIsToldOf() throws {
        let running = try RunningServer()
        let slow = try TestSocket.connected(to: running.server.port)
        slow.send(Array("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        waitUntil { running.service.working.load(ordering: .relaxed) == 1 }
        #expect(!running.server.drain(within: .milliseconds(50)))
        running.service.gate.open()
    }
}

@Suite struct ServerTLSTests {
    /// The subject of the certificate that a server shows.
    private func subject(_ port: Int) throws -> String {
        let script = """
            import ssl, socket, sys, hashlib
            context = ssl._create_unverified_context()
            with context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1])))) as peer:
                print(hashlib.sha256(peer.getpeercert(True)).hexdigest(), end=" ")
                peer.sendall(b"GET /x HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n")
                answer = b""
                while more := peer.recv(4096): answer += more
                print(answer.decode().split("\\r\\n")[0])
            """
        return try BackgroundProgram.run(["python3", "-c", script, String(port)])
    }

    @Test func speaksTLSAndTakesANewCertificateWithoutLosingAConnection() throws {
        let directory = try TemporaryDirectory()
        let (first, second) = (
            try TestCertificate(in: directory), try TestCertificate(in: directory, host: "other.example")
        )
        let running = try RunningServer {
            $0.tls = TLSFiles(certificate: first.certificatePath, key: first.keyPath)
        }
        let before = try subject(running.server.port)
        #expect(before.contains("HTTP/1.1 200"))

        try FileSystem.write([1, 2, 3], to: first.certificatePath)
        #expect(throws: ServerError.self) { try running.server.reloadCertificate() }
        #expect(try subject(running.server.port) == before)

        for (from, to) in [
            (second.certificatePath, first.certificatePath), (second.keyPath, first.keyPath),
        ] { try FileSystem.write(FileSystem.read(from, limit: 1 << 20), to: to) }
        try running.server.reloadCertificate()
        let after = try subject(running.server.port)
        #expect(after.contains("HTTP/1.1 200") && after != before)
    }
}
