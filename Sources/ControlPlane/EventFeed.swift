package import API
internal import Basics
internal import Glibc
package import HTTPServer
package import Journal
internal import Synchronization

/// Sends the journal's events to everybody who listens, in the order of their places and without a gap.
///
/// One thread reads; whoever comes later is brought up to where it stands before it gets what comes next.
package final class EventFeed: Sendable {
    /// Who is farther behind is told to read the pages first.
    private static let replayLimit = 1000
    private static let heartbeat = Array(": ping\n\n".utf8)

    /// What one listener wants, and may see.
    package struct Filter: Sendable {
        package var target: String?
        package var types: Set<EventType> = []
        package let principal: Principal

        package init(_ principal: Principal) { self.principal = principal }

        package func covers(_ event: EventRecord) -> Bool {
            let subject = event.subject.target
            guard subject.map({ principal.targets.covers($0) }) ?? (principal.targets == .all) else {
                return false
            }
            return target.map { $0 == subject } ?? true && (types.isEmpty || types.contains(event.type))
        }
    }

    private struct Listener: Sendable {
        let stream: ServerStream
        let filter: Filter
        /// The last event that it has; `nil` to begin with what comes next.
        let last: Int?
    }

    private struct State {
        var joining: [Listener] = []
        var listeners: [Listener] = []
        /// The last event that was sent to all.
        var position: Int?
        /// When it was last looked without a failure.
        var looked = MonotonicTime.now
    }

    private let state = Mutex(State())
    private let journals: JournalPool
    private let access: AccessControl
    let measurements = EventMeasurements()
    private let failed: @Sendable (any ExplainedError) -> Void
    private let ends: (read: Int32, write: Int32)
    private let isEnded = Atomic(false)

    init(
        _ journals: JournalPool, _ access: AccessControl, failed: @escaping @Sendable (any ExplainedError) -> Void
    ) {
        (self.journals, self.access, self.failed) = (journals, access, failed)
        var pair: [Int32] = [-1, -1]
        if pipe(&pair) == 0 {
            for end in pair {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
        }
        ends = (pair[0], pair[1])
    }

    deinit { for end in [ends.read, ends.write] where end >= 0 { close(end) } }

    /// Looks for new events until `stop`; other processes write as well, so that it looks unasked.
    package func start() {
        Workers.inBackground { [self] in
            while !isEnded.load(ordering: .acquiring) {
                step()
                wait()
            }
            for listener in state.withLock({ $0.joining + $0.listeners }) { listener.stream.end() }
        }
    }

    package func stop() {
        isEnded.store(true, ordering: .releasing)
        notify()
    }

    /// Something was written: look at once.
    package func notify() {
        var byte: UInt8 = 1
        _ = write(ends.write, &byte, 1)
    }

    /// How long ago it last looked, in seconds: small while it works.
    var lag: Double { Double((MonotonicTime.now - state.withLock { $0.looked }).milliseconds) / 1000 }

    package var listenerCount: Int { state.withLock { $0.joining.count + $0.listeners.count } }

    /// Whether everybody who came gets what is written from now on.
    var hasAdmittedAll: Bool { state.withLock { $0.joining.isEmpty } }

    /// A stream of the events behind one, or of what comes next.
    package func subscribe(_ filter: Filter, after last: Int?) -> ServerStream {
        let stream = ServerStream(first: Array(": connected\n\n".utf8), heartbeat: Self.heartbeat)
        state.withLock { $0.joining.append(Listener(stream: stream, filter: filter, last: last)) }
        notify()
        return stream
    }

    private func wait() {
        var wake = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
        guard poll(&wake, 1, 250) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(ends.read, &bytes, bytes.count) > 0 {}
    }

    // MARK: One look

    /// Brings who has joined up to date, and sends everybody what is new.
    package func step() {
        do {
            try journals.with { journal in
                let position = try state.withLock({ $0.position }) ?? journal.head().sequence
                try admit(journal, at: position)
                let events = try broadcast(journal, after: position)
                state.withLock { ($0.position, $0.looked) = (events, .now) }
            }
        } catch { failed(error as? any ExplainedError ?? Problem(error).explained) }
        dropThoseWithoutRight()
    }

    private func admit(_ journal: any JournalStore, at position: Int) throws {
        // Who comes meanwhile stands behind those that are looked at, and a failure leaves the rest where it is.
        for listener in state.withLock({ $0.joining }) {
            try replay(listener, journal, to: position)
            state.withLock { state in
                state.joining.removeFirst()
                state.listeners.append(listener)
            }
        }
    }

    private func replay(_ listener: Listener, _ journal: any JournalStore, to position: Int) throws {
        guard let last = listener.last, last != position else { return }
        var query = EventQuery()
        (query.after, query.through, query.limit) = (last, position, Self.replayLimit)
        let events = last < position && position - last <= Self.replayLimit ? try journal.events(query) : []
        // Events that were removed, too many, or a place that is not of this journal.
        guard events.first?.sequence == last + 1 else {
            let facts: JSON = ["position": .integer(position)]
            listener.stream.send(Self.frame("resync", id: position, facts))
            return
        }
        for event in events where listener.filter.covers(event) { listener.stream.send(Self.frame(event)) }
    }

    /// Returns the last event that was sent.
    private func broadcast(_ journal: any JournalStore, after position: Int) throws -> Int {
        var (query, last) = (EventQuery(), position)
        query.limit = Self.replayLimit
        while true {
            query.after = last
            let events = try journal.events(query)
            guard let newest = events.last else { return last }
            let listeners = state.withLock { state in
                state.listeners.removeAll { !$0.stream.isOpen }
                return state.listeners
            }
            for event in events { measurements.take(event) }
            for event in events where !listeners.isEmpty {
                let frame = Self.frame(event)
                for listener in listeners where listener.filter.covers(event) { listener.stream.send(frame) }
            }
            last = newest.sequence
            state.withLock { $0.position = last }
        }
    }

    private func dropThoseWithoutRight() {
        let listeners = state.withLock { $0.listeners }
        var standing: [Principal: Bool] = [:]
        for listener in listeners {
            let principal = listener.filter.principal
            let stands = standing[principal] ?? access.stands(principal)
            standing[principal] = stands
            if !stands { listener.stream.end() }
        }
    }

    static func frame(_ event: EventRecord) -> [UInt8] { frame(event.type.name, id: event.sequence, event.json) }

    /// A name of a type may be anything that an older system wrote: only a plain one names the event.
    private static func frame(_ name: String, id: Int, _ data: JSON) -> [UInt8] {
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return Array("id: \(id)\nevent: \(isPlain ? name : "event")\ndata: ".utf8) + data.utf8() + [10, 10]
    }
}

extension Problem {
    /// For whoever is told of errors.
    var explained: any ExplainedError { StreamFailure(message: detail) }
}

private struct StreamFailure: ExplainedError { let message: String }
