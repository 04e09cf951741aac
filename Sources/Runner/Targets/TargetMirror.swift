internal import Basics
internal import Crypto
internal import Git
internal import Model

/// A bare repository beside others of its kind that clones of one remote take objects from: `LEVIATHAN_MIRRORS`, which is
/// a volume that workers share.
struct TargetMirror {
    static let variable = "LEVIATHAN_MIRRORS"

    private let url: String
    private let path: String
    private let directory: String
    private let context: Context

    /// The mirror that a repository with these objects takes others from; `nil` where it has none.
    init?(of objects: String, _ context: Context) {
        let file = objects + "/info/alternates"
        guard let directory = context.environment[Self.variable], directory.hasPrefix("/"),
            let bytes = try? FileSystem.read(file, limit: 1 << 16)
        else { return nil }
        let places = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let found = places.first { $0.hasPrefix(directory + "/") && $0.hasSuffix(".git/objects") }
        guard let found else { return nil }
        path = String(found.dropLast("/objects".count))
        (url, self.directory, self.context) = (path, directory, context)
    }

    /// `nil` where nobody named a directory for them.
    init?(url: String, _ context: Context) {
        guard let directory = context.environment[Self.variable], directory.hasPrefix("/") else { return nil }
        (self.url, self.directory, self.context) = (url, directory, context)
        path = directory + "/" + SHA256.digest(of: url).hex.prefix(32) + ".git"
    }

    /// The mirror as the remote is now; `nil` where it cannot be had, which costs time and nothing else.
    func updated() -> String? {
        locked {
            if FileSystem.isDirectory(path) { try fetch() } else { try create() }
            return path
        }
    }

    /// Fetches files that the mirror has left at its remote; `false` where that cannot be done here.
    func bring(_ ids: [ObjectID]) -> Bool {
        locked {
            let mirror = try Repository.open(path)
            let (path, context) = (path, context)
            mirror.bringPromised { (ids, remote) throws(GitError) in
                try GitCommand(context).bring(ids, from: remote, in: path, context.cancellation)
            }
            // Whoever had the lock before may have brought just these.
            try mirror.bring(ids)
            return try ids.allSatisfy { id throws(GitError) in try mirror.holds(id) }
        } ?? false
    }

    /// Works on the mirror alone; what goes wrong there is told, and is no failure.
    private func locked<Value>(_ body: () throws -> Value) -> Value? {
        do {
            try FileSystem.createDirectory(directory, permissions: 0o700)
            guard let lock = try FileLock.wait(for: path + ".lock", cancellation: context.cancellation) else {
                return nil
            }
            // The lock's file stays: whoever waits for it has it open.
            defer { lock.release() }
            return try body()
        } catch let error as any ExplainedError {
            context.observer.warning(error)
        } catch {
            context.observer.warning(StageError(.unexpected, "\(error)"))
        }
        return nil
    }

    private var git: GitCommand { GitCommand(environment: context.environment, timeout: .seconds(3600)) }

    private func create() throws {
        let partial = try FileSystem.createTemporaryDirectory(in: directory, prefix: ".mirror-")
        do {
            _ = try git.run(
                [
                    "clone", "--quiet", "--no-local", "--bare", "--no-tags", "--filter=blob:none", "--", url,
                    partial,
                ], in: nil,
                as: "mirror '\(url)'",
                cancellation: context.cancellation)
            // Clones have its objects and none of its references: nothing may be thought to be of no use.
            for setting in [["gc.auto", "0"], ["remote.origin.fetch", "+refs/heads/*:refs/heads/*"]] {
                _ = try git.run(
                    ["config"] + setting, in: partial, as: "set up a mirror", cancellation: context.cancellation)
            }
            try FileSystem.replace(path, by: partial)
        } catch {
            try FileSystem.removeTree(partial)
            throw error
        }
    }

    private func fetch() throws {
        _ = try git.run(
            ["fetch", "--quiet", "--no-tags", "--no-auto-gc", "origin"], in: path,
            as: "bring the mirror of '\(url)' up to date",
            cancellation: context.cancellation)
    }
}
