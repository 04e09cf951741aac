internal import Basics
internal import Model
internal import YAML

/// A scope's allow-list of executors holds for the scope itself and for its tasks.
enum ExecutorRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        guard let policy = subject.policy, let draft = subject.policyDraft else { return }
        for scope in policy.scopes {
            guard let executor = scope.executor, let list = scope.executors, !list.contains(executor),
                let record = draft.scopes[scope.name]
            else { continue }
            report.add(
                .executorNotAllowed, "the scope's own list of executors leaves out '\(executor)'",
                in: ContractPaths.policy, at: ScopeFormat.record.node("executor", of: record)?.span,
                hint: "add it to 'executors'")
        }
        var lists: [String: [String]] = [:]
        for scope in policy.scopes { lists[scope.name] = scope.executors }
        for task in subject.tasks where !task.isFinished {
            guard let executor = task.task.executor, let scope = task.task.scope, let list = lists[scope],
                !list.contains(executor)
            else { continue }
            report.add(
                .executorNotAllowed, "scope '\(scope)' does not allow the executor '\(executor)'", in: task.file,
                at: task.span("executor"),
                hint: "it allows " + (list.isEmpty ? "none" : list.joined(separator: ", ")))
        }
    }
}
