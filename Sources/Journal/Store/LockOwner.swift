internal import Basics

/// An owner on this machine: a lock on a file that the kernel holds for as long as its process is there.
package struct LockOwner: ClaimOwner {
    private let directory: String
    /// Whether a process that the first edition wrote down might be there.
    private let mayBeAlive: @Sendable (ClaimProcess) -> Bool

    /// `directory` is where the files are, such as `claims` in Leviathan's home.
    package init(_ directory: String, mayBeAlive: @escaping @Sendable (ClaimProcess) -> Bool) {
        (self.directory, self.mayBeAlive) = (directory, mayBeAlive)
    }

    package func hold(_ attempt: String) throws(JournalError) -> any ClaimHold {
        let name = Self.fileName(of: attempt)
        // Whoever sweeps may have taken the file for one that was left, and gives it back at once.
        for _ in 0..<1000 { if let lock = try take(name) { return LockHold(lock, .lock(name)) } }
        throw .held(attempt: attempt, path: directory + "/" + name)
    }

    package func takeOver(_ claim: Claim) throws(JournalError) -> (any ClaimHold)? {
        switch claim.mark {
        case .lock(let name):
            // A claim comes after its lock and goes before it: a file that is not there is nobody's.
            return try take(name).map { LockHold($0, claim.mark) }
        case .process(let process):
            guard !mayBeAlive(process) else { return nil }
            let name = Self.fileName(of: claim.attempt)
            return try take(name).map { LockHold($0, claim.mark) }
        case .lease: return nil
        }
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
