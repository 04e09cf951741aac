internal import Basics
internal import HTTPServer
internal import Journal
internal import Synchronization

/// The newest events that an observer has seen, and who listens to them.
final class ObservedEvents: Sendable {
    /// So many are kept; nobody asks an observer for history.
    private static let capacity = 1000
    private static let listenerLimit = 10_000

    private struct State {
        var recent: [JSON] = []
        var ids: Set<String> = []
        var counts: [String: Int] = [:]
        var newest: Instant?
        var listeners: [ServerStream] = []
        /// The place of the newest event in the journal that it comes from.
        var position: Int?
        var isConnected = false
    }

    private let state = Mutex(State())

    var position: Int? { state.withLock { $0.position } }
    var isConnected: Bool { state.withLock { $0.isConnected } }
    var newest: Instant? { state.withLock { $0.newest } }
    var counts: [String: Int] { state.withLock { $0.counts } }
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    func setConnected(_ isConnected: Bool) { state.withLock { $0.isConnected = isConnected } }

    /// The next event to ask for comes behind this one.
    func move(to position: Int) { state.withLock { $0.position = position } }

    /// The newest, oldest first.
    func recent(_ count: Int) -> [JSON] { state.withLock { Array($0.recent.suffix(count)) } }

    /// Takes an event unless it was seen before, by whichever way it came.
    @discardableResult
    func take(_ event: JSON, at position: Int?) -> Bool {
        let id = event["event_id"]?.string
        let type = EventType(event["event_type"]?.string ?? "").current
        let time = event["timestamp"]?.string.flatMap { Instant($0) }
        let name = MetricsPage.knownTypes.contains(type) ? type.name : "other"
        let frame = Self.frame(event, type.name, position)
        return state.withLock { state in
            if let position { state.position = max(state.position ?? 0, position) }
            if let id, !state.ids.insert(id).inserted { return false }
            state.recent.append(event)
            if state.recent.count > Self.capacity {
                let old = state.recent.removeFirst()
                if let id = old["event_id"]?.string { state.ids.remove(id) }
            }
            state.counts[name, default: 0] += 1
            if let time { state.newest = max(state.newest ?? time, time) }
            state.listeners.removeAll { !$0.isOpen }
            for listener in state.listeners { listener.send(frame) }
            return true
        }
    }

    private static func frame(_ event: JSON, _ type: String, _ position: Int?) -> [UInt8] {
        let isPlain = !type.isEmpty && type.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        let id = position.map { "id: \($0)\n" } ?? ""
        return Array("\(id)event: \(isPlain ? type : "event")\ndata: ".utf8) + event.utf8() + [10, 10]
    }

    /// `nil` while too many listen.
    func subscribe() -> ServerStream? {
        let stream = ServerStream(first: Array(": connected\n\n".utf8), heartbeat: Array(": ping\n\n".utf8))
        return state.withLock { state in
            state.listeners.removeAll { !$0.isOpen }
            guard state.listeners.count < Self.listenerLimit else { return nil }
            state.listeners.append(stream)
            return stream
        }
    }

    func end() { for listener in state.withLock({ $0.listeners }) { listener.end() } }
}
