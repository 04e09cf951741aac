internal import Basics
internal import Contracts
internal import Enforcement
internal import Executors
internal import Git
internal import Journal
internal import Model

/// From a plan to a judged change.
extension Propose {
    mutating func execute(
        _ executor: any Executor, _ opening: WorkspaceOpening, _ startedAt: Instant
    ) throws(StageError) -> Judgement {
        let workspace = try opening.open()
        surroundings.failpoints.reach(.beforeExecution)
        do throws(GitError) {
            if request.isDryRun { try opening.repository.keepNewObjectsInMemory() }
        } catch { throw StageError(.unexpected, error) }
        try work(executor, opening, workspace, startedAt)
        surroundings.failpoints.reach(.afterExecution)
        try stopIfCancelled()
        let files = try workspace.freeze()
        result.notes += workspace.notes
        if files.ignored > 0 {
            let were = files.ignored == 1 ? "file was" : "files were"
            result.notes.append("\(files.ignored) ignored or scratch \(were) left out")
        }
        let frozen = try freeze(files.tree, opening, startedAt)
        result.changes = frozen.changes
        result.writeBackPath = frozen.writeBack?.path
        if let refusal = frozen.writeBackRefusal { result.notes.append(refusal.description) }
        surroundings.failpoints.reach(.afterFreeze)
        let version = result.executorVersion
        try record { (recorder) throws(JournalError) in
            try recorder.recordFrozen(frozen.changes, executorVersion: version)
        }
        surroundings.failpoints.reach(.afterFreezeRecorded)
        return Judgement(opening: opening, frozen: frozen, taskTree: files.tree, refusals: files.refusals)
    }

    /// Lets the executor do the task, and keeps what it has to say, whether it comes to an end or not.
    private mutating func work(
        _ executor: any Executor, _ opening: WorkspaceOpening, _ workspace: any Workspace, _ startedAt: Instant
    ) throws(StageError) {
        let recorder = recorder
        var job = Job(task: opening.plan.task, permission: opening.plan.permission, now: startedAt)
        job.limits = opening.plan.limits
        (job.attempt, job.base) = (result.attempt ?? "", opening.plan.base.hex)
        job.environment = surroundings.environment
        job.deadline = Deadline(
            after: opening.plan.limits.attemptTimeout.value, cancellation: surroundings.cancellation)
        job.recorded = request.replay?.inputs
        (job.programs, job.progress) = (workspace.programs, surroundings.progress)
        job.reviewer = AttemptReviewer(opening, workspace)
        job.record = { (event) throws(ExecutorError) in
            do throws(JournalError) { try recorder?.record(event) } catch { throw ExecutorError("journal", error) }
        }
        if workspace.programs != nil {
            result.isolation = FencedPlace.isolation(
                surroundings, networkIsOpen: opening.plan.sandbox.opensNetwork, isFenced: opening.isFenced)
        }
        let report: Report
        do throws(ExecutorError) {
            report = try executor.execute(job, in: workspace.files)
        } catch {
            try keep(error.partial)
            throw StageError(surroundings.cancellation.isCancelled ? .interrupted : .executor, error)
        }
        try keep(report)
    }

    private mutating func keep(_ report: Report) throws(StageError) {
        (result.notes, result.modelUse) = (report.notes, report.modelUse)
        if let version = report.executorVersion { result.executorVersion = version }
        try record { (recorder) throws(JournalError) in try recorder.recordReport(report) }
    }

    private func freeze(
        _ tree: ObjectID, _ opening: WorkspaceOpening, _ startedAt: Instant
    ) throws(StageError) -> ChangeFreezer.Frozen {
        let plan = opening.plan
        let writesBack = plan.target.writesBack && !request.usesWorktreeFiles
        let fields = WriteBackFields(
            attempt: result.attempt ?? "", branch: plan.task.proposedBranch, completedAt: startedAt.secondsText)
        do throws(GitError) {
            return try ChangeFreezer(repository: opening.repository, plan: plan)
                .freeze(tree, writeBack: writesBack ? fields : nil)
        } catch { throw StageError(.executor, error) }
    }

    /// Ends a replay; an earlier result that is not here any more is not compared file by file.
    mutating func compare(_ changes: ChangeSet, with replay: Replay, _ repository: Repository) {
        result.outcome = .prepared
        guard changes.tree != replay.tree else { return }
        result.patch = try? repository.patchText(from: replay.tree, to: changes.tree).bytes
    }

    // MARK: Judgement

    /// The approval, or `nil` and a rejected result.
    mutating func judge(_ judgement: Judgement) throws(StageError) -> Approval? {
        let verdict = judgement.verdict()
        (result.violations, result.warnings) = (verdict.violations, verdict.warnings)
        surroundings.failpoints.reach(.afterJudgement)
        try record { (recorder) throws(JournalError) in try recorder.recordJudged(verdict) }
        surroundings.failpoints.reach(.afterJudgementRecorded)
        guard case .approved(let approval) = verdict else { return try reject("policy") }
        try checkInvariants(judgement)
        surroundings.failpoints.reach(.afterInvariants)
        return result.invariants.contains(where: \.rejects) ? try reject("invariant") : approval
    }

    /// Every invariant, reported in the order of the policy.
    private mutating func checkInvariants(_ judgement: Judgement) throws(StageError) {
        let found = try judgement.invariants(keepingLogsIn: recorder?.artifacts)
        for invariant in found {
            result.invariants.append(invariant)
            try record { (recorder) throws(JournalError) in try recorder.recordInvariant(invariant) }
            surroundings.failpoints.reach(.duringInvariants)
        }
        let plan = judgement.opening.plan
        let ran = plan.invariants.filter(\.runsProgram)
        let names = Set(ran.map(\.name))
        if result.isolation == nil, found.contains(where: { names.contains($0.name) && $0.outcome != .skipped }) {
            let isOpen = plan.sandbox.opensNetwork || ran.contains(where: \.opensNetwork)
            result.isolation = FencedPlace.isolation(surroundings, networkIsOpen: isOpen)
        }
    }
}
