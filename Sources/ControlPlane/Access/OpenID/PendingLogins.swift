internal import Basics
internal import Crypto
internal import Synchronization

/// Logins that people have begun and not ended: each belongs to the one browser that began it, and is used once.
final class PendingLogins: Sendable {
    private static let lifetime = Duration.seconds(600)
    private static let most = 10_000

    struct Login: Sendable {
        /// The digest of what the browser's cookie holds.
        let browser: Digest
        let nonce: String
        let verifier: String
        /// The page to come back to.
        let next: String
        let began: Instant
    }

    private let logins = Mutex<[Digest: Login]>([:])

    func add(_ login: Login, state: String) {
        logins.withLock { logins in
            if logins.count >= Self.most {
                logins = logins.filter { Self.isAlive($0.value, at: login.began) }
                if logins.count >= Self.most, let oldest = logins.min(by: { $0.value.began < $1.value.began })?.key
                {
                    logins[oldest] = nil
                }
            }
            logins[SHA256.digest(of: state)] = login
        }
    }

    /// Whatever comes of it, a state counts once; one of another browser counts for nobody.
    func take(_ state: String, browser: Digest?, at now: Instant) -> Login? {
        let login = logins.withLock { $0.removeValue(forKey: SHA256.digest(of: state)) }
        guard let login, let browser, ConstantTime.isEqual(login.browser.bytes, browser.bytes),
            Self.isAlive(login, at: now)
        else { return nil }
        return login
    }

    private static func isAlive(_ login: Login, at now: Instant) -> Bool {
        now >= login.began && now - login.began < lifetime
    }
}
