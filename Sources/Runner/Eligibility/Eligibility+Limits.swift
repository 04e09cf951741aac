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
        raises.answer(scope) {
            EffectiveLimits(limitPlaces(of: BacklogTask(id: ""), contract.policy.scope(scope))).raisePriorityAfter?
                .value
        }
    }

    func limitPlaces(of task: BacklogTask, _ scope: Scope?) -> [(source: LimitSource, limits: Limits)] {
        [(.machine, home.machine.limits)] + (group.map { [(.group, $0.limits)] } ?? []) + [
            (.target, contract.policy.limits), (.target, contract.target.limits),
            (.backlog, contract.backlog.limits), (.scope, scope?.limits ?? Limits()), (.task, task.limits),
        ]
    }

    /// How far the limits are used up, those of a task or, without one, of the whole target.
    package func limitStates(of task: BacklogTask? = nil) throws(StageError) -> [LimitState] {
        let scope = task.flatMap { contract.policy.scope($0.scope) }
        let places = limitPlaces(of: task ?? BacklogTask(id: ""), scope)
        let reach = LimitReach(
            target: contract.target.id, scope: task?.scope, task: task?.id ?? "", group: groupTargets)
        let open = try branches.entries { () throws(StageError) in try openBranches() }
        var check = LimitCheck(
            places: places, effective: EffectiveLimits(places), reach: reach,
            use: standings.use.adding(open: open)
                .adding(atForge, target: reach.target, decided: standings.decided, scope: self.scope),
            now: now)
        if let task { check.overlaps = { self.overlaps($0, task) } }
        var observed = LimitCheck.Observed()
        observed.failures = FailureRun.runs(in: standings.ended).map(\.failures).max() ?? 0
        observed.failed = task.map { standings[$0.id]?.failed ?? 0 }
        observed.openNote = atForge.note(at: now)
        if case .unknown = atForge { observed.isOpenUnknown = true }
        (observed.forge, observed.breaker) = (forge, forge.map { home.machine.breakerLimit(of: $0.service) })
        if let task, check.effective.maxOpenPerOwner != nil {
            observed.owner = try proposals(check, task).max { $0.1.count < $1.1.count }
                .map { ($0.0, $0.1.count) }
        }
        return check.states(observed)
    }

    /// Proposals of the target that are branches alone, and that the base does not hold yet: that a person let a task be
    /// tried again takes nothing away from its reviewers.
    func openBranches() throws(StageError) -> [LimitUse.Entry] {
        var open: [LimitUse.Entry] = []
        let branches = standings.all.filter { $0.value.pullRequests.isEmpty && $0.value.proposed != nil }
        for (task, standing) in branches.sorted(by: { $0.key < $1.key }) {
            guard let delivered = standing.proposed, !delivered.isGone, !completed.contains(task),
                try !holds(delivered.commit)
            else { continue }
            open.append(
                LimitUse.Entry(
                    target: contract.target.id, scope: delivered.scope, task: task, name: delivered.branch,
                    commit: delivered.commit))
        }
        return open
    }
}
