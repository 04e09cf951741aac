internal import Basics
internal import Crypto
internal import Git
internal import Model
internal import Paths
internal import Processes
internal import Workspaces

/// What every kind of workspace is opened with.
struct WorkspaceOpening {
    let plan: Plan
    let checkout: TargetCheckout
    let context: Context
    var isFenced = true
    var usesCache = true
    /// Whether `git worktree list` shows a worktree that is worked in; a dry run leaves the repository as it is.
    var isListed = true
    /// Whether the attempt still has its own checkout while checks run.
    var isInReview = false

    var source: WorkspaceSource {
        WorkspaceSource(
            checkout: checkout, sandbox: plan.sandbox, seeding: plan.seeding,
            timeout: plan.limits.attemptTimeout.value, context: context, isFenced: isFenced)
    }

    var repository: Repository { checkout.repository }
    func open() throws(StageError) -> any Workspace {
        switch plan.workspace {
        case .tree: TreeWorkspace(repository, base: plan.baseTree, failpoints: context.failpoints)
        case .overlay: try OverlayWorkspace(self)
        case .worktree: try WorktreeWorkspace(self)
        }
    }

    func scan(
        of filled: FilledTree, leavingOut scratch: [PathPattern], seeded: Set<RepoPath> = []
    ) -> ChangeScan {
        var options = ChangeScanOptions()
        options.scratch = plan.sandbox.scratch + scratch
        options.seeded = seeded
        if let most = plan.limits.maxFiles?.value { options.maxFiles = most }
        return ChangeScan(repository, base: filled, options: options)
    }

    /// Only names what is there, such as what a set-up left: it counts towards no limit and goes into no repository.
    func survey(of filled: FilledTree, leavingOut scratch: [PathPattern]) -> ChangeScan {
        var options = ChangeScanOptions()
        options.scratch = plan.sandbox.scratch + scratch
        options.storesContents = false
        return ChangeScan(repository, base: filled, options: options)
    }

    /// The directories that a worktree is limited to; `nil` for all of them.
    var sparse: [RepoPath]? {
        guard plan.seeding.isSparse else { return nil }
        let paths = plan.task.allowedPaths.map { pattern in
            pattern.isLiteral ? (try? RepoPath(pattern.text))?.parent : pattern.fixedDirectory
        }
        // a pattern that may match anywhere needs everything; a file at the top is always there
        let isWide = zip(paths, plan.task.allowedPaths).contains { $0 == nil && !$1.isLiteral }
        return isWide ? nil : paths.compactMap(\.self)
    }

    /// Directories that scratch covers as a whole and that the base does not have: made before anything runs, so that
    /// no directory above them has to take new entries.
    func missingScratch() throws(StageError) -> [RepoPath] {
        do throws(GitError) {
            var missing: [RepoPath] = []
            for pattern in plan.sandbox.scratch where !pattern.isLiteral {
                guard let directory = pattern.fixedDirectory, pattern.coversEverything(below: directory),
                    try canBeMade(directory)
                else { continue }
                missing.append(directory)
            }
            return missing
        } catch { throw StageError(.executor, error) }
    }

    private func canBeMade(_ directory: RepoPath) throws(GitError) -> Bool {
        guard try repository.entry(at: directory, in: plan.baseTree) == nil else { return false }
        var above = directory.parent
        while let path = above {
            if let entry = try repository.entry(at: path, in: plan.baseTree) { return entry.isDirectory }
            above = path.parent
        }
        return true
    }

    /// One more than `limit` at most.
    private func paths(
        under directory: RepoPath?, atMost limit: Int, where isWanted: (RepoPath, TreeEntry) -> Bool
    ) throws(GitError) -> [RepoPath] {
        var found: [RepoPath] = []
        try repository.walk(tree: plan.baseTree, under: directory) { path, entry in
            if isWanted(path, entry) { found.append(path) }
            return found.count > limit ? .stop : .descend
        }
        return found
    }

    /// What the kernel is told of the task's permission.
    func grants() throws(StageError) -> Grants {
        do throws(GitError) {
            return try Grants(plan.permission, scratch: plan.sandbox.scratch) { (directory) throws(GitError) in
                try paths(under: directory, atMost: Grants.fileLimit) { path, entry in
                    !entry.isDirectory && plan.permission.allows(path)
                }
            } directories: { (directory) throws(GitError) in
                try paths(under: directory, atMost: Grants.directoryLimit) { _, entry in entry.isDirectory }
            }.settled { (path) throws(GitError) in
                switch try repository.entry(at: path, in: plan.baseTree)?.kind {
                case nil: nil
                case .directory, .submodule: .directory
                case .symlink: .symlink
                case .regular, .executable: .file
                }
            }
        } catch { throw StageError(.executor, error) }
    }
}

extension SlotPool {
    static let slotLimit = 16

    /// The pool of a repository below Leviathan's home; worktrees of one repository share it.
    init(of repository: Repository, _ context: Context, slots: Int? = nil) {
        self.init(
            repository, directory: Self.place(of: repository, context), limit: slots ?? Self.slotLimit,
            clock: context.clock, identifiers: context.identifiers, failpoints: context.failpoints)
    }

    /// Where everything that is kept for a repository lies.
    static func place(of repository: Repository, _ context: Context) -> String {
        let common = FileSystem.realPath(repository.commonDirectory) ?? repository.commonDirectory
        return context.home + "/workspaces/" + name(of: common)
    }

    /// A name that a person recognises, and that no other repository has.
    private static func name(of commonDirectory: String) -> String {
        let parts = commonDirectory.split(separator: "/").map(String.init)
        let name = parts.last { $0 != ".git" }?.filter { $0.isASCII && ($0.isLetter || $0.isNumber) } ?? ""
        return name.prefix(40) + "-" + SHA256.digest(of: commonDirectory).hex.prefix(12)
    }
}

extension FrozenFiles {
    /// The base with the edits that a scan found.
    init(_ changes: ScannedChanges, on base: ObjectID, _ repository: Repository) throws(WorkspaceError) {
        do throws(GitError) {
            tree = changes.edits.isEmpty ? base : try repository.tree(updating: base, with: changes.edits)
        } catch { throw WorkspaceError(.objects, error.message, causes: error.causes, hint: error.hint) }
        (refusals, ignored) = (changes.refusals, changes.ignored)
    }
}

extension StageError {
    /// A workspace that cannot be had refuses the attempt, as every limit that cannot be checked does.
    init(workspace error: WorkspaceError) {
        let kind: Kind =
            switch error.kind {
            case .cancelled: .interrupted
            case .exhausted: .refusal
            case .storage, .objects: .executor
            }
        self.init(kind, error)
    }
}
