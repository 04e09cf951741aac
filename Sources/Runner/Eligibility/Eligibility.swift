package import Basics
package import Git
internal import Journal
package import Model
internal import Paths

/// Decides whether a task may run: the one answer that `tasks`, `next`, `plan`, `propose` and `run` give.
///
/// It holds for one moment, and remembers what it was asked.
package final class Eligibility {
    /// Who asks: what holds the scheduler back by itself does not hold a person who names a task.
    package enum Asker: Sendable { case person, scheduler }

    let contract: Contract
    let completed: Set<String>
    let home: HomeState
    let group: TargetGroup?
    let groupTargets: Set<String>
    private let overridesStop: Bool
    let standings: TaskStandings
    private let base: ObjectID?
    /// Whether the base holds a commit.
    private let isInBase: (ObjectID) throws(GitError) -> Bool
    let branches: OpenBranches
    let atForge: OpenAtForge
    let forge: KnownForge?
    private let touched: TouchedFiles
    private let writes = KnownWrites()
    private let scopeLimits = ScopeLimits()
    private let trips = Remembered<EffectiveLimit<Limits.Breaker>, BreakerTrip?>()
    private let heldScopes = Remembered<String?, Bool>()
    private let sharedAnswers = Remembered<String?, SharedAnswer>()
    let raises = Remembered<String?, Duration?>()
    private lazy var isInHours = windowReason() == nil

    /// What holds every task of a scope alike of which nothing is known and that sets no limits.
    private final class SharedAnswer {
        /// Whether it hangs on the paths of a task, or on what it asks of others.
        let isOfEach: Bool
        let reason: Refusal.Reason?

        init(isOfEach: Bool, _ reason: Refusal.Reason?) { (self.isOfEach, self.reason) = (isOfEach, reason) }
    }

    /// Only what the task itself says counts: what was done before is not looked at.
    package convenience init(_ contract: Contract, in context: Context, overridesStop: Bool = false)
        throws(StageError)
    {
        try self.init(contract, try HomeState(context), overridesStop: overridesStop)
    }

    init(_ contract: Contract, _ home: HomeState, overridesStop: Bool = false) throws(StageError) {
        (self.contract, self.home, standings) = (contract, home, TaskStandings())
        let mistakes = contract.backlog.mistakes
        completed = Set(
            contract.backlog.tasks.lazy.filter { $0.status == .completed && mistakes[$0.id] == nil }.map(\.id))
        (group, groupTargets) = try home.group(of: contract.target.id)
        (base, branches, self.overridesStop, atForge) = (nil, OpenBranches(), overridesStop, .notAsked)
        (forge, touched) = (nil, .none)
        isInBase = { (_) throws(GitError) in false }
    }

    private init(
        _ other: Eligibility, _ standings: TaskStandings, _ atForge: OpenAtForge, _ forge: KnownForge?,
        _ touched: TouchedFiles, base: ObjectID, _ isInBase: @escaping (ObjectID) throws(GitError) -> Bool
    ) {
        (contract, completed, home) = (other.contract, other.completed, other.home)
        (group, groupTargets, overridesStop) = (other.group, other.groupTargets, other.overridesStop)
        (self.standings, self.base, branches) = (standings, base, OpenBranches())
        (self.isInBase, self.atForge, self.forge, self.touched) = (isInBase, atForge, forge, touched)
    }

    var now: Instant { home.now }

    /// The same decision with what the journal knows, of one task or of all.
    package func afterJournal(
        of context: Context, task: String? = nil, in checkout: TargetCheckout, remote: String?, base: Base
    ) throws(StageError) -> Eligibility {
        let target = contract.target.id
        let standings = try StageError.journaled { () throws(JournalError) in
            let journal = try context.readJournal()
            return try TaskStandings(journal, target: target, task: task, now: now)
                .adding(branchesBeside: target, home, journal)
        }
        let known = ForgeCounts(context).known(contract.target, checkout, remote: remote)
        let repository = checkout.repository
        let touched = TouchedFiles(repository, base, known.forge)
        return after(standings, known.open, known.forge, touched, base: base.commit) { (commit) throws(GitError) in
            try repository.holds(commit, base: base.commit)
        }
    }

    /// The same decision with what was done before.
    package func after(_ standings: TaskStandings, in repository: Repository, base: Base) -> Eligibility {
        after(standings, base: base.commit) { (commit) throws(GitError) in
            try repository.holds(commit, base: base.commit)
        }
    }

    /// The same decision with what was done before; `isInBase` tells whether the base holds a commit.
    func after(
        _ standings: TaskStandings, _ atForge: OpenAtForge = .notAsked, _ forge: KnownForge? = nil,
        _ touched: TouchedFiles = .none, base: ObjectID,
        isInBase: @escaping (ObjectID) throws(GitError) -> Bool
    ) -> Eligibility {
        Eligibility(self, standings, atForge, forge, touched, base: base, isInBase)
    }

    /// Why the task may not run now; `nil` when it may.
    ///
    /// `ignoringProposal`: a proposal of the task's own is no reason, since where that stands is asked at the remote.
    package func refusal(
        of task: BacklogTask, for asker: Asker = .person, ignoringProposal: Bool = false
    ) throws(StageError) -> Refusal? {
        try reason(task, asker, ignoringProposal).map { Refusal(task.id, $0) }
    }

    /// The same, asked in the transaction that claims the task: what others claimed by then counts, and what they
    /// proposed since somebody looked at the remote.
    func refusal(
        ofClaim task: BacklogTask, by attempt: String, in journal: any JournalStore, _ atForge: OpenAtForge,
        _ forge: KnownForge?, _ touched: TouchedFiles, base: ObjectID, ignoringProposal: Bool = true,
        isInBase: @escaping (ObjectID) throws(GitError) -> Bool
    ) throws(StageError) -> Refusal? {
        let standings = try StageError.journaled { () throws(JournalError) in
            try TaskStandings(journal, target: contract.target.id, task: task.id, now: now)
                .adding(branchesBeside: contract.target.id, home, journal)
        }
        return try after(standings.ignoring(attempt), atForge, forge, touched, base: base, isInBase: isInBase)
            .refusal(of: task, ignoringProposal: ignoringProposal)
    }

    private func reason(
        _ task: BacklogTask, _ asker: Asker, _ ignoringProposal: Bool
    ) throws(StageError) -> Refusal.Reason? {
        if let reason = ownReason(task) { return reason }
        if let claim = standings.claims.first(where: { $0.task == task.id }) {
            return .claimed(attempt: claim.attempt, since: claim.claimedAt)
        }
        if let job = home.waitingJobs.first(where: { $0.target == contract.target.id && $0.task == task.id }) {
            return .jobWaiting(job)
        }
        if !ignoringProposal, let reason = try proposalReason(task) { return reason }
        if !overridesStop, let order = home.stop { return .stopped(order) }
        if asker == .scheduler, let reason = schedulerReason(task) { return reason }
        return try limitReason(task)
    }

    // MARK: What the task itself says

    private func ownReason(_ task: BacklogTask) -> Refusal.Reason? {
        if let mistakes = contract.backlog.mistakes[task.id] { return .invalid(mistakes) }
        switch task.status {
        case .pending, .inProgress, .failed: break
        case .blocked: return .blocked(task.outcome.blockedReason)
        default: return .status(task.status)
        }
        guard task.ready else { return .notReady }
        if let date = task.notBefore, now < date { return .notBefore(date) }
        let waiting = task.dependencies.filter { !completed.contains($0) }
        return waiting.isEmpty ? nil : .waitingFor(waiting)
    }

    // MARK: Switches and hours

    private func schedulerReason(_ task: BacklogTask) -> Refusal.Reason? {
        if standings.isAutonomyOff { return .autonomyOff(.person) }
        if contract.policy.autonomyEnabled == false { return .autonomyOff(.policy) }
        if !isInHours { return windowReason() }
        guard standings.knows(task.id), let failure = standings[task.id]?.lastFailure, let base,
            failure.base == base.hex
        else { return nil }
        return .sameFailure(attempt: failure.attempt)
    }

    /// A zone that is not known holds: nobody can tell whether the window is open.
    private func windowReason() -> Refusal.Reason? {
        let texts = contract.policy.schedule.windows
        guard !texts.isEmpty else { return nil }
        var opening: Instant?
        for text in texts {
            guard let window = try? ScheduleWindow(text), let rules = home.zones.rules(of: window.zone) else {
                continue
            }
            if window.isOpen(at: now, in: rules) == true { return nil }
            let next = window.opening(after: now, in: rules)
            opening = [opening, next].compactMap(\.self).min()
        }
        return .outsideWindow(texts, opens: opening)
    }

    // MARK: What was done before

    private func proposalReason(_ task: BacklogTask) throws(StageError) -> Refusal.Reason? {
        guard standings.knows(task.id), let standing = standings[task.id] else { return nil }
        if let open = standing.pullRequests.first(where: { $0.state == "open" }) {
            return .underReview(.pullRequest(number: open.number, url: open.url))
        }
        if let last = standing.pullRequests.last {
            return last.state == "merged"
                ? .merged(number: last.number, url: last.url) : .declined(number: last.number, url: last.url)
        }
        guard let delivered = standing.delivered, try !holds(delivered.commit) else { return nil }
        return delivered.isGone
            ? .branchDeleted(delivered.branch) : .underReview(.branch(delivered.branch, commit: delivered.commit))
    }

    func holds(_ commit: ObjectID) throws(StageError) -> Bool {
        do throws(GitError) { return try isInBase(commit) } catch { throw StageError(.unexpected, error) }
    }

    private func limitReason(_ task: BacklogTask) throws(StageError) -> Refusal.Reason? {
        guard !task.setsLimits, !standings.knows(task.id) else { return try ownLimitReason(task) }
        let shared = try sharedAnswers.answer(task.scope) { () throws(StageError) in
            try sharedAnswer(inScope: task.scope)
        }
        let own = try ownUse()
        return shared.isOfEach || own.contains(task.id) ? try ownLimitReason(task) : shared.reason
    }

    private func sharedAnswer(inScope scope: String?) throws(StageError) -> SharedAnswer {
        var task = BacklogTask(id: "")
        task.scope = scope
        let limits = limits(of: task)
        let isOfEach =
            limits.maxOpenPerPath != nil || limits.maxOpenPerOwner != nil || limits.dailyTokens != nil
            || limits.dailyMoney != nil || !standings.use.services.isEmpty
        return SharedAnswer(isOfEach: isOfEach, isOfEach ? nil : try ownLimitReason(task))
    }

    private func ownLimitReason(_ task: BacklogTask) throws(StageError) -> Refusal.Reason? {
        let (places, limits) = scopeLimits.limits(of: task) {
            limitPlaces(of: task, contract.policy.scope(task.scope))
        }
        let standing = standings[task.id]
        let failed = standing?.failed ?? 0
        if failed > 0, failed >= limits.maxAttemptsPerTask.value {
            return .attemptsUsedUp(failed: failed, limits.maxAttemptsPerTask)
        }
        if let failure = standing?.lastFailure, let ended = failure.ended {
            let until = ended + limits.pause(afterFailures: failed, of: failure.attempt)
            if now < until { return .backoff(failed: failed, until: until) }
        }
        if let trip = trip(limits.breaker) { return .breakerOpen(trip) }
        if let trip = serviceTrip(task) { return .serviceOpen(trip) }
        let open = try branches.entries { () throws(StageError) in try openBranches() }
        let reach = LimitReach(
            target: contract.target.id, scope: task.scope, task: task.id, group: groupTargets)
        if case .unknown(let why) = atForge {
            let limit = limits.maxOpenPullRequests
            return .unmeasurable(
                UnmeasurableLimit(
                    "max_open_prs", "\(limit.value)", limit.source, why: why,
                    hint: "the forge is asked again each time, and by 'leviathan sync --count'; "
                        + "'leviathan doctor' says what is wrong with it"))
        }
        let counted = use(with: open)
        let use =
            branches.own(of: reach.target) { counted }.isOpen(task.id)
            ? counted.ignoringProposal(of: task.id, in: reach.target) : counted
        var check = LimitCheck(places: places, effective: limits, reach: reach, use: use, now: now)
        check.overlaps = { self.overlaps($0, task) }
        if let reason = check.reason() { return reason }
        if let reason = try ownerReason(check, task) { return reason }
        return check.writesReason(forge, writes.times(forge, at: now))
            ?? check.budgetReason { spending(of: task) }
    }

    private func use(with open: [LimitUse.Entry]) -> LimitUse {
        branches.use {
            standings.use.adding(open: open)
                .adding(atForge, target: contract.target.id, decided: standings.decided, scope: scope)
        }
    }

    // MARK: Many tasks at once

    /// Whether the scheduler may begin a task, without the reason where it may not: what holds every task of a scope is asked
    /// once for all of them.
    package func mayBegin(_ task: BacklogTask) throws(StageError) -> Bool {
        if !task.setsLimits, try isHeld(scope: task.scope), try !ownUse().contains(task.id) { return false }
        return try refusal(of: task, for: .scheduler) == nil
    }

    private func ownUse() throws(StageError) -> OwnUse {
        let open = try branches.entries { () throws(StageError) in try openBranches() }
        return branches.own(of: contract.target.id) { use(with: open) }
    }

    /// Whether no task of a scope may begin that neither sets limits nor has anything open or begun of its own.
    private func isHeld(scope name: String?) throws(StageError) -> Bool {
        try heldScopes.answer(name) { () throws(StageError) in
            if home.stop != nil && !overridesStop || schedulerReason(BacklogTask(id: "")) != nil { return true }
            if case .unknown = atForge { return true }
            return try isUsedUp(scope: name)
        }
    }

    private func isUsedUp(scope name: String?) throws(StageError) -> Bool {
        let places = limitPlaces(of: BacklogTask(id: ""), contract.policy.scope(name))
        let limits = EffectiveLimits(places)
        if trip(limits.breaker) != nil { return true }
        let reach = LimitReach(target: contract.target.id, scope: name, task: "", group: groupTargets)
        let open = try branches.entries { () throws(StageError) in try openBranches() }
        let check = LimitCheck(places: places, effective: limits, reach: reach, use: use(with: open), now: now)
        return check.sharedReason() != nil
    }

    /// The proposals that touch or may touch files of an owner of the task's paths, for each of the owners.
    func proposals(_ check: LimitCheck, _ task: BacklogTask) throws(StageError) -> [(String, [String])] {
        let mine = try touched.owners(of: task)
        guard !mine.isEmpty else { return [] }
        // What is not listed may touch files of anybody.
        var others: [LimitUse.Entry: Set<String>] = [:]
        for entry in check.use.open + check.use.running where entry.target == check.reach.target {
            if let owners = try touched.owners(ofCommit: entry.commit) {
                others[entry] = owners
            } else if let other = entry.task.flatMap({ contract.backlog[$0] }) {
                others[entry] = try touched.owners(of: other)
            }
        }
        return mine.sorted().map { owner in
            (
                owner,
                check.underWay { entry in
                    entry.target == check.reach.target && !check.reach.isOwn(entry)
                        && (others[entry]?.contains(owner) ?? true)
                }
            )
        }
    }

    private func ownerReason(_ check: LimitCheck, _ task: BacklogTask) throws(StageError) -> Refusal.Reason? {
        guard let limit = check.effective.maxOpenPerOwner else { return nil }
        do throws(StageError) {
            return try proposals(check, task).first { $0.1.count >= limit.value }
                .map { .proposalsOfOwner($0.0, $0.1, limit) }
        } catch {
            return .unmeasurable(
                UnmeasurableLimit(
                    "max_open_prs_per_owner", "\(limit.value)", limit.source, why: error.message,
                    hint: error.hint ?? "'leviathan doctor' says what is wrong here"))
        }
    }

    /// A forge or a model service that the task would ask, and that is left alone.
    private func serviceTrip(_ task: BacklogTask) -> ServiceTrip? {
        guard !standings.use.services.isEmpty else { return nil }
        let model = home.forecast.service(of: task, contract.policy.scope(task.scope))
        for service in [forge?.service, model].compactMap(\.self) {
            let breaker = standings.use.services[service]
            if let trip = breaker?.trip(at: now, home.machine.breakerLimit(of: service)) { return trip }
        }
        return nil
    }

    /// What a proposal holds is known, what runs may touch whatever its task allows, and a task that the backlog does not
    /// have any more may have allowed anything.
    func overlaps(_ entry: LimitUse.Entry, _ task: BacklogTask) -> Bool {
        if let files = entry.commit.flatMap(touched.files) {
            return task.allowedPaths.contains { pattern in files.contains(where: pattern.matches) }
        }
        guard let other = entry.task.flatMap({ contract.backlog[$0] }) else { return true }
        return other.allowedPaths.contains { one in task.allowedPaths.contains { one.couldOverlap($0) } }
    }

    func scope(_ task: String) -> String? { contract.backlog[task]?.scope }

    /// The attempts of the target that run.
    package var running: [String] { standings.claims.map(\.attempt) }

    /// The breaker that is open; one whose probe is due lets a single attempt through.
    private func trip(_ limit: EffectiveLimit<Limits.Breaker>) -> BreakerTrip? {
        trips.answer(limit) { openTrip(limit) }
    }

    private func openTrip(_ limit: EffectiveLimit<Limits.Breaker>) -> BreakerTrip? {
        let history = BreakerHistory(standings.ended, limit)
        if let trip = history.trip(at: now) { return trip }
        // A task that was handed out a moment ago probes as well, though it has not claimed anything yet.
        let running = standings.use.running.first { $0.target == contract.target.id }
        guard let due = history.probing(at: now), let running else { return nil }
        return due.probed(by: running.name)
    }
}
