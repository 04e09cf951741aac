package import Basics
internal import Contracts
internal import Enforcement
internal import Executors
internal import Forges
internal import Git
internal import Journal
internal import Model

/// Carries one task along the line: snapshot, plan, produce, examine, approve, seal, deliver.
package struct Propose {
    private let request: ProposeRequest
    private let context: Context
    private let journal: RunJournal

    package init(_ request: ProposeRequest, _ context: Context) {
        self.init(request, context, RunJournal(context, writes: !request.isDryRun))
    }

    init(_ request: ProposeRequest, _ context: Context, _ journal: RunJournal) {
        (self.request, self.context, self.journal) = (request, context, journal)
    }

    package func run() -> ProposeResult {
        run(recovering: !request.isDryRun) { () throws(StageError) in try snapshot() }
    }

    /// Goes on from a snapshot that was just read; what dead processes left was looked at then.
    func run(from snapshot: Snapshot) -> ProposeResult {
        run(recovering: false) { () throws(StageError) in snapshot }
    }

    private func run(
        recovering: Bool, _ snapshot: () throws(StageError) -> Snapshot
    ) -> ProposeResult {
        let started = MonotonicTime.now
        let watch = request.isDryRun || request.stopOverride != nil ? nil : StopWatch(context)
        defer { watch?.end() }
        var (reached, recovered) = (Reached.nothing, [RecoveredAttempt]())
        let ending: Result<Ending, StageError>
        do throws(StageError) {
            if recovering {
                recovered = try StageError.journaled { () throws(JournalError) in
                    try Recovery(context, journal).run()
                }
            }
            ending = .success(try follow(try snapshot(), &reached))
        } catch {
            let cause = reached.snapshot?.cause(of: error) ?? error
            reached.attempt?.recordFailure(cause)
            ending = .failure(cause)
        }
        if case .success(.delivered) = ending, let checkout = reached.snapshot?.checkout {
            AnchorKeeper(checkout: checkout, context: context).keep(journal)
        }
        return ProposeResult(request, recovered, reached, ending, duration: .now - started)
    }

    /// From the contract to the end; `reached` is the last value that came about.
    private func follow(_ snapshot: Snapshot, _ reached: inout Reached) throws(StageError) -> Ending {
        let onboarding = request.starter.map(Onboarding.init)
        let task =
            if let onboarding { try onboarding.task() } else {
                try snapshot.stage.task(request.taskID, in: snapshot.contract)
            }
        if !request.isDryRun { try snapshot.requireRemote() }
        reached = .snapshot(snapshot, task)
        let planned =
            if let onboarding { try onboarding.plan(task, snapshot, context) } else { try plan(task, snapshot) }
        reached = .plan(planned.plan, snapshot)
        let destination =
            request.isDryRun
            ? try Destination.unasked(snapshot)
            : try Destination.look(planned.plan, snapshot, journal, context)
        context.failpoints.reach(.beforeClaim)
        let attempt = try Attempt.begin(planned, snapshot, destination, options, journal, context)
        reached = .attempt(attempt)
        let change = try attempt.produce()
        reached = .change(change)
        guard !change.isEmpty else { return try unchanged(attempt) }
        if let ending = try settle(change, &reached) { return ending }
        let examined = try change.examine()
        reached = .examined(examined)
        // What could not be read is against the change by then, which is not what is wrong.
        if let failure = snapshot.checkout.repository.promisedFailure { throw StageError(reading: failure) }
        guard let approval = examined.examination.approval else { return try reject(examined) }
        try attempt.stopIfCancelled()
        if request.isDryRun { return .prepared(try preview(examined)) }
        let sealed = try examined.seal(approval)
        try request.mayDeliver()
        let pushed = try examined.push(sealed)
        reached = .pushed(pushed)
        let delivery = try pushed.propose(journal)
        reached = .delivered(delivery)
        return .delivered
    }

    // MARK: Snapshot and plan

    /// Reads the contract; a dry run changes nothing, and so does not fetch by itself.
    private func snapshot() throws(StageError) -> Snapshot {
        var reader = SnapshotReader(try TargetCheckout.open(request.directory), context)
        reader.base = request.base
        reader.fetches = request.fetches || !(request.isDryRun || request.isOffline)
        (reader.usesWorktreeFiles, reader.isOffline) = (request.usesWorktreeFiles, request.isOffline)
        reader.onboarding = request.starter.map(Onboarding.init)
        reader.watched = "refs/heads/" + BacklogTask.proposedBranch(of: request.taskID)
        return try reader.read()
    }

    private func plan(_ task: BacklogTask, _ snapshot: Snapshot) throws(StageError) -> PlannedTask {
        let planner = try Planner(
            snapshot.contract, in: context,
            catalog: try ExecutorCatalog(snapshot.checkout, snapshot.base, context),
            overridesStop: request.isDryRun || request.stopOverride != nil)
        return try planner.plan(
            task, base: snapshot.base, workspace: request.workspace, isFenced: !request.isUnfenced,
            isPreview: request.isDryRun)
    }

    private var options: Attempt.Options {
        Attempt.Options(
            isDryRun: request.isDryRun, isFenced: !request.isUnfenced, usesCache: !request.ignoresCache,
            writesBack: !request.usesWorktreeFiles, stopOverride: request.stopOverride, id: request.attempt)
    }

    // MARK: Ends without a new delivery

    private func unchanged(_ attempt: Attempt) throws(StageError) -> Ending {
        context.failpoints.reach(.beforeLastEvent)
        try attempt.record { (log) throws(JournalError) in
            try log.finish(.attemptSucceeded(outcome: "unchanged", commit: nil, isRecovered: false))
        }
        return .unchanged
    }

    private func reject(_ examined: ExaminedChange) throws(StageError) -> Ending {
        let reason = examined.examination.findings.violations.isEmpty ? "invariant" : "policy"
        try examined.change.attempt.record { (log) throws(JournalError) in
            try log.finish(.attemptFailed(kind: "rejected", reason: reason))
        }
        return .rejected
    }

    /// Leaves a proposal that stands as it should, and makes up for what an earlier attempt did not come to; `nil`
    /// where there is none, or the change is to take its place.
    private func settle(_ change: FrozenChange, _ reached: inout Reached) throws(StageError) -> Ending? {
        let (attempt, destination) = (change.attempt, change.attempt.destination)
        guard let standing = destination.standing, change.refusals.isEmpty else { return nil }
        let (stays, isOutdated) = try change.leaves(standing, refreshes: request.refreshes)
        guard stays else { return nil }
        let wasRecorded = destination.takesPushes || destination.history.arrived.contains(standing.commit)
        let lacksPullRequest = !isOutdated && destination.lacksPullRequest(standing)
        if isOutdated || (wasRecorded && !lacksPullRequest) {
            _ = try unchanged(attempt)
            return .left(standing, isOutdated: isOutdated)
        }
        if !wasRecorded {
            let pushed = Event.PushedCommit(
                branch: attempt.plan.task.proposedBranch, remote: destination.remote ?? ".",
                commit: standing.commit)
            try attempt.record { (log) throws(JournalError) in try log.record(.branchPushed(pushed)) }
        }
        // A text that has still to be written tells of the invariants, so that they have to be known.
        let examined = try change.examine()
        reached = .examined(examined)
        guard examined.examination.approval != nil else { return try reject(examined) }
        let pushed = PushedChange(
            examined: examined, commit: standing.commit, subject: nil, sealed: nil, wasRecorded: wasRecorded,
            keptText: nil)
        try request.mayDeliver()
        let delivery = try pushed.propose(journal)
        reached = .delivered(delivery)
        return delivery.isNew ? .delivered : .left(standing, isOutdated: false)
    }

    private func preview(_ examined: ExaminedChange) throws(StageError) -> Preview {
        let (attempt, changes) = (examined.change.attempt, examined.change.changes)
        let checkout = attempt.snapshot.checkout
        var (kind, notes) = (ForgeKind.plain, [String]())
        do throws(StageError) {
            kind = try TargetForge.kind(
                attempt.plan.target, checkout, remote: attempt.destination.remote, context)
        } catch { notes.append("nothing could be delivered as things are: \(error.description)") }
        let text = try examined.text(for: kind)
        do throws(GitError) {
            return Preview(
                patch: try checkout.repository.patchText(from: changes.baseTree, to: changes.tree).bytes,
                text: text, notes: notes)
        } catch { throw StageError(.unexpected, error) }
    }
}

/// What a dry run shows in place of a delivery.
struct Preview {
    let patch: [UInt8]
    /// What reviewers would read.
    let text: ProposalText
    let notes: [String]
}

/// How a proposal ended, where no error ended it.
enum Ending {
    case delivered
    case prepared(Preview)
    /// The base holds already what the task asks for.
    case unchanged
    /// An earlier proposal of the task's stays as it is.
    case left(Destination.Standing, isOutdated: Bool)
    case rejected
}

/// The last value that came about on the line; each holds those before it.
indirect enum Reached {
    case nothing
    case snapshot(Snapshot, BacklogTask)
    case plan(Plan, Snapshot)
    case attempt(Attempt)
    case change(FrozenChange)
    case examined(ExaminedChange)
    case pushed(PushedChange)
    case delivered(Delivery)

    var delivery: Delivery? { if case .delivered(let delivery) = self { delivery } else { nil } }

    var pushed: PushedChange? { if case .pushed(let pushed) = self { pushed } else { delivery?.pushed } }

    var examined: ExaminedChange? { if case .examined(let examined) = self { examined } else { pushed?.examined } }

    var change: FrozenChange? { if case .change(let change) = self { change } else { examined?.change } }

    var attempt: Attempt? { if case .attempt(let attempt) = self { attempt } else { change?.attempt } }

    var plan: Plan? { if case .plan(let plan, _) = self { plan } else { attempt?.plan } }

    var snapshot: Snapshot? {
        switch self {
        case .snapshot(let snapshot, _), .plan(_, let snapshot): snapshot
        default: attempt?.snapshot
        }
    }

    var task: BacklogTask? { if case .snapshot(_, let task) = self { task } else { plan?.task } }
}
