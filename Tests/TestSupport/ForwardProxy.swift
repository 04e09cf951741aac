internal import Synchronization

/// A small HTTP proxy on a free loopback port that forwards plain requests and opens tunnels.
///
/// Whatever host it is asked for, it connects to that port on this machine.
package final class ForwardProxy: Sendable {
    package let port: Int
    private let listener: TestSocket
    private let asked = Mutex<[HTTPTestRequest]>([])
    private let refusal: HTTPTestReply?

    /// With a refusal, answers everything with it and forwards nothing.
    package init(refusal: HTTPTestReply? = nil) throws {
        listener = try TestSocket.listening()
        (port, self.refusal) = (listener.port, refusal)
        let listener = listener
        BackgroundThread.run { [weak self] in
            while let client = listener.accept() {
                guard let proxy = self else { return }
                BackgroundThread.run { proxy.serve(client) }
            }
        }
    }

    deinit { listener.shutDown() }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// What was asked of the proxy itself: `CONNECT` and requests with an absolute URL.
    package var requests: [HTTPTestRequest] { asked.withLock { $0 } }

    private func serve(_ client: TestSocket) {
        var reader = HTTPTestRequestReader(client, connection: 0)
        guard let request = reader.next() else { return }
        asked.withLock { $0.append(request) }
        if let refusal {
            for case .send(let bytes) in refusal.steps { client.send(bytes) }
            return
        }
        let isTunnel = request.method == "CONNECT"
        let authority = isTunnel ? request.target[...] : Self.authority(request.target)
        guard let port = authority.split(separator: ":").last.flatMap({ Int($0) }),
            let server = try? TestSocket.connected(to: port)
        else {
            client.send(HTTPTestReply.head(502, [("Content-Length", "0"), ("Connection", "close")]))
            return
        }
        if isTunnel {
            client.send(HTTPTestReply.head(200, [("X-Proxy", "tunnel")]))
        } else {
            server.send(Self.originForm(request, authority))
        }
        Self.join(client, server)
    }

    private static func authority(_ target: String) -> Substring {
        target.dropFirst("http://".count).prefix { $0 != "/" }
    }

    private static func originForm(_ request: HTTPTestRequest, _ authority: Substring) -> [UInt8] {
        let path = request.target.dropFirst("http://".count + authority.count)
        let headers = request.headers.filter { !$0.name.lowercased().hasPrefix("proxy-") }
            .map { "\($0.name): \($0.value)\r\n" }.joined()
        let head = "\(request.method) \(path.isEmpty ? "/" : path) HTTP/1.1\r\n\(headers)Connection: close\r\n\r\n"
        return Array(head.utf8) + request.body
    }

    /// Passes bytes both ways until either side ends.
    private static func join(_ client: TestSocket, _ server: TestSocket) {
        BackgroundThread.run {
            pass(from: client, to: server)
        }
        pass(from: server, to: client)
    }

    private static func pass(from source: TestSocket, to target: TestSocket) {
        while true {
            let bytes = source.receive()
            guard !bytes.isEmpty, target.send(bytes) else { return target.finishSending() }
        }
    }
}
