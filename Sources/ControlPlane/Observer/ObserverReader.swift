internal import API
internal import Basics
internal import Glibc
internal import HTTP
internal import Secrets

/// Reads the stream of events of a control plane, and comes again when it breaks off, where it stood.
struct ObserverReader: Sendable {
    private static let longestPause: Int32 = 30_000

    let url: String
    let token: Secret?
    let events: ObservedEvents
    let context: Context
    private let client: HTTPClient

    init(url: String, token: Secret?, _ events: ObservedEvents, _ context: Context) {
        (self.url, self.token, self.events, self.context) = (url, token, events, context)
        var retry = RetryPolicy.standard
        retry.attempts = 1
        client = HTTPClient(userAgent: "leviathan-observer", retry: retry)
    }

    /// Reads until it is cancelled.
    func run(until ending: Cancellation) {
        var (pause, wake): (Int32, pollfd) = (
            500, pollfd(fd: ending.descriptor, events: Int16(POLLIN), revents: 0)
        )
        while !ending.isCancelled {
            let began = MonotonicTime.now
            read(until: ending)
            events.setConnected(false)
            // A stream that held for a while breaks off for another reason than one that never stood.
            pause = MonotonicTime.now - began > .seconds(60) ? 500 : min(pause * 2, Self.longestPause)
            _ = poll(&wake, 1, pause)
        }
    }

    private func read(until ending: Cancellation) {
        var request = HTTPRequest(.get, url + "/v1/events/stream", headers: ["Accept": "text/event-stream"])
        if let position = events.position { request.headers["Last-Event-ID"] = String(position) }
        if let token { request.authorization = .bearer(token) }
        // A comment comes every 15 seconds: what is silent for longer is dead.
        request.timeouts = HTTPTimeouts(connect: .seconds(10), total: nil, idle: .seconds(45))
        (request.maxResponseBytes, request.followRedirects) = (.max, 0)
        var parser = ServerSentEventParser(limit: 2 << 20)
        do throws(HTTPError) {
            let answer = try client.stream(request, cancellation: ending) { bytes in
                events.setConnected(true)
                guard let found = try? parser.feed(bytes) else { return false }
                for event in found { take(event) }
                return true
            }
            guard answer.status != 200 else { return }
            context.observer.warning(
                Problem(.unavailable, "the control plane answers its stream of events with \(answer.status)")
                    .explained)
        } catch {
            if !ending.isCancelled { context.observer.warning(error) }
        }
    }

    private func take(_ event: ServerSentEvent) {
        let position = event.id.flatMap { Int($0) }
        // What was missed stays missed: the control plane has all of it.
        if event.type == "resync" {
            if let position { events.move(to: position) }
            return
        }
        guard let json = try? JSON.parse(event.data) else { return }
        events.take(json, at: position)
    }
}
