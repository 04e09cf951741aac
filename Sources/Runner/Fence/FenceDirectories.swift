package import Basics
internal import Glibc
internal import Model
internal import Paths
package import Processes
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

    /// A fence around a directory of files: only what was granted is written, and read are the system, tools, the directory,
    /// what the policy names, what is `shown` and the repository's history; git's metadata stays.
    ///
    /// Without `git` there is none, and nothing of it is shown.
    func fence(
        around directory: String, granting grants: Grants, _ sandbox: Sandbox, git: GitMetadata?,
        showing shown: [String] = []
    ) throws(StageError) -> Fence {
        func below(_ path: RepoPath) -> String { directory + "/" + path.description }
        var fence = Fence(home: root + "/home", temporary: root + "/tmp")
        fence.writable = grants.coversEverything ? [directory] : (grants.subtrees.union(grants.files)).map(below)
        fence.creatable = grants.directories.map(below) + (grants.opensRoot ? [directory] : [])
        fence.readOnly = grants.kept.map(below) + (git == nil ? [] : [directory + "/.git"])
        let named = shown + (try readable(sandbox))
        fence.readable = .only(ReadableFiles.paths(context.environment) + (git?.readable ?? []) + named)
        fence.hidden = hidden(besides: named)
        fence.workspace = directory
        fence.network = sandbox.opensNetwork ? .allowed : .denied
        limit(&fence, sandbox)
        try configure(git)
        try require(sandbox.minimum, of: fence)
        return fence
    }

    /// Refuses a fence that is weaker than the policy accepts.
    private func require(_ minimum: FenceRung?, of fence: Fence) throws(StageError) {
        guard let minimum else { return }
        let report = fence.report(in: root)
        if let rung = FenceRung(rawValue: report.level.rawValue), rung.isAtLeast(minimum) { return }
        throw StageError(
            .executor,
            "the fence that can be had here is '\(report.level.rawValue)', and sandbox.minimum wants '\(minimum.rawValue)'",
            causes: report.gaps,
            hint:
                "run it where namespaces are allowed, or accept less in sandbox.minimum; 'leviathan doctor' says what holds"
        )
    }

    /// A fence for a program of the user's own in a directory, or in the checkout that it belongs to.
    package func fence(
        writable: [String], directory: String, network: Fence.Network
    ) throws(StageError) -> Fence {
        let checkout = try FencedCheckout(around: directory)
        let homes = PersonHomes(context.environment)
        guard !homes.isTooWide(checkout.root) else {
            throw StageError(
                .invalid, "'\(checkout.root)' cannot be shown to a program: it holds a home directory",
                hint: "go to the directory of a project, or name one with -C")
        }
        var fence = try alone()
        (fence.writable, fence.network, fence.readOnly) = (writable, network, checkout.metadata)
        fence.readable = .only(ReadableFiles.paths(context.environment) + [checkout.root] + checkout.readable)
        fence.hidden += try checkout.secrets(keepsConfiguration: fence.report(in: root).level == .landlock)
            .filter { !writable.contains($0) }
        try configure(checkout.git)
        return fence
    }

    /// A fence in which nothing is seen but the system and tools.
    func alone() throws(StageError) -> Fence {
        var fence = Fence(home: root + "/home", temporary: root + "/tmp")
        fence.readable = .only(ReadableFiles.paths(context.environment))
        fence.hidden = hidden(besides: [])
        return fence
    }

    /// A fence with an empty overlay, to see whether one can be had.
    func trial() throws(StageError) -> Fence {
        var fence = try alone()
        fence.overlay = overlay(over: [root + "/home"])
        return fence
    }

    /// What the policy says of how much programs may use; the fence has its own for the rest.
    private func limit(_ fence: inout Fence, _ sandbox: Sandbox) {
        if let memory = sandbox.memoryBytes { fence.limits.memory = memory }
        if let disk = sandbox.diskBytes { fence.limits.disk = disk }
        if let processes = sandbox.processes { fence.limits.processes = processes }
    }

    /// Gives git inside its only configuration.
    private func configure(_ git: GitMetadata?) throws(StageError) {
        guard let git else { return }
        let path = root + "/home/.gitconfig"
        // no program was here before, and none is here when it is needed no more: the disk need not have it
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        do throws(FileError) {
            guard descriptor >= 0 else { throw FileError("create", path, errno) }
            try FileSystem.writeAll(ArraySlice(git.configuration.utf8), to: descriptor, path)
        } catch { throw Self.failure(error, context) }
    }

    /// What the policy wants to be seen.
    private func readable(_ sandbox: Sandbox) throws(StageError) -> [String] {
        guard sandbox.readablePaths.allSatisfy({ $0.contains { $0 != "/" } }) else {
            throw StageError(
                .executor, "the fence cannot be built",
                causes: ["'/' in sandbox.read: it is the root of everything"],
                hint: "name the files and directories that programs have to read")
        }
        return sandbox.readablePaths.map { path in
            path.hasPrefix("~/") ? (context.environment["HOME"] ?? "") + path.dropFirst() : path
        }
    }

    /// What is not to be read although it lies below something that is.
    private func hidden(besides granted: [String]) -> [String] {
        let real = Set(granted.compactMap(FileSystem.realPath))
        let own = [FileSystem.realPath(context.home) ?? context.home]
        let secrets = PersonHomes(context.environment).paths.filter { home in
            // an allow-list shows them only where something above them is named
            real.contains { home.hasPrefix($0) || $0.hasPrefix(home) }
        }.flatMap(Fence.usualSecrets)
        return (own + secrets + SecretFiles.ofSystem()).filter { !real.contains($0) }
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
        let kept = all.filter { name, value in
            usual.contains(name) || name.hasPrefix("LC_") || names.contains(name)
                || authorities.contains(name) && systemPlaces.contains(where: value.hasPrefix)
        }
        // a machine's own configuration of git may hold tokens, and is not shown
        return ReadableFiles.variables(all).merging(["GIT_CONFIG_NOSYSTEM": "1"]) { $1 }.merging(kept) { $1 }
    }

    /// Where tools look for the authorities that they trust, besides their own; the files are no secret.
    private static let authorities: Set<String> = [
        "SSL_CERT_FILE", "SSL_CERT_DIR", "NIX_SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "PIP_CERT",
        "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO",
    ]
    /// What every fence shows.
    private static let systemPlaces = ["/etc/", "/usr/", "/nix/"]

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
