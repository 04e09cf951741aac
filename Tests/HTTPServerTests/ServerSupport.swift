import Basics
import Glibc
import HTTP
import Synchronization
import TestSupport

@testable import HTTPServer

/// Answers with what it was asked, and does what some paths ask for.
final class EchoService: ServerService {
    let gate = TestGate()
    let streams = Mutex<[ServerStream]>([])
    let seen = Mutex<[String]>([])
    let endings = Mutex<[String]>([])
    let working = Atomic(0)

    func admit(_ request: ServerRequest) -> ServerAdmission {
        seen.withLock { $0.append("\(request.method) \(request.path)") }
        switch request.path {
        case "/quick": return .answered(ServerResponse(200, text: "quick"))
        case "/denied": return .answered(ServerResponse(401, text: "denied"))
        case "/small": return .admitted(bodyLimit: 10) { [self] in answer($0) }
        default: return .admitted(bodyLimit: 16 << 20) { [self] in answer($0) }
        }
    }

    func answer(_ request: ServerRequest) -> ServerResponse {
        switch request.path {
        case "/wait":
            working.wrappingAdd(1, ordering: .relaxed)
            gate.wait()
            return ServerResponse(200, text: "waited")
        case "/stream":
            let stream = ServerStream(first: Array("first\n".utf8), heartbeat: Array(": ping\n".utf8))
            streams.withLock { $0.append(stream) }
            return ServerResponse(200, headers: ["Content-Type": "text/event-stream"], body: .stream(stream))
        case "/length": return ServerResponse(200, text: "\(request.body.count)")
        case "/bad-header": return ServerResponse(200, headers: ["X-Bad": "a\r\nSet-Cookie: b"], text: "x")
        default:
            return ServerResponse(200, text: "\(request.path)|\(request.query ?? "-")|\(request.body.count)")
        }
    }

    func ended(
        _ request: ServerRequest, status: Int, notes: [HTTPHeaders.Field], after: Duration, isComplete: Bool
    ) {
        endings.withLock { $0.append("\(request.path) \(status) \(isComplete)") }
    }
}

/// A server on a free port of loopback, which ends with the value.
final class RunningServer: Sendable {
    let service: EchoService
    let server: HTTPServer

    init(_ service: EchoService = EchoService(), change: (inout ServerSettings) -> Void = { _ in }) throws {
        var settings = ServerSettings(host: "127.0.0.1", port: 0)
        (settings.workers, settings.heartbeat) = (2, .milliseconds(50))
        change(&settings)
        self.service = service
        server = try HTTPServer(settings, service)
    }

    deinit {
        service.gate.open()
        server.drain(within: .seconds(10))
    }

    /// What comes back for some bytes, until the server closes the connection.
    func raw(_ text: String, finishes: Bool = true) throws -> String {
        let socket = try TestSocket.connected(to: server.port)
        socket.send(Array(text.utf8))
        if finishes { socket.finishSending() }
        var answer: [UInt8] = []
        while true {
            let more = socket.receive()
            if more.isEmpty { return String(decoding: answer, as: UTF8.self) }
            answer += more
        }
    }

    func get(_ path: String, headers: String = "") throws -> String {
        try raw("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(headers)\r\n", finishes: false)
    }
}

/// The status codes of the answers in some bytes.
func statuses(_ text: String) -> [Int] {
    text.ranges(of: "HTTP/1.1 ").compactMap { Int(text[$0.upperBound...].prefix(3)) }
        + text.ranges(of: "HTTP/1.0 ").compactMap { Int(text[$0.upperBound...].prefix(3)) }
}

/// Reads from a socket until some text has come.
func read(_ socket: TestSocket, until wanted: String) -> String {
    var text = ""
    while !text.contains(wanted) {
        let more = socket.receive()
        if more.isEmpty { break }
        text += String(decoding: more, as: UTF8.self)
    }
    return text
}
