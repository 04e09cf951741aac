package import Basics
internal import Processes

/// Runs the `git` program for what needs the user's credentials: fetch and push.
///
/// The user's configuration stays in force (credential helpers, `insteadOf`, proxies, ssh settings), but nothing
/// may ask a question, run a hook, or be redirected by variables that point git at other repositories.
package struct GitCommand: Sendable {
    /// Variables of the user's that git may see; above all not `GIT_DIR` and its kin.
    private static let passedVariables: Set<String> = [
        "HOME", "PATH", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK",
        "GIT_SSH",
        "GIT_SSH_COMMAND", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH", "GIT_PROXY_COMMAND", "SSL_CERT_FILE", "SSL_CERT_DIR", "GNUPGHOME", "GPG_TTY",
        "DISPLAY", "WAYLAND_DISPLAY",
        "http_proxy",
        "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "DBUS_SESSION_BUS_ADDRESS",
    ]

    package let timeout: Duration
    /// How long a reference that another git has locked is waited for.
    private let lockPatience: Duration
    private let environment: [String: String]
    private let settings: [String]

    package init(
        environment user: [String: String], runsHooks: Bool = false, timeout: Duration = .seconds(300),
        lockPatience: Duration = .seconds(10)
    ) {
        self.lockPatience = lockPatience
        var environment = user.filter { Self.passedVariables.contains($0.key) }
        environment["LC_ALL"] = "C"
        environment["GIT_TERMINAL_PROMPT"] = "0"
        environment["GIT_OPTIONAL_LOCKS"] = "0"
        environment["GIT_PAGER"] = "cat"
        environment["GIT_EDITOR"] = "false"
        environment["GIT_ASKPASS"] = "false"
        environment["SSH_ASKPASS"] = "false"
        environment["SSH_ASKPASS_REQUIRE"] = "never"
        if environment["GIT_SSH_COMMAND"] == nil && environment["GIT_SSH"] == nil {
            environment["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes"
        }
        self.environment = environment
        self.timeout = timeout
        let hooks = runsHooks ? [] : ["core.hooksPath=/dev/null"]
        settings =
            (hooks + [
                "core.fsmonitor=false", "gc.auto=0", "maintenance.auto=false", "advice.pushUpdateRejected=false",
            ])
            .flatMap { ["-c", $0] }
    }

    /// Fails when git is missing or too old.
    package func version(cancellation: Cancellation? = nil) throws(GitCommandError) -> GitVersion {
        let operation = "use the git program"
        let outcome = try start(["version"], operation, in: nil, cancellation)
        guard outcome.succeeded, let version = GitVersion(outcome.output.text) else {
            throw GitCommandError(operation, outcome: outcome)
        }
        guard version >= .minimum else {
            throw GitCommandError(
                .tooOld(found: version.description), operation,
                reason: "version \(version) was found, and \(GitVersion.minimum) is needed")
        }
        return version
    }

    /// Runs git in a repository and returns what it printed.
    package func run(
        _ arguments: [String], in directory: String?, as operation: String, cancellation: Cancellation? = nil
    ) throws(GitCommandError) -> String {
        let outcome = try start(arguments, operation, in: directory, cancellation)
        guard outcome.succeeded else { throw GitCommandError(operation, outcome: outcome) }
        return outcome.output.text
    }

    /// Fetches exactly the given refspecs, and no tags or submodules; a locked reference is waited for.
    ///
    /// `deepening` asks a shallow clone's remote for so many more commits, or for all that are left.
    package func fetch(
        remote: String, refspecs: [String], in directory: String, deepening: Deepening? = nil,
        cancellation: Cancellation? = nil
    ) throws(GitCommandError) {
        let waits = ["core.filesRefLockTimeout", "core.packedRefsTimeout"].flatMap {
            ["-c", "\($0)=\(lockPatience.milliseconds)"]
        }
        let flags = waits + ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"]
        _ = try run(
            flags + (deepening.map { [$0.option] } ?? []) + ["--", remote] + refspecs, in: directory,
            as: "fetch from '\(remote)'",
            cancellation: cancellation)
    }

    /// A program that sees what git would see.
    func subprocess(_ name: String, _ arguments: [String], people: [String: String] = [:]) -> Subprocess {
        var program = Subprocess(name, arguments, environment: environment.merging(people) { $1 })
        program.timeout = timeout
        return program
    }

    func start(
        _ arguments: [String], _ operation: String, in directory: String?, _ cancellation: Cancellation?,
        people: [String: String] = [:], input: [UInt8]? = nil
    ) throws(GitCommandError) -> ProcessOutcome {
        var program = subprocess("git", settings + arguments, people: people)
        if let input { program.input = .bytes(input) }
        program.workingDirectory = directory
        program.captureLimit = Subprocess.CaptureLimit(head: 16 << 20, tail: 64 << 10)
        do throws(SpawnError) { return try program.run(cancellation: cancellation) } catch {
            let kind: GitCommandError.Kind = error.isNotFound ? .programMissing : .other
            throw GitCommandError(kind, operation, reason: error.description)
        }
    }
}

/// How much more of its history a shallow clone asks for.
package enum Deepening: Hashable, Sendable {
    case commits(Int)
    case everything

    var option: String {
        switch self {
        case .commits(let count): "--deepen=\(count)"
        case .everything: "--unshallow"
        }
    }
}
