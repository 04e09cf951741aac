package import Basics
internal import Journal
internal import Model
package import Runner

/// One look at every target: close what died, follow up on proposals, and hand out tasks in turn until a limit holds.
package struct Cycle {
    private let request: RunRequest
    private let context: Context
    private let dispatcher: any Dispatcher
    private let targets: [ScheduledTarget]
    private let due: DueTargets?

    /// `due` leaves out targets whose own schedule has not come round; without it all are looked at.
    package init(
        _ request: RunRequest, _ targets: [ScheduledTarget], _ dispatcher: any Dispatcher, due: DueTargets? = nil,
        _ context: Context
    ) {
        (self.request, self.context, self.dispatcher, self.targets) = (request, context, dispatcher, targets)
        self.due = due
    }

    package func run() throws(StageError) -> CycleResult {
        var result = CycleResult()
        if let order = StopSwitch(context).order() {
            result.stop = order
            return result
        }
        if !request.isDryRun { result.recovered = try recover() }
        var standings: [TargetStanding] = []
        for target in targets where !context.cancellation.isCancelled {
            do throws(StageError) {
                if let standing = try look(at: target, &result) { standings.append(standing) }
            } catch { result.problems.append(CycleResult.Problem(target: target.registeredName, error: error)) }
        }
        result.targets = standings.count
        var round = GrantRound(request, dispatcher, context)
        round.run(&standings, &result)
        result.held = standings.map { ($0.name, $0.held) }
        result.wasInterrupted = context.cancellation.isCancelled
        return result
    }

    private func recover() throws(StageError) -> [RecoveredAttempt] {
        do throws(JournalError) { return try Recovery(context).run() } catch {
            throw StageError(.unexpected, error)
        }
    }

    /// Follows up on the target's proposals, so that what people decided counts, and reads its contract; `nil` where
    /// its schedule has not come round.
    private func look(
        at target: ScheduledTarget, _ result: inout CycleResult
    ) throws(StageError) -> TargetStanding? {
        let now = context.clock.now()
        guard due?.isDue(target.name, at: now) ?? true else { return nil }
        let (directory, asksRemote) = (try target.ready(context), !request.isDryRun && !request.isOffline)
        if asksRemote {
            // This fetches as well.
            var follow = SyncRequest(directory: directory)
            follow.refreshes = false
            result.notes += try Sync(follow, context).run().entries.filter { !$0.actions.isEmpty }
                .map { "\(target.name) #\($0.number): \($0.actions.joined(separator: "; "))" }
        }
        let reading = try TargetReading.read(directory, fetches: false, context)
        due?.remember(target.name, reading.contract.policy.schedule, lookedAt: now)
        try target.demandName(of: reading)
        return try TargetStanding(
            directory, reading, target.group, try HomeState(context), try JournalState(context))
    }
}

/// Hands out tasks, turn by turn, while limits and width allow, and waits for those that run.
private struct GrantRound {
    private let request: RunRequest
    private let dispatcher: any Dispatcher
    private let context: Context
    private let done = Mailbox<(grant: Grant, outcome: GrantOutcome)>()
    private var granted = GrantedTasks()
    /// Whether something went wrong that every further grant would meet as well.
    private var hasFailed = false

    init(_ request: RunRequest, _ dispatcher: any Dispatcher, _ context: Context) {
        (self.request, self.dispatcher, self.context) = (request, dispatcher, context)
        granted.areDelivered = request.isDryRun
    }

    /// Ends only when nothing runs any more, whatever goes wrong meanwhile: a process that left would take its
    /// children along.
    mutating func run(_ standings: inout [TargetStanding], _ result: inout CycleResult) {
        let file = FairnessFile(context)
        var fairness = file.read()
        while true {
            result.stop = StopSwitch(context).order()
            let grant = mayGrant(result) ? next(standings, &fairness) : nil
            if let grant {
                do throws(StageError) { try begin(grant, fairness, file, &result) } catch {
                    hasFailed = true
                    result.problems.append(CycleResult.Problem(target: grant.target, error: error))
                }
                refresh(&standings, after: grant, &result)
            } else if !granted.running.isEmpty && !request.isDryRun {
                let (grant, outcome) = done.take()
                granted.running.removeAll { $0.target == grant.target && $0.task == grant.task }
                result.dispatched.append(CycleResult.Dispatched(grant: grant, outcome: outcome))
                refresh(&standings, after: grant, &result)
            } else {
                return
            }
        }
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
            let task = standing.runnable[priority]?.first
        else { return nil }
        fairness.grant(target, priority)
        return Grant(target: standing.name, task: task.id, scope: task.scope, directory: standing.directory)
    }

    /// Writes the grant down, then hands it on; a dry run only says so.
    private mutating func begin(
        _ grant: Grant, _ fairness: Fairness, _ file: FairnessFile, _ result: inout CycleResult
    ) throws(StageError) {
        let task = GrantedTask(target: grant.target, scope: grant.scope, task: grant.task)
        granted.begun.insert(task)
        if request.isDryRun {
            granted.running.append(task)
            result.dispatched.append(CycleResult.Dispatched(grant: grant, outcome: nil))
            return
        }
        try file.write(fairness)
        try record(grant)
        granted.running.append(task)
        let (dispatcher, done) = (dispatcher, done)
        Workers.inBackground { done.put((grant, dispatcher.carryOut(grant))) }
    }

    private func record(_ grant: Grant) throws(StageError) {
        let facts: JSON = ["target": .string(grant.target), "task_id": .string(grant.task)]
        let event = Event(.attemptGranted, facts)
        do throws(JournalError) { try context.journal().append([context.event(event)]) } catch {
            throw StageError(.unexpected, error)
        }
    }

    /// Asks again where something may have changed: in the target of the grant, and in others that share its limits.
    ///
    /// A target that can no longer be asked is told of, and left out.
    private mutating func refresh(
        _ standings: inout [TargetStanding], after grant: Grant, _ result: inout CycleResult
    ) {
        do throws(StageError) {
            let (home, journal) = (try HomeState(context), try JournalState(context))
            standings = standings.compactMap { standing in
                guard home.sharesLimits || standing.name == grant.target else { return standing }
                do throws(StageError) { return try standing.refreshed(home, journal, granted) } catch {
                    result.problems.append(CycleResult.Problem(target: standing.name, error: error))
                    return nil
                }
            }
        } catch {
            hasFailed = true
            result.problems.append(CycleResult.Problem(target: grant.target, error: error))
        }
    }
}
