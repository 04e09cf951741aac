internal import Basics
internal import Crypto
internal import Git
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// A set-up that ran and did not succeed; nothing is wrong with its fence.
struct SetUpFailure: Error {
    let error: StageError

    /// With the last lines that it wrote, and what to look at.
    var text: String {
        ([error.message] + error.causes + (error.hint.map { ["hint: " + $0] } ?? [])).joined(separator: "\n")
    }
}

/// The policy's set-up for one tree: what its result depends on, and how it is had.
///
/// It sees the tree, or only its lock files, before anything is linked or copied.
struct SetUp: Sendable {
    let form: SetUpQuestion.Form
    let key: String
    private let line: String
    private let lockFiles: SetupLockFiles?
    private let sandbox: Sandbox
    private let environment: [String: String]
    private let stablePath: String?
    private let git: GitMetadata
    private let timeout: Duration
    private let isFenced: Bool
    private let context: Context

    /// `nil` where the policy wants none.
    ///
    /// `kind`: of the workspace that gets its result.
    init?(
        _ source: WorkspaceSource, for tree: FilledTree, kind: WorkspaceKind, sparse: [RepoPath]? = nil
    ) throws(StageError) {
        let seeding = source.seeding
        guard let line = seeding.setup else { return nil }
        do throws(WorkspaceError) {
            lockFiles =
                seeding.lockFiles.isEmpty
                ? nil : try SetupLockFiles(seeding.lockFiles, in: tree.tree, of: tree.repository)
        } catch { throw StageError(workspace: error) }
        form = lockFiles != nil ? .directory : kind == .overlay ? .layer : .additions
        var sandbox = source.sandbox
        sandbox.opensNetwork = seeding.opensNetwork ?? sandbox.opensNetwork
        (self.line, self.sandbox, environment) = (line, sandbox, source.environment)
        git = source.git
        (timeout, isFenced, context) = (source.timeout, source.isFenced, source.context)
        stablePath = try source.stablePath
        let question = SetUpQuestion(
            line: line, form: form, tree: lockFiles == nil ? tree.tree : nil, lockFiles: lockFiles?.facts ?? [:],
            sandbox: sandbox, opensNetwork: sandbox.opensNetwork, isFenced: isFenced,
            sparse: form == .additions ? sparse.map { $0.map(\.description).sorted() } : nil,
            directory: stablePath, environment: environment,
            tools: ToolFacts.of(line, searchPath: environment["PATH"] ?? ""))
        key = String(SHA256.digest(of: question.fingerprint.utf8(.canonical)).hex.prefix(40))
    }

    // MARK: For overlays

    /// What it leaves, as a layer above those of the tree (`form` is `layer`), or as files of its own.
    func result(in store: SetupStore, above layers: [String]) throws -> SetupResult {
        try store.make(key, cancellation: context.cancellation) { draft in
            if form == .directory { return try runAlone(in: draft) }
            let place = try FenceDirectories(context)
            var fence = try place.fence(around: place.mount, granting: .everything, sandbox, git: git)
            fence.overlay = place.overlay(over: layers, into: draft)
            try run(in: place.mount, fence)
        }
    }

    // MARK: For checkouts

    /// Gives a checkout that was just claimed what the set-up leaves; says what there is to say.
    func apply(to additions: CheckoutAdditions, in store: SetupStore) throws -> [String] {
        if form == .directory {
            let kept = try store.make(key, cancellation: context.cancellation, fill: runAlone)
            try kept.copy(into: additions.path)
            return []
        }
        var notes: [String] = []
        let own = SetupStore.narrowed(key, to: [additions.path])
        let kept = try store.findOrFill([key, own], cancellation: context.cancellation) { draft in
            let place = try FenceDirectories(context)
            let fence = try place.fence(around: additions.path, granting: .everything, sandbox, git: git)
            try run(in: additions.path, isFenced ? fence : nil)
            switch try keep(additions, in: draft) {
            case .whole(let namesCheckout): return namesCheckout ? own : key
            case .not(let reason):
                notes.append("what the set-up left is not kept for other attempts: \(reason)")
                return nil
            }
        }
        if let kept { try kept.copy(into: additions.path) }
        return notes
    }

    /// What cannot be kept is run again another time, and is no failure.
    private func keep(_ additions: CheckoutAdditions, in draft: String) throws -> CheckoutAdditions.Copied {
        do throws(WorkspaceError) { return try additions.copy(into: draft) } catch {
            guard error.kind != .cancelled else { throw error }
            return .not(reason: error.message)
        }
    }

    // MARK: Running it

    /// Among the lock files and nothing else of the tree.
    private func runAlone(in draft: String) throws {
        try lockFiles?.write(to: draft)
        let place = try FenceDirectories(context)
        let fence = try place.fence(around: draft, granting: .everything, sandbox, git: nil)
        try run(in: draft, isFenced ? fence : nil)
        guard stablePath == nil, try CheckoutAdditions.names(draft, in: draft) else { return }
        throw SetUpFailure(
            error: StageError(
                .executor, "what the workspace's set-up '\(line)' left names the place where it was made",
                causes: ["without mount namespaces programs see each workspace at a path of its own"],
                hint: "leave workspace.lock_files away here, and the set-up runs in each checkout"))
    }

    private func run(in directory: String, _ fence: Fence?) throws {
        var program = Subprocess.shell(line, environment: environment)
        (program.workingDirectory, program.fence) = (directory, fence)
        program.timeout = timeout
        let outcome: ProcessOutcome
        do throws(SpawnError) {
            outcome = try context.stage("set-up: \(line)") { () throws(SpawnError) in
                try program.runFenced(context) { context.observer.progress($1) }
            }
        } catch {
            let failure = StageError(.executor, error)
            if error.fence == nil { throw SetUpFailure(error: failure) }
            throw failure
        }
        if outcome.ending == .cancelled { throw StageError(.interrupted, "interrupted") }
        guard outcome.succeeded else {
            let advice = FenceAdvice(
                subject: .setUp, opensNetwork: fence?.network == .allowed, directory: stablePath ?? directory)
            throw SetUpFailure(error: failure(outcome, fence == nil ? [] : advice.sentences(on: outcome)))
        }
    }

    private func failure(_ outcome: ProcessOutcome, _ advice: [String]) -> StageError {
        let lines = (outcome.output.text + outcome.errors.text).split(separator: "\n").suffix(20)
        return StageError(
            .executor, "the workspace's set-up '\(line)' failed: \(outcome.ending)",
            causes: lines.map(String.init) + advice,
            hint: "workspace.setup in the policy says what is run, workspace.network whether it has the network"
                + (lockFiles == nil ? "" : ", and workspace.lock_files all that it sees of the tree"))
    }
}

extension SetupStore {
    /// Where results for base trees are kept for a repository, for every attempt.
    init(of repository: Repository, _ context: Context) {
        self.init(directory: SlotPool.place(of: repository, context) + "/setup", clock: context.clock)
    }
}

extension StageError {
    /// An error of a set-up, of whatever kind, as one that ends an attempt.
    init(setUp error: any Error) {
        switch error {
        case let error as StageError: self = error
        case let error as SetUpFailure: self = error.error
        case let error as WorkspaceError: self.init(workspace: error)
        default: self.init(.executor, "the result of the set-up cannot be kept", causes: ["\(error)"])
        }
    }
}
