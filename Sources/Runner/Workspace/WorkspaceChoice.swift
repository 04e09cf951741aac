internal import Basics
internal import Executors
internal import Model
internal import Processes

/// Decides which kind of workspace a task gets, and says why.
struct WorkspaceChoice {
    let kind: Plan.WorkspaceKind
    let reason: String

    /// `overlayProblem` tells why no overlay can be had here.
    init(
        asked: Plan.WorkspaceKind?, executor: any Executor, task: BacklogTask, isFenced: Bool,
        overlayProblem: String?
    ) throws(StageError) {
        let runsPrograms = executor.runsPrograms(for: task)
        if let asked {
            if asked == .tree, runsPrograms {
                throw StageError(
                    .executor,
                    "the executor '\(executor.name)' starts programs, which a workspace without files cannot have",
                    hint: "leave --workspace away, or choose 'overlay' or 'worktree'")
            }
            if asked == .overlay, let problem = isFenced ? overlayProblem : "without a fence nothing mounts it" {
                throw StageError(
                    .executor, "the workspace 'overlay' cannot be had here", causes: [problem],
                    hint: "leave --workspace away, and the next best kind is taken")
            }
            (kind, reason) = (asked, "it was asked for")
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

    /// Where the programs of invariants run; whoever asks for worktrees gets no overlay for these either.
    static func forChecks(
        _ invariants: [Invariant], asked: Plan.WorkspaceKind?, overlayProblem: String?
    ) -> Plan.WorkspaceKind? {
        guard invariants.contains(where: \.runsProgram) else { return nil }
        return overlayProblem == nil && asked != .worktree ? .overlay : .worktree
    }
}
