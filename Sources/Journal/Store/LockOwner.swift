internal import Basics

/// An owner on this machine: a lock on a file that the kernel holds for as long as its process is there.
package struct LockOwner: ClaimOwner {
    private let directory: String
    /// Names this home where others claim in the same journal, so that a lock has to say in which home it is.
    private let newIdentity: (@Sendable () -> String)?
    /// Whether a process that the first edition wrote down might be there.
    private let mayBeAlive: @Sendable (ClaimProcess) -> Bool

    /// `directory` is where the files are, such as `claims` in Leviathan's home.
    package init(
        _ directory: String, sharedAs newIdentity: (@Sendable () -> String)? = nil,
        mayBeAlive: @escaping @Sendable (ClaimProcess) -> Bool
    ) {
        (self.directory, self.newIdentity, self.mayBeAlive) = (directory, newIdentity, mayBeAlive)
    }

    package func hold(_ attempt: String) throws(JournalError) -> any ClaimHold {
        let name = Self.fileName(of: attempt)
        let mark = ClaimMark.lock(try identity().map { $0 + "/" + name } ?? name)
        // Whoever sweeps may have taken the file for one that was left, and gives it back at once.
        for _ in 0..<1000 { if let lock = try take(name) { return LockHold(lock, mark) } }
        throw .held(attempt: attempt, path: directory + "/" + name)
    }

    package func takeOver(_ claim: Claim) throws(JournalError) -> (any ClaimHold)? {
        switch claim.mark {
        case .lock(let text):
            // Whether the lock of another home is held cannot be seen from here.
            guard let name = try ownName(text) else { return nil }
            // A claim comes after its lock and goes before it: a file that is not there is nobody's.
            return try take(name).map { LockHold($0, claim.mark) }
        case .process(let process):
            guard !mayBeAlive(process) else { return nil }
            let name = Self.fileName(of: claim.attempt)
            return try take(name).map { LockHold($0, claim.mark) }
        case .lease: return nil
        }
    }

    /// Whether a claim names another home, whose locks cannot be tried from here.
    package func isElsewhere(_ claim: Claim) throws(JournalError) -> Bool {
        guard case .lock(let text) = claim.mark else { return false }
        return try ownName(text) == nil
    }

    /// Removes files that no claim names and that nobody holds, as a process leaves them that died before its claim.
    package func sweep(except claims: [Claim]) throws(JournalError) {
        let named = Set(claims.map { Self.fileName(of: $0.attempt) })
        do throws(FileError) {
            guard FileSystem.isDirectory(directory) else { return }
            for name in try FileSystem.list(directory) where name.hasSuffix(".lock") && !named.contains(name) {
                try FileLock.take(directory + "/" + name, creates: false)?.release(removing: true)
            }
        } catch { throw .file(error) }
    }

    /// The name of a lock's file in this home; `nil` where it is in another one.
    private func ownName(_ text: String) throws(JournalError) -> String? {
        guard let slash = text.firstIndex(of: "/") else { return text }
        guard let identity = try identity(), text[..<slash] == identity else { return nil }
        return String(text[text.index(after: slash)...])
    }

    /// What tells this home from others, made once; `nil` where there are none.
    private func identity() throws(JournalError) -> String? {
        guard let newIdentity else { return nil }
        let path = directory + "/home.id"
        do throws(FileError) {
            if FileSystem.exists(path) { return try Self.readIdentity(path) }
            try FileSystem.createDirectory(directory, permissions: 0o700)
            let guardian = try FileLock.gate(path + ".guard")
            defer { guardian.release(removing: false) }
            if !FileSystem.exists(path) {
                try FileSystem.write(Array((newIdentity() + "\n").utf8), to: path, permissions: 0o600)
            }
            return try Self.readIdentity(path)
        } catch { throw .file(error) }
    }

    private static func readIdentity(_ path: String) throws(FileError) -> String {
        String(decoding: try FileSystem.read(path, limit: 64), as: UTF8.self).trimmed
    }

    private func take(_ name: String) throws(JournalError) -> FileLock? {
        do throws(FileError) {
            try FileSystem.createDirectory(directory, permissions: 0o700)
            return try FileLock.take(directory + "/" + name)
        } catch { throw .file(error) }
    }

    private static func fileName(of attempt: String) -> String {
        let isPlain = attempt.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
        }
        return (isPlain && attempt.utf8.count < 200 ? attempt : Hex.encode(Array(attempt.utf8.prefix(100))))
            + ".lock"
    }
}

/// The lock of one attempt.
private final class LockHold: ClaimHold {
    let mark: ClaimMark
    private let lock: FileLock

    init(_ lock: FileLock, _ mark: ClaimMark) { (self.lock, self.mark) = (lock, mark) }

    func end() { lock.release(removing: true) }
}
