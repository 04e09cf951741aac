internal import Basics
internal import Executors
internal import Git
internal import Journal
package import Model

/// A plan that is being carried out: claimed and recorded, unless it is a dry run.
package struct Attempt {
    /// How it is carried out, where a person asked for something else than usual.
    struct Options {
        /// Objects stay in memory, and nothing is recorded.
        var isDryRun = false
        var isFenced = true
        /// Whether known answers of invariants count.
        var usesCache = true
        /// Whether the backlog's own edit becomes part of the change.
        var writesBack = true
        /// Why a person goes on although everything is stopped.
        var stopOverride: String?
        /// What it is called, where somebody else has named it.
        var id: String?
        /// What an earlier attempt declared, to be used again.
        var recordedInputs: JSON?
    }

    package let plan: Plan
    let snapshot: Snapshot
    let executor: any Executor
    let destination: Destination
    package let id: String
    package let number: Int
    let startedAt: Instant
    let options: Options
    let context: Context
    /// Is told what happens; `nil` where nothing is recorded.
    let log: AttemptRecorder?

    func record(_ body: (AttemptRecorder) throws(JournalError) -> Void) throws(StageError) {
        guard let log else { return }
        try StageError.journaled { () throws(JournalError) in try body(log) }
    }

    /// Where its files are worked on.
    var opening: WorkspaceOpening {
        WorkspaceOpening(
            plan: plan, checkout: snapshot.checkout, context: context, isFenced: options.isFenced,
            usesCache: options.usesCache, isListed: log != nil)
    }

    func stopIfCancelled() throws(StageError) {
        if context.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
    }

    /// Refuses what has an effect outside while everything is stopped, unless a person went on in spite of that.
    func refuseIfStopped() throws(StageError) {
        if options.stopOverride == nil { try StopSwitch(context).refuseIfStopped(task: plan.task.id) }
    }

    /// Records that it ended without a result; what the journal says to that is not worth more than the error itself.
    func recordFailure(_ error: StageError) {
        let (kind, reason) = (error.recordedKind ?? error.kind.rawValue, error.description)
        // Neither a person's Ctrl-C nor an order to stop says anything about the task.
        let event: Event =
            error.kind == .interrupted || error.kind == .refusal
            ? .attemptInterrupted(kind: kind, reason: reason, isRecovered: false)
            : .attemptFailed(kind: kind, reason: reason)
        do throws(JournalError) { try log?.finish(event) } catch { context.observer.warning(error) }
    }
}

extension Attempt {
    /// Claims the task and records the attempt's beginning; a dry run only finds out its number.
    static func begin(
        _ planned: PlannedTask, _ snapshot: Snapshot, _ destination: Destination, _ options: Options,
        _ journal: RunJournal, _ context: Context
    ) throws(StageError) -> Attempt {
        let plan = planned.plan
        let context = context.guarding(plan, in: snapshot.checkout)
        let id = options.id ?? "attempt-\(plan.task.id)-\(context.identifiers.short())"
        let startedAt = context.clock.now()
        func attempt(_ number: Int, _ log: AttemptRecorder?) -> Attempt {
            Attempt(
                plan: plan, snapshot: snapshot, executor: planned.executor, destination: destination, id: id,
                number: number, startedAt: startedAt, options: options, context: context, log: log)
        }
        let spending = SpendingForecast(environment: context.environment)
            .spending(of: plan.task, plan.scope, plan.limits)
        guard !options.isDryRun else {
            if options.recordedInputs == nil { try refuseUncounted(spending, plan) }
            let known = try StageError.journaled { () throws(JournalError) in
                try journal.toRead()?.attemptCount(target: plan.target.id, task: plan.task.id) ?? 0
            }
            return attempt(known + 1, nil)
        }
        let log = try AttemptRecorder.claiming(
            planned, snapshot, destination, spending, attempt: id, journal, context)
        context.failpoints.reach(.afterClaim)
        let begun = attempt(log.number, log)
        let isolation = begun.heldBy
        try begun.record { (log) throws(JournalError) in
            try log.recordStep(.attemptStarted(isolation: isolation, clock: startedAt.secondsText))
        }
        if let reason = options.stopOverride {
            try begun.record { (log) throws(JournalError) in try log.recordStopOverride(reason) }
        }
        context.failpoints.reach(.afterStart)
        return begun
    }

    /// Nothing of a dry run may be recorded, so that what it spends would count for nobody.
    private static func refuseUncounted(_ spending: ExpectedSpending, _ plan: Plan) throws(StageError) {
        let (money, tokens) = (plan.limits.dailyMoney, plan.limits.dailyTokens)
        guard spending != .none, let limit = money ?? tokens else { return }
        throw StageError(
            Refusal(
                plan.task.id,
                .unmeasurable(
                    UnmeasurableLimit(
                        money == nil ? "budget_per_day.tokens" : "budget_per_day.usd",
                        money == nil ? "\(limit.value)" : Money.text(limit.value), limit.source,
                        why: "a dry run leaves no record, and it would ask a model",
                        hint: "propose it without --dry-run, or take the budget of a day away", isByPerson: true)))
        )
    }

    /// What its programs are kept by: a rung of the fence, or why there is none.
    private var heldBy: String {
        if plan.workspace == .tree { return "none" }
        return options.isFenced ? FenceDirectories.isolation(context, networkIsOpen: false).level : "unfenced"
    }
}

extension AttemptRecorder {
    /// Asks whether the task may run in the transaction that claims it, so that no two attempts can pass together.
    fileprivate static func claiming(
        _ planned: PlannedTask, _ snapshot: Snapshot, _ destination: Destination,
        _ spending: ExpectedSpending, attempt: String,
        _ journal: RunJournal, _ context: Context
    ) throws(StageError) -> AttemptRecorder {
        let plan = planned.plan
        var refused: StageError?
        do throws(JournalError) {
            return try AttemptRecorder(
                context, try journal.toWrite(), plan: plan, attempt: attempt,
                repository: snapshot.checkout.root, spending: spending
            ) { (journal) throws(JournalError) in
                let (repository, base) = (snapshot.checkout.repository, snapshot.base.commit)
                do throws(StageError) {
                    let refusal = try planned.eligibility.refusal(
                        ofClaim: plan.task, by: attempt, in: journal, destination.atForge,
                        destination.known, TouchedFiles(repository, snapshot.base, destination.known), base: base,
                        ignoringProposal: try destination.history.isComplete(
                            journal, target: plan.target.id, task: plan.task.id)
                    ) { (commit) throws(GitError) in try repository.holds(commit, base: base) }
                    guard let refusal else { return }
                    throw StageError(refusal)
                } catch {
                    refused = error
                    throw .refused(error.message, hint: error.hint)
                }
            }
        } catch {
            throw refused ?? StageError(error.isRefusal ? .refusal : .unexpected, error)
        }
    }
}
