package import API
internal import Basics
internal import Crypto
internal import HTTP
package import HTTPServer
package import Journal
package import Secrets

/// Who may do what: every request that is not open to all is somebody's, or is refused.
package struct AccessControl: Sendable {
    package let keys: AccessKeys
    /// The people of a provider, where one can be configured.
    package let openID: OpenIDAccess?
    package let sessions: LoginSessions
    /// What all processes of this control plane have in common.
    package let shared: any SharedEntries
    /// The digest of the one token of the older system, which may do everything.
    private let token: Digest?
    /// Nobody has to say who they are: only where nobody else can reach the server.
    private let isOpen: Bool
    private let failures = RateLimiter(perSecond: 0.2, burst: 20)
    private let requests: RateLimiter

    /// `isOpen` counts as long as there is neither a token nor a key nor a provider.
    package init(
        keys: AccessKeys, token: Secret?, isOpen: Bool, perSecond: Double = 100, openID: OpenIDAccess? = nil,
        shared: any SharedEntries = MemorySharedEntries()
    ) {
        (self.keys, self.openID, self.shared) = (keys, openID, shared)
        sessions = LoginSessions(shared, keys.clock, keys.identifiers, openID)
        self.token = token.flatMap { token in token.isEmpty ? nil : token.reveal { SHA256.digest(of: $0) } }
        self.isOpen = isOpen && self.token == nil
        requests = RateLimiter(perSecond: perSecond, burst: perSecond * 4)
    }

    /// Whether there is anything to tell callers apart by.
    package var isConfigured: Bool { token != nil || !keys.isEmpty || openID?.isConfigured == true }

    /// Whether nobody has to say who they are, at the moment.
    private var letsAnybodyIn: Bool { isOpen && !isConfigured }

    private static let admin = Principal(id: "token", name: "control-plane-token", right: .admin, targets: .all)
    private static let local = Principal(id: "local", name: "local", right: .admin, targets: .all)

    /// The caller of a request.
    package func principal(of request: ServerRequest) throws(Problem) -> Principal {
        guard let header = request.headers["Authorization"] else {
            guard letsAnybodyIn else {
                throw Problem(.unauthenticated, "send a key: Authorization: Bearer KEY")
            }
            try demandLocal(request)
            return Self.local
        }
        guard request.headers.values("Authorization").count == 1, let secret = Self.bearer(header),
            let principal = principal(with: secret)
        else {
            try demandGuessing(from: request)
            throw Problem(.unauthenticated, "the key is not known here, or has expired")
        }
        return principal
    }

    /// Refuses whoever shows what is wrong too often.
    private func demandGuessing(from request: ServerRequest) throws(Problem) {
        if let delay = failures.delay(for: request.peer) { throw tooMany(delay) }
    }

    private func principal(with secret: String) -> Principal? {
        if let token, ConstantTime.isEqual(SHA256.digest(of: secret).bytes, token.bytes) { return Self.admin }
        return keys.key(of: secret)?.principal
    }

    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1]).trimmed
    }

    /// A page of somebody else's in a person's browser reaches this machine as well, and is told by its Host or Origin.
    private func demandLocal(_ request: ServerRequest) throws(Problem) {
        let host = request.headers["Host"] ?? "localhost"
        guard HTTPServer.isLoopback(Self.name(of: host)) else {
            throw Problem(.misdirected, "without keys only this machine is answered, by its own name")
        }
        if let origin = request.headers["Origin"], !["http://" + host, "https://" + host].contains(origin) {
            throw Problem(.forbidden, "without keys no other site is answered")
        }
    }

    private static func name(of host: String) -> String {
        if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
        return String(host.prefix { $0 != ":" })
    }

    /// Refuses a caller who asks too often.
    package func demandPatience(of principal: Principal) throws(Problem) {
        if let delay = requests.delay(for: principal.id) { throw tooMany(delay) }
    }

    private func tooMany(_ delay: Int) -> Problem {
        var problem = Problem(.rateLimited, "ask again in \(delay) second\(delay == 1 ? "" : "s")")
        problem.retryAfter = delay
        return problem
    }

    /// Whether a caller may still do what it could when its request began.
    package func stands(_ principal: Principal) -> Bool {
        switch principal.id {
        case Self.admin.id: token != nil
        case Self.local.id: letsAnybodyIn
        case _ where principal.id.hasPrefix(Person.prefix): sessions.stands(principal)
        default: keys.stands(principal)
        }
    }

    /// Refuses what the caller has no right to, as far as the path tells what it is about.
    package func demand(
        _ endpoint: Endpoint, _ principal: Principal, path: [String: String]
    ) throws(Problem) {
        switch endpoint.subject {
        case .open: return
        case .everything:
            guard principal.may(endpoint.right) else { throw missing(endpoint, "for all targets") }
        case .visible, .bodyTarget:
            guard principal.right >= endpoint.right else { throw missing(endpoint, nil) }
        case .target(let name): try demand(endpoint, principal, target: path[name] ?? "")
        }
    }

    package func demand(_ endpoint: Endpoint, _ principal: Principal, target: String) throws(Problem) {
        guard principal.may(endpoint.right, target) else { throw missing(endpoint, "for '\(target)'") }
    }

    private func missing(_ endpoint: Endpoint, _ what: String?) -> Problem {
        Problem(
            .forbidden, "this needs the right '\(endpoint.right.rawValue)'" + (what.map { " " + $0 } ?? ""),
            hint: "ask somebody with an admin key for another one")
    }
}
