package import Basics

/// When a request is sent again, and after which wait.
package struct RetryPolicy: Sendable {
    package var attempts = 4
    package var firstDelay = Duration.milliseconds(500)
    package var maxDelay = Duration.seconds(30)
    /// A server that wants a longer wait than this is not waited for.
    package var maxServerDelay = Duration.seconds(120)

    package init() {}

    package static let never: RetryPolicy = {
        var policy = RetryPolicy()
        policy.attempts = 1
        return policy
    }()

    /// The wait before the next attempt; `nil` when the answer has to do.
    func delay(after response: HTTPResponse, to request: HTTPRequest, attempt: Int, _ timing: HTTPTiming)
        -> Duration?
    {
        let isLimited = response.status == 429 || (response.status == 403 && response.rateLimit?.remaining == 0)
        let isTransient = [500, 502, 503, 504].contains(response.status)
        guard attempt < attempts, isLimited || (isTransient && request.isIdempotent) else { return nil }
        let now = timing.now()
        var asked = response.headers["Retry-After"].flatMap { RetryAfter.delay($0, now: now) }
        if asked == nil, isLimited { asked = response.rateLimit?.reset.map { max(.zero, $0 - now) } }
        guard let asked else { return backoff(attempt, timing) }
        return asked <= maxServerDelay ? asked : nil
    }

    /// The wait after a failure; what the server may have acted on is not sent again.
    func delay(after error: HTTPError, to request: HTTPRequest, attempt: Int, _ timing: HTTPTiming) -> Duration? {
        guard attempt < attempts else { return nil }
        switch error.kind {
        case .couldNotResolve, .couldNotConnect, .connectionLost(afterSending: false):
            return backoff(attempt, timing)
        case .connectionLost(afterSending: true), .timedOut:
            return request.isIdempotent ? backoff(attempt, timing) : nil
        default: return nil
        }
    }

    /// Doubles with each attempt; somewhere in the upper half, so that many clients do not come back together.
    private func backoff(_ attempt: Int, _ timing: HTTPTiming) -> Duration {
        let full = min(maxDelay, firstDelay * (1 << min(attempt - 1, 16)))
        return full / 2 + (full / 2) * timing.random()
    }
}

/// Time and chance, passed in so that tests are exact.
package struct HTTPTiming: Sendable {
    package let now: @Sendable () -> Instant
    /// Waits, but no longer than until the request is cancelled.
    package let sleep: @Sendable (Duration, Cancellation?) -> Void
    /// From 0 to 1.
    package let random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (Duration, Cancellation?) -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        (self.now, self.sleep, self.random) = (now, sleep, random)
    }

    package static let system = HTTPTiming(
        now: Clock.system.now, sleep: { duration, cancellation in Cancellation.wait(duration, cancellation) },
        random: { Double.random(in: 0...1) })
}
