internal import Glibc
internal import Synchronization

/// A real HTTP server on a free loopback port that answers as a closure says, and remembers what it was asked.
///
/// Each connection has a thread; all stop with the value.
package final class HTTPTestServer: Sendable {
    package typealias Handler = @Sendable (HTTPTestRequest) -> HTTPTestReply

    package let port: Int
    private let core: Core

    /// `onConnect` may answer a connection, counted from 1, before anything is read from it.
    package init(
        onConnect: @escaping @Sendable (Int) -> HTTPTestReply? = { _ in nil }, _ handler: @escaping Handler
    ) throws {
        let listener = try TestSocket.listening()
        let core = Core(listener: listener, onConnect: onConnect, handler: handler)
        (port, self.core) = (listener.port, core)
        BackgroundThread.run { core.acceptAll() }
    }

    /// Answers with these, one after the other, and with the last one from then on.
    package convenience init(replies: [HTTPTestReply]) throws {
        let next = Atomic(0)
        try self.init { _ in
            replies[min(next.add(1, ordering: .relaxed).oldValue, replies.count - 1)]
        }
    }

    deinit { stop() }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// All requests so far, in the order in which they were read.
    package var requests: [HTTPTestRequest] { core.state.withLock { $0.requests } }

    /// How many connections were accepted.
    package var connectionCount: Int { core.state.withLock { $0.accepted } }

    /// Ends the server and every connection; what asks now is refused.
    package func stop() { core.stop() }

    /// What the threads share; outlives the server until the last of them ends.
    private final class Core: Sendable {
        struct State: Sendable {
            var requests: [HTTPTestRequest] = []
            var open: [Int: TestSocket] = [:]
            var accepted = 0
            var isStopped = false
        }

        let listener: TestSocket
        let onConnect: @Sendable (Int) -> HTTPTestReply?
        let handler: Handler
        let state = Mutex(State())

        init(
            listener: TestSocket, onConnect: @escaping @Sendable (Int) -> HTTPTestReply?,
            handler: @escaping Handler
        ) {
            (self.listener, self.onConnect, self.handler) = (listener, onConnect, handler)
        }

        func acceptAll() {
            while let socket = listener.accept() {
                let number: Int? = state.withLock { state in
                    guard !state.isStopped else { return nil }
                    state.accepted += 1
                    state.open[state.accepted] = socket
                    return state.accepted
                }
                guard let number else { return }
                BackgroundThread.run {
                    self.serve(socket, number)
                    _ = self.state.withLock { $0.open.removeValue(forKey: number) }
                }
            }
        }

        private func serve(_ socket: TestSocket, _ number: Int) {
            if let reply = onConnect(number), !perform(reply, socket) { return }
            var reader = HTTPTestRequestReader(socket, connection: number)
            while let request = reader.next() {
                state.withLock { $0.requests.append(request) }
                guard perform(handler(request), socket) else { return }
                if request.header("Connection")?.lowercased() == "close" { return }
            }
        }

        /// Whether the connection goes on.
        private func perform(_ reply: HTTPTestReply, _ socket: TestSocket) -> Bool {
            for step in reply.steps {
                switch step {
                case .send(let bytes): guard socket.send(bytes) else { return false }
                case .pause(let milliseconds): poll(nil, 0, milliseconds)
                case .open(let gate): gate.open()
                case .wait(let gate): gate.wait()
                case .waitForPeerToLeave: socket.waitForPeerToLeave()
                }
            }
            if reply.resets { socket.resetWhenClosed() }
            return !reply.closes
        }

        func stop() {
            let open: [TestSocket] = state.withLock { state in
                state.isStopped = true
                return Array(state.open.values)
            }
            listener.shutDown()
            for socket in open { socket.shutDown() }
        }
    }
}
