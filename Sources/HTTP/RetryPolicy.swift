internal import Basics

/// When to ask again, and how long to wait before.
package struct RetryPolicy: Sendable, Hashable {
    /// What may go wrong on the way.
    package enum Trouble: Sendable, Hashable, CaseIterable { case resolving, connecting, lostConnection, timeout }

    /// How many times a request is sent at most; 1 means never again.
    package var attempts: Int
    /// The wait after the first failure; each later one doubles it.
    package var baseDelay: Duration
    package var maxDelay: Duration
    /// The share of a wait, from 0 to 1, that chance may take off.
    package var jitter: Double
    package var statuses: Set<Int>
    package var troubles: Set<Trouble>
    /// The longest wait a server may ask for; when it asks for more, its answer is handed back at once.
    package var maxWait: Duration

    package init(
        attempts: Int = 4, baseDelay: Duration = .milliseconds(500), maxDelay: Duration = .seconds(20),
        jitter: Double = 0.5, statuses: Set<Int> = [429, 502, 503, 504],
        troubles: Set<Trouble> = Set(Trouble.allCases), maxWait: Duration = .seconds(60)
    ) {
        (self.attempts, self.baseDelay, self.maxDelay, self.jitter) = (attempts, baseDelay, maxDelay, jitter)
        (self.statuses, self.troubles, self.maxWait) = (statuses, troubles, maxWait)
    }

    package static let standard = RetryPolicy()
    package static let never = RetryPolicy(attempts: 1)

    /// The wait before asking again after an answer; `nil` when the answer stands.
    package func wait(after response: HTTPResponse, attempt: Int, random: Double) -> Duration? {
        guard attempt < attempts, statuses.contains(response.status) || isLimited(response) else { return nil }
        let asked = serverWait(response)
        guard asked <= maxWait else { return nil }
        return max(asked, backoff(attempt: attempt, random: random))
    }

    /// The wait before asking again after a failure; `nil` when the failure stands.
    package func wait(after problem: HTTPError.Problem, attempt: Int, random: Double) -> Duration? {
        guard attempt < attempts, let trouble = Trouble(problem), troubles.contains(trouble) else { return nil }
        return backoff(attempt: attempt, random: random)
    }

    func backoff(attempt: Int, random: Double) -> Duration {
        var delay = min(baseDelay, maxDelay)
        for _ in 1..<max(1, attempt) where delay < maxDelay { delay = min(delay * 2, maxDelay) }
        return delay * (1 - min(max(jitter, 0), 1) * min(max(random, 0), 1))
    }

    /// Forges refuse with 403 once a quota is spent, and say so in the headers.
    private func isLimited(_ response: HTTPResponse) -> Bool {
        response.status == 403 && (response.rateLimit?.remaining == 0 || response.retryAfter != nil)
    }

    private func serverWait(_ response: HTTPResponse) -> Duration {
        if let retryAfter = response.retryAfter { return retryAfter }
        guard let limit = response.rateLimit, limit.remaining == 0, let reset = limit.reset else { return .zero }
        return max(.zero, reset - response.receivedAt)
    }
}

extension RetryPolicy.Trouble {
    init?(_ problem: HTTPError.Problem) {
        switch problem {
        case .couldNotResolve: self = .resolving
        case .couldNotConnect: self = .connecting
        case .connectionLost: self = .lostConnection
        case .timedOut: self = .timeout
        default: return nil
        }
    }
}
