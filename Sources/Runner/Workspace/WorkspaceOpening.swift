internal import Basics
internal import Crypto
internal import Git
internal import Model
internal import Processes
internal import Workspaces

/// What every kind of workspace is opened with.
struct WorkspaceOpening {
    let plan: Plan
    let repository: Repository
    let surroundings: Surroundings
    var isFenced = true
    var usesCache = true

    func open() throws(StageError) -> any Workspace {
        switch plan.workspace {
        case .tree: TreeWorkspace(repository, base: plan.baseTree, failpoints: surroundings.failpoints)
        case .overlay: try OverlayWorkspace(self)
        case .worktree: try CheckoutWorkspace(self)
        }
    }

    var pool: CheckoutPool { CheckoutPool(of: repository, surroundings) }

    var scan: ChangeScan {
        var options = ChangeScanOptions()
        options.scratch = plan.sandbox.scratch
        if let most = plan.limits.maxFiles?.value { options.maxFiles = most }
        return ChangeScan(repository, base: plan.baseTree, options: options)
    }

    /// What the kernel is told of the task's permission.
    func grants() throws(StageError) -> Grants {
        do throws(GitError) {
            return try Grants(plan.permission) { (directory) throws(GitError) in
                var found: [RepoPath] = []
                try repository.walk(tree: plan.baseTree, under: directory) { path, entry in
                    if !entry.isDirectory, plan.permission.allows(path) { found.append(path) }
                    return found.count > Grants.fileLimit ? .stop : .descend
                }
                return found
            }
        } catch { throw StageError(.executor, error) }
    }
}

extension CheckoutPool {
    private static let slotLimit = 16

    /// The pool of a repository below Leviathan's home; worktrees of one repository share it.
    init(of repository: Repository, _ surroundings: Surroundings) {
        let common = FileSystem.realPath(repository.commonDirectory) ?? repository.commonDirectory
        self.init(
            repository, directory: surroundings.home + "/workspaces/" + Self.name(of: common),
            limit: Self.slotLimit, failpoints: surroundings.failpoints)
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
    /// A workspace that cannot be had refuses the attempt, as every guardrail that cannot be checked does.
    init(workspace error: WorkspaceError) {
        let kind: Kind =
            switch error.kind {
            case .cancelled: .interrupted
            case .exhausted: .guardrail
            case .storage, .objects: .executor
            }
        self.init(kind, error)
    }
}
