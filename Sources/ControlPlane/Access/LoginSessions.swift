package import API
package import Basics
internal import Crypto
internal import HTTP
package import HTTPServer
internal import Synchronization

/// Somebody who has shown a key or come from the provider, for as long as they stay.
package struct LoginSession: Sendable {
    /// Digest of what the cookie holds.
    package let id: Digest
    package internal(set) var principal: Principal
    /// Who it is, where a provider says so.
    package let person: Person?
    /// Proves that a form is one of this session's own pages.
    package let word: String
    package let began: Instant
    /// A script looks again at a page that is open already: what is said once is not for it.
    package internal(set) var isRefresh = false

    package func isOwn(_ given: String) -> Bool {
        ConstantTime.isEqual(Array(given.utf8), Array(word.utf8))
    }
}

/// The sessions of one process; whoever restarts it logs in again.
package final class LoginSessions: Sendable {
    private static let name = "__Host-leviathan"
    private static let longest = Duration.seconds(12 * 3600)
    private static let idle = Duration.seconds(2 * 3600)
    private static let most = 10_000
    private static let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax"
    package static let noCookie = name + "=; Max-Age=0" + attributes

    private struct Entry {
        let session: LoginSession
        var used: Instant
        var told: [String] = []
    }

    private struct State {
        var entries: [Digest: Entry] = [:]
        /// The sessions of each person, by the id of the caller that they are.
        var people: [String: Set<Digest>] = [:]

        mutating func remove(_ id: Digest) {
            guard let session = entries.removeValue(forKey: id)?.session, session.person != nil else { return }
            people[session.principal.id]?.remove(id)
            if people[session.principal.id]?.isEmpty == true { people[session.principal.id] = nil }
        }
    }

    private let state = Mutex(State())
    private let clock: Clock
    private let identifiers: IdentifierSource
    private let openID: OpenIDAccess?

    init(_ clock: Clock, _ identifiers: IdentifierSource, _ openID: OpenIDAccess?) {
        (self.clock, self.identifiers, self.openID) = (clock, identifiers, openID)
    }

    package func begin(_ principal: Principal) -> (LoginSession, cookie: String) { begin(principal, nil) }

    /// `nil` where no role lets this person do anything.
    package func begin(_ person: Person) -> (LoginSession, cookie: String)? {
        openID?.principal(of: person).map { begin($0, person) }
    }

    private func begin(_ principal: Principal, _ person: Person?) -> (LoginSession, cookie: String) {
        let secret = Digest(bytes: identifiers.randomBytes(32))?.hex ?? ""
        let now = clock.now()
        let session = LoginSession(
            id: SHA256.digest(of: secret), principal: principal, person: person, word: identifiers.uuid(),
            began: now)
        state.withLock { state in
            if state.entries.count >= Self.most,
                let oldest = state.entries.min(by: { $0.value.used < $1.value.used })?.key
            {
                state.remove(oldest)
            }
            state.entries[session.id] = Entry(session: session, used: now)
            if person != nil { state.people[principal.id, default: []].insert(session.id) }
        }
        return (session, Self.name + "=" + secret + Self.attributes)
    }

    package func session(of request: ServerRequest) -> LoginSession? {
        guard let secret = Cookies.value(Self.name, of: request) else { return nil }
        let (id, now) = (SHA256.digest(of: secret), clock.now())
        guard let entry = state.withLock({ $0.entries[id] }) else { return nil }
        guard isAlive(entry, at: now) else {
            state.withLock { $0.remove(id) }
            return nil
        }
        var session = entry.session
        if let person = session.person {
            // What somebody may do follows from the roles of now; a session without any waits for them, or ends.
            guard let principal = openID?.principal(of: person) else { return nil }
            session.principal = principal
        }
        state.withLock { $0.entries[id]?.used = now }
        session.isRefresh = request.headers["X-Refresh"] != nil
        return session
    }

    private func isAlive(_ entry: Entry, at now: Instant) -> Bool {
        var (idle, longest) = (Self.idle, Self.longest)
        if entry.session.person != nil {
            guard let lifetimes = openID?.lifetimes else { return true }
            (idle, longest) = lifetimes
        }
        return now - entry.session.began < longest && now - entry.used < idle
    }

    /// Whether a person is still logged in somewhere, and may still do what they could.
    func stands(_ principal: Principal) -> Bool {
        let now = clock.now()
        let own = state.withLock { state in (state.people[principal.id] ?? []).compactMap { state.entries[$0] } }
        return own.contains { entry in
            isAlive(entry, at: now) && entry.session.person.flatMap { openID?.principal(of: $0) } == principal
        }
    }

    package func end(_ session: LoginSession) { state.withLock { $0.remove(session.id) } }

    /// Words for the next page that this person sees.
    package func tell(_ words: String, to session: LoginSession) {
        state.withLock { $0.entries[session.id]?.told.append(words) }
    }

    /// Whether the next page has something to say: this person has just done something.
    package func hasWords(for session: LoginSession) -> Bool {
        state.withLock { $0.entries[session.id]?.told.isEmpty == false }
    }

    package func told(_ session: LoginSession) -> [String] {
        state.withLock { state in
            defer { state.entries[session.id]?.told = [] }
            return state.entries[session.id]?.told ?? []
        }
    }
}
