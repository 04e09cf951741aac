internal import API
internal import Basics
internal import Crypto
internal import HTTP
internal import Model
internal import Secrets
internal import Synchronization

/// Asks a provider for its description, its keys, and the token of a login; what it said is kept for a while.
final class OpenIDProvider: Sendable {
    /// So long a description and keys are good without being read again.
    private static let lifetime = Duration.seconds(3600)
    /// A key that nobody knows makes the keys be read again, and not more often than this.
    private static let keyPause = Duration.seconds(30)
    private static let sizeLimit = 1 << 20

    private struct State {
        var metadata: (value: ProviderMetadata, read: Instant)?
        var keys: (value: SigningKeys, read: Instant)?
    }

    let settings: IdentityProvider
    private let secret: Secret?
    private let client: HTTPClient
    private let clock: Clock
    private let state = Mutex(State())

    init(_ settings: IdentityProvider, _ secret: Secret?, _ client: HTTPClient, _ clock: Clock) {
        (self.settings, self.secret, self.client, self.clock) = (settings, secret, client, clock)
    }

    // MARK: What it says of itself

    func metadata() throws(Problem) -> ProviderMetadata {
        let now = clock.now()
        if let known = state.withLock({ $0.metadata }), Self.isFresh(known.read, now, Self.lifetime) {
            return known.value
        }
        var issuer = settings.issuer
        while issuer.hasSuffix("/") { issuer.removeLast() }
        let json = try get(issuer + "/.well-known/openid-configuration")
        guard let metadata = ProviderMetadata(json, issuer: settings.issuer) else {
            throw Self.trouble("it calls itself other than '\(settings.issuer)', or names an address without TLS")
        }
        state.withLock { $0.metadata = (metadata, now) }
        return metadata
    }

    /// The key of a token; the keys are read again where the token names one that came later.
    private func key(of token: JSONWebToken) throws -> PublicKey {
        let now = clock.now()
        if let known = state.withLock({ $0.keys }), Self.isFresh(known.read, now, Self.lifetime) {
            if let key = known.value.key(of: token) { return key }
            if Self.isFresh(known.read, now, Self.keyPause) { throw TokenProblem.unknownKey }
        }
        guard let keys = SigningKeys(try get(try metadata().keysEndpoint)) else {
            throw Self.trouble("its keys cannot be understood")
        }
        state.withLock { $0.keys = (keys, now) }
        guard let key = keys.key(of: token) else { throw TokenProblem.unknownKey }
        return key
    }

    /// A clock that was set back makes nothing last longer.
    private static func isFresh(_ read: Instant, _ now: Instant, _ lifetime: Duration) -> Bool {
        now >= read && now - read < lifetime
    }

    private func get(_ url: String) throws(Problem) -> JSON {
        var request = HTTPRequest(.get, url, headers: ["Accept": "application/json"])
        return try answer(&request)
    }

    private func answer(_ request: inout HTTPRequest) throws(Problem) -> JSON {
        request.followRedirects = 0
        request.maxResponseBytes = Self.sizeLimit
        request.timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(10), idle: .seconds(10))
        let response: HTTPResponse
        do throws(HTTPError) { response = try client.send(request) } catch {
            throw Self.trouble(error.message)
        }
        guard let json = try? JSON.parse(response.body, maximumDepth: 20) else {
            throw Self.trouble("it answers \(response.status) without JSON")
        }
        guard response.isSuccess else {
            let word = (json["error"]?.string ?? "").prefix(100)
            throw Self.trouble("it answers \(response.status) \(word)")
        }
        return json
    }

    static func trouble(_ why: String) -> Problem {
        Problem(
            .unavailable, "the provider of identities cannot be asked: \(why)", hint: "log in with a key meanwhile"
        )
    }

    // MARK: A login

    /// Trades the code of a login for the claims of the person, once all of them are proved.
    func claims(code: String, verifier: String, redirect: String, nonce: String) throws -> JSON {
        let answer = try tokens(code: code, verifier: verifier, redirect: redirect)
        let token = try JSONWebToken(answer["id_token"]?.string ?? "")
        let key = try key(of: token)
        guard token.isSigned(by: key) else { throw TokenProblem.signature }
        let check = IDTokenCheck(
            issuer: settings.issuer, clientID: settings.clientID, nonce: nonce, skew: settings.clockSkew,
            now: clock.now())
        try check.check(token.claims)
        return try completed(token.claims, access: answer["access_token"]?.string)
    }

    /// With the groups and the mail address, where the token has none and the provider tells them when it is asked.
    private func completed(_ claims: JSON, access: String?) throws -> JSON {
        let wanted = [settings.groupsClaim ?? settings.preset.groupsClaim, settings.nameClaim ?? "email"]
        guard wanted.contains(where: { claims[$0] == nil }), let access,
            let endpoint = try metadata().personEndpoint
        else { return claims }
        var request = HTTPRequest(
            .get, endpoint, headers: ["Accept": "application/json"], authorization: .bearer(Secret(access)))
        let more = try answer(&request)
        // An answer about somebody else must not be taken for this person's (OpenID Connect Core, 5.3.2).
        guard let subject = more["sub"]?.string, subject == claims["sub"]?.string, let members = more.members
        else {
            throw TokenProblem.malformed("what the provider tells besides is about somebody else")
        }
        let known = Set((claims.members ?? []).map(\.name))
        return .object((claims.members ?? []) + members.filter { !known.contains($0.name) })
    }

    private func tokens(code: String, verifier: String, redirect: String) throws(Problem) -> JSON {
        if let name = settings.secretVariable, secret == nil {
            throw Self.trouble("the variable '\(name)', which holds the client's secret, is not set")
        }
        let metadata = try metadata()
        var fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
            ("code_verifier", verifier), ("client_id", settings.clientID),
        ]
        var request = HTTPRequest(
            .post, metadata.tokenEndpoint,
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"])
        if let secret {
            if metadata.takesBasic {
                let password = secret.reveal { Secret(PercentEncoding.encode($0)) }
                request.authorization = .basic(user: PercentEncoding.encode(settings.clientID), password: password)
            } else {
                fields.append(("client_secret", secret.reveal { $0 }))
            }
        }
        let body = fields.map { PercentEncoding.encode($0) + "=" + PercentEncoding.encode($1) }
        request.body = Array(body.joined(separator: "&").utf8)
        let tokens = try answer(&request)
        guard tokens["id_token"]?.string != nil else { throw Self.trouble("it gives no token of the person") }
        return tokens
    }
}
