package import API
internal import Basics
internal import Crypto
internal import HTTP
package import HTTPServer
internal import Journal

/// Who is logged in, in the store that all processes of this control plane share.
package struct LoginSessions: Sendable {
    private static let name = "__Host-leviathan"
    private static let longest = Duration.seconds(12 * 3600)
    private static let idle = Duration.seconds(2 * 3600)
    private static let most = 10_000
    /// Nothing is used that was last used before; who may stay how long is looked at with each request.
    private static let forgotten = Duration.seconds(-90 * 86_400)
    /// The last use is not written more often.
    private static let precision = Duration.seconds(10)
    private static let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax"
    package static let noCookie = name + "=; Max-Age=0" + attributes

    private let entries: any SharedEntries
    private let clock: Clock
    private let identifiers: IdentifierSource
    private let openID: OpenIDAccess?

    init(
        _ entries: any SharedEntries, _ clock: Clock, _ identifiers: IdentifierSource, _ openID: OpenIDAccess?
    ) {
        (self.entries, self.clock, self.identifiers, self.openID) = (entries, clock, identifiers, openID)
    }

    package func begin(_ principal: Principal) throws(Problem) -> (LoginSession, cookie: String) {
        try begin(principal, nil)
    }

    /// `nil` where no role lets this person do anything.
    package func begin(_ person: Person) throws(Problem) -> (LoginSession, cookie: String)? {
        guard let principal = openID?.principal(of: person) else { return nil }
        return try begin(principal, person)
    }

    private func begin(
        _ principal: Principal, _ person: Person?
    ) throws(Problem) -> (LoginSession, cookie: String) {
        let secret = Digest(bytes: identifiers.randomBytes(32))?.hex ?? ""
        let now = clock.now()
        let session = LoginSession(
            id: SHA256.digest(of: secret), principal: principal, person: person, word: identifiers.uuid(),
            began: now)
        try Problem.stored { () throws(JournalError) in
            try entries.put(
                SharedEntry(.login, session.id.hex, owner: principal.id, session.stored, used: now))
            try entries.trim(.login, to: Self.most, usedSince: now + Self.forgotten)
        }
        return (session, Self.name + "=" + secret + Self.attributes)
    }

    /// Whether a request says that it belongs to a session, whatever becomes of that.
    package static func isClaimed(by request: ServerRequest) -> Bool { Cookies.value(name, of: request) != nil }

    package func session(of request: ServerRequest) throws(Problem) -> LoginSession? {
        guard let secret = Cookies.value(Self.name, of: request) else { return nil }
        let (id, now) = (SHA256.digest(of: secret), clock.now())
        return try Problem.stored { () throws(JournalError) in
            guard let entry = try entries.entry(.login, id.hex),
                var session = LoginSession(id, stored: entry.value)
            else { return nil }
            guard isAlive(session, used: entry.used, at: now) else {
                _ = try entries.take(.login, id.hex)
                return nil
            }
            if let person = session.person {
                // What somebody may do follows from the roles of now; a session without any waits for them, or ends.
                guard let principal = openID?.principal(of: person) else { return nil }
                session.principal = principal
            }
            if now - entry.used >= Self.precision { try entries.touch(.login, id.hex, at: now) }
            session.isRefresh = request.headers["X-Refresh"] != nil
            return session
        }
    }

    private func isAlive(_ session: LoginSession, used: Instant, at now: Instant) -> Bool {
        var (idle, longest) = (Self.idle, Self.longest)
        if session.person != nil {
            guard let lifetimes = openID?.lifetimes else { return true }
            (idle, longest) = lifetimes
        }
        return now - session.began < longest && now - used < idle
    }

    /// Whether a person is still logged in somewhere, and may still do what they could; not where that cannot be known.
    func stands(_ principal: Principal) -> Bool {
        let now = clock.now()
        let own = (try? entries.entries(.login, of: principal.id)) ?? []
        return own.contains { entry in
            guard let id = Digest(hex: entry.key), let session = LoginSession(id, stored: entry.value),
                let person = session.person, isAlive(session, used: entry.used, at: now)
            else { return false }
            return openID?.principal(of: person) == principal
        }
    }

    package func end(_ session: LoginSession) throws(Problem) {
        try Problem.stored { () throws(JournalError) in
            _ = try entries.take(.login, session.id.hex)
            _ = try entries.takeAll(.told, of: session.id.hex)
        }
    }

    /// Words for the next page that this person sees.
    package func tell(_ words: String, to session: LoginSession) throws(Problem) {
        let now = clock.now()
        try Problem.stored { () throws(JournalError) in
            try entries.put(
                SharedEntry(.told, identifiers.uuid(), owner: session.id.hex, .string(words), used: now))
            try entries.trim(.told, to: Self.most, usedSince: now + Self.forgotten)
        }
    }

    /// Whether the next page has something to say: this person has just done something.
    package func hasWords(for session: LoginSession) -> Bool {
        (try? entries.entries(.told, of: session.id.hex))?.isEmpty == false
    }

    package func told(_ session: LoginSession) throws(Problem) -> [String] {
        try Problem.stored { () throws(JournalError) in
            try entries.takeAll(.told, of: session.id.hex).compactMap(\.value.string)
        }
    }
}

extension Problem {
    /// What the store does not answer cannot be answered here either.
    static func stored<Result>(_ body: () throws(JournalError) -> Result) throws(Problem) -> Result {
        do throws(JournalError) { return try body() } catch { throw Problem(error) }
    }
}
