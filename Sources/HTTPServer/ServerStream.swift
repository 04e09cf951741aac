internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// An answer that goes on: what is sent waits here until its connection takes it, and the connection sleeps meanwhile.
package final class ServerStream: Sendable {
    /// A client that lets more than this wait is too slow, and is let go: it can ask for the rest again.
    private static let limit = 256 << 10

    private struct State {
        var pending: [UInt8]
        var taken = 0
        var isEnded = false
        var isGone = false
        /// The connection that sleeps until there is something to take.
        nonisolated(unsafe) var sleeping: (library: MicroHTTPDLibrary, connection: OpaquePointer)?
    }

    private let state: Mutex<State>
    /// Is sent from time to time: a connection that sleeps does not notice that its client has left.
    package let heartbeat: [UInt8]

    package init(first: [UInt8] = [], heartbeat: [UInt8] = []) {
        state = Mutex(State(pending: first))
        self.heartbeat = heartbeat
    }

    /// Whether there is still somebody to send to.
    package var isOpen: Bool { state.withLock { !$0.isEnded && !$0.isGone } }

    /// `false` once nobody listens any more, or too slowly.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            guard !state.isEnded, !state.isGone else { return false }
            guard state.pending.count - state.taken + bytes.count <= Self.limit else {
                Self.end(&state)
                return false
            }
            state.pending += bytes
            Self.wake(&state)
            return true
        }
    }

    /// What was sent before still arrives.
    package func end() { state.withLock { Self.end(&$0) } }

    /// What was sent and not taken, for whoever looks without a connection.
    package func unread() -> [UInt8] { state.withLock { Array($0.pending[$0.taken...]) } }

    private static func end(_ state: inout State) {
        state.isEnded = true
        wake(&state)
    }

    private static func wake(_ state: inout State) {
        guard let (library, connection) = state.sleeping else { return }
        state.sleeping = nil
        cmhd_resume(library.functions, connection)
    }

    // MARK: The connection's side

    /// The client has left, or the answer is over.
    func leave() {
        state.withLock { state in
            (state.isGone, state.sleeping) = (true, nil)
            state.pending = []
            state.taken = 0
        }
    }

    /// Takes what there is; where there is nothing the connection sleeps.
    func take(
        into buffer: UnsafeMutableRawPointer, _ most: Int, _ library: MicroHTTPDLibrary,
        _ connection: OpaquePointer
    ) -> Int {
        state.withLock { state in
            let count = min(most, state.pending.count - state.taken)
            guard count > 0 else {
                if state.isEnded { return -1 }
                state.sleeping = (library, connection)
                cmhd_suspend(library.functions, connection)
                return 0
            }
            state.pending.withUnsafeBytes { bytes in
                buffer.copyMemory(from: bytes.baseAddress! + state.taken, byteCount: count)
            }
            state.taken += count
            if state.taken == state.pending.count { (state.pending, state.taken) = ([], 0) }
            return count
        }
    }
}
