package import API
package import Basics
internal import Crypto
internal import HTTP
package import HTTPServer
package import Journal
internal import Model
internal import Runner
package import Secrets
internal import Synchronization

/// Lets people of an OpenID provider log in (authorization code with PKCE), as `config.yaml` says at the moment.
package final class OpenIDAccess: Sendable {
    private static let cookie = "__Host-leviathan-login"
    private static let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax"
    package static let callback = "/login/callback"

    private struct Stamp: Equatable {
        let modified: Instant
        let size: Int
    }

    private struct State {
        var stamp: Stamp?
        var isRead = false
        var url = ""
        var provider: OpenIDProvider?
    }

    private let context: Context
    private let secrets: @Sendable (String) -> Secret?
    private let state = Mutex(State())
    private let pending: PendingLogins
    /// Nobody presses others' logins out by beginning many.
    private let beginnings = RateLimiter(perSecond: 20, burst: 200)

    /// `secrets` gives the value of the variable that holds the client's secret.
    package init(
        _ context: Context, _ shared: any SharedEntries = MemorySharedEntries(),
        secrets: @escaping @Sendable (String) -> Secret?
    ) {
        (self.context, self.secrets) = (context, secrets)
        pending = PendingLogins(shared)
    }

    // MARK: The configuration

    /// What holds now; a file that cannot be read lets nobody in, and is no file without a provider.
    private func current() throws(Problem) -> (url: String, provider: OpenIDProvider)? {
        let stamp: Stamp?
        do throws(FileError) {
            stamp = try FileSystem.status(MachineConfiguration.path(context)).map {
                Stamp(modified: $0.modified, size: $0.size)
            }
        } catch { throw Self.unreadable(error) }
        let (isKnown, url, provider) = state.withLock { ($0.isRead && $0.stamp == stamp, $0.url, $0.provider) }
        if isKnown { return provider.map { (url, $0) } }
        return try read(stamp)
    }

    private func read(_ stamp: Stamp?) throws(Problem) -> (url: String, provider: OpenIDProvider)? {
        let settings: ControlPlaneSettings
        do throws(StageError) { settings = try MachineConfiguration.read(context).controlPlane } catch {
            throw Self.unreadable(error)
        }
        var url = settings.url ?? ""
        while url.hasSuffix("/") { url.removeLast() }
        let made = settings.provider.map(provider)
        return state.withLock { state in
            // Keys that are known stay known where nothing about the provider changed.
            let kept = state.provider?.settings == settings.provider ? state.provider : made
            (state.stamp, state.isRead, state.url, state.provider) = (stamp, true, url, kept)
            return kept.map { (url, $0) }
        }
    }

    private func provider(_ settings: IdentityProvider) -> OpenIDProvider {
        let client = HTTPClient(
            userAgent: "leviathan", proxies: ProxySettings(environment: context.environment),
            caBundle: context.environment["SSL_CERT_FILE"])
        return OpenIDProvider(
            settings, settings.secretVariable.flatMap { secrets($0) }, client, context.clock)
    }

    private static func unreadable(_ error: any ExplainedError) -> Problem {
        Problem(.unavailable, "this machine's configuration cannot be read: \(error.message)")
    }

    /// Whether there is a provider, or no way to know.
    package var isConfigured: Bool {
        do throws(Problem) { return try current() != nil } catch {
            // Without a provider so far, nobody's login is looser or stricter for a file that cannot be read.
            return state.withLock { $0.provider != nil }
        }
    }

    /// What the page to log in calls the provider; `nil` without one.
    package var name: String? {
        guard let settings = (try? current())?.provider.settings else { return nil }
        return settings.name ?? settings.issuer.split(separator: "/").dropFirst().first.map(String.init)
    }

    // MARK: Logging in

    /// The provider's page to log in at, and the cookie by which this browser is known when it comes back.
    package func begin(
        _ request: ServerRequest, next: String
    ) throws(Problem) -> (address: String, cookie: String) {
        guard let (url, provider) = try current() else { throw Self.missing }
        guard !url.isEmpty else {
            throw Problem(.unavailable, "config.yaml does not say where browsers reach this: control_plane.url")
        }
        if let delay = beginnings.delay(for: request.peer) {
            var problem = Problem(.rateLimited, "too many logins are begun from here")
            problem.retryAfter = delay
            throw problem
        }
        let metadata = try provider.metadata()
        // A login that was begun in another tab stays one of this browser's.
        let browser = Cookies.value(Self.cookie, of: request) ?? word()
        let (state, nonce, verifier) = (word(), word(), word())
        try pending.add(
            PendingLogins.Login(
                browser: SHA256.digest(of: browser), nonce: nonce, verifier: verifier, next: next,
                began: context.clock.now()), state: state)
        let settings = provider.settings
        let address = URLBuilder(metadata.authorizationEndpoint)
            .query("response_type", "code").query("client_id", settings.clientID)
            .query("redirect_uri", url + Self.callback)
            .query("scope", (settings.scopes ?? settings.preset.scopes).joined(separator: " "))
            .query("state", state).query("nonce", nonce)
            .query("code_challenge", Base64URL.encode(SHA256.digest(of: verifier).bytes))
            .query("code_challenge_method", "S256").url
        return (address, "\(Self.cookie)=\(browser); Max-Age=600\(Self.attributes)")
    }

    private func word() -> String { Base64URL.encode(context.identifiers.randomBytes(32)) }

    /// Who came back from the provider, and where they wanted to; `fields` are those of the address.
    package func finish(
        _ request: ServerRequest, _ fields: [(name: String, value: String)]
    ) throws(Problem) -> (person: Person, next: String) {
        func field(_ name: String) throws(Problem) -> String? {
            let found = fields.filter { $0.name == name }
            guard found.count < 2 else { throw Problem(.malformed, "'\(name)' is there twice") }
            return found.first?.value
        }
        guard let (url, provider) = try current() else { throw Self.missing }
        let browser = Cookies.value(Self.cookie, of: request).map { SHA256.digest(of: $0) }
        guard let state = try field("state"),
            let login = try pending.take(state, browser: browser, at: context.clock.now())
        else {
            throw Problem(
                .unauthenticated, "this login was not begun in this browser, or has been used, or is too old",
                hint: "begin again")
        }
        // An answer that names another provider is not one to this question (RFC 9207).
        if let issuer = try field("iss"), issuer != provider.settings.issuer {
            throw Problem(.unauthenticated, "the answer is of another provider")
        }
        if let error = try field("error") {
            throw Problem(.unauthenticated, "the provider lets nobody in: \(String(error.prefix(100)))")
        }
        guard let code = try field("code"), !code.isEmpty else { throw Problem(.malformed, "there is no code") }
        let claims = try claims(provider, code, login, url + Self.callback)
        return (Person(claims, provider.settings), login.next)
    }

    private func claims(
        _ provider: OpenIDProvider, _ code: String, _ login: PendingLogins.Login, _ redirect: String
    ) throws(Problem) -> JSON {
        do {
            return try provider.claims(
                code: code, verifier: login.verifier, redirect: redirect, nonce: login.nonce)
        } catch let problem as TokenProblem {
            context.observer.warning(LoginRefused(message: "a login was refused: \(problem.detail)"))
            throw Problem(.unauthenticated, "what the provider says of you does not hold: \(problem.detail)")
        } catch {
            let problem = Problem(error)
            context.observer.warning(LoginRefused(message: problem.detail))
            throw problem
        }
    }

    private static let missing = Problem(.notFound, "no provider is configured")

    /// The cookie of a login that is over.
    package static let noCookie = "\(cookie)=; Max-Age=0\(attributes)"

    // MARK: People

    /// What somebody may do now; `nil` where that is nothing any more, or cannot be known.
    package func principal(of person: Person) -> Principal? {
        guard let provider = (try? current())?.provider else { return nil }
        return person.principal(provider.settings.roles)
    }

    /// How long a session lasts without a request, and at all.
    package var lifetimes: (idle: Duration, longest: Duration)? {
        guard let settings = (try? current())?.provider.settings else { return nil }
        return (settings.idle, settings.longest)
    }

    /// Where the session at the provider is ended, where it offers that.
    package var farewell: String? {
        guard let (url, provider) = try? current(), let endpoint = (try? provider.metadata())?.endSessionEndpoint
        else { return nil }
        return URLBuilder(endpoint).query("client_id", provider.settings.clientID)
            .query("post_logout_redirect_uri", url + "/login").url
    }
}

private struct LoginRefused: ExplainedError { let message: String }
