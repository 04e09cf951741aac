package import Basics

/// Asks servers over HTTP and HTTPS, keeping connections open between requests; threads may share it.
package struct HTTPClient: Sendable {
    private let retry: RetryPolicy
    private let route: HTTPRoute
    private let timing: HTTPTiming
    private let trace: @Sendable (HTTPTraceEvent) -> Void
    private let sessions: SessionPool

    /// `caBundle` names a file of PEM certificates to trust in place of the system's.
    package init(
        userAgent: String, retry: RetryPolicy = .standard, proxies: ProxySettings = .none, caBundle: String? = nil,
        trust: HTTPTrust = HTTPTrust(), timing: HTTPTiming = .system,
        trace: @escaping @Sendable (HTTPTraceEvent) -> Void = { _ in }
    ) {
        self.init(
            userAgent: userAgent, retry: retry, proxies: proxies, caBundle: caBundle, trust: trust, timing: timing,
            trace: trace, libraryNames: CurlLibrary.systemNames)
    }

    /// With the names under which to look for libcurl.
    package init(
        userAgent: String, retry: RetryPolicy = .standard, proxies: ProxySettings = .none, caBundle: String? = nil,
        trust: HTTPTrust = HTTPTrust(), timing: HTTPTiming = .system,
        trace: @escaping @Sendable (HTTPTraceEvent) -> Void = { _ in }, libraryNames: [String]
    ) {
        route = HTTPRoute(proxies: proxies, caBundle: caBundle, trust: trust, userAgent: userAgent)
        (self.retry, self.timing, self.trace) = (retry, timing, trace)
        sessions = SessionPool(libraryNames: libraryNames)
    }

    /// The answer, whatever its status; an error only where there is none.
    package func send(
        _ request: HTTPRequest, cancellation: Cancellation? = nil
    ) throws(HTTPError) -> HTTPResponse {
        try repeated(request, cancellation, onChunk: nil)
    }

    /// Hands a success's body over piece by piece until `onChunk` returns `false`.
    ///
    /// The body of any other answer comes with the answer. Once a piece was handed over, the request is not sent
    /// again, and the limit counts all pieces together.
    package func stream(
        _ request: HTTPRequest, cancellation: Cancellation? = nil, onChunk: ([UInt8]) -> Bool
    ) throws(HTTPError) -> HTTPResponse {
        let result = withoutActuallyEscaping(onChunk) { onChunk in
            Result<HTTPResponse, HTTPError> { () throws(HTTPError) in
                try repeated(request, cancellation, onChunk: onChunk)
            }
        }
        return try result.get()
    }

    private func repeated(
        _ request: HTTPRequest, _ cancellation: Cancellation?, onChunk: (([UInt8]) -> Bool)?
    ) throws(HTTPError) -> HTTPResponse {
        var attempt = 1
        while true {
            var handedOver = false
            let result = once(request, cancellation, onChunk, &handedOver)
            guard let wait = handedOver ? nil : wait(after: result, request, attempt) else {
                return try settled(result, request, attempt)
            }
            trace(.waiting(wait, reason: reason(of: result), nextAttempt: attempt + 1))
            timing.sleep(wait, cancellation)
            attempt += 1
        }
    }

    private func once(
        _ request: HTTPRequest, _ cancellation: Cancellation?, _ onChunk: (([UInt8]) -> Bool)?,
        _ handedOver: inout Bool
    ) -> Result<HTTPResponse, HTTPFailure> {
        Result { () throws(HTTPFailure) in
            if cancellation?.isCancelled == true { throw HTTPFailure(.cancelled) }
            return try sessions.withSession { session throws(HTTPFailure) in
                let exchange = HTTPExchange(
                    request: request, session: session, route: route, cancellation: cancellation, now: timing.now,
                    trace: trace)
                return try exchange.run(onChunk, handedOver: &handedOver)
            }
        }
    }

    /// How long to wait before asking again; `nil` when the result stands, or when repeating it could do harm.
    private func wait(
        after result: Result<HTTPResponse, HTTPFailure>, _ request: HTTPRequest, _ attempt: Int
    ) -> Duration? {
        switch result {
        case .success(let response):
            guard request.isIdempotent else { return nil }
            return retry.wait(after: response, attempt: attempt, random: timing.random())
        case .failure(let failure):
            guard request.isIdempotent || !failure.sent else { return nil }
            return retry.wait(after: failure.problem, attempt: attempt, random: timing.random())
        }
    }

    private func settled(
        _ result: Result<HTTPResponse, HTTPFailure>, _ request: HTTPRequest, _ attempt: Int
    ) throws(HTTPError) -> HTTPResponse {
        switch result {
        case .success(let response): return response.with(attempts: attempt)
        case .failure(let failure):
            let error = HTTPError(request, failure, attempts: attempt)
            trace(.failed(reason: error.description))
            throw error
        }
    }

    private func reason(of result: Result<HTTPResponse, HTTPFailure>) -> String {
        switch result {
        case .success(let response): "status \(response.status)"
        case .failure(let failure): failure.problem.text
        }
    }
}

extension HTTPResponse {
    fileprivate func with(attempts: Int) -> HTTPResponse {
        var timings = timings
        timings.attempts = attempts
        return HTTPResponse(
            status: status, headers: headers, body: body, effectiveURL: effectiveURL, timings: timings,
            receivedAt: receivedAt)
    }
}
