internal import Basics
internal import CMicroHTTPD
internal import HTTP
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
        var notes: [HTTPHeaders.Field] = []
    }

    private let state: Mutex<State>
    let began = MonotonicTime.now
    nonisolated(unsafe) let connection: OpaquePointer
    let bodyLimit: Int
    /// Makes the answer, where it is not known from the head.
    let answering: @Sendable (ServerRequest) -> ServerResponse

    init(
        _ request: ServerRequest, _ connection: OpaquePointer, bodyLimit: Int,
        answering: @escaping @Sendable (ServerRequest) -> ServerResponse
    ) {
        state = Mutex(State(request: request))
        (self.connection, self.bodyLimit, self.answering) = (connection, bodyLimit, answering)
    }

    /// A request whose answer is known.
    convenience init(_ request: ServerRequest, _ connection: OpaquePointer, answer: ServerResponse) {
        self.init(request, connection, bodyLimit: 0) { _ in answer }
        self.answer(answer)
    }

    var request: ServerRequest { state.withLock { $0.request } }

    /// What was answered.
    var ending: (status: Int, notes: [HTTPHeaders.Field]) { state.withLock { ($0.status, $0.notes) } }

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
            (state.phase, state.status, state.notes) = (.sent, response.status, response.notes)
            return response
        }
    }

    /// Whether the answer is known, and nothing more is read behind it.
    var endsConnection: Bool {
        state.withLock { if case .answered(let response) = $0.phase { response.closes } else { false } }
    }

    var isReceiving: Bool { state.withLock { if case .receiving = $0.phase { true } else { false } } }
}
