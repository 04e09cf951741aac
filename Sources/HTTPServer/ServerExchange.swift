internal import Basics
internal import CMicroHTTPD
internal import Synchronization

/// One request on its way to its answer: the daemon's thread fills it, a worker answers it.
final class ServerExchange: Sendable {
    enum Phase {
        /// The body comes in.
        case receiving
        /// A worker has it, and the connection sleeps.
        case working
        case answered(ServerResponse)
        case sent
    }

    private struct State {
        var request: ServerRequest
        var phase = Phase.receiving
        var status = 0
    }

    private let state: Mutex<State>
    let began = MonotonicTime.now
    nonisolated(unsafe) let connection: OpaquePointer
    let bodyLimit: Int

    init(_ request: ServerRequest, _ connection: OpaquePointer, bodyLimit: Int) {
        state = Mutex(State(request: request))
        (self.connection, self.bodyLimit) = (connection, bodyLimit)
    }

    var request: ServerRequest { state.withLock { $0.request } }

    var status: Int { state.withLock { $0.status } }

    /// `false` when the body is longer than it may be.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.request.body.count + bytes.count <= bodyLimit else { return false }
            if state.request.body.isEmpty { state.request.body.reserveCapacity(state.request.announcedLength) }
            state.request.body.append(contentsOf: bytes)
            return true
        }
    }

    func work() { state.withLock { $0.phase = .working } }

    func answer(_ response: ServerResponse) { state.withLock { $0.phase = .answered(response) } }

    /// The answer, once, when there is one.
    func takeAnswer() -> ServerResponse? {
        state.withLock { state in
            guard case .answered(let response) = state.phase else { return nil }
            (state.phase, state.status) = (.sent, response.status)
            return response
        }
    }

    var isReceiving: Bool { state.withLock { if case .receiving = $0.phase { true } else { false } } }
}
