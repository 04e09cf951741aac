internal import Journal
internal import Model

/// Limits that depend on what was done before; asked in the transaction that claims the task, so that no two attempts
/// can pass together.
struct Guardrails {
    let journal: Journal
    let plan: Plan

    func check() throws(JournalError) {
        try checkRunningAttempts()
        try checkFailedAttempts()
    }

    private func checkRunningAttempts() throws(JournalError) {
        let limit = plan.limits.maxRunningAttempts
        let others = try journal.claims().filter { $0.target == plan.target.id && $0.task != plan.task.id }
        guard others.count >= limit.value, let first = others.first else { return }
        throw .refused(
            "\(others.count) attempt\(others.count == 1 ? "" : "s") of '\(plan.target.id)' already run\(others.count == 1 ? "s" : "") "
                + "(\(first.attempt)), and max_running_attempts is \(limit.value) (\(limit.source.rawValue))",
            hint: "wait until it has ended, or raise the limit")
    }

    private func checkFailedAttempts() throws(JournalError) {
        let limit = plan.limits.maxAttemptsPerTask
        let failed = try journal.failedAttempts(target: plan.target.id, task: plan.task.id)
        guard failed >= limit.value else { return }
        throw .refused(
            "task '\(plan.task.id)' failed \(failed) times, and max_attempts_per_task is \(limit.value) "
                + "(\(limit.source.rawValue))",
            hint: "'leviathan failures' says why; 'leviathan retry \(plan.task.id)' lets it be tried again")
    }
}
