internal import API
package import Basics
internal import HTTP
package import HTTPServer
internal import Observability
package import Secrets

/// What the older system calls the Spider node: sees the events of a control plane and shows them, and nothing waits
/// for it.
package final class ObserverService: ServerService {
    private static let largestBody = Endpoint.bodyLimit

    private let events: ObservedEvents
    private let access: AccessControl
    private let context: Context
    private let version: String
    private let reader: ObserverReader?
    private let ending = Cancellation()

    /// `url` is the control plane's; without one only forwarders tell it of events.
    package init(url: String?, token: Secret?, _ access: AccessControl, _ context: Context, version: String) {
        (self.access, self.context, self.version) = (access, context, version)
        let events = ObservedEvents()
        self.events = events
        reader = url.map { ObserverReader(url: $0, token: token, events, context) }
    }

    package func start() {
        if let reader { Workers.inBackground { [self] in reader.run(until: ending) } }
    }

    package func stop() {
        ending.cancel()
        events.end()
    }

    // MARK: Requests

    private typealias Handler = @Sendable (ServerRequest) throws(Problem) -> ServerResponse

    package func admit(_ request: ServerRequest) -> ServerAdmission {
        do throws(Problem) {
            let handler = try handler(request)
            let answer: @Sendable (ServerRequest) -> ServerResponse = { [self] request in
                do throws(Problem) { return finished(try handler(request)) } catch {
                    return finished(error.response(instance: nil))
                }
            }
            return request.method == "POST"
                ? .admitted(bodyLimit: Self.largestBody, answer: answer) : .answered(answer(request))
        } catch { return .answered(finished(error.response(instance: nil))) }
    }

    private func handler(_ request: ServerRequest) throws(Problem) -> Handler {
        let known: [String: (method: String, right: Right?, handler: Handler)] = [
            "/health": ("GET", nil, { [self] _ in health() }),
            "/metrics": ("GET", .view, { [self] _ in metrics() }),
            "/v1/events/recent": ("GET", .view, { [self] request throws(Problem) in try recent(request) }),
            "/v1/events/stream": ("GET", .view, { [self] _ throws(Problem) in try stream() }),
            "/v1/events/ingest": ("POST", .trigger, { [self] request throws(Problem) in try ingest(request) }),
        ]
        guard let found = known[request.path] else {
            throw Problem(
                .notFound, "there is nothing at this path", hint: known.keys.sorted().joined(separator: ", "))
        }
        guard request.method == found.method || (request.method == "HEAD" && found.method == "GET") else {
            var problem = Problem(.methodNotAllowed, "this takes \(found.method)")
            problem.allow = found.method == "GET" ? ["GET", "HEAD"] : [found.method]
            throw problem
        }
        if let right = found.right {
            let principal = try access.principal(of: request)
            try access.demandPatience(of: principal)
            guard principal.may(right) else {
                throw Problem(.forbidden, "this needs the right '\(right.rawValue)' for all targets")
            }
        }
        return found.handler
    }

    private func health() -> ServerResponse {
        .json([
            "status": "ok", "version": .string(version), "connected": .bool(events.isConnected),
            "reads_control_plane": .bool(reader != nil),
        ])
    }

    private func metrics() -> ServerResponse {
        var page = MetricsText()
        page.begin(.buildInfo)
        page.sample([version, BuildRevision.text], 1)
        let counts = events.counts.sorted { $0.key < $1.key }
        page.add(.eventsReceived, Double(counts.reduce(0) { $0 + $1.value }))
        page.begin(.eventsByType)
        for (type, count) in counts { page.sample([type], Double(count)) }
        page.add(.spiderUp, reader == nil || events.isConnected ? 1 : 0)
        page.add(.spiderLastEvent, events.newest.map { Double($0.microsecondsSinceEpoch) / 1_000_000 } ?? 0)
        page.add(.listeners, Double(events.listenerCount))
        return ServerResponse(
            200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"], text: page.text)
    }

    private func recent(_ request: ServerRequest) throws(Problem) -> ServerResponse {
        var limit = 100
        if let query = request.query, !query.isEmpty {
            guard query.hasPrefix("limit="), let number = Int(query.dropFirst("limit=".count)),
                (1...1000).contains(number)
            else { throw Problem(.malformed, "the only parameter is limit, from 1 to 1000") }
            limit = number
        }
        return .json(["events": .array(events.recent(limit))])
    }

    private func stream() throws(Problem) -> ServerResponse {
        guard let stream = events.subscribe() else { throw Problem(.unavailable, "too many listen already") }
        return ServerResponse(
            200, headers: ["Content-Type": "text/event-stream", "X-Accel-Buffering": "no"], body: .stream(stream))
    }

    /// What a forwarder tells; nothing of it is kept beyond the newest.
    private func ingest(_ request: ServerRequest) throws(Problem) -> ServerResponse {
        guard let body = try? JSON.parse(request.body, maximumDepth: 100) else {
            throw Problem(.malformed, "the body is not JSON")
        }
        guard let given = body["events"]?.elements ?? (body["event_type"] == nil ? nil : [body]),
            given.count <= 1000
        else { throw Problem(.invalid, "'events' is a list of at most 1,000 events") }
        guard given.allSatisfy({ $0["event_type"]?.string != nil }) else {
            throw Problem(.invalid, "an event without 'event_type' is none")
        }
        let new = given.count { events.take($0, at: nil) }
        return .json([
            "status": "ok", "bundle_id": body["bundle_id"] ?? .null, "ingested": .integer(new),
            "known": .integer(given.count - new),
        ])
    }

    private func finished(_ response: ServerResponse) -> ServerResponse {
        var response = response
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    }

    package func refusal(_ status: Int, _ reason: String) -> ServerResponse {
        var problem = Problem(
            Problem.Kind.allCases.first { $0.status == status && $0 != .malformed } ?? .http, reason)
        problem.status = status
        return finished(problem.response(instance: nil))
    }
}
