package import Basics
internal import Model
package import Runner

/// One look at every target: close what died, follow up on proposals, and hand out tasks in turn until a limit holds.
package struct Cycle {
    private let request: RunRequest
    private let context: Context
    private let host: any CycleHost
    private let due: DueTargets?

    /// `due` leaves out targets whose own schedule has not come round; without it all are looked at.
    package init(_ request: RunRequest, _ host: any CycleHost, due: DueTargets? = nil, _ context: Context) {
        (self.request, self.host, self.due, self.context) = (request, host, due, context)
    }

    package func run() throws(StageError) -> CycleResult {
        var result = CycleResult()
        if let order = host.stopOrder() {
            result.stop = order
            return result
        }
        if !request.isDryRun { result.recovered = try host.recover() }
        var looks: [(target: ScheduledTarget, look: TargetLook)] = []
        for target in host.targets where !context.cancellation.isCancelled {
            do throws(StageError) {
                if let look = try look(at: target, &result) { looks.append((target, look)) }
            } catch { result.problems.append(CycleResult.Problem(target: target.registeredName, error: error)) }
        }
        let times = host.waitingTimes()
        var standings = standings(looks, times, &result)
        result.targets = standings.count
        try keep(times, &standings)
        var round = GrantRound(request, host, context)
        if !request.isDryRun { round.takeOver(host.adopted(), &standings, &result) }
        round.run(&standings, &result)
        for standing in standings {
            do throws(StageError) { result.held.append((standing.name, try standing.asked().held)) } catch {
                result.problems.append(CycleResult.Problem(target: standing.name, error: error))
            }
        }
        result.wasInterrupted = context.cancellation.isCancelled
        return result
    }

    /// `nil` where the target's schedule has not come round.
    private func look(at target: ScheduledTarget, _ result: inout CycleResult) throws(StageError) -> TargetLook? {
        let now = context.clock.now()
        if let due, try !due.isDue(target.name, at: now) { return nil }
        let look = try host.look(at: target, &result.notes)
        var schedule = look.reading.contract.policy.schedule
        schedule.cron = target.cron ?? schedule.cron
        due?.remember(target.name, schedule, lookedAt: now)
        try target.demandName(of: look.reading)
        return look
    }

    /// How all of them stand at one moment, after the last was looked at: what was found out about one may have made room
    /// in others that share its limits.
    private func standings(
        _ looks: [(target: ScheduledTarget, look: TargetLook)], _ times: WaitingTimes, _ result: inout CycleResult
    ) -> [TargetStanding] {
        let (home, journal): (HomeState, JournalState)
        do throws(StageError) { (home, journal) = (try host.homeState(), try host.journalState()) } catch {
            result.problems += looks.map { CycleResult.Problem(target: $0.target.registeredName, error: error) }
            return []
        }
        return looks.compactMap { target, look in
            do throws(StageError) {
                let standing = try TargetStanding(
                    look.directory, look.reading, target.group, home, journal, times)
                // What cannot be told of one of its tasks is told here, of this target alone.
                _ = try standing.asked()
                return standing
            } catch {
                result.problems.append(CycleResult.Problem(target: target.registeredName, error: error))
                return nil
            }
        }
    }

    /// Writes down since when tasks wait: that may raise their class, and is measured.
    ///
    /// A look may take hours, while attempts run: what begins to wait in it may be raised before it ends.
    private func keep(_ times: WaitingTimes, _ standings: inout [TargetStanding]) throws(StageError) {
        var changed = times
        for standing in standings {
            changed.update(try standing.asked().waitingTasks, of: standing.name, at: context.clock.now())
        }
        guard changed != times else { return }
        for place in standings.indices { standings[place].times = changed }
        if !request.isDryRun { try host.keep(changed) }
    }
}

/// Hands out tasks, turn by turn, while limits and width allow, and waits for those that run.
private struct GrantRound {
    private let request: RunRequest
    private let host: any CycleHost
    private let context: Context
    private var granted = GrantedTasks()
    /// Whether something went wrong that every further grant would meet as well.
    private var hasFailed = false

    init(_ request: RunRequest, _ host: any CycleHost, _ context: Context) {
        (self.request, self.host, self.context) = (request, host, context)
        granted.areDelivered = request.isDryRun
    }

    /// Ends only when nothing runs any more, whatever goes wrong meanwhile: a process that left would take its
    /// children along.
    mutating func run(_ standings: inout [TargetStanding], _ result: inout CycleResult) {
        var fairness = host.fairness()
        while true {
            result.stop = host.stopOrder()
            let grant = mayGrant(result) ? next(standings, &fairness) : nil
            if let grant {
                do throws(StageError) { try begin(grant, fairness, &result) } catch {
                    fail(grant, error, &result)
                }
                refresh(&standings, after: grant, &result)
            } else if !granted.running.isEmpty && !request.isDryRun {
                let ended = end(&result)
                refresh(&standings, after: ended, &result)
            } else {
                return
            }
        }
    }

    /// Counts what goes on from schedulers before this one as its own.
    mutating func takeOver(_ grants: [Grant], _ standings: inout [TargetStanding], _ result: inout CycleResult) {
        for grant in grants {
            let task = GrantedTask(target: grant.target, scope: grant.scope, task: grant.task)
            granted.begun.insert(task)
            granted.running.append(task)
            host.begin(grant)
        }
        if let last = grants.last { refresh(&standings, after: last, &result) }
    }

    /// Waits for the next of those that run to end.
    private mutating func end(_ result: inout CycleResult) -> Grant {
        let (grant, outcome) = host.ended()
        granted.running.removeAll { $0.target == grant.target && $0.task == grant.task }
        result.dispatched.append(CycleResult.Dispatched(grant: grant, outcome: outcome))
        do throws(StageError) { try host.settle(grant, outcome) } catch { fail(grant, error, &result) }
        return grant
    }

    private mutating func fail(_ grant: Grant, _ error: StageError, _ result: inout CycleResult) {
        hasFailed = true
        result.problems.append(CycleResult.Problem(target: grant.target, error: error))
    }

    private func mayGrant(_ result: CycleResult) -> Bool {
        !hasFailed && result.stop == nil && !context.cancellation.isCancelled
            && granted.begun.count < request.most ?? .max
            && (granted.running.count < request.width || request.isDryRun)
    }

    private func next(_ standings: [TargetStanding], _ fairness: inout Fairness) -> Grant? {
        let waiting = standings.map(\.waiting)
        fairness.update(waiting)
        guard let (target, priority) = fairness.next(waiting),
            let standing = standings.first(where: { $0.name == target.name }),
            let task = standing.firsts[priority]
        else { return nil }
        fairness.grant(target, priority)
        var grant = Grant(target: standing.name, task: task.id, scope: task.scope, directory: standing.directory)
        (grant.id, grant.base) = (context.identifiers.uuid(), standing.reading.base.commit)
        (grant.priority, grant.waitingSince) = (priority, standing.times.start(of: task.id, in: standing.name))
        grant.timeout = standing.eligibility.timeout(of: task)
        if case .atMost(let spending) = standing.eligibility.spending(of: task) { grant.spending = spending }
        return grant
    }

    /// Writes the grant down, then hands it on; a dry run only says so.
    private mutating func begin(
        _ grant: Grant, _ fairness: Fairness, _ result: inout CycleResult
    ) throws(StageError) {
        var task = GrantedTask(target: grant.target, scope: grant.scope, task: grant.task)
        task.spending = grant.spending
        granted.begun.insert(task)
        if request.isDryRun {
            granted.running.append(task)
            result.dispatched.append(CycleResult.Dispatched(grant: grant, outcome: nil))
            return
        }
        try host.keep(fairness)
        try host.record(grant)
        granted.running.append(task)
        host.begin(grant)
    }

    /// Asks again where something may have changed: in the target of the grant, and in others that share its limits.
    ///
    /// A target that can no longer be asked is told of, and left out.
    private mutating func refresh(
        _ standings: inout [TargetStanding], after grant: Grant, _ result: inout CycleResult
    ) {
        do throws(StageError) {
            let (home, journal) = (try host.homeState(), try host.journalState())
            standings = standings.compactMap { standing in
                guard home.sharesLimits || standing.name == grant.target else { return standing }
                do throws(StageError) { return try standing.refreshed(home, journal, granted) } catch {
                    result.problems.append(CycleResult.Problem(target: standing.name, error: error))
                    return nil
                }
            }
        } catch {
            fail(grant, error, &result)
        }
    }
}
