internal import Basics
internal import Journal
internal import Model
internal import Runner

/// What a child of the scheduler does, write by write, as `propose` does it.
extension SimulatedHost {
    /// Claims the task, unless a limit refuses in the same transaction; `nil` where it goes on.
    func claim(_ run: SimulatedRun) -> GrantOutcome? {
        let (target, task) = (run.grant.target, run.grant.task)
        guard let known = self[target], let entry = known.contract.backlog[task] else {
            return end(run, failed(3, "there is no such task"))
        }
        run.number = ((try? store.attemptCount(target: target, task: task)) ?? 0) + 1
        run.script = script.attempt(run.number, of: task, in: target)
        if run.script.ending == .neverBegins { return end(run, GrantOutcome(outcome: "lost", exitCode: 1)) }
        guard known.isReachable else { return end(run, failed(8, "the remote cannot be reached")) }
        do throws(JournalError) {
            switch try ask(known.forge, by: "\(target)/\(task)") {
            case .answered: break
            case .failed: return end(run, failed(8, "the forge fails"))
            case .held(let trip): return refuse(run, Refusal(task, .serviceOpen(trip)))
            }
        } catch { return dies(run, error) ?? end(run, failed(1, error.message)) }
        if let open = known.openProposal(of: task), known.hasPullRequests || !isReleased(task, since: open, target)
        {
            return refuse(run, Refusal(task, .underReview(.pullRequest(number: open.number, url: nil))))
        }
        let id = "attempt-\(task)-\(context.identifiers.short())"
        var refused: Refusal?
        do throws(JournalError) {
            let claim = Claim(
                target: target, task: task, attempt: id, repository: target, mark: .lock(id + ".lock"),
                holder: "simulated", claimedAt: now.secondsText)
            var plan = Event.AttemptPlan(number: run.number)
            (plan.scope, plan.base) = (entry.scope, known.base.commit)
            try store.claim(claim) { (store) throws(JournalError) in
                refused = try refusal(of: entry, by: id, in: known, store)
                if let refused { throw .refused(refused.message, hint: nil) }
                return try [draft(.attemptCreated(plan), run, id)] + reservation(entry, known, run, id)
            }
        } catch {
            return dies(run, error) ?? refuse(run, refused ?? Refusal(task, .claimed(attempt: "", since: "")))
        }
        run.attempt = id
        watch(.claimed(run))
        let share = run.script.ending == .dies ? 2 : 1
        queue.add(.finish(run), at: now + run.script.duration / share)
        return nil
    }

    /// Whether a person let the task be tried again after that proposal of it.
    private func isReleased(_ task: String, since open: SimulatedTarget.Proposal, _ target: String) -> Bool {
        let made = (try? store.attempt(open.attempt))?.sequence ?? 0
        return ((try? store.releases(target: target, task: task)) ?? []).contains { $0.sequence > made }
    }

    private func refusal(
        of task: BacklogTask, by attempt: String, in target: SimulatedTarget, _ store: any JournalStore
    ) throws(JournalError) -> Refusal? {
        do throws(StageError) { return try claimCheck(target, task, attempt, store, home) } catch {
            throw .refused(error.message, hint: nil)
        }
    }

    /// Reserves what the attempt may spend on models, in the transaction that claims its task.
    private func reservation(
        _ task: BacklogTask, _ target: SimulatedTarget, _ run: SimulatedRun, _ attempt: String
    ) throws(JournalError) -> [EventDraft] {
        let spending: ExpectedSpending
        do throws(StageError) { spending = try target.reading.spending(of: task, home) } catch {
            throw .refused(error.message, hint: nil)
        }
        guard case .atMost(let worst) = spending else { return [] }
        run.reserved = worst
        let subject = EventSubject(target: target.name, task: task.id, attempt: attempt)
        return [context.event(BudgetEvent.reserved(worst, subject, scope: task.scope), about: subject)]
    }

    /// An attempt's last events: what it spent is settled with them.
    private func last(_ event: Event, _ run: SimulatedRun, _ attempt: String) -> [EventDraft] {
        let part = run.script.spends
        let settled = run.reserved.map { worst in
            let spent = Spending(
                tokens: Int(Double(worst.tokens) * part), money: worst.money.map { Int(Double($0) * part) })
            let subject = EventSubject(target: run.grant.target, task: run.grant.task, attempt: attempt)
            return context.event(BudgetEvent.settled(spent, subject), about: subject)
        }
        return [settled, draft(event, run, attempt)].compactMap(\.self)
    }

    private func refuse(_ run: SimulatedRun, _ refusal: Refusal) -> GrantOutcome {
        watch(.refused(run, refusal))
        return end(run, failed(7, refusal.message))
    }

    private func failed(_ code: Int32, _ message: String) -> GrantOutcome {
        var outcome = GrantOutcome(outcome: code == 7 ? "refused" : "failed", exitCode: code)
        outcome.message = message
        return outcome
    }

    /// The end of a process that died in the middle of a write; `nil` where it was another error.
    private func dies(_ run: SimulatedRun, _ error: JournalError) -> GrantOutcome? {
        guard case .crashed = error else { return nil }
        reopen()
        watch(.died(scheduler: false))
        return end(run, GrantOutcome(outcome: "lost", exitCode: 1))
    }

    func finish(_ run: SimulatedRun) -> GrantOutcome {
        guard let attempt = run.attempt, run.script.ending != .dies else {
            return end(run, GrantOutcome(outcome: "lost", exitCode: 1))
        }
        do throws(JournalError) {
            var outcome: GrantOutcome
            switch run.script.ending {
            case .failed(let kind):
                try store.release(
                    attempt, last(.attemptFailed(kind: kind, reason: "as scripted"), run, attempt))
                outcome = failed(kind == "delivery" ? 8 : kind == "rejected" ? 4 : 6, "as scripted")
            case .unchanged:
                let event = Event.attemptSucceeded(outcome: "unchanged", commit: nil, isRecovered: false)
                try store.release(attempt, last(event, run, attempt))
                outcome = GrantOutcome(outcome: "unchanged", exitCode: 0)
            default: outcome = try deliver(run, attempt)
            }
            outcome.attempt = attempt
            return end(run, outcome)
        } catch { return dies(run, error) ?? end(run, failed(1, error.message)) }
    }

    /// Push and pull request lie between two writes, and a death may come before or after each.
    private func deliver(_ run: SimulatedRun, _ attempt: String) throws(JournalError) -> GrantOutcome {
        let (target, task) = (run.grant.target, run.grant.task)
        if stop != nil { return try fail(run, attempt, "refusal", 7, interrupts: true) }
        guard self[target]?.isReachable == true else { return try fail(run, attempt, "delivery", 8) }
        switch try ask(self[target]?.forge, by: attempt) {
        case .answered: break
        case .failed: return try fail(run, attempt, "delivery", 8)
        case .held: return try fail(run, attempt, "refusal", 7, interrupts: true)
        }
        for _ in 0..<SimulatedForge.perDelivery where self[target]?.forge?.takesChange(at: now) == false {
            return try fail(run, attempt, "refusal", 7, interrupts: true)
        }
        let pushed = Event.PushedCommit(
            branch: BacklogTask.proposedBranch(of: task), remote: "origin", commit: nil, isReviewed: true)
        try store.append([draft(.deliveryStarted(pushed), run, attempt)])
        guard let proposal = open(task, in: target, by: attempt) else {
            return try fail(run, attempt, "delivery", 8)
        }
        try store.append(proposed(proposal, in: target).map { draft($0, run, attempt) })
        let event = Event.attemptSucceeded(outcome: "delivered", commit: proposal.commit, isRecovered: false)
        try store.release(attempt, last(event, run, attempt))
        var outcome = GrantOutcome(outcome: "delivered", exitCode: 0)
        outcome.pullRequest = "#\(proposal.number)"
        return outcome
    }

    /// Asks a forge as far as its breaker lets `holder`, and writes down what it shows.
    func ask(_ forge: SimulatedForge?, by holder: String) throws(JournalError) -> ForgeOutcome {
        guard let forge else { return .answered }
        let limit = machine.breakerLimit(of: forge.service)
        var breaker =
            try store.serviceBreaker(forge.service.name).flatMap(ServiceBreaker.init)
            ?? ServiceBreaker(forge.service)
        if breaker.isOpen {
            guard let taken = breaker.taken(by: holder, at: now) else {
                return .held(ServiceTrip(breaker: breaker, isProbed: breaker.probe != nil, limit: limit))
            }
            breaker = taken
            try write(.breakerProbed, breaker)
        }
        guard forge.isDown else {
            if let answered = breaker.answered(by: holder) { try write(.breakerReset, answered) }
            return .answered
        }
        if let failed = breaker.failed("it is down", by: holder, at: now, limit.value) {
            try write(failed.isOpen ? .breakerTripped : .breakerCounted, failed)
        }
        return .failed
    }

    private func write(_ type: EventType, _ breaker: ServiceBreaker) throws(JournalError) {
        try store.append([context.event(.other(type, breaker.json))])
    }

    private func fail(
        _ run: SimulatedRun, _ attempt: String, _ kind: String, _ code: Int32, interrupts: Bool = false
    ) throws(JournalError) -> GrantOutcome {
        let event: Event =
            interrupts
            ? .attemptInterrupted(kind: kind, reason: nil, isRecovered: false)
            : .attemptFailed(kind: kind, reason: nil)
        try store.release(attempt, last(event, run, attempt))
        return failed(code, kind)
    }

    private func open(_ task: String, in target: String, by attempt: String) -> SimulatedTarget.Proposal? {
        var opened: SimulatedTarget.Proposal?
        change(target) { opened = $0.open(task, by: attempt, at: now) }
        guard let opened else { return nil }
        watch(.opened(target: target, opened))
        if let after = script.review(of: opened.number, of: task, in: target).after {
            queue.add(.decide(target: target, proposal: opened.number), at: now + after)
        }
        return opened
    }

    private func proposed(_ proposal: SimulatedTarget.Proposal, in target: String) -> [Event] {
        let pushed = Event.PushedCommit(
            branch: BacklogTask.proposedBranch(of: proposal.task), remote: "origin", commit: proposal.commit,
            isReviewed: true)
        let created = Event.pullRequestCreated(name(proposal), commit: proposal.commit)
        return [.branchPushed(pushed)] + (self[target]?.hasPullRequests == false ? [] : [created])
    }

    /// What is recorded of a decision of people.
    private func decision(_ proposal: SimulatedTarget.Proposal, in target: SimulatedTarget) -> Event {
        let isMerged = proposal.state == .merged
        guard target.hasPullRequests else {
            let facts: JSON = [
                "target": .string(target.name), "task_id": .string(proposal.task),
                "commit": .string(proposal.commit.hex),
            ]
            return .other(isMerged ? .taskCompleted : .branchDeleted, facts)
        }
        return isMerged
            ? .pullRequestMerged(name(proposal), mergeCommit: proposal.commit) : .pullRequestClosed(name(proposal))
    }

    private func name(_ proposal: SimulatedTarget.Proposal) -> Event.PullRequestName {
        Event.PullRequestName(
            number: proposal.number, url: nil, branch: BacklogTask.proposedBranch(of: proposal.task))
    }

    private func draft(_ event: Event, _ run: SimulatedRun, _ attempt: String) -> EventDraft {
        context.event(
            event, about: EventSubject(target: run.grant.target, task: run.grant.task, attempt: attempt))
    }

    // MARK: What the scheduler finds

    /// Records what people decided since the last look.
    func follow(_ target: SimulatedTarget) throws(JournalError) {
        for proposal in target.proposals where !proposal.isRecorded {
            let subject = EventSubject(target: target.name, task: proposal.task, attempt: nil)
            try store.append([context.event(decision(proposal, in: target), about: subject)])
            change(target.name) { $0.proposals[proposal.number - 1].isRecorded = true }
        }
    }

    /// Closes what a dead process left, by what the forge says; where that cannot be asked the task stays claimed.
    func recover(_ claim: Claim) throws(JournalError) {
        guard let target = self[claim.target], target.isReachable else { return }
        let subject = EventSubject(target: claim.target, task: claim.task, attempt: claim.attempt)
        var events: [Event] = []
        if let proposal = target.proposals.first(where: { $0.attempt == claim.attempt }) {
            events =
                proposed(proposal, in: claim.target) + [
                    .attemptSucceeded(outcome: "delivered", commit: proposal.commit, isRecovered: true)
                ]
        } else {
            events = [.attemptInterrupted(kind: nil, reason: "its process died", isRecovered: true)]
        }
        if let budget = try store.budget(of: claim.attempt), budget.settledAt == nil {
            // Nobody knows what it took: all that was reserved counts as spent.
            let worst = Spending(tokens: budget.tokens, money: budget.money)
            events.insert(BudgetEvent.settled(worst, subject), at: 0)
        }
        if try store.recover(claim, events.map { context.event($0, about: subject) }) {
            watch(.recovered(attempt: claim.attempt))
        }
    }
}
