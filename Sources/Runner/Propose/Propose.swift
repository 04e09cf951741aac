internal import Basics
internal import Contracts
internal import Enforcement
internal import Executors
internal import Forges
internal import Git
internal import Journal
internal import Model

/// Carries one task from the contract to a pushed branch, stage by stage.
package struct Propose {
    let request: ProposeRequest
    let surroundings: Surroundings
    var result: ProposeResult
    var recorder: AttemptRecorder?
    /// The one journal of the run.
    let memory: RunJournal
    var forge: TargetForge?
    var history: DeliveryHistory?
    var autoMerge = AutoMerge()

    package init(_ request: ProposeRequest, _ surroundings: Surroundings) {
        (self.request, self.surroundings) = (request, surroundings)
        result = ProposeResult(request)
        memory = RunJournal(surroundings, writes: !request.isDryRun)
    }

    package consuming func run() -> ProposeResult {
        let started = ContinuousClock.now
        do throws(StageError) {
            try propose()
        } catch {
            result.error = error
            result.outcome = error.kind == .guardrail ? .refused : .failed
            recordFailure(error)
        }
        result.duration = .now - started
        return result
    }

    mutating func propose() throws(StageError) {
        if !request.isDryRun { try recover() }
        let checkout = try TargetCheckout.open(request.directory)
        let reading = try read(checkout)
        let (base, contract) = (reading.base, reading.contract)
        let task = try reading.stage.task(request.taskID, in: contract)
        (result.title, result.target, result.base) = (task.title, contract.target.id, base)
        let startedAt = request.replay?.startedAt ?? surroundings.clock.now()
        let catalog = ExecutorCatalog(checkout, base, surroundings)
        let plan = try Planner(contract, in: surroundings, catalog: catalog)
            .plan(task, base: base, workspace: request.workspace, isFenced: !request.isUnfenced)
        guard let executor = catalog.executor(named: plan.executor) else {
            throw StageError(.executor, "there is no executor '\(plan.executor)'")
        }
        result.executorVersion = executor.version
        (result.executor, result.workspace, result.branch) = (plan.executor, plan.workspace, task.proposedBranch)
        autoMerge = contract.policy.autoMerge
        let standing = try lookAround(reading, plan)
        surroundings.failpoints.reach(.beforeClaim)
        try begin(plan, checkout, startedAt)
        let opening = WorkspaceOpening(
            plan: plan, checkout: checkout, surroundings: surroundings, isFenced: !request.isUnfenced,
            usesCache: !request.ignoresCache)
        let judgement = try execute(executor, opening, startedAt)
        let frozen = judgement.frozen
        if let replay = request.replay { return compare(frozen.changes, with: replay, checkout.repository) }
        guard frozen.changes.tree != base.tree || !judgement.refusals.isEmpty else { return try finishUnchanged() }
        if judgement.refusals.isEmpty, let standing, try leaves(standing, frozen, plan, checkout.repository) {
            // A text that has still to be written tells of the invariants, so that they have to be known.
            if lacksPullRequest(standing), try judge(judgement) == nil { return }
            return try finishDelivered(standing, plan, checkout.repository)
        }
        guard let approval = try judge(judgement) else { return }
        try stopIfCancelled()
        if request.isDryRun { return try prepare(plan, frozen.changes, reading) }
        try deliver(approval, plan, reading, standing, startedAt)
    }

    /// Reads the contract; a dry run changes nothing, and so does not fetch by itself.
    private func read(_ checkout: TargetCheckout) throws(StageError) -> TargetReading {
        var reader = TargetReader(checkout, surroundings)
        reader.base = request.base
        reader.fetches = request.fetches || !(request.isDryRun || request.isOffline)
        reader.usesWorktreeFiles = request.usesWorktreeFiles
        reader.needsRemote = !request.isDryRun
        reader.watched = "refs/heads/" + BacklogTask.proposedBranch(of: request.taskID)
        return try reader.read()
    }

    // MARK: Guardrails and the journal

    /// Closes what dead processes left open, so that nothing of it stands in the way.
    mutating func recover() throws(StageError) {
        let (surroundings, memory) = (surroundings, memory)
        let recovered = try journaled { () throws(JournalError) in try Recovery(surroundings, memory).run() }
        result.recovered = recovered
    }

    mutating func begin(_ plan: Plan, _ checkout: TargetCheckout, _ startedAt: Instant) throws(StageError) {
        let attempt = request.replay?.attempt ?? "attempt-\(plan.task.id)-\(surroundings.identifiers.short())"
        let (surroundings, memory) = (surroundings, memory)
        let isolation = plan.workspace == .tree ? "none" : request.isUnfenced ? "unfenced" : "fenced"
        guard !request.isDryRun else {
            let known = try journaled { () throws(JournalError) in
                try memory.toRead()?.attemptCount(target: plan.target.id, task: plan.task.id) ?? 0
            }
            (result.attempt, result.attemptNumber) = (attempt, known + 1)
            return
        }
        let recorder = try journaled { () throws(JournalError) in
            try AttemptRecorder(
                surroundings, try memory.toWrite(), plan: plan, attempt: attempt, repository: checkout.root)
        }
        self.recorder = recorder
        (result.attempt, result.attemptNumber) = (attempt, recorder.number)
        surroundings.failpoints.reach(.afterClaim)
        try record { (recorder) throws(JournalError) in
            try recorder.record(.attemptStarted(isolation: isolation, clock: startedAt.secondsText))
        }
        surroundings.failpoints.reach(.afterStart)
    }

    func record(_ body: (AttemptRecorder) throws(JournalError) -> Void) throws(StageError) {
        guard let recorder else { return }
        try journaled { () throws(JournalError) in try body(recorder) }
    }

    func journaled<Value>(_ body: () throws(JournalError) -> Value) throws(StageError) -> Value {
        try StageError.journaled(body)
    }

    func recordFailure(_ error: StageError) {
        let (kind, reason) = (error.kind.rawValue, error.description)
        let isInterrupted = error.kind == .interrupted
        try? recorder?.finish(
            isInterrupted
                ? .attemptInterrupted(kind: kind, reason: reason, isRecovered: false)
                : .attemptFailed(kind: kind, reason: reason))
    }

    func stopIfCancelled() throws(StageError) {
        if surroundings.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
    }

    // MARK: Ends without a delivery

    mutating func finishUnchanged() throws(StageError) {
        result.outcome = .unchanged
        surroundings.failpoints.reach(.beforeLastEvent)
        try record { (recorder) throws(JournalError) in
            try recorder.finish(.attemptSucceeded(outcome: "unchanged", commit: nil, isRecovered: false))
        }
    }

    mutating func reject(_ reason: String) throws(StageError) -> Approval? {
        result.outcome = .rejected
        try record { (recorder) throws(JournalError) in
            try recorder.finish(.attemptFailed(kind: "rejected", reason: reason))
        }
        return nil
    }
}
