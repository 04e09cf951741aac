package import Basics
internal import Glibc

/// A file whose being there keeps every other git from a reference or an index; one that dies leaves it.
package struct LockFile: Hashable, Sendable {
    /// Git has such a file for the blink of an eye.
    private static let lifetime = Duration.seconds(3600)

    package let path: String
    package let modified: Instant
    private let owner: uid_t
    private let inode: ino_t

    /// `nil` where there is none any more.
    package init?(at path: String) throws(FileError) {
        var info = stat()
        guard lstat(path, &info) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("look at", path, errno)
        }
        (self.path, owner, inode) = (path, info.st_uid, info.st_ino)
        modified = Instant(
            microsecondsSinceEpoch: Int64(info.st_mtim.tv_sec) * 1_000_000 + Int64(info.st_mtim.tv_nsec) / 1000)
    }

    /// For people: whose it is, and since when.
    package func text(_ times: TimeText) -> String {
        "'\(path)' is there since \(times.moment(modified)), and belongs to user \(owner)"
    }

    /// Whether no git can be at work with it: it is older than the running system or than an hour, and nobody has it open.
    package func isAbandoned(at now: Instant) throws(FileError) -> Bool {
        let isOfEarlierBoot = try Self.boot().map { modified < $0 } ?? false
        guard isOfEarlierBoot || modified + Self.lifetime < now else { return false }
        return try !mayBeOpen()
    }

    /// Removes it, unless it is another one by now.
    package func remove() throws(FileError) {
        guard let now = try LockFile(at: path), now == self else { return }
        guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path, errno) }
    }

    private static func boot() throws(FileError) -> Instant? {
        let text = String(decoding: try FileSystem.read("/proc/stat", limit: 8 << 20), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line?.split(separator: " ").last.flatMap { Int64($0) }.map { Instant(secondsSinceEpoch: $0) }
    }

    /// Whether a process has it open, or one of its owner's cannot be looked at.
    private func mayBeOpen() throws(FileError) -> Bool {
        let real = FileSystem.realPath(path) ?? path
        for process in try FileSystem.list("/proc") where Int(process) != nil {
            let directory = "/proc/\(process)/fd"
            do throws(FileError) {
                for number in try FileSystem.list(directory)
                where FileSystem.linkTarget(directory + "/" + number) == real { return true }
            } catch {
                if error.isNotFound || error.code == ESRCH { continue }
                var info = stat()
                if stat("/proc/\(process)", &info) == 0, info.st_uid == owner { return true }
            }
        }
        return false
    }
}

extension Repository {
    /// The lock files that lie where git keeps its references and the index.
    package func lockFiles() throws(FileError) -> [LockFile] {
        var found: [LockFile] = []
        for directory in Set([gitDirectory, commonDirectory]).sorted() {
            for name in try FileSystem.list(directory) where name.hasSuffix(".lock") {
                if let file = try LockFile(at: directory + "/" + name) { found.append(file) }
            }
        }
        var waiting = [commonDirectory + "/refs"]
        while let directory = waiting.popLast() {
            for name in try Self.namesIfThere(directory) {
                let path = directory + "/" + name
                if name.hasSuffix(".lock"), let file = try LockFile(at: path) {
                    found.append(file)
                } else if try FileSystem.status(path)?.kind == .directory {
                    waiting.append(path)
                }
            }
        }
        return found.sorted { $0.path < $1.path }
    }

    /// Git removes a directory of references with the last of them.
    private static func namesIfThere(_ directory: String) throws(FileError) -> [String] {
        do throws(FileError) { return try FileSystem.list(directory) } catch {
            if error.isNotFound { return [] }
            throw error
        }
    }
}
