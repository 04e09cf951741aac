internal import Basics
internal import Secrets

/// One attempt at a request: the hops from redirect to redirect, until an answer stands.
struct HTTPExchange {
    let request: HTTPRequest
    let session: CurlSession
    let route: HTTPRoute
    let cancellation: Cancellation?
    let now: () -> Instant
    let trace: (HTTPTraceEvent) -> Void

    private static let managedHeaders = ["host", "content-length", "transfer-encoding"]

    func run(_ onChunk: (([UInt8]) -> Bool)?, handedOver: inout Bool) throws(HTTPFailure) -> HTTPResponse {
        var hop = try firstHop()
        var redirects = 0
        var sent = false
        while true {
            do throws(HTTPFailure) {
                let response = try answer(to: hop, onChunk, &handedOver)
                sent = true
                guard request.followRedirects > 0, let next = try redirect(from: hop, response) else {
                    return response
                }
                guard redirects < request.followRedirects else {
                    throw HTTPFailure(.tooManyRedirects(limit: request.followRedirects))
                }
                redirects += 1
                hop = next
            } catch {
                throw explained(error, sent: sent, redirectedTo: redirects > 0 ? hop.url.text : nil)
            }
        }
    }

    /// Adds what earlier hops mean for a later failure.
    private func explained(_ error: HTTPFailure, sent: Bool, redirectedTo: String?) -> HTTPFailure {
        var failure = error
        failure.sent = error.sent || sent
        failure.redirectedTo = redirectedTo
        if case .connectionLost = error.problem { failure.problem = .connectionLost(afterSending: failure.sent) }
        return failure
    }

    private func firstHop() throws(HTTPFailure) -> HTTPHop {
        let url = try HTTPURL(request.url, session.library)
        var headers = request.headers
        if let authorization = authorization(from: url) {
            headers.remove(authorization.name)
            headers.add(authorization.name, authorization.value)
        }
        for field in headers {
            guard field.isWellFormed, !Self.managedHeaders.contains(field.name.lowercased()) else {
                throw HTTPFailure(.invalidHeader(name: Redaction.printable(field.name, limit: 60)))
            }
        }
        return HTTPHop(
            method: request.method, url: url, headers: headers, body: request.body, timeouts: request.timeouts,
            isIdempotent: request.isIdempotent)
    }

    /// What the caller gave, or else the user name and password in the URL.
    private func authorization(from url: HTTPURL) -> HTTPHeaders.Field? {
        if let authorization = request.authorization { return authorization.field }
        return url.user.map { HTTPAuthorization.basic(user: $0, password: url.password ?? Secret("")).field }
    }

    private func answer(
        to hop: HTTPHop, _ onChunk: (([UInt8]) -> Bool)?, _ handedOver: inout Bool
    ) throws(HTTPFailure) -> HTTPResponse {
        let sink = ResponseSink(bodyLimit: request.maxResponseBytes, onChunk: onChunk)
        let shown = Redaction.url(hop.url.text)
        trace(
            .sending(
                method: hop.method.rawValue, url: shown, headers: shownHeaders(hop),
                bodyBytes: hop.body?.count ?? 0))
        defer { handedOver = handedOver || sink.hasHandedOver }
        let timings = try session.perform(hop, route, sink, cancellation)
        let response = HTTPResponse(
            status: sink.status, headers: sink.headers, body: sink.body, effectiveURL: hop.url.text,
            timings: timings,
            receivedAt: now())
        trace(
            .received(
                status: sink.status, url: shown, headers: Redaction.headers(sink.headers),
                bodyBytes: sink.bodyBytes,
                took: timings.total))
        return response
    }

    private func shownHeaders(_ hop: HTTPHop) -> HTTPHeaders {
        var headers = Redaction.headers(hop.headers)
        if let name = request.authorization?.field.name, headers[name] != nil { headers[name] = Redaction.mark }
        return headers
    }

    /// The next hop, as browsers choose it (Fetch, "HTTP-redirect fetch"); `nil` when the answer is no redirect.
    private func redirect(from hop: HTTPHop, _ response: HTTPResponse) throws(HTTPFailure) -> HTTPHop? {
        guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["Location"]
        else {
            return nil
        }
        var next = hop
        next.url = try HTTPURL(location, relativeTo: hop.url, session.library)
        if let total = hop.timeouts.total { next.timeouts.total = total - response.timings.total }
        let becomesGet =
            response.status == 303 ? hop.method != .head : response.status < 303 && hop.method == .post
        if becomesGet && hop.method != .get {
            (next.method, next.body, next.isIdempotent) = (.get, nil, true)
            next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
        }
        let keepsCredentials = next.url.isSameOrigin(as: hop.url)
        if !keepsCredentials { next.headers.removeAll(where: isCredential) }
        trace(.redirecting(to: Redaction.url(next.url.text), keepsCredentials: keepsCredentials))
        return next
    }

    private func isCredential(_ field: HTTPHeaders.Field) -> Bool {
        if CredentialName.isSensitive(field: field.name) { return true }
        return request.authorization.map { HTTPHeaders.isSame($0.field.name, field.name) } ?? false
    }
}
