internal import API
package import Basics
internal import HTTP
internal import Journal
internal import Observability
internal import Runner
internal import Secrets
internal import Synchronization

/// Sends spans to a receiver of traces, at its own pace: what is to be sent stands in the journal, so that nobody waits
/// for it, and nothing is lost while it is away.
package final class TraceExporter: Sendable {
    private static let page = 500
    /// Whoever is farther behind goes on at the newest events: a receiver that was away for weeks is no reason to
    /// read weeks.
    private static let longestBacklog = 200_000
    private static let longestPause = 60

    private let settings: TraceSettings
    private let context: Context
    private let journals: JournalPool
    private let version: String
    private let client: HTTPClient
    private let given = Atomic(0)
    private let sent = Atomic(0)

    package init(_ settings: TraceSettings, _ context: Context, _ journals: JournalPool, version: String) {
        (self.settings, self.context, self.journals, self.version) = (settings, context, journals, version)
        var retry = RetryPolicy.standard
        retry.attempts = 1
        client = HTTPClient(userAgent: "leviathan/" + version, retry: retry)
    }

    /// Spans that were refused, and events that were passed over.
    package var dropped: Int { given.load(ordering: .relaxed) }
    package var sentCount: Int { sent.load(ordering: .relaxed) }

    /// Sends until `ending`; one process does so at a time.
    package func start(until ending: Cancellation) {
        Workers.inBackground { [self] in
            var pause = 1
            while true {
                ending.wait(atMost: Int32(pause * 1000))
                guard !ending.isCancelled else { return }
                pause = step() ? 1 : min(pause * 2, Self.longestPause)
            }
        }
    }

    /// What happens from now on is sent, from the first event on: a task may be done before anybody looks.
    package func begin() {
        guard position == nil else { return }
        do { remember(try journals.with { try $0.head().sequence }) } catch {
            context.observer.warning(error as? any ExplainedError ?? Problem(error).explained)
        }
    }

    /// Sends what ended since the last time; `false` where it could not be sent.
    package func step() -> Bool {
        do {
            while true {
                let next = try journals.with { journal in try batch(journal) }
                guard next.position > next.start else { return true }
                if !next.spans.isEmpty, !send(next.spans) { return false }
                remember(next.position)
            }
        } catch {
            context.observer.warning(error as? any ExplainedError ?? Problem(error).explained)
            return false
        }
    }

    // MARK: The journal

    private func batch(_ journal: any JournalStore) throws -> (start: Int, position: Int, spans: [TraceSpan]) {
        let head = try journal.head().sequence
        var start = position ?? head
        if position == nil { remember(head) }
        if head - start > Self.longestBacklog {
            given.add(head - Self.longestBacklog - start, ordering: .relaxed)
            start = head - Self.longestBacklog
        }
        var query = EventQuery()
        (query.after, query.limit) = (start, Self.page)
        let events = try journal.events(query)
        let reader = TraceReader(journal)
        let spans = try events.filter { TraceReader.ends.contains($0.type.current) }.flatMap { event in
            try reader.spans(endingWith: event)
        }
        return (start, events.last?.sequence ?? start, spans)
    }

    private var path: String { context.home + "/traces.json" }

    /// The last event whose spans were sent.
    private var position: Int? {
        guard let bytes = try? FileSystem.read(path, limit: 4096) else { return nil }
        return (try? JSON.parse(bytes))?["position"]?.integer
    }

    private func remember(_ position: Int) {
        let json: JSON = ["position": .integer(position)]
        do throws(FileError) { try FileSystem.write(json.utf8() + [10], to: path, permissions: 0o600) } catch {
            context.observer.warning(StageError(.unexpected, error))
        }
    }

    // MARK: The receiver

    /// `false` where the same is to be sent again later.
    private func send(_ spans: [TraceSpan]) -> Bool {
        let message = TraceMessage(service: settings.service, version: version, spans)
        var request = HTTPRequest(
            .post, settings.url, body: settings.isJSON ? message.json.utf8() : message.protobuf)
        request.headers["Content-Type"] = settings.isJSON ? "application/json" : "application/x-protobuf"
        for (name, value) in settings.headers { value.reveal { request.headers[name] = $0 } }
        request.timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(20), idle: .seconds(10))
        (request.maxResponseBytes, request.followRedirects) = (1 << 20, 0)
        do throws(HTTPError) {
            let response = try client.send(request)
            if (200..<300).contains(response.status) {
                sent.add(spans.count, ordering: .relaxed)
                return true
            }
            if [429, 502, 503, 504].contains(response.status) { return false }
            // It will not take the same the next time either.
            given.add(spans.count, ordering: .relaxed)
            context.observer.warning(
                StageError(
                    .unexpected, "the receiver of traces refused \(spans.count) spans: status \(response.status)"))
            return true
        } catch {
            context.observer.warning(error)
            return false
        }
    }
}
