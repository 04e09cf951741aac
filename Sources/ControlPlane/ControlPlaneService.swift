package import API
package import Basics
internal import Crypto
package import HTTP
package import HTTPServer
internal import Journal
internal import Runner
internal import Synchronization

/// Answers requests: finds the endpoint, proves who calls and what they may, holds the request against the declaration,
/// and only then asks the handler.
package final class ControlPlaneService: ServerService {
    package let home: ControlPlaneHome
    private let router: Router
    private let operations: [String: Operation]
    private let repeated: RepeatedRequests
    private let isSecure: Bool
    /// What the ids of this process's requests begin with, and how many there were.
    private let idPrefix: String
    private let requestCount = Atomic(0)
    private let log: @Sendable (JSON) -> Void

    package init(
        _ home: ControlPlaneHome, _ operations: [Operation] = Operations.all, isSecure: Bool = false,
        log: @escaping @Sendable (JSON) -> Void = { _ in }
    ) {
        (self.home, self.isSecure, self.log) = (home, isSecure, log)
        repeated = RepeatedRequests(home.access.shared, home.context.identifiers)
        idPrefix = "req-" + home.context.identifiers.short() + "-"
        router = Router(operations.map(\.endpoint))
        self.operations = Dictionary(operations.map { ($0.endpoint.id, $0) }) { first, _ in first }
    }

    package var endpoints: [Endpoint] { router.endpoints }

    /// Answers a request in this process, as the server would; `caller` is known already where it is given.
    package func respond(_ request: ServerRequest, as caller: Principal? = nil) -> ServerResponse {
        switch admit(request, as: caller) {
        case .answered(let response): response
        case .admitted(let limit, let answer):
            request.body.count > limit ? refusal(413, "the body is too long") : answer(request)
        }
    }

    // MARK: The way of a request

    private func requestID() -> String {
        idPrefix + String(requestCount.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
    }

    package func admit(_ request: ServerRequest) -> ServerAdmission { admit(request, as: nil) }

    package func admit(_ request: ServerRequest, as caller: Principal?) -> ServerAdmission {
        let id = requestID()
        var route: Endpoint?
        do throws(Problem) {
            let (endpoint, path) = try found(request)
            route = endpoint
            let principal = if let caller { caller } else { try principal(request, endpoint) }
            try home.access.demand(endpoint, principal, path: path)
            let arrival = Arrival(endpoint: endpoint, path: path, principal: principal, id: id)
            if endpoint.isQuick { return .answered(answer(request, arrival)) }
            return .admitted(bodyLimit: endpoint.bodyLimit) { [self] request in answer(request, arrival) }
        } catch {
            return .answered(finished(error.response(instance: id), id, route, nil))
        }
    }

    /// What is known of a request before its body comes.
    private struct Arrival: Sendable {
        let endpoint: Endpoint
        let path: [String: String]
        let principal: Principal
        let id: String
    }

    private func found(_ request: ServerRequest) throws(Problem) -> (Endpoint, [String: String]) {
        switch router.match(request.method, request.path) {
        case .found(let endpoint, let parameters): return (endpoint, parameters)
        case .malformed: throw Problem(.malformed, "an escape in the path is broken")
        case .none:
            throw Problem(
                .notFound, "there is nothing at this path", hint: "GET /v1/openapi.json lists what there is")
        case .otherMethod(let allowed):
            var problem = Problem(.methodNotAllowed, "this takes \(allowed.joined(separator: ", "))")
            problem.allow = allowed
            throw problem
        }
    }

    private func principal(_ request: ServerRequest, _ endpoint: Endpoint) throws(Problem) -> Principal {
        if endpoint.isOpen { return Principal(id: "anyone", name: "anyone", right: .view, targets: .named([])) }
        let principal = try home.access.principal(of: request)
        try home.access.demandPatience(of: principal)
        return principal
    }

    private func answer(_ request: ServerRequest, _ arrival: Arrival) -> ServerResponse {
        let response: ServerResponse
        do throws(Problem) { response = try handled(request, arrival) } catch {
            response = error.response(instance: arrival.id)
        }
        return finished(response, arrival.id, arrival.endpoint, arrival.principal)
    }

    private func handled(_ request: ServerRequest, _ arrival: Arrival) throws(Problem) -> ServerResponse {
        let endpoint = arrival.endpoint
        let call = try CallReader(endpoint, request).read(arrival.path, arrival.principal, id: arrival.id)
        if case .bodyTarget(let name) = endpoint.subject {
            try home.access.demand(endpoint, arrival.principal, target: call.body[name]?.string ?? "")
        }
        if endpoint.demandsVersion, request.headers["If-Match"] == nil {
            throw Problem(.versionRequired, "send If-Match with the ETag that GET answers with")
        }
        guard endpoint.isRepeatable, let key = request.headers["Idempotency-Key"] else { return try run(call) }
        return try once(call, key)
    }

    /// The same request again gets the same answer, and changes nothing.
    private func once(_ call: APICall, _ key: String) throws(Problem) -> ServerResponse {
        let request = call.request
        let name = call.principal.id + " " + key
        let text =
            "\(request.method) \(request.path)?\(request.query ?? "")\n\(request.headers["If-Match"] ?? "")\n"
        let content = SHA256.digest(of: Array(text.utf8) + request.body)
        let claim = try Problem.stored { () throws(JournalError) in
            try repeated.claim(name, content: content, at: home.context.clock.now())
        }
        switch claim {
        case .answered(var response):
            response.headers["Idempotent-Replayed"] = "true"
            return response
        case .running: throw Problem(.inProgress, "a request with this Idempotency-Key is being answered")
        case .other: throw Problem(.keyReused, "this Idempotency-Key was used for another request")
        case .begin: break
        }
        let response: ServerResponse
        do throws(Problem) { response = try run(call) } catch { response = error.response(instance: call.id) }
        // What is done is answered, whether that can be kept or not.
        do throws(JournalError) {
            try repeated.finish(name, content: content, response, at: home.context.clock.now())
        } catch { home.context.observer.warning(error) }
        return response
    }

    private func run(_ call: APICall) throws(Problem) -> ServerResponse {
        guard let operation = operations[call.endpoint.id] else { throw Problem(.failed, "it has no handler") }
        do { return try operation.handle(call, home) } catch {
            let problem = Problem(error)
            if problem.status >= 500 { logFailure(error, call) }
            throw problem
        }
    }

    /// Where a browser has reached this server, without a path: behind a front that speaks TLS only the host tells.
    package func address(of request: ServerRequest) -> String {
        let host = request.headers["Host"] ?? ""
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        let isLocal = name == "localhost" || name == "[::1]" || name.hasPrefix("127.")
        return (isSecure || !isLocal ? "https://" : "http://") + host
    }

    // MARK: What every answer has

    private func finished(
        _ response: ServerResponse, _ id: String, _ endpoint: Endpoint?, _ principal: Principal?
    ) -> ServerResponse {
        var response = response
        response.headers["X-Request-Id"] = id
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.headers["Cache-Control"] == nil { response.headers["Cache-Control"] = "no-store" }
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response.headers["Referrer-Policy"] = "no-referrer"
        if isSecure { response.headers["Strict-Transport-Security"] = "max-age=31536000" }
        response.notes = [
            HTTPHeaders.Field("request", id), HTTPHeaders.Field("route", endpoint?.path ?? "-"),
            HTTPHeaders.Field("actor", principal?.name ?? "-"),
        ]
        return response
    }

    /// What every answer has, for one that was made elsewhere.
    package func finished(page response: ServerResponse) -> ServerResponse {
        finished(response, requestID(), nil, nil)
    }

    package func refusal(_ status: Int, _ reason: String) -> ServerResponse {
        let id = requestID()
        let kind = Problem.Kind.allCases.first { $0.status == status && $0 != .malformed } ?? .http
        var problem = Problem(kind, reason)
        if status == 503 { problem.retryAfter = 1 }
        problem.status = status
        return finished(problem.response(instance: id), id, nil, nil)
    }

    package func ended(
        _ request: ServerRequest, status: Int, notes: [HTTPHeaders.Field], after: Duration, isComplete: Bool
    ) {
        let facts = HTTPHeaders(notes)
        home.measurements.count(facts["route"] ?? "-", status, after)
        log([
            "time": .string(home.context.clock.now().description), "level": status >= 500 ? "error" : "info",
            "message": "request", "request": .optional(facts["request"]), "method": .string(request.method),
            "path": .string(request.path), "route": .optional(facts["route"]), "status": .integer(status),
            "duration_ms": .integer(Int(after.milliseconds)), "actor": .optional(facts["actor"]),
            "peer": .string(request.peer), "complete": .bool(isComplete),
        ])
    }

    private func logFailure(_ error: any Error, _ call: APICall) {
        log([
            "time": .string(home.context.clock.now().description), "level": "error", "message": "failure",
            "request": .string(call.id), "route": .string(call.endpoint.path), "error": .string("\(error)"),
        ])
    }
}
