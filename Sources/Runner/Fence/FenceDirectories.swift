package import Basics
internal import Git
internal import Model
internal import Paths
package import Processes
internal import Secrets
internal import Workspaces

/// Private directories for programs that run behind a fence; gone, with all that they hold, when the value is closed.
package struct FenceDirectories: ~Copyable, Sendable {
    private let root: String
    private let context: Context
    /// Says that the place is somebody's, for as long as its process lives.
    private let lock: FileLock

    package init(_ context: Context) throws(StageError) {
        let parent = try Self.parent(context)
        let made: (path: String, lock: FileLock)
        do throws(FileError) { made = try Self.make(in: parent) } catch { throw Self.failure(error, context) }
        (root, lock, self.context) = (made.path, made.lock, context)
    }

    /// The directory of all such places, made where it is missing.
    private static func parent(_ context: Context) throws(StageError) -> String {
        let parent = context.home + "/fenced"
        do throws(FileError) { try FileSystem.createDirectory(parent, permissions: 0o700) } catch {
            throw failure(error, context)
        }
        return FileSystem.realPath(parent) ?? parent
    }

    private static func failure(_ error: FileError, _ context: Context) -> StageError {
        StageError(
            .executor, error.message, causes: error.causes,
            hint: error.hint ?? "Leviathan keeps its files in \(context.home); LEVIATHAN_HOME names another place")
    }

    /// Where fenced programs see their files; `nil` where each sees them where they are.
    static func stablePath(_ context: Context) throws(StageError) -> String? {
        Fence.stablePath(tryingIn: try parent(context))
    }

    private static func make(in parent: String) throws(FileError) -> (path: String, lock: FileLock) {
        let made = try OwnedDirectory.make(in: parent)
        for name in ["home", "tmp", "work", "mount"] {
            try FileSystem.createDirectory("\(made.path)/\(name)", permissions: 0o700)
        }
        // programs see the modes of this one as those of the root of the files
        try FileSystem.createDirectory(made.path + "/upper", permissions: 0o755)
        return made
    }

    deinit { OwnedDirectory.remove(root, lock) }

    /// Removes what dead processes left; says what could not be removed, and why.
    static func reclaim(_ context: Context) -> [FileError] {
        OwnedDirectory.reclaim(in: context.home + "/fenced")
    }

    /// Fails where somebody has removed or replaced the place: what is there is not what programs left.
    func requireInPlace() throws(WorkspaceError) {
        guard lock.isInPlace, FileSystem.isDirectory(upper) else { throw WorkspaceError.vanished(root) }
    }

    /// What programs write above an overlay's other layers.
    var upper: String { root + "/upper" }
    /// Where a program sees the overlay.
    var mount: String { root + "/mount" }

    /// Where results of set-ups are kept that nobody else may use.
    var setUps: String { root + "/setup" }

    /// Layers for what is written, above others that stay.
    func overlay(over lowers: [String], into layer: String? = nil) -> Fence.Overlay {
        Fence.Overlay(lowers: lowers, upper: layer ?? upper, work: root + "/work", mountPoint: mount)
    }

    /// A fence that grants the paths and keeps the user's secrets and git's metadata.
    package func fence(
        writable: [String], directory: String, network: Fence.Network
    ) throws(StageError) -> Fence {
        var fence = Fence(home: root + "/home", temporary: root + "/tmp")
        (fence.writable, fence.network) = (writable, network)
        fence.hidden = hidden(besides: writable)
        do throws(GitError) {
            let repository = try Repository.discover(from: directory)
            fence.readOnly = [repository.gitDirectory, (repository.workingDirectory ?? directory) + "/.git"]
                .compactMap { FileSystem.realPath($0) }
        } catch {
            // One that cannot be opened has metadata to keep all the same.
            guard error.kind == .notARepository else { throw StageError(.executor, error) }
        }
        return fence
    }

    /// A fence around a directory of files: only what was granted is written, and git's metadata stays.
    ///
    /// What is `shown` can be read wherever it lies. With `hiding` there is no metadata, and nothing else of that either.
    func fence(
        around directory: String, granting grants: Grants, _ sandbox: Sandbox, gitDirectory: String,
        showing shown: [String] = [], hiding hidden: [String] = []
    ) -> Fence {
        func below(_ path: RepoPath) -> String { directory + "/" + path.description }
        var fence = Fence(home: root + "/home", temporary: root + "/tmp")
        fence.writable = grants.coversEverything ? [directory] : (grants.subtrees.union(grants.files)).map(below)
        fence.creatable = grants.directories.map(below) + (grants.opensRoot ? [directory] : [])
        let metadata = hidden.isEmpty ? [directory + "/.git", gitDirectory] : []
        fence.readOnly = grants.kept.map(below) + metadata + shown + readable(sandbox)
        fence.workspace = directory
        fence.network = sandbox.opensNetwork ? .allowed : .denied
        fence.limits.memory = sandbox.memoryBytes
        fence.hidden = self.hidden(besides: fence.writable) + hidden
        if hidden.isEmpty { fence.hidden += Self.configurations(withSecrets: gitDirectory) }
        return fence
    }

    /// Git's configuration files that hold a token, as CI services leave them; git works without them too.
    private static func configurations(withSecrets gitDirectory: String) -> [String] {
        ["config", "config.worktree"].map { gitDirectory + "/" + $0 }.filter { path in
            let bytes: [UInt8]
            do throws(FileError) { bytes = try FileSystem.read(path, limit: 1 << 20) } catch {
                // What Leviathan cannot look at, no program may either.
                return !error.isNotFound
            }
            let text = String(decoding: bytes, as: UTF8.self).lowercased()
            return ["extraheader", "password", "token"].contains { text.contains($0) }
                || URLRedaction.redact(text) != text
        }
    }

    /// A fence with an empty overlay, to see whether one can be had.
    var trial: Fence {
        var fence = Fence(home: root + "/home", temporary: root + "/tmp")
        fence.overlay = overlay(over: [root + "/home"])
        return fence
    }

    /// What the policy wants to be seen even where it lies among the user's secrets.
    private func readable(_ sandbox: Sandbox) -> [String] {
        sandbox.readablePaths.compactMap { path in
            let home = context.environment["HOME"] ?? ""
            return FileSystem.realPath(path.hasPrefix("~/") ? home + path.dropFirst() : path)
        }
    }

    private func hidden(besides granted: [String]) -> [String] {
        let home = context.environment["HOME"].flatMap { FileSystem.realPath($0) }
        let secrets = home.map { Fence.usualSecrets(in: $0) } ?? []
        let own = [context.journalPath, context.home + "/artifacts", context.home + "/config.yaml"]
            .compactMap { FileSystem.realPath($0) }
        return (secrets + own).filter { !granted.contains($0) }
    }

    /// What programs that ran were kept by.
    static func isolation(_ context: Context, networkIsOpen: Bool, isFenced: Bool = true) -> Isolation {
        guard isFenced else { return .none }
        let directory = context.home + "/fenced"
        let report = Fence(home: directory, temporary: directory).report(in: directory)
        return Isolation(level: report.level.rawValue, network: networkIsOpen ? "allowed" : "denied")
    }

    /// What a fenced program sees of the environment: what programs need to run, and what was asked for by name.
    package static func environment(_ all: [String: String], adding names: [String] = []) -> [String: String] {
        let usual: Set<String> = [
            "PATH", "LANG", "LANGUAGE", "TERM", "COLORTERM", "TZ", "USER", "LOGNAME", "NO_COLOR", "CI",
        ]
        return all.filter { name, _ in usual.contains(name) || name.hasPrefix("LC_") || names.contains(name) }
    }

    /// The path as a fence takes it: absolute, and through no symlink; its last part need not exist.
    package static func resolved(_ path: String, in directory: String) -> String? {
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        if let real = FileSystem.realPath(whole) { return real }
        let trimmed = whole.hasSuffix("/") ? String(whole.dropLast()) : whole
        guard let slash = trimmed.lastIndex(of: "/"),
            let parent = FileSystem.realPath(String(trimmed[..<slash]) + "/")
        else { return nil }
        let name = trimmed[trimmed.index(after: slash)...]
        return name.isEmpty || name == "." || name == ".." ? nil : parent + "/" + name
    }
}

/// How programs of an attempt were kept from harm.
package struct Isolation: Hashable, Sendable {
    /// They were not, as a person asked for.
    static let none = Isolation(level: "none", network: "allowed")

    package let level: String
    package let network: String
}
