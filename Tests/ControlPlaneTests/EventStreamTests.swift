import API
import Basics
import HTTP
import HTTPServer
import Journal
import Runner
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// Streams of events over sockets: what a client sees is what the journal holds, in its order and once.
@Suite struct EventStreamTests {
    /// A control plane that listens on a free port.
    private final class Live: Sendable {
        let world: PlaneWorld
        let server: HTTPServer

        init() throws {
            world = try PlaneWorld()
            var settings = ServerSettings(host: "127.0.0.1", port: 0)
            (settings.workers, settings.heartbeat) = (2, .milliseconds(100))
            server = try HTTPServer(settings, world.service)
            world.home.feed.start()
        }

        deinit {
            world.home.feed.stop()
            server.drain(within: .seconds(10))
        }

        func open(_ query: String = "", key: String = PlaneWorld.token, last: Int? = nil) throws -> Client {
            let socket = try TestSocket.connected(to: server.port)
            let place = last.map { "Last-Event-ID: \($0)\r\n" } ?? ""
            socket.send(
                Array(
                    "GET /v1/events/stream\(query) HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer \(key)\r\n\(place)\r\n"
                        .utf8))
            let client = Client(socket)
            _ = client.read(until: ": connected")
            let before = world.home.feed.listenerCount
            // What is written from now on is for this client as well.
            waitUntil { world.home.feed.hasAdmittedAll && before > 0 }
            return client
        }
    }

    /// Asks as HTTP/1.0 does, so that no marks of chunks stand between the events.
    private final class Client {
        private let socket: TestSocket
        private(set) var text = ""
        /// Whether the server has ended the stream.
        private(set) var isOver = false

        init(_ socket: TestSocket) { self.socket = socket }

        func read(until wanted: String) -> String {
            while !text.contains(wanted) {
                let more = socket.receive()
                isOver = more.isEmpty
                if isOver { break }
                text += String(decoding: more, as: UTF8.self)
            }
            return text
        }

        func leave() {
            socket.resetWhenClosed()
            socket.shutDown()
        }

        var ids: [Int] {
            text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.compactMap { Int($0.dropFirst(4)) }
        }
    }

    @Test func eventsComeAsTheyAreWritten() throws {
        let live = try Live()
        let client = try live.open()
        live.world.ingest("shop", "a")
        let text = client.read(until: "\"a-2\"")
        #expect(text.contains("X-Accel-Buffering: no") && text.contains("Content-Type: text/event-stream"))
        #expect(text.contains("event: attempt.created\n") && client.ids == [1, 2])
        // Another process writes without telling this one.
        try live.world.context.journal().append([live.world.context.event(.runResumed)])
        #expect(client.read(until: "run.resumed").contains("id: 3\n"))
        #expect(client.read(until: ": ping").contains(": ping"))
    }

    @Test func whoComesAgainGetsWhatItMissed() throws {
        let live = try Live()
        for index in 0..<4 { live.world.ingest("shop", "a\(index)") }
        let client = try live.open(last: 3)
        live.world.ingest("shop", "late")
        _ = client.read(until: "\"late-2\"")
        #expect(client.ids == Array(4...10))
    }

    @Test func whoIsTooFarBehindIsToldToReadThePages() throws {
        let live = try Live()
        let events = (0..<1000).map { live.world.event("e\($0)", "model.call_started", "t", "a") }
        for part in 0..<2 {
            let named = events.map { event -> JSON in
                .object(
                    (event.members ?? []).map {
                        $0.name == "event_id" ? JSON.Member($0.name, .string("\(part)-\($0.value.plainText)")) : $0
                    })
            }
            #expect(live.world.ask("POST", "/v1/events/ingest", live.world.bundle("s", named)).status == 200)
        }
        live.world.home.feed.step()
        let client = try live.open(last: 1)
        #expect(client.read(until: "resync").contains("resync"))
        _ = client.read(until: "position")
        #expect(client.ids == [2000])
        // A place of another journal is none of this one.
        let other = try live.open(last: 5000)
        #expect(other.read(until: "resync").contains("resync"))
    }

    @Test func aStreamHoldsWhatItsFilterAndItsKeyAllow() throws {
        let live = try Live()
        let key = try live.world.key(.view, ["shop"])
        let mine = try live.open(key: key)
        let failures = try live.open("?type=attempt.failed")
        for target in ["bank", "shop"] { live.world.ingest(target, "a-" + target) }
        #expect(mine.read(until: "a-shop-2").contains("a-shop-2") && mine.ids == [3, 4])
        #expect(failures.read(until: "a-shop-2").contains("a-shop-2") && failures.ids == [2, 4])
    }

    @Test func aStreamEndsWhenItsKeyIsRevoked() throws {
        let live = try Live()
        let made = live.world.ask("POST", "/v1/keys", ["name": "a", "right": "view", "reason": "x"]).json
        let client = try live.open(key: made["key"]?.string ?? "")
        _ = live.world.ask("DELETE", "/v1/keys/\(made["id"]?.string ?? "")?reason=x")
        _ = client.read(until: "no such text")
        #expect(client.isOver)
    }

    @Test func streamsOfThoseWhoLeftAreForgotten() throws {
        let live = try Live()
        let client = try live.open()
        #expect(live.world.home.feed.listenerCount == 1)
        client.leave()
        var index = 0
        waitUntil {
            index += 1
            live.world.ingest("shop", "a\(index)")
            return live.world.home.feed.listenerCount == 0
        }
        #expect(live.world.home.feed.listenerCount == 0)
    }

    @Test func requestsAreLoggedWithTheirIds() throws {
        let lines = Mutex<[JSON]>([])
        let world = try PlaneWorld()
        let service = ControlPlaneService(world.home) { line in lines.withLock { $0.append(line) } }
        var settings = ServerSettings(host: "127.0.0.1", port: 0)
        settings.workers = 1
        let server = try HTTPServer(settings, service)
        defer { server.drain(within: .seconds(10)) }
        let socket = try TestSocket.connected(to: server.port)
        socket.send(Array("GET /v1/attempts?task=secret HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
        var text = ""
        while case let more = socket.receive(), !more.isEmpty { text += String(decoding: more, as: UTF8.self) }
        waitUntil { lines.withLock { !$0.isEmpty } }
        let line = lines.withLock { $0.first } ?? .null
        #expect(line["status"] == 401 && line["path"] == "/v1/attempts" && line["route"] == "/v1/attempts")
        #expect(text.contains("X-Request-Id: \(line["request"]?.string ?? "-")"))
        #expect(!line.text().contains("secret"))
    }
}
