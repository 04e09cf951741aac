package import Basics
internal import Journal
package import Model
package import Runner

/// What is asked of one `propose` of several tasks.
package struct BatchRequest: Sendable {
    /// The checkout that the tasks are carried out from.
    package var directory: String
    /// The tasks that were named, in their order; empty for all that may run.
    package var tasks: [String] = []
    /// Of all tasks, only those of this scope.
    package var scope: String?
    /// How many attempts run at once, whatever the limits allow.
    package var width = 4
    package var isDryRun = false
    package var overridesStop = false
    /// Takes tasks whose proposal is under review, too.
    package var refreshes = false
    package var fetches = true
    package var base: String?
    package var usesWorktreeFiles = false

    package init(directory: String) { self.directory = directory }
}

/// What several tasks came to.
package struct BatchResult {
    package var ended: [(grant: Grant, outcome: GrantOutcome)] = []
    /// Why tasks that nobody named were left.
    package var held: [Refusal] = []
    package var recovered: [RecoveredAttempt] = []
    package var stop: StopOrder?
    package var wasInterrupted = false
}

/// Tasks of one checkout that a person asks for: each in a child, as many at once as limits and width allow.
///
/// A named task that a limit holds waits as long as others of the batch run, and is then refused by its own attempt.
package struct TaskBatch {
    private let request: BatchRequest
    private let reading: TargetReading
    private let dispatcher: any Dispatcher
    private let context: Context
    private var pending: [BacklogTask]
    private var granted = GrantedTasks()
    private var result = BatchResult()

    /// Reads the contract, and demands that every name means something before anything begins.
    package init(
        _ request: BatchRequest, _ dispatcher: any Dispatcher, _ context: Context
    ) throws(StageError) {
        (self.request, self.dispatcher, self.context) = (request, dispatcher, context)
        if !request.isDryRun { result.recovered = try Self.recover(context) }
        let reading = try TargetReading.read(
            request.directory, fetches: request.fetches, base: request.base,
            fromWorktree: request.usesWorktreeFiles, context)
        self.reading = reading
        granted.areDelivered = request.isDryRun
        var named = Set<String>()
        pending = try request.tasks.filter { named.insert($0).inserted }
            .map { (name) throws(StageError) in try reading.task(name) }
        if request.tasks.isEmpty { pending = try candidates() }
    }

    private static func recover(_ context: Context) throws(StageError) -> [RecoveredAttempt] {
        do throws(JournalError) { return try Recovery(context).run() } catch {
            throw StageError(.unexpected, error)
        }
    }

    /// The tasks that are to be done, as far as limits allow.
    package var tasks: [String] { pending.map(\.id) }

    /// Ends only when nothing runs any more: a process that left would take its children along.
    package mutating func run(
        ended: (Grant, GrantOutcome) -> Void
    ) throws(StageError) -> BatchResult {
        let done = Mailbox<(grant: Grant, outcome: GrantOutcome)>()
        var failure: StageError?
        while true {
            if !request.isDryRun, !request.overridesStop { result.stop = StopSwitch(context).order() }
            var next: BacklogTask?
            do throws(StageError) { next = failure == nil ? try takeNext() : nil } catch { failure = error }
            if let next {
                begin(next, done)
            } else if !granted.running.isEmpty {
                let end = done.take()
                granted.running.removeAll { $0.task == end.grant.task }
                result.ended.append(end)
                ended(end.grant, end.outcome)
            } else {
                break
            }
        }
        if let failure { throw failure }
        result.wasInterrupted = context.cancellation.isCancelled
        return result
    }

    private var mayBegin: Bool {
        result.stop == nil && !context.cancellation.isCancelled && granted.running.count < request.width
    }

    /// The first of those left that nothing holds; one that was named goes in any case once nothing else runs.
    private mutating func takeNext() throws(StageError) -> BacklogTask? {
        guard mayBegin, !pending.isEmpty else { return nil }
        let (isNamed, eligibility) = (!request.tasks.isEmpty, try eligibility())
        var held: [Refusal] = []
        for (index, task) in pending.enumerated() {
            guard let refusal = try refusal(of: task, eligibility) else { return pending.remove(at: index) }
            held.append(refusal)
        }
        guard granted.running.isEmpty else { return nil }
        if isNamed { return pending.removeFirst() }
        result.held = held
        return nil
    }

    private mutating func begin(_ task: BacklogTask, _ done: Mailbox<(grant: Grant, outcome: GrantOutcome)>) {
        let grant = Grant(
            target: reading.target, task: task.id, scope: task.scope, directory: request.directory)
        granted.running.append(GrantedTask(target: grant.target, scope: grant.scope, task: grant.task))
        granted.begun.insert(GrantedTask(target: grant.target, scope: grant.scope, task: grant.task))
        let dispatcher = dispatcher
        Workers.inBackground { done.put((grant, dispatcher.carryOut(grant))) }
    }

    // MARK: What may run

    /// What would be proposed, had nobody a limit: the urgent first, each class in the order of the backlog.
    private func candidates() throws(StageError) -> [BacklogTask] {
        if let scope = request.scope { try demand(scope) }
        let eligibility = try eligibility()
        var tasks: [BacklogTask] = []
        for task in reading.contract.backlog.tasks where request.scope == nil || task.scope == request.scope {
            if try refusal(of: task, eligibility)?.isWaiting ?? true { tasks.append(task) }
        }
        return BacklogTask.Priority.allCases.sorted()
            .flatMap { priority in tasks.filter { $0.priority == priority } }
    }

    private func demand(_ scope: String) throws(StageError) {
        let policy = reading.contract.policy
        guard policy.scopes.contains(where: { $0.name == scope }) else {
            throw StageError.noScope(scope, in: policy)
        }
    }

    /// A dry run takes what it shows for delivered, where it chooses by itself.
    private func eligibility() throws(StageError) -> Eligibility {
        let counted = request.isDryRun ? (request.tasks.isEmpty ? Array(granted.begun) : []) : granted.running
        return try reading.eligibility(
            try HomeState(context), try JournalState(context), granted: counted, areDelivered: request.isDryRun,
            overridesStop: request.isDryRun || request.overridesStop)
    }

    private func refusal(of task: BacklogTask, _ eligibility: Eligibility) throws(StageError) -> Refusal? {
        let refusal = try eligibility.refusal(of: task)
        guard request.refreshes, case .underReview = refusal?.reason else { return refusal }
        return try eligibility.refusal(of: task, ignoringProposal: true)
    }
}
