internal import Basics
package import HTTP
internal import Secrets
internal import Synchronization

extension RetryPolicy {
    /// A server that is started anew is away for some seconds.
    package static let cluster = RetryPolicy(
        attempts: 5, baseDelay: .milliseconds(200), maxDelay: .seconds(5), statuses: [429, 500, 502, 503, 504],
        maxWait: .seconds(30))
}

/// Sends requests to an API server with what proves who asks, and finds that anew once it has expired.
final class ClusterChannel: Sendable {
    /// How long one watch lasts: the next one goes on where it ended, and a dead connection is noticed.
    static let watchSeconds = 60
    private static let tokenLimit = 1 << 20

    private let access: ClusterAccess
    private let environment: [String: String]
    private let clock: Clock
    private let cancellation: Cancellation
    private let retry: RetryPolicy
    private let timing: HTTPTiming
    private let known = Mutex<Known?>(nil)

    /// A client, which holds the certificate that it shows, and the token.
    private struct Known: Sendable {
        let client: HTTPClient
        let token: Secret?
        let expires: Instant?
    }

    init(_ access: ClusterAccess, _ context: Context, _ retry: RetryPolicy, _ timing: HTTPTiming) {
        (self.access, environment, clock) = (access, context.environment, context.clock)
        (cancellation, self.retry, self.timing) = (context.cancellation, retry, timing)
    }

    func send(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8]?, _ doing: String, right: String, limit: Int
    ) throws(ClusterError) -> HTTPResponse {
        var request = HTTPRequest(
            method, access.server + path, headers: ["Accept": "application/json"], body: body)
        if body != nil { request.headers.add("Content-Type", "application/json") }
        request.maxResponseBytes = limit
        // Every object has a name that was chosen before: what is made twice is refused the second time.
        request.isIdempotent = true
        return try withProof(request, doing, right) { (client, request) throws(HTTPError) in
            try client.send(request, cancellation: cancellation)
        }
    }

    func stream(
        _ path: String, _ doing: String, right: String, _ cancellation: Cancellation, onChunk: ([UInt8]) -> Bool
    ) throws(ClusterError) {
        var request = HTTPRequest(.get, access.server + path, headers: ["Accept": "application/json"])
        // All pieces together; whoever reaches it goes on with another watch.
        request.maxResponseBytes = .max
        request.timeouts = HTTPTimeouts(
            connect: .seconds(10), total: nil, idle: .seconds(Self.watchSeconds + 30))
        let handOver = onChunk
        _ = try withProof(request, doing, right) { (client, request) throws(HTTPError) in
            try client.stream(request, cancellation: cancellation, onChunk: handOver)
        }
    }

    /// Sends, and sends once more with a new proof where the server no longer takes the old one.
    private func withProof(
        _ base: HTTPRequest, _ doing: String, _ right: String,
        _ send: (HTTPClient, HTTPRequest) throws(HTTPError) -> HTTPResponse
    ) throws(ClusterError) -> HTTPResponse {
        var request = base
        // The token is for this one address.
        request.followRedirects = 0
        var isSecond = false
        while true {
            let proof: Known
            do throws(ClusterAccessError) { proof = try current(renews: isSecond) } catch {
                throw ClusterError(doing, error)
            }
            request.authorization = proof.token.map(HTTPAuthorization.bearer)
            let response: HTTPResponse
            do throws(HTTPError) { response = try send(proof.client, request) } catch {
                throw ClusterError(doing, error)
            }
            if response.isSuccess { return response }
            if response.status == 401, !isSecond, canRenew {
                isSecond = true
                continue
            }
            let body = (try? JSON.parse(response.body)) ?? .null
            throw ClusterError(doing, status: response.status, body, right: right)
        }
    }

    private var canRenew: Bool {
        switch access.proof {
        case .tokenFile, .plugin: true
        default: false
        }
    }

    private func current(renews: Bool) throws(ClusterAccessError) -> Known {
        let held = known.withLock { $0 }
        if let held, !renews, held.expires.map({ clock.now() < $0 }) ?? true, !isFile { return held }
        let fresh = try found(beside: held)
        known.withLock { $0 = fresh }
        return fresh
    }

    private var isFile: Bool { if case .tokenFile = access.proof { true } else { false } }

    private func found(beside held: Known?) throws(ClusterAccessError) -> Known {
        switch access.proof {
        case .nothing: return Known(client: client(nil), token: nil, expires: nil)
        case .token(let token): return Known(client: client(nil), token: token, expires: nil)
        case .identity(let identity): return Known(client: client(identity), token: nil, expires: nil)
        case .tokenFile(let path):
            // Read each time: the cluster writes it anew before it expires, and it is small.
            let bytes = try ClusterAccess.read(path, access.origin)
            let token = String(decoding: bytes, as: UTF8.self).trimmed
            guard !token.isEmpty else { throw ClusterAccessError("'\(path)' holds no token", access.origin) }
            return Known(client: held?.client ?? client(nil), token: Secret(token), expires: nil)
        case .plugin(let plugin):
            let credential = try plugin.ask(environment)
            return Known(
                client: client(credential.identity), token: credential.token,
                // Not the last moment: the request has a way to go.
                expires: credential.expires.map { $0 + .seconds(-10) })
        }
    }

    private func client(_ identity: HTTPIdentity?) -> HTTPClient {
        let proxies = access.proxy.map {
            ProxySettings(environment: ["https_proxy": $0, "http_proxy": $0])
        }
        return HTTPClient(
            userAgent: "leviathan", retry: retry, proxies: proxies ?? ProxySettings(environment: environment),
            caBundle: access.authorities == nil ? environment["SSL_CERT_FILE"] : nil,
            trust: HTTPTrust(authorities: access.authorities, identity: identity), timing: timing)
    }
}
