package import API
package import Basics
internal import Crypto
internal import Synchronization

/// The keys of a home, in `keys.json`; several processes may serve one home, and each sees what the others wrote.
package final class AccessKeys: Sendable {
    private static let sizeLimit = 4 << 20
    private static let countLimit = 10_000
    private static let prefix = "lvk_"

    private struct State {
        var keys: [String: AccessKey] = [:]
        /// What the file was when it was read.
        var stamp: Stamp?
        /// When each key was last used, as far as that is not written yet.
        var used: [String: String] = [:]
        var written = MonotonicTime.now
    }

    private struct Stamp: Equatable {
        let modified: Instant
        let size: Int
    }

    private let path: String
    let clock: Clock
    let identifiers: IdentifierSource
    private let state = Mutex(State())

    package init(home: String, clock: Clock, identifiers: IdentifierSource) {
        (path, self.clock, self.identifiers) = (home + "/keys.json", clock, identifiers)
    }

    // MARK: Reading

    package func all() throws(FileError) -> [AccessKey] {
        try refresh()
        return state.withLock { state in
            state.keys.values.map { key in
                var key = key
                key.lastUsedAt = state.used[key.id] ?? key.lastUsedAt
                return key
            }
        }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    package var isEmpty: Bool { (try? all().isEmpty) ?? false }

    /// The key that a secret is, where there is one and it has not expired.
    package func key(of secret: String) -> AccessKey? {
        guard (try? refresh()) != nil else { return nil }
        let parts = secret.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        let id = parts.count == 3 ? String(parts[1]) : ""
        let found = state.withLock { $0.keys[id] }
        // A name that nobody has costs the same time as a secret that is wrong.
        let digest = SHA256.digest(of: secret)
        let isRight = ConstantTime.isEqual(digest.bytes, (found?.digest ?? SHA256.digest(of: "-")).bytes)
        guard let found, isRight, !found.hasExpired(at: clock.now()) else { return nil }
        noteUse(of: id)
        return found
    }

    /// Whether a key is still there, and still what it was.
    package func stands(_ principal: Principal) -> Bool {
        guard (try? refresh()) != nil else { return false }
        guard let key = state.withLock({ $0.keys[principal.id] }) else { return false }
        return key.principal == principal && !key.hasExpired(at: clock.now())
    }

    private func refresh() throws(FileError) {
        let status = try FileSystem.status(path)
        let stamp = status.map { Stamp(modified: $0.modified, size: $0.size) }
        guard state.withLock({ $0.stamp != stamp }) else { return }
        let keys = stamp == nil ? [] : try read()
        state.withLock { state in
            state.keys = Dictionary(keys.map { ($0.id, $0) }) { first, _ in first }
            state.stamp = stamp
        }
    }

    /// A file that cannot be read is an error, and no empty list: nobody is let in by it.
    private func read() throws(FileError) -> [AccessKey] {
        let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
        guard let entries = (try? JSON.parse(bytes))?["keys"]?.elements else {
            throw FileError("understand", path, SystemError.invalid)
        }
        let keys = entries.compactMap(AccessKey.init(stored:))
        // A file of keys that all read as none would let everybody of this machine in.
        guard keys.count == entries.count else { throw FileError("understand", path, SystemError.invalid) }
        return keys
    }

    // MARK: Writing

    /// A new key; its secret is told here and nowhere else.
    package func create(
        name: String, right: Right, targets: TargetScope, expiresAt: Instant?, by actor: String
    ) throws(FileError) -> (key: AccessKey, secret: String) {
        let id = Hex.encode(identifiers.randomBytes(6))
        let secret = Self.prefix + id + "_" + Hex.encode(identifiers.randomBytes(32))
        let key = AccessKey(
            id: id, name: name, digest: SHA256.digest(of: secret), right: right, targets: targets,
            createdAt: clock.now().secondsText, createdBy: actor, expiresAt: expiresAt)
        try change { keys throws(FileError) in
            guard keys.count < Self.countLimit else { throw FileError("add to", path, SystemError.invalid) }
            keys.append(key)
        }
        return (key, secret)
    }

    /// `nil` where there is no such key.
    package func revoke(_ id: String) throws(FileError) -> AccessKey? {
        var revoked: AccessKey?
        try change { keys throws(FileError) in
            revoked = keys.first { $0.id == id }
            keys.removeAll { $0.id == id }
        }
        return revoked
    }

    private func change(_ body: (inout [AccessKey]) throws(FileError) -> Void) throws(FileError) {
        let gate = try FileLock.gate(path + ".lock")
        defer { gate.release() }
        var keys = try FileSystem.status(path) == nil ? [] : try read()
        let used = state.withLock { state in
            defer { (state.used, state.written) = ([:], .now) }
            return state.used
        }
        for index in keys.indices { keys[index].lastUsedAt = used[keys[index].id] ?? keys[index].lastUsedAt }
        try body(&keys)
        let document: JSON = ["keys": .array(keys.map(\.stored))]
        try FileSystem.write(document.utf8(.pretty) + [10], to: path, permissions: 0o600)
        state.withLock { $0.stamp = nil }
        try refresh()
    }

    /// Written once a minute at most: it is for people who look for keys that nobody needs.
    private func noteUse(of id: String) {
        let now = clock.now().secondsText
        let isDue = state.withLock { state in
            state.used[id] = now
            guard state.written + .seconds(60) < .now else { return false }
            state.written = .now
            return true
        }
        if isDue { try? change { _ in } }
    }
}
