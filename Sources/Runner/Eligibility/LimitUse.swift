internal import Basics
internal import Journal
internal import Model

/// What counts against limits, of every target of the home: what runs, what is open, and what began lately.
struct LimitUse: Sendable {
    /// A unit that a limit counts.
    struct Entry: Hashable, Sendable {
        let target: String
        let scope: String?
        let task: String?
        /// What people call it: an attempt or a pull request.
        let name: String
        var time: Instant?
        /// What a proposal holds, where that is known.
        var commit: ObjectID?
    }

    private(set) var running: [Entry] = []
    private(set) var open: [Entry] = []
    /// What began within the last day, the oldest first; each task counts once, by its newest attempt: one that began
    /// hours ago and again a moment ago is one of this hour.
    private(set) var begun: [Entry] = []
    /// The breakers of services against which something counts.
    private(set) var services: [Service: ServiceBreaker] = [:]
    /// What is reserved for models, or was spent on them within the last day.
    private(set) var budgets: [BudgetUse] = []

    private struct TaskName: Hashable {
        let target: String
        let task: String?

        init(target: String, task: String?) { (self.target, self.task) = (target, task) }

        init(_ entry: Entry) { self.init(target: entry.target, task: entry.task) }
    }

    /// What an attempt may spend, or has spent.
    struct BudgetUse: Hashable, Sendable {
        let entry: Entry
        let spending: Spending
        /// `nil` while it is reserved.
        let settled: Instant?
    }

    /// Nothing was ever done.
    init() {}

    /// Reads what is known of all targets; of what began, only what came behind a place in the journal, where it is known
    /// what had begun by then.
    init(
        _ journal: (any JournalStore)?, now: Instant, since known: (begun: [Entry], place: Int)? = nil
    ) throws(JournalError) {
        guard let journal else { return }
        let claims = try journal.claims()
        let scopes = try journal.scopes(ofAttempts: claims.map(\.attempt))
        running = claims.map { claim in
            Entry(target: claim.target, scope: scopes[claim.attempt], task: claim.task, name: claim.attempt)
        }
        for request in try journal.openPullRequests() {
            open.append(
                Entry(
                    target: request.target, scope: request.scope, task: request.task, name: "#\(request.number)",
                    commit: request.commit))
        }
        for breaker in try journal.serviceBreakers().compactMap(ServiceBreaker.init) {
            services[breaker.service] = breaker
        }
        try readBudgets(journal, now)
        try readBegun(journal, now, known)
    }

    private mutating func readBegun(
        _ journal: any JournalStore, _ now: Instant, _ known: (begun: [Entry], place: Int)?
    ) throws(JournalError) {
        let since = now + UsedRate.Period.day.duration * -1
        var seen: Set<TaskName> = []
        var found: [Entry] = []
        // The newest comes first.
        for attempt in try journal.begunAttempts(since: since.description, after: known?.place ?? 0) {
            guard seen.insert(TaskName(target: attempt.target, task: attempt.task)).inserted else { continue }
            found.append(
                Entry(
                    target: attempt.target, scope: attempt.scope, task: attempt.task, name: attempt.id,
                    time: Instant(attempt.createdAt)))
        }
        let before = (known?.begun ?? []).filter { entry in
            guard let time = entry.time, time >= since, let task = entry.task else { return false }
            return !seen.contains(TaskName(target: entry.target, task: task))
        }
        begun = before + found.reversed()
    }

    private mutating func readBudgets(_ journal: any JournalStore, _ now: Instant) throws(JournalError) {
        let since = (now + UsedRate.Period.day.duration * -1).description
        for record in try journal.budgets(since: since) {
            let entry = Entry(
                target: record.target, scope: record.scope, task: record.task, name: record.attempt)
            // A time that nobody can read is taken for now: what was spent is never forgotten early.
            let settled = record.settledAt.map { min(Instant($0) ?? now, now) }
            budgets.append(
                BudgetUse(
                    entry: entry, spending: Spending(tokens: record.tokens, money: record.money),
                    settled: settled))
        }
    }

    /// The same with tasks that were granted and may not have been claimed yet.
    func adding(granted: [Entry]) -> LimitUse {
        var use = self
        let known = Set(running.map { TaskName($0) })
        use.running += granted.filter { !known.contains(TaskName($0)) }
        return use
    }

    /// The same with what tasks may spend that were granted and may not have reserved it yet.
    func adding(reserved entries: [BudgetUse]) -> LimitUse {
        var use = self
        for reserved in entries
        where !budgets.contains(where: {
            $0.settled == nil && $0.entry.target == reserved.entry.target && $0.entry.task == reserved.entry.task
        }) {
            use.budgets.append(reserved)
        }
        return use
    }

    /// The same with tasks that begin now.
    func adding(begun entries: [Entry], at now: Instant) -> LimitUse {
        var use = self
        let names = Set(entries.map { TaskName($0) })
        use.begun.removeAll { names.contains(TaskName($0)) }
        use.begun += entries.map { entry in
            var started = entry
            started.time = now
            return started
        }
        return use
    }

    /// The same, as if an attempt had claimed nothing.
    func ignoring(_ attempt: String) -> LimitUse {
        var use = self
        use.running.removeAll { $0.name == attempt }
        return use
    }

    /// The same without what stands for a task already: bringing that up to date opens nothing.
    func ignoringProposal(of task: String, in target: String) -> LimitUse {
        var use = self
        use.open.removeAll { $0.target == target && $0.task == task }
        return use
    }

    /// The same with the branches of all targets but one, which knows its own base.
    func adding(branchesBeside target: String?, _ journal: any JournalStore) throws(JournalError) -> LimitUse {
        adding(
            open: try journal.proposedBranches().filter { $0.target != target }.map { branch in
                Entry(
                    target: branch.target, scope: branch.scope, task: branch.task, name: branch.branch,
                    commit: branch.commit)
            })
    }

    /// The same with proposals of a target that are branches alone.
    func adding(open branches: [Entry]) -> LimitUse {
        var use = self
        use.open += branches
        return use
    }
}

/// Where a limit applies: the units that count against it.
struct LimitReach {
    let target: String
    let scope: String?
    let task: String
    /// The targets of its group, where it has one.
    let group: Set<String>

    /// Whether a unit is of the task itself.
    func isOwn(_ entry: LimitUse.Entry) -> Bool { entry.target == target && entry.task == task }

    /// Whether a unit counts against a limit that this place set.
    func covers(_ entry: LimitUse.Entry, _ source: LimitSource) -> Bool {
        switch source {
        case .machine: true
        case .group: group.contains(entry.target)
        case .platform, .target, .backlog: entry.target == target
        case .scope: entry.target == target && entry.scope == scope
        case .task: entry.target == target && entry.task == task
        }
    }
}
