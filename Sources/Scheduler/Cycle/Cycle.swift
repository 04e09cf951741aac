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
    private let due: RunLoop.DueTargets?

    /// `due` leaves out targets whose own schedule has not come round; without it all are looked at.
    package init(
        _ request: RunRequest, _ targets: [ScheduledTarget], _ dispatcher: any Dispatcher,
        due: RunLoop.DueTargets? = nil, _ context: Context
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
            } catch { result.problems.append(CycleResult.Problem(target: target.name, error: error)) }
        }
        result.targets = targets.count
        var round = GrantRound(request, dispatcher, context)
        try round.run(&standings, &result)
        result.held = standings.map { ($0.name, $0.held) }
        result.wasInterrupted = context.cancellation.isCancelled
        return result
    }

    private func recover() throws(StageError) -> [RecoveredAttempt] {
        do throws(JournalError) { return try Recovery(context).run() } catch {
            throw StageError(.unexpected, error)
        }
    }

    /// Follows up on the target's proposals, so that what people decided counts, and reads its contract.
    private func look(
        at target: ScheduledTarget, _ result: inout CycleResult
    ) throws(StageError) -> TargetStanding? {
        let directory = try target.ready(context)
        if !request.isDryRun && !request.isOffline {
            var follow = SyncRequest(directory: directory)
            follow.refreshes = false
            result.notes += try Sync(follow, context).run().entries.filter { !$0.actions.isEmpty }
                .map { "\(target.name) #\($0.number): \($0.actions.joined(separator: "; "))" }
        }
        let reading = try TargetReading.read(
            directory, fetches: !request.isDryRun && !request.isOffline, context)
        guard due?.isDue(target.name, reading.contract.policy.schedule, at: context.clock.now()) ?? true else {
            return nil
        }
        if let registered = target.registration, registered.name != reading.target {
            throw StageError(
                .invalid,
                "its contract calls the target '\(reading.target)', and it is registered as "
                    + "'\(registered.name)'",
                hint: "'leviathan target remove \(registered.name)', and add it again: limits are counted by name")
        }
        var standing = TargetStanding(directory, reading, target.group)
        try standing.refresh(context)
        return standing
    }
}

/// Hands out tasks, turn by turn, while limits and width allow, and waits for those that run.
private struct GrantRound {
    private let request: RunRequest
    private let dispatcher: any Dispatcher
    private let context: Context
    private let done = Mailbox<(grant: Grant, outcome: GrantOutcome)>()
    private var running: [GrantedTask] = []
    private var begun: Set<GrantedTask> = []

    init(_ request: RunRequest, _ dispatcher: any Dispatcher, _ context: Context) {
        (self.request, self.dispatcher, self.context) = (request, dispatcher, context)
    }

    mutating func run(_ standings: inout [TargetStanding], _ result: inout CycleResult) throws(StageError) {
        let file = FairnessFile(context)
        var fairness = file.read()
        while true {
            result.stop = StopSwitch(context).order()
            let grant = mayGrant(result) ? next(standings, &fairness) : nil
            if let grant {
                try begin(grant, fairness, file, &result)
                try refresh(&standings, after: grant)
            } else if !running.isEmpty && !request.isDryRun {
                let (grant, outcome) = done.take()
                running.removeAll { $0.target == grant.target && $0.task == grant.task }
                result.dispatched.append(CycleResult.Dispatched(grant: grant, outcome: outcome))
                try refresh(&standings, after: grant)
            } else {
                return
            }
        }
    }

    private func mayGrant(_ result: CycleResult) -> Bool {
        result.stop == nil && !context.cancellation.isCancelled && begun.count < request.most ?? .max
            && (running.count < request.width || request.isDryRun)
    }

    private func next(_ standings: [TargetStanding], _ fairness: inout Fairness) -> Grant? {
        let waiting = standings.map(\.waiting)
        fairness.update(waiting)
        guard let (target, priority) = fairness.next(waiting),
            let standing = standings.first(where: { $0.name == target.name }),
            let task = standing.runnable[priority]?.first
        else { return nil }
        fairness.grant(target, priority)
        return Grant(
            target: standing.reading.target, task: task.id, scope: task.scope, directory: standing.directory)
    }

    /// Writes the grant down, then hands it on; a dry run only says so.
    private mutating func begin(
        _ grant: Grant, _ fairness: Fairness, _ file: FairnessFile, _ result: inout CycleResult
    ) throws(StageError) {
        let granted = GrantedTask(target: grant.target, scope: grant.scope, task: grant.task)
        begun.insert(granted)
        running.append(granted)
        guard !request.isDryRun else {
            result.dispatched.append(CycleResult.Dispatched(grant: grant, outcome: nil))
            return
        }
        try file.write(fairness)
        try record(grant)
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

    /// A limit of the machine or of a group can hold other targets than the one that was granted.
    private func refresh(_ standings: inout [TargetStanding], after grant: Grant) throws(StageError) {
        for index in standings.indices {
            try standings[index].refresh(
                granted: running, areDelivered: request.isDryRun, leavingOut: begun, context)
        }
    }
}
