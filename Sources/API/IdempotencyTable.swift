package import Basics
package import HTTPServer
internal import Synchronization

/// Answers of requests that carry a key, kept for a day: the same request again changes nothing and gets the same answer.
///
/// It is kept in memory. What must survive a restart has an identity of its own, as events do.
package final class IdempotencyTable: Sendable {
    private static let capacity = 10_000
    private static let lifetime = Duration.seconds(86_400)

    private struct Entry {
        let content: Digest
        let began: MonotonicTime
        var response: ServerResponse?
    }

    package enum Claim: Sendable {
        /// Carry it out, and say what came of it.
        case begin
        case answered(ServerResponse)
        case running
        /// The key belongs to a request with another content.
        case other
    }

    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    package func claim(_ key: String, content: Digest, at now: MonotonicTime = .now) -> Claim {
        entries.withLock { entries in
            if let entry = entries[key], entry.began + Self.lifetime > now {
                guard entry.content == content else { return .other }
                return entry.response.map(Claim.answered) ?? .running
            }
            if entries.count >= Self.capacity {
                entries = entries.filter { $0.value.began + Self.lifetime > now }
                // The oldest that is answered gives way.
                let oldest = entries.filter { $0.value.response != nil }.min { $0.value.began < $1.value.began }
                if entries.count >= Self.capacity, let oldest { entries[oldest.key] = nil }
            }
            entries[key] = Entry(content: content, began: now)
            return .begin
        }
    }

    /// A failure of the server is no answer: the same may be tried again.
    package func finish(_ key: String, _ response: ServerResponse) {
        entries.withLock { $0[key]?.response = response }
        if response.status >= 500 { entries.withLock { $0[key] = nil } }
    }
}
