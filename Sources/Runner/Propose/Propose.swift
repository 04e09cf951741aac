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
    var desk: ReviewDesk?
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
        let startedAt = surroundings.clock.now()
        let plan = try Planner(contract: contract, machineLimits: MachineLimits.read(surroundings), now: startedAt)
            .plan(
                task, base: base, workspace: request.workspace)
        (result.executor, result.workspace, result.branch) = (plan.executor, plan.workspace, task.proposedBranch)
        autoMerge = contract.policy.autoMerge
        let standing = try lookAround(reading, plan)
        surroundings.failpoints.reach(.beforeClaim)
        try begin(plan, checkout)
        let frozen = try execute(plan, checkout.repository, startedAt)
        guard frozen.changes.tree != base.tree else { return try finishUnchanged() }
        if let standing, try leaves(standing, frozen, plan, checkout.repository) {
            return try finishDelivered(standing, plan, checkout.repository)
        }
        guard let approval = try judge(frozen, plan, checkout.repository) else { return }
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

    mutating func begin(_ plan: Plan, _ checkout: TargetCheckout) throws(StageError) {
        let attempt = "attempt-\(plan.task.id)-\(surroundings.identifiers.short())"
        let (surroundings, memory) = (surroundings, memory)
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
            try recorder.record(.attemptStarted, ["isolation": "none"])
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
        let type: EventType = error.kind == .interrupted ? .attemptInterrupted : .attemptFailed
        try? recorder?.finish(type, ["kind": .string(error.kind.rawValue), "reason": .string(error.description)])
    }

    func stopIfCancelled() throws(StageError) {
        if surroundings.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
    }

    // MARK: Execution and judgement

    mutating func execute(
        _ plan: Plan, _ repository: Repository, _ startedAt: Instant
    ) throws(StageError) -> ChangeFreezer.Frozen {
        guard let executor = ExecutorRegistry.executor(named: plan.executor) else {
            throw StageError(.executor, "there is no executor '\(plan.executor)'")
        }
        let workspace = TreeWorkspace(repository, base: plan.baseTree, failpoints: surroundings.failpoints)
        surroundings.failpoints.reach(.beforeExecution)
        do throws(GitError) {
            if request.isDryRun { try repository.keepNewObjectsInMemory() }
        } catch { throw StageError(.unexpected, error) }
        do throws(ExecutorError) {
            let job = Job(task: plan.task, permission: plan.permission, now: startedAt)
            result.notes = try executor.execute(job, in: workspace).notes
        } catch { throw StageError(.executor, error) }
        surroundings.failpoints.reach(.afterExecution)
        try stopIfCancelled()
        let frozen = try freeze(workspace, plan, repository, startedAt)
        result.changes = frozen.changes
        result.writeBackPath = frozen.writeBack?.path
        if let refusal = frozen.writeBackRefusal { result.notes.append(refusal.description) }
        surroundings.failpoints.reach(.afterFreeze)
        try record { (recorder) throws(JournalError) in try recorder.recordFrozen(frozen.changes) }
        surroundings.failpoints.reach(.afterFreezeRecorded)
        return frozen
    }

    func freeze(
        _ workspace: TreeWorkspace, _ plan: Plan, _ repository: Repository, _ startedAt: Instant
    ) throws(StageError) -> ChangeFreezer.Frozen {
        let writesBack = plan.target.writesBack && !request.usesWorktreeFiles
        let fields = WriteBackFields(
            attempt: result.attempt ?? "", branch: plan.task.proposedBranch, completedAt: startedAt.secondsText)
        do throws(GitError) {
            return try ChangeFreezer(repository: repository, plan: plan)
                .freeze(try workspace.freeze(), writeBack: writesBack ? fields : nil)
        } catch { throw StageError(.executor, error) }
    }

    mutating func finishUnchanged() throws(StageError) {
        result.outcome = .unchanged
        surroundings.failpoints.reach(.beforeLastEvent)
        try record { (recorder) throws(JournalError) in
            try recorder.finish(.attemptSucceeded, ["outcome": "unchanged"])
        }
    }

    /// The approval, or `nil` and a rejected result.
    mutating func judge(
        _ frozen: ChangeFreezer.Frozen, _ plan: Plan, _ repository: Repository
    ) throws(StageError) -> Approval? {
        let contents = RepositoryContents(repository: repository)
        let tree = FrozenTree(repository: repository, tree: frozen.changes.tree)
        let verdict = Judge.judge(
            Case(
                changes: frozen.changes, permission: plan.permission, scope: plan.scope, limits: plan.limits,
                writeBack: frozen.writeBack, contents: contents, tree: tree,
                blocksWeakenedTests: plan.blocksWeakenedTests))
        (result.violations, result.warnings) = (verdict.violations, verdict.warnings)
        surroundings.failpoints.reach(.afterJudgement)
        try record { (recorder) throws(JournalError) in try recorder.recordJudged(verdict) }
        surroundings.failpoints.reach(.afterJudgementRecorded)
        guard case .approved(let approval) = verdict else { return try reject("policy") }
        try checkInvariants(plan, frozen.changes, repository)
        surroundings.failpoints.reach(.afterInvariants)
        return result.invariants.contains(where: \.rejects) ? try reject("invariant") : approval
    }

    /// Every invariant in the order of the policy; what each came to is recorded before the next one begins.
    private mutating func checkInvariants(
        _ plan: Plan, _ changes: ChangeSet, _ repository: Repository
    ) throws(StageError) {
        let stage = InvariantStage(
            plan: plan, changeSet: changes, changes: result.taskChanges, repository: repository,
            surroundings: surroundings, artifacts: recorder?.artifacts)
        for invariant in plan.invariants {
            let found = try stage.result(of: invariant)
            result.invariants.append(found)
            try record { (recorder) throws(JournalError) in try recorder.recordInvariant(found) }
            surroundings.failpoints.reach(.duringInvariants)
        }
        let ran = plan.invariants.filter(\.runsProgram).map(\.name)
        if result.invariants.contains(where: { ran.contains($0.name) && $0.outcome != .skipped }) {
            let isOpen =
                plan.sandbox.opensNetwork || plan.invariants.contains { $0.runsProgram && $0.opensNetwork }
            result.isolation = FencedPlace.isolation(surroundings, networkIsOpen: isOpen)
        }
    }

    mutating func reject(_ reason: String) throws(StageError) -> Approval? {
        result.outcome = .rejected
        try record { (recorder) throws(JournalError) in
            try recorder.finish(.attemptFailed, ["kind": "rejected", "reason": .string(reason)])
        }
        return nil
    }
}
