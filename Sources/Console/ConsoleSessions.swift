internal import API
internal import Basics
internal import ControlPlane
internal import Crypto
internal import HTTP
internal import HTTPServer
internal import Synchronization

/// Somebody who has shown a key, for as long as they stay.
struct ConsoleSession: Sendable {
    /// Digest of what the cookie holds.
    let id: Digest
    let principal: Principal
    /// Proves that a form is one of this session's own pages.
    let word: String
    let began: Instant
    /// A script looks again at a page that is open already: what is said once is not for it.
    var isRefresh = false

    func isOwn(_ given: String) -> Bool {
        ConstantTime.isEqual(Array(given.utf8), Array(word.utf8))
    }
}

/// The sessions of one process; whoever restarts it logs in again.
final class ConsoleSessions: Sendable {
    private static let name = "__Host-leviathan"
    private static let longest = Duration.seconds(12 * 3600)
    private static let idle = Duration.seconds(2 * 3600)
    private static let most = 10_000
    private static let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax"
    static let noCookie = name + "=; Max-Age=0" + attributes

    private struct Entry {
        let session: ConsoleSession
        var used: Instant
        var told: [String] = []
    }

    private let entries = Mutex<[Digest: Entry]>([:])
    private let context: Context

    init(_ context: Context) { self.context = context }

    func begin(_ principal: Principal) -> (ConsoleSession, cookie: String) {
        let secret = Digest(bytes: context.identifiers.randomBytes(32))?.hex ?? ""
        let now = context.clock.now()
        let session = ConsoleSession(
            id: SHA256.digest(of: secret), principal: principal, word: context.identifiers.uuid(), began: now)
        entries.withLock { entries in
            if entries.count >= Self.most, let oldest = entries.min(by: { $0.value.used < $1.value.used })?.key {
                entries[oldest] = nil
            }
            entries[session.id] = Entry(session: session, used: now)
        }
        return (session, Self.name + "=" + secret + Self.attributes)
    }

    func session(of request: ServerRequest) -> ConsoleSession? {
        guard let secret = Self.cookie(request) else { return nil }
        let (id, now) = (SHA256.digest(of: secret), context.clock.now())
        return entries.withLock { entries in
            guard let entry = entries[id] else { return nil }
            guard now - entry.session.began < Self.longest, now - entry.used < Self.idle else {
                entries[id] = nil
                return nil
            }
            entries[id]?.used = now
            var session = entry.session
            session.isRefresh = request.headers["X-Refresh"] != nil
            return session
        }
    }

    private static func cookie(_ request: ServerRequest) -> String? {
        var found: [String] = []
        for header in request.headers.values("Cookie") {
            for part in header.split(separator: ";") {
                let pair = String(part).trimmed.split(separator: "=", maxSplits: 1)
                if pair.count == 2, pair[0] == name { found.append(String(pair[1])) }
            }
        }
        // Of two nobody knows which is ours.
        return found.count == 1 ? found[0] : nil
    }

    func end(_ session: ConsoleSession) { entries.withLock { $0[session.id] = nil } }

    /// Words for the next page that this person sees.
    func tell(_ words: String, to session: ConsoleSession) {
        entries.withLock { $0[session.id]?.told.append(words) }
    }

    func told(_ session: ConsoleSession) -> [String] {
        entries.withLock { entries in
            defer { entries[session.id]?.told = [] }
            return entries[session.id]?.told ?? []
        }
    }
}
