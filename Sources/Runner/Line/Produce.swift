internal import Basics
internal import Contracts
internal import Enforcement
internal import Executors
internal import Git
internal import Journal
package import Model

/// What an attempt came to, frozen into a tree that nothing can alter any more.
package struct FrozenChange {
    let attempt: Attempt
    package let changes: ChangeSet
    /// Leviathan's own edit of the backlog, within `changes`.
    let writeBack: WriteBack?
    /// The frozen tree without that edit.
    let taskTree: ObjectID
    /// What was found in the workspace and could not be frozen.
    let refusals: [Violation]
    let executorVersion: String
    /// `nil` where no program ran.
    let isolation: Isolation?
    let notes: [String]
    let modelUse: ModelUse?

    /// Whether the base is what it was, and nothing was left out that should have changed it.
    var isEmpty: Bool { changes.tree == changes.baseTree && refusals.isEmpty }

    /// The changes that the task is answerable for.
    package var taskChanges: [Change] { changes.changes.filter { $0.path != writeBack?.path } }
}

extension Attempt {
    /// Opens a workspace, lets the executor do the task in it, and freezes what is there then.
    func produce() throws(StageError) -> FrozenChange {
        let opening = opening
        let workspace = try open(opening)
        context.failpoints.reach(.beforeExecution)
        do throws(GitError) {
            if options.isDryRun { try opening.repository.keepNewObjectsInMemory() }
        } catch { throw StageError(.unexpected, error) }
        let report = try execute(in: workspace, opening)
        context.failpoints.reach(.afterExecution)
        try stopIfCancelled()
        let files = try workspace.freeze()
        let frozen = try freeze(files.tree, opening)
        let change = FrozenChange(
            attempt: self, changes: frozen.changes, writeBack: frozen.writeBack, taskTree: files.tree,
            refusals: files.refusals, executorVersion: report.executorVersion ?? executor.version,
            isolation: isolation(of: workspace),
            notes: report.notes + workspace.notes + Self.notes(on: files, frozen), modelUse: report.modelUse)
        context.failpoints.reach(.afterFreeze)
        try record { (log) throws(JournalError) in
            try log.recordFrozen(change.changes, executorVersion: change.executorVersion)
        }
        context.failpoints.reach(.afterFreezeRecorded)
        return change
    }

    private func open(_ opening: WorkspaceOpening) throws(StageError) -> any Workspace {
        try context.stage("\(plan.workspace.rawValue) workspace", if: plan.workspace != .tree) {
            () throws(StageError) in
            try opening.open()
        }
    }

    private static func notes(on files: FrozenFiles, _ frozen: ChangeFreezer.Frozen) -> [String] {
        var notes: [String] = []
        if files.ignored > 0 {
            let were = files.ignored == 1 ? "file was" : "files were"
            notes.append("\(files.ignored) ignored or scratch \(were) left out")
        }
        if let refusal = frozen.writeBackRefusal { notes.append(refusal.description) }
        return notes
    }

    /// Lets the executor do the task, and keeps what it has to say, whether it comes to an end or not.
    private func execute(in workspace: any Workspace, _ opening: WorkspaceOpening) throws(StageError) -> Report {
        var report: Report
        let files = GeneratedFileWatch(workspace.files)
        let machine = try MachineConfiguration.read(context)
        do throws(ExecutorError) {
            report = try context.stage("executor \(plan.executor)", if: workspace.programs != nil) {
                () throws(ExecutorError) in
                try executor.execute(job(in: workspace, opening, machine), in: files)
            }
        } catch {
            let partial = error.partial
            try record { (log) throws(JournalError) in try log.recordReport(partial) }
            // a program whose files vanish fails for that, and for nothing of its own
            if !context.cancellation.isCancelled { try workspace.requireInPlace() }
            let isHeld = error.origin == .heldOff
            var failure = StageError(
                context.cancellation.isCancelled ? .interrupted : isHeld ? .refusal : .executor, error)
            if error.origin == .service { failure.recordedKind = "model" }
            failure.notes = partial.notes
            throw failure
        }
        report.notes += files.notes
        let told = report
        try record { (log) throws(JournalError) in try log.recordReport(told) }
        return report
    }

    private func job(
        in workspace: any Workspace, _ opening: WorkspaceOpening, _ machine: MachineConfiguration
    ) -> Job {
        let log = log
        var job = Job(task: plan.task, permission: plan.permission, now: startedAt)
        (job.limits, job.attempt, job.base) = (plan.limits, id, plan.base.hex)
        job.environment = context.environment
        job.deadline = Deadline(after: plan.limits.attemptTimeout.value, cancellation: context.cancellation)
        job.recorded = options.recordedInputs
        (job.programs, job.progress) = (workspace.programs, context.observer.progress)
        job.reviewer = AttemptReviewer(self, workspace)
        job.services = ModelGate(context, machine, writes: log != nil)
        job.record = { (event) throws(ExecutorError) in
            do throws(JournalError) { try log?.record(event) } catch { throw ExecutorError("journal", error) }
        }
        return job
    }

    private func isolation(of workspace: any Workspace) -> Isolation? {
        guard workspace.programs != nil else { return nil }
        return FenceDirectories.isolation(
            context, networkIsOpen: plan.sandbox.opensNetwork, isFenced: options.isFenced)
    }

    private func freeze(_ tree: ObjectID, _ opening: WorkspaceOpening) throws(StageError) -> ChangeFreezer.Frozen {
        let fields = WriteBackFields(
            attempt: id, branch: plan.task.proposedBranch, completedAt: startedAt.secondsText)
        do throws(GitError) {
            return try ChangeFreezer(repository: opening.repository, base: plan.base, baseTree: plan.baseTree)
                .freeze(
                    tree, of: plan.task, writeBack: plan.target.writesBack && options.writesBack ? fields : nil,
                    beside: BacklogNeighbours(snapshot.contract.backlog.tasks))
        } catch { throw StageError(.executor, error) }
    }
}
