internal import Basics
internal import Executors
internal import Model
internal import Processes

/// Decides which kind of workspace a task gets, and says why.
struct WorkspaceChoice {
    let kind: WorkspaceKind
    let reason: String

    /// A person who `asked` is heard before the policy, which `named` a kind.
    ///
    /// `overlayProblem` tells why no overlay can be had here.
    init(
        asked: WorkspaceKind?, named: WorkspaceKind? = nil, executor: any Executor, task: BacklogTask,
        isFenced: Bool, overlayProblem: String?
    ) throws(StageError) {
        let runsPrograms = executor.runsPrograms(for: task)
        if let kind = asked ?? named {
            let isAsked = asked != nil
            if kind == .tree, runsPrograms {
                throw StageError(
                    .executor,
                    "the executor '\(executor.name)' starts programs, which a workspace without files cannot have",
                    hint: Self.wayOut(isAsked, "'overlay' or 'worktree'"))
            }
            if kind == .overlay, let problem = isFenced ? overlayProblem : "without a fence nothing mounts it" {
                throw StageError(
                    .executor, "the workspace 'overlay' cannot be had here", causes: [problem],
                    hint: Self.wayOut(isAsked, "'worktree'"))
            }
            (self.kind, reason) = (kind, isAsked ? "it was asked for" : "workspace.kind in the policy names it")
        } else if !runsPrograms {
            (kind, reason) = (.tree, "the executor edits single files, and needs no checkout")
        } else if !isFenced {
            (kind, reason) = (.worktree, "programs run unfenced, and only a fence mounts an overlay")
        } else if let problem = overlayProblem {
            (kind, reason) = (.worktree, "programs run, and no overlay can be had here: \(problem)")
        } else {
            (kind, reason) = (.overlay, "programs run, above a checkout that attempts share")
        }
    }

    private static func wayOut(_ isAsked: Bool, _ others: String) -> String {
        isAsked
            ? "leave --workspace away, or choose \(others)"
            : "the policy's workspace.kind names it: remove it there, or choose \(others) with --workspace"
    }

    /// Where the programs of invariants run; whoever wants worktrees gets no overlay for these either.
    static func forInvariants(
        _ invariants: [Invariant], asked: WorkspaceKind?, overlayProblem: String?
    ) -> WorkspaceKind? {
        guard invariants.contains(where: \.runsProgram) else { return nil }
        return overlayProblem == nil && asked != .worktree ? .overlay : .worktree
    }
}
