internal import Basics
internal import Enforcement
internal import Executors
internal import Git
internal import Model

/// Tells an executor what would be said of its work if it ended now.
final class AttemptReviewer: WorkReviewer {
    private let attempt: Attempt
    private let workspace: any Workspace

    init(_ attempt: Attempt, _ workspace: any Workspace) { (self.attempt, self.workspace) = (attempt, workspace) }

    func findings() throws(ExecutorError) -> [String] {
        do throws(StageError) {
            let change = try change(try workspace.freeze())
            guard !change.isEmpty else { return ["nothing has changed"] }
            var opening = attempt.opening
            opening.isInReview = true
            let asked = opening
            let examination = try examine(change.subject(in: asked)) { (_) throws(StageError) in
            } invariants: { () throws(StageError) in
                try change.invariants(in: asked, keepingLogsIn: nil)
            }
            guard let invariants = examination.invariants else {
                return examination.findings.violations.prefix(50).map {
                    $0.message + ($0.hint.map { " (\($0))" } ?? "")
                }
            }
            return invariants.filter(\.rejects).map {
                "the invariant '\($0.name)' came to \($0.outcome.rawValue): \($0.detail ?? "")"
            }
        } catch { throw ExecutorError("review", error) }
    }

    private func change(_ files: FrozenFiles) throws(StageError) -> FrozenChange {
        let plan = attempt.plan
        let frozen: ChangeFreezer.Frozen
        do throws(GitError) {
            frozen = try ChangeFreezer(
                repository: attempt.snapshot.checkout.repository, base: plan.base, baseTree: plan.baseTree
            ).freeze(files.tree, of: plan.task, writeBack: nil)
        } catch { throw StageError(.executor, error) }
        return FrozenChange(
            attempt: attempt, changes: frozen.changes, writeBack: nil, taskTree: files.tree,
            refusals: files.refusals, executorVersion: attempt.executor.version, isolation: nil, notes: [],
            modelUse: nil)
    }
}
