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
    var desk: ReviewDesk?
    /// Pull requests that a person's `retry` declared settled.
    var settled: Set<Int> = []

    package init(_ request: ProposeRequest, _ surroundings: Surroundings) {
        (self.request, self.surroundings) = (request, surroundings)
        result = ProposeResult(request)
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
        let (remote, base, stage, contract) = try readContract(checkout)
        let task = try stage.task(request.taskID, in: contract)
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
        let seen = try lookAtRemote(checkout, remote, plan)
        try lookAtForge(checkout, remote, plan)
        surroundings.failpoints.reach(.beforeClaim)
        try begin(plan, checkout, startedAt)
        let opening = WorkspaceOpening(
            plan: plan, checkout: checkout, surroundings: surroundings, isFenced: !request.isUnfenced,
            usesCache: !request.ignoresCache)
        let judgement = try execute(executor, opening, startedAt)
        let frozen = judgement.frozen
        if let replay = request.replay { return compare(frozen.changes, with: replay, checkout.repository) }
        guard frozen.changes.tree != base.tree || !judgement.refusals.isEmpty else { return try finishUnchanged() }
        if let seen, try isDelivered(frozen, by: seen, plan, checkout.repository) {
            result.commit = seen
            return try finishDelivered(seen, plan, checkout.repository, startedAt)
        }
        guard let approval = try judge(judgement) else { return }
        try stopIfCancelled()
        if request.isDryRun { return try prepare(frozen.changes, checkout.repository) }
        try deliver(approval, plan, checkout, remote, seen, startedAt)
    }

    // MARK: Contract and base

    mutating func readContract(
        _ checkout: TargetCheckout
    ) throws(StageError) -> (String?, Base, ContractStage, Contract) {
        var remote = try checkout.remote(preferring: "origin")
        if !request.isDryRun, remote == nil { throw Self.noRemote("origin") }
        try fetch(checkout, remote)
        var (base, stage, contract) = try read(checkout, remote)
        let wanted = contract.target.delivery.remote
        if wanted != (remote ?? wanted), try checkout.repository.hasRemote(wanted) {
            remote = wanted
            try fetch(checkout, remote)
            (base, stage, contract) = try read(checkout, remote)
        } else if wanted != "origin", wanted != remote, !request.isDryRun {
            throw Self.noRemote(wanted)
        }
        return (remote, base, stage, contract)
    }

    func read(
        _ checkout: TargetCheckout, _ remote: String?
    ) throws(StageError) -> (Base, ContractStage, Contract) {
        let base = try checkout.base(asked: request.base, remote: remote)
        let stage = ContractStage(
            checkout: checkout, base: base, fallbackTarget: checkout.fallbackTarget(remote: remote))
        return (base, stage, try stage.contract(fromWorktree: request.usesWorktreeFiles))
    }

    static func noRemote(_ name: String) -> StageError {
        StageError(
            .delivery, "the repository has no remote '\(name)' to deliver to",
            hint: "add one with 'git remote add \(name) URL', or look at the result with --dry-run")
    }

    /// Brings the remote's default branch up to date; a dry run changes nothing, and so does not fetch by itself.
    func fetch(_ checkout: TargetCheckout, _ remote: String?) throws(StageError) {
        guard let remote, request.fetches || !(request.isDryRun || request.isOffline) else { return }
        let delivery = delivery(checkout, remote)
        let branch: String?
        do throws(DeliveryError) {
            branch = try delivery.state(of: "HEAD", cancellation: surroundings.cancellation).defaultBranch
            if let branch { try delivery.fetch(branch, cancellation: surroundings.cancellation) }
        } catch { throw Self.stageError(error) }
        if let branch { try checkout.rememberDefaultBranch(branch, of: remote) }
    }

    func delivery(_ checkout: TargetCheckout, _ remote: String) -> BranchDelivery {
        BranchDelivery(
            git: GitCommand(environment: surroundings.environment), remote: remote, directory: checkout.root)
    }

    static func stageError(_ error: DeliveryError) -> StageError {
        StageError(error.isInterruption ? .interrupted : .delivery, error)
    }

    // MARK: Guardrails and the journal

    /// What the remote has under the task's branch; refused when it is not Leviathan's own.
    mutating func lookAtRemote(
        _ checkout: TargetCheckout, _ remote: String?, _ plan: Plan
    ) throws(StageError) -> ObjectID? {
        result.remote = remote
        guard !request.isDryRun, let remote else { return nil }
        let branch = plan.task.proposedBranch
        let seen: ObjectID?
        do throws(DeliveryError) {
            seen = try delivery(checkout, remote)
                .state(of: "refs/heads/" + branch, cancellation: surroundings.cancellation).branch
        } catch { throw Self.stageError(error) }
        guard let seen else { return nil }
        let own = try journaled { () throws(JournalError) in
            try AttemptRecorder.pushedCommits(surroundings, task: plan.task.id)
        }
        guard own.contains(seen) else {
            throw StageError(
                .guardrail,
                "'\(branch)' on '\(remote)' holds the commit \(seen.short), which Leviathan did not push from here",
                hint: "merge or delete that branch first; nothing was overwritten")
        }
        return seen
    }

    /// Closes what dead processes left open, so that nothing of it stands in the way.
    mutating func recover() throws(StageError) {
        let surroundings = surroundings
        let recovered = try journaled { () throws(JournalError) in try Recovery(surroundings).run() }
        result.recovered = recovered
    }

    mutating func begin(_ plan: Plan, _ checkout: TargetCheckout, _ startedAt: Instant) throws(StageError) {
        let attempt = request.replay?.attempt ?? "attempt-\(plan.task.id)-\(surroundings.identifiers.short())"
        let surroundings = surroundings
        let isolation = plan.workspace == .tree ? "none" : request.isUnfenced ? "unfenced" : "fenced"
        guard !request.isDryRun else {
            let known = try journaled { () throws(JournalError) in
                try AttemptRecorder.attempts(surroundings, target: plan.target.id, task: plan.task.id)
            }
            (result.attempt, result.attemptNumber) = (attempt, known + 1)
            return
        }
        let recorder = try journaled { () throws(JournalError) in
            try AttemptRecorder(surroundings, plan: plan, attempt: attempt, repository: checkout.root)
        }
        self.recorder = recorder
        (result.attempt, result.attemptNumber) = (attempt, recorder.number)
        surroundings.failpoints.reach(.afterClaim)
        try record { (recorder) throws(JournalError) in
            try recorder.record(
                .attemptStarted,
                [
                    "isolation": .string(isolation), "clock": .string(startedAt.secondsText),
                ])
        }
        surroundings.failpoints.reach(.afterStart)
    }

    func record(_ body: (AttemptRecorder) throws(JournalError) -> Void) throws(StageError) {
        guard let recorder else { return }
        try journaled { () throws(JournalError) in try body(recorder) }
    }

    func journaled<Value>(_ body: () throws(JournalError) -> Value) throws(StageError) -> Value {
        do throws(JournalError) { return try body() } catch {
            throw StageError(error.isRefusal ? .guardrail : .unexpected, error)
        }
    }

    func recordFailure(_ error: StageError) {
        let type: EventType = error.kind == .interrupted ? .attemptInterrupted : .attemptFailed
        try? recorder?.finish(type, ["kind": .string(error.kind.rawValue), "reason": .string(error.description)])
    }

    func stopIfCancelled() throws(StageError) {
        if surroundings.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
    }

    // MARK: Ends without a delivery

    /// Whether a commit of Leviathan's own makes the same change on the same base, its mark in the backlog aside.
    func isDelivered(
        _ frozen: ChangeFreezer.Frozen, by seen: ObjectID, _ plan: Plan, _ repository: Repository
    ) throws(StageError) -> Bool {
        do throws(GitError) {
            let commit = try repository.commit(seen)
            guard commit.parents == [plan.base] else { return false }
            return try repository.diff(from: commit.tree, to: frozen.changes.tree, countsLines: false)
                .allSatisfy { $0.new?.path == frozen.writeBack?.path && $0.new != nil }
        } catch {
            // A commit that was pushed from another clone is not here, and is simply replaced.
            guard error.kind != .notFound else { return false }
            throw StageError(.unexpected, error)
        }
    }

    mutating func finishUnchanged() throws(StageError) {
        result.outcome = .unchanged
        surroundings.failpoints.reach(.beforeLastEvent)
        try record { (recorder) throws(JournalError) in
            try recorder.finish(.attemptSucceeded, ["outcome": "unchanged"])
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
