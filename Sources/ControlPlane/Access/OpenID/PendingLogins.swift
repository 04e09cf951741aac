internal import API
internal import Basics
internal import Crypto
internal import Journal

/// Logins that people have begun and not ended: each belongs to the one browser that began it, and is used once,
/// at whichever process the browser comes back to.
struct PendingLogins: Sendable {
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

    private let entries: any SharedEntries

    init(_ entries: any SharedEntries) { self.entries = entries }

    func add(_ login: Login, state: String) throws(Problem) {
        let facts: JSON = [
            "nonce": .string(login.nonce), "verifier": .string(login.verifier), "next": .string(login.next),
        ]
        try Problem.stored { () throws(JournalError) in
            try entries.put(
                SharedEntry(
                    .begunLogin, SHA256.digest(of: state).hex, owner: login.browser.hex, facts, used: login.began))
            try entries.trim(.begunLogin, to: Self.most, usedSince: login.began + .seconds(-600))
        }
    }

    /// Whatever comes of it, a state counts once; one of another browser counts for nobody.
    func take(_ state: String, browser: Digest?, at now: Instant) throws(Problem) -> Login? {
        let entry = try Problem.stored { () throws(JournalError) in
            try entries.take(.begunLogin, SHA256.digest(of: state).hex)
        }
        guard let entry, let browser, let owner = Digest(hex: entry.owner),
            ConstantTime.isEqual(owner.bytes, browser.bytes), now >= entry.used, now - entry.used < Self.lifetime,
            let nonce = entry.value["nonce"]?.string, let verifier = entry.value["verifier"]?.string,
            let next = entry.value["next"]?.string
        else { return nil }
        return Login(browser: owner, nonce: nonce, verifier: verifier, next: next, began: entry.used)
    }
}
