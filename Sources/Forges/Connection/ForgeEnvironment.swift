package import Basics
package import HTTP

/// What a forge client needs of the world; nothing in it is read from anywhere else.
package struct ForgeEnvironment: Sendable {
    package var userAgent: String
    package var proxies = ProxySettings.none
    package var caBundle: String?
    package var timing = HTTPTiming.system
    package var timeouts = HTTPTimeouts()
    /// For what the network does to questions; limits are waited for by themselves, as a change may be, too.
    package var retry = RetryPolicy(attempts: 3, statuses: [502, 503, 504], maxWait: .zero)
    package var pacing = ForgePacing()
    package var cancellation: Cancellation?
    /// Whom every question passes; `nil` where nobody shares the forge.
    package var gate: (any ForgeGate)?
    package var trace: @Sendable (HTTPTraceEvent) -> Void = { _ in }
    /// The longest answer accepted.
    package var maximumAnswer = 16 << 20
    /// The longest list accepted, all its pages together.
    package var maximumList = 64 << 20
    /// The most pages that one list may have.
    package var maximumPages = 200

    package init(userAgent: String) { self.userAgent = userAgent }
}

/// How fast a forge is asked, and how long its limits are waited for.
package struct ForgePacing: Hashable, Sendable {
    /// Between two requests that change something; forges block who goes faster than one a second.
    package var mutationSpacing = Duration.seconds(1)
    /// Between two new pull requests: content that notifies people is limited more strictly.
    package var creationSpacing = Duration.seconds(3)
    /// All waits for limits of one request together.
    package var longestWait = Duration.seconds(300)
    /// After a secondary limit that does not say how long; doubled each time.
    package var secondaryWait = Duration.seconds(60)
    package var attempts = 5

    package init() {}
}

/// When the next request may go out, as far as the limits seen so far tell.
struct RateState: Sendable {
    private var blocked: [String: Instant] = [:]
    private var nextMutation: Instant?
    private var nextCreation: Instant?

    /// How long a request has to wait; books its place among those that change something.
    mutating func reserve(_ call: ForgeCall, resource: String, now: Instant, _ pacing: ForgePacing) -> Duration {
        var start = max(now, blocked[resource] ?? now)
        guard call.isMutation else { return start - now }
        start = max(start, nextMutation ?? start)
        if call.isCreation {
            start = max(start, nextCreation ?? start)
            nextCreation = start + pacing.creationSpacing
        }
        nextMutation = start + pacing.mutationSpacing
        return start - now
    }

    mutating func block(_ resource: String, until moment: Instant) {
        blocked[resource] = max(moment, blocked[resource] ?? moment)
    }
}
