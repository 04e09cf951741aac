internal import Basics
package import Model

/// Which limits are in force for a task.
extension Eligibility {
    /// The limits in force for a task, from the machine's down to its own.
    func limits(of task: BacklogTask, _ scope: Scope? = nil) -> EffectiveLimits {
        EffectiveLimits(limitPlaces(of: task, scope ?? contract.policy.scope(task.scope)))
    }

    /// How long an attempt at a task may take.
    package func timeout(of task: BacklogTask) -> Duration { limits(of: task).attemptTimeout.value }

    /// What a task may spend on models.
    package func spending(of task: BacklogTask) -> ExpectedSpending {
        home.forecast.spending(of: task, contract.policy.scope(task.scope), limits(of: task))
    }

    /// After how long a task that waits takes its turn in the next higher class.
    package func raisePriorityAfter(inScope scope: String?) -> Duration? {
        EffectiveLimits(limitPlaces(of: BacklogTask(id: ""), contract.policy.scope(scope))).raisePriorityAfter?
            .value
    }

    func limitPlaces(of task: BacklogTask, _ scope: Scope?) -> [(source: LimitSource, limits: Limits)] {
        [(.machine, home.machine.limits)] + (group.map { [(.group, $0.limits)] } ?? []) + [
            (.target, contract.policy.limits), (.target, contract.target.limits),
            (.backlog, contract.backlog.limits), (.scope, scope?.limits ?? Limits()), (.task, task.limits),
        ]
    }
}
