package import Journal
internal import Synchronization

/// The open handles of one journal; each is used by one thread at a time.
package final class JournalPool: Sendable {
    /// Only ever in the hands of one thread.
    private struct Handle: @unchecked Sendable { let store: any JournalStore }

    private static let most = 16

    private let idle = Mutex<[Handle]>([])
    /// Opens one more, for whoever needs it only now and then.
    let open: @Sendable () throws(JournalError) -> any JournalStore

    package init(_ open: @escaping @Sendable () throws(JournalError) -> any JournalStore) { self.open = open }

    /// Lends a handle; one with which something went wrong is not used again.
    package func with<Result>(_ body: (any JournalStore) throws -> Result) throws -> Result {
        let handle = try take()
        let result = try body(handle.store)
        idle.withLock { if $0.count < Self.most { $0.append(handle) } }
        return result
    }

    private func take() throws(JournalError) -> Handle {
        if let handle = idle.withLock({ $0.popLast() }) { return handle }
        return Handle(store: try open())
    }
}
