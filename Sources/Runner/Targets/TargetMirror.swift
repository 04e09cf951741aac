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

    /// `nil` where nobody named a directory for them.
    init?(of url: String, _ context: Context) {
        guard let directory = context.environment[Self.variable], directory.hasPrefix("/") else { return nil }
        (self.url, self.directory, self.context) = (url, directory, context)
        path = directory + "/" + SHA256.digest(of: url).hex.prefix(32) + ".git"
    }

    /// The mirror as the remote is now; `nil` where it cannot be had, which costs time and nothing else.
    func updated() -> String? {
        do {
            try FileSystem.createDirectory(directory, permissions: 0o700)
            guard let lock = try FileLock.wait(for: path + ".lock", cancellation: context.cancellation) else {
                return nil
            }
            // The lock's file stays: whoever waits for it has it open.
            defer { lock.release() }
            if FileSystem.isDirectory(path) { try fetch() } else { try create() }
            return path
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
                ["clone", "--quiet", "--bare", "--no-tags", "--", url, partial], in: nil, as: "mirror '\(url)'",
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
