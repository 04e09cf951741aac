internal import Basics
internal import Enforcement
internal import Executors
internal import Git
internal import Model

/// Tells an executor what would be said of its work if it ended now.
final class AttemptReviewer: WorkReviewer {
    private var opening: WorkspaceOpening
    private let workspace: any Workspace

    init(_ opening: WorkspaceOpening, _ workspace: any Workspace) {
        (self.opening, self.workspace) = (opening, workspace)
        self.opening.isInReview = true
    }

    func findings() throws(ExecutorError) -> [String] {
        do throws(StageError) {
            let files = try workspace.freeze()
            let judgement = Judgement(
                opening: opening, frozen: try changes(files.tree), taskTree: files.tree, refusals: files.refusals)
            guard files.tree != opening.plan.baseTree || !files.refusals.isEmpty else {
                return ["nothing has changed"]
            }
            let verdict = judgement.verdict()
            guard verdict.violations.isEmpty else {
                return verdict.violations.prefix(50).map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
            }
            return try judgement.invariants(keepingLogsIn: nil).filter(\.rejects).map {
                "the invariant '\($0.name)' came to \($0.outcome.rawValue): \($0.detail ?? "")"
            }
        } catch { throw ExecutorError("review", error) }
    }

    private func changes(_ tree: ObjectID) throws(StageError) -> ChangeFreezer.Frozen {
        do throws(GitError) {
            return try ChangeFreezer(repository: opening.repository, plan: opening.plan).freeze(
                tree, writeBack: nil)
        } catch { throw StageError(.executor, error) }
    }
}
