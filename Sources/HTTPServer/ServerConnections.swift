internal import Basics
internal import Glibc
internal import HTTP
internal import Synchronization

/// The connections of one daemon, each with the time by which its peer has to have done its part.
///
/// The library's own timeout begins anew with every byte: a client that sends one now and then would stay for ever.
final class ServerConnections: Sendable {
    /// Where the library put the target of a request, and what it was.
    struct Target: Sendable {
        let bytes: [UInt8]
        nonisolated(unsafe) let start: UnsafePointer<CChar>
    }

    private struct Entry {
        let socket: Int32
        let peer: String
        var target: Target?
        var deadline: MonotonicTime?
    }

    private let entries = Mutex<[UInt: Entry]>([:])
    private let active = Atomic(0)
    private let patience: Duration

    /// `patience` is how long the head of a request may take.
    init(patience: Duration) { self.patience = patience }

    var count: Int { entries.withLock { $0.count } }

    /// Requests whose answers are not sent yet.
    var activeRequests: Int { active.load(ordering: .acquiring) }

    func began(_ connection: OpaquePointer, socket: Int32, peer: String) {
        let deadline = MonotonicTime.now + patience
        entries.withLock {
            $0[UInt(bitPattern: connection)] = Entry(socket: socket, peer: peer, deadline: deadline)
        }
    }

    func ended(_ connection: OpaquePointer) {
        entries.withLock { _ = $0.removeValue(forKey: UInt(bitPattern: connection)) }
    }

    func name(_ target: Target, for connection: OpaquePointer) {
        entries.withLock { $0[UInt(bitPattern: connection)]?.target = target }
    }

    /// A request begins: its target, and the peer's address.
    func begin(_ connection: OpaquePointer) -> (target: Target, peer: String)? {
        entries.withLock { entries in
            guard let entry = entries[UInt(bitPattern: connection)], let target = entry.target else { return nil }
            entries[UInt(bitPattern: connection)]?.target = nil
            active.wrappingAdd(1, ordering: .acquiringAndReleasing)
            return (target, entry.peer)
        }
    }

    /// So many bytes are to come or to go; `nil` for as long as it takes.
    func expect(_ connection: OpaquePointer, bytes: Int?) {
        // 32 KiB a second is slower than any network that is worth waiting for.
        let deadline = bytes.map { MonotonicTime.now + patience + .milliseconds($0 / 32) }
        entries.withLock { $0[UInt(bitPattern: connection)]?.deadline = deadline }
    }

    /// The answer was sent, and another request may come.
    func finish(_ connection: OpaquePointer) {
        active.wrappingSubtract(1, ordering: .acquiringAndReleasing)
        expect(connection, bytes: 0)
    }

    /// Shuts the sockets down whose peers are late; the library finds them closed.
    func endLate(at now: MonotonicTime) {
        entries.withLock { entries in
            for (key, entry) in entries where entry.deadline.map({ $0 < now }) ?? false {
                shutdown(entry.socket, Int32(SHUT_RDWR))
                entries[key]?.deadline = nil
            }
        }
    }
}
