internal import Glibc

/// Directories that belong to one process each: what a dead one left is found by its lock, and removed.
///
/// A directory is renamed before it is removed, so that whoever looks finds it whole or not at all.
package enum OwnedDirectory {
    private static let prefix = "place-"
    /// Of what is being removed, and so belongs to nobody.
    private static let removalPrefix = "gone-"

    /// A fresh private directory below `parent`, with the lock that makes it this process's.
    package static func make(in parent: String) throws(FileError) -> (path: String, lock: FileLock) {
        try FileSystem.createDirectory(parent, permissions: 0o700)
        while true {
            let path = try FileSystem.createTemporaryDirectory(
                in: FileSystem.realPath(parent) ?? parent, prefix: prefix)
            // Between the two steps it looked like a dead process's, and somebody may have cleared it away.
            do throws(FileError) {
                if let lock = try FileLock.take(path + "/lock") { return (path, lock) }
            } catch { if !error.isNotFound { throw error } }
        }
    }

    /// Removes a directory of this process's.
    package static func remove(_ path: String, _ lock: FileLock) {
        // What a failure leaves is found by the next start, since the lock ends here.
        if lock.isInPlace { try? remove(path) }
        lock.release()
    }

    /// Removes what dead processes left below `parent`; says what could not be removed, and why.
    package static func reclaim(in parent: String) -> [FileError] {
        guard FileSystem.isDirectory(parent) else { return [] }
        var failures: [FileError] = []
        do throws(FileError) {
            for name in try FileSystem.list(parent) {
                do throws(FileError) { try reclaim(name, in: parent) } catch { failures.append(error) }
            }
        } catch { failures.append(error) }
        return failures
    }

    /// Names below `parent` of what dead processes left: nobody holds their locks.
    package static func orphans(in parent: String) throws(FileError) -> [String] {
        guard FileSystem.isDirectory(parent) else { return [] }
        var found: [String] = []
        for name in try FileSystem.list(parent) {
            if name.hasPrefix(removalPrefix) { found.append(name) }
            guard name.hasPrefix(prefix) else { continue }
            do throws(FileError) {
                guard let lock = try FileLock.take("\(parent)/\(name)/lock") else { continue }
                lock.release()
                found.append(name)
            } catch { if !error.isNotFound { throw error } }
        }
        return found
    }

    private static func reclaim(_ name: String, in parent: String) throws(FileError) {
        let path = parent + "/" + name
        if name.hasPrefix(removalPrefix) { return try FileSystem.removeTree(path) }
        guard name.hasPrefix(prefix) else { return }
        do throws(FileError) {
            guard let lock = try FileLock.take(path + "/lock") else { return }
            defer { lock.release() }
            try remove(path)
        } catch { if !error.isNotFound { throw error } }
    }

    /// Names below `parent` that belong to nobody who could be found out.
    package static func strangers(in parent: String) throws(FileError) -> [String] {
        guard FileSystem.isDirectory(parent) else { return [] }
        return try FileSystem.list(parent).filter { !$0.hasPrefix(prefix) && !$0.hasPrefix(removalPrefix) }
    }

    private static func remove(_ path: String) throws(FileError) {
        guard let slash = path.lastIndex(of: "/") else { throw FileError("remove", path, EINVAL) }
        let hidden = path[...slash] + removalPrefix + path[path.index(after: slash)...]
        guard rename(path, String(hidden)) == 0 else { throw FileError("remove", path, errno) }
        try FileSystem.removeTree(String(hidden))
    }
}
