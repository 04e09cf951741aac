import Basics
import Journal
import Model
import Runner
import Scheduler

/// Holds everything that a simulated scheduler does against the invariants of a scheduler; what decides there is counted
/// anew here, from the events and from the world itself.
final class SchedulerWatch {
    struct Violation: Hashable, CustomStringConvertible {
        let invariant: Int
        let text: String

        var description: String { "\(invariant): \(text)" }
    }

    let host: SimulatedHost
    private(set) var violations: [Violation] = []
    /// What the scheduler itself is shown; a broken one sees something else than there is.
    var shown: () throws(StageError) -> JournalState
    /// The targets as they were read last.
    private var seen: [String: SimulatedTarget] = [:]
    /// The breakers of services that were open at the last step.
    var openServices: [Service: ServiceBreaker] = [:]
    private var granted: [String: Int] = [:]
    private var claims = 0
    private var leftClaims: [String: Int] = [:]
    private var holds: [String: (until: Instant, looks: Int)] = [:]

    init(_ host: SimulatedHost) {
        self.host = host
        shown = { () throws(StageError) in try host.journalState() }
    }

    func broke(_ invariant: Int, _ text: String) {
        violations.append(Violation(invariant: invariant, text: "\(host.now.secondsText) \(text)"))
    }

    func see(_ step: SimulationStep) {
        seeServices()
        switch step {
        case .opened(let target, _): seeWrites(target)
        case .granted(let grant): see(grant: grant)
        case .claimed(let run): see(claim: run)
        case .read(let target): seen[target.name] = target
        default: break
        }
    }

    // MARK: Counted anew

    struct Unit: Hashable {
        let target: String
        let task: String
    }

    /// What is reserved by claims and open at the forges; a claim whose process died is uncertain, and counts.
    private func reserved() -> Set<Unit> {
        var units = Set(((try? host.store.claims()) ?? []).map { Unit(target: $0.target, task: $0.task) })
        for target in host.world {
            for proposal in target.proposals where proposal.state == .open {
                units.insert(Unit(target: target.name, task: proposal.task))
            }
        }
        return units
    }

    private func scope(_ unit: Unit) -> String? { host[unit.target]?.contract.backlog[unit.task]?.scope }

    /// Every place that sets a limit for a task, with the units that count there.
    func places(
        _ grant: Grant, _ limit: (Limits) -> Int?
    ) -> [(limit: Int, covers: (Unit) -> Bool, name: String)] {
        guard let target = host[grant.target] else { return [] }
        let scope = target.contract.policy.scope(grant.scope)
        let members = Set(host.world.filter { $0.group != nil && $0.group == target.group }.map(\.name))
        let own: (Unit) -> Bool = { $0.target == grant.target }
        return [
            (limit(host.machine.limits), { _ in true }, "machine"),
            (target.group.flatMap { limit($0.limits) }, { members.contains($0.target) }, "group"),
            (limit(target.contract.policy.limits), own, "target"),
            (
                scope.flatMap { limit($0.limits) }, { own($0) && self.scope($0) == grant.scope },
                "scope"
            ),
        ].compactMap { value, covers, name in value.map { ($0, covers, name) } }
    }

    // MARK: Grants and claims

    private func see(grant: Grant) {
        granted[grant.id] = claims
        if host.isJournalUnreadable { broke(4, "\(grant.task) was granted while nothing could be counted") }
        seeService(grant)
        if host.stop != nil { broke(22, "\(grant.task) was granted while everything is stopped") }
        guard let target = seen[grant.target], let task = target.contract.backlog[grant.task], task.ready,
            task.status == .pending
        else { return broke(22, "\(grant.target)/\(grant.task) was granted, and nobody released it") }
        seeFailure(grant, target)
        seeProbe(grant, target)
        seeTurn(grant, target, task)
        do {
            let truth = try refusal(of: task, in: target)
            switch truth?.reason {
            case .breakerOpen, .backoff: broke(18, "\(grant.task): \(truth?.short ?? "")")
            case .autonomyOff, .stopped: broke(22, "\(grant.task): \(truth?.short ?? "")")
            default: break
            }
        } catch { broke(4, "\(error)") }
    }

    /// The answer that is true by everything that is known.
    private func refusal(of task: BacklogTask, in target: SimulatedTarget) throws -> Refusal? {
        let journal = try JournalState(host.store, now: host.now)
        return try target.reading.eligibility(host.home, journal).refusal(of: task, for: .scheduler)
    }

    /// While a breaker is open, one attempt at a time finds out whether it is over.
    private func seeProbe(_ grant: Grant, _ target: SimulatedTarget) {
        guard let breaker = target.contract.policy.limits.breaker,
            // What a person began a moment ago and has claimed nothing yet, nobody can know of.
            host.runs.contains(where: { $0.grant.target == grant.target && (!$0.isForeign || $0.attempt != nil) })
        else { return }
        let history = BreakerHistory(
            endedAttempts(of: grant.target), EffectiveLimit(value: breaker, source: .target))
        if history.probing(at: host.now) != nil { broke(16, "\(grant.task) probes beside another attempt") }
    }

    private func seeFailure(_ grant: Grant, _ target: SimulatedTarget) {
        let last = attempts(grant).first
        guard let last, last.state == "failed", last.base == target.base.commit.hex else { return }
        broke(15, "\(grant.task) failed on this base already (\(last.id))")
    }

    /// Attempts since a person last let the task be tried again, the newest first.
    private func attempts(_ grant: Grant) -> [AttemptRecord] {
        var query = AttemptQuery()
        (query.target, query.task, query.limit) = (grant.target, grant.task, .max)
        var releases = EventQuery()
        (releases.types, releases.target, releases.task) = ([.taskUnblocked], grant.target, grant.task)
        let last = (try? host.store.events(releases))?.last?.sequence ?? 0
        return ((try? host.store.attempts(query)) ?? []).filter { $0.sequence > last }
    }

    private func see(claim run: SimulatedRun) {
        defer { claims += 1 }
        let (grant, units) = (run.grant, reserved())
        let known = granted[grant.id]
        let invariant = run.isForeign ? 6 : known.map { $0 != claims } == true ? 2 : 1
        for place in places(grant, \.maxOpenPullRequests) where units.count(where: place.covers) > place.limit {
            broke(invariant, "\(units.count(where: place.covers)) of \(place.limit) open (\(place.name))")
        }
        let running = ((try? host.store.claims()) ?? []).map { Unit(target: $0.target, task: $0.task) }
        for place in places(grant, \.maxRunningAttempts) where running.count(where: place.covers) > place.limit {
            broke(invariant, "\(running.count(where: place.covers)) of \(place.limit) running (\(place.name))")
        }
        for (period, limit) in [(3600, \Limits.maxTasksPerHour), (86_400, \Limits.maxTasksPerDay)] {
            let begun = begun(within: .seconds(Int64(period)))
            for place in places(grant, { $0[keyPath: limit] }) where begun.count(where: place.covers) > place.limit
            {
                broke(
                    7, "\(begun.count(where: place.covers)) of \(place.limit) within \(period) s (\(place.name))")
            }
        }
        seeBudgets(grant)
        seeFiles(grant, invariant)
        let all = attempts(grant)
        let lately = all.prefix { $0.state != "succeeded" }
        let failed =
            all.count { $0.state == "failed" } + lately.count { $0.state == "interrupted" && $0.kind == nil }
        let most = host[grant.target]?.contract.policy.limits.maxAttemptsPerTask ?? 2
        if failed >= most { broke(13, "\(grant.task) failed \(failed) times of \(most)") }
    }

    private func begun(within period: Duration) -> Set<Unit> {
        var query = EventQuery()
        query.types = [.attemptCreated]
        let records = ((try? host.store.events(query)) ?? []).filter { record in
            Instant(record.timestamp).map { $0 + period > host.now } ?? true
        }
        return Set(
            records.map { Unit(target: $0.subject.target ?? "", task: $0.subject.task ?? "") })
    }

    // MARK: Turns

    private func seeTurn(_ grant: Grant, _ target: SimulatedTarget, _ task: BacklogTask) {
        // What was handed out and has claimed nothing yet counts against limits, and only the scheduler knows of it.
        let isCertain = !host.runs.contains { $0.attempt == nil }
        let own = priority(task, in: target)
        let tasks = target.contract.backlog.tasks.filter { priority($0, in: target) == own }
        // Those that waiting has raised come before the class's own.
        let earlier = (tasks.filter { $0.priority != own } + tasks.filter { $0.priority == own })
            .prefix { $0.id != task.id }
        for other in earlier where isCertain && !begunInLook.contains(Unit(target: target.name, task: other.id)) {
            if (try? refusal(of: other, in: target)) == .some(nil),
                !host.runs.contains(where: { isOf($0, other, target) })
            {
                broke(11, "\(task.id) was granted before \(other.id), which comes first and may run")
            }
        }
        begunInLook.insert(Unit(target: target.name, task: task.id))
        seePasses(target)
    }

    private func isOf(_ run: SimulatedRun, _ task: BacklogTask, _ target: SimulatedTarget) -> Bool {
        run.grant.target == target.name && run.grant.task == task.id
    }

    private var begunInLook: Set<Unit> = []

    /// A level of turns as it is kept: names with the pass at which each comes.
    private func levels(_ fairness: Fairness) -> [(name: String, time: Int, passes: [String: Int])] {
        func level(_ name: String, _ json: JSON?) -> (String, Int, [String: Int]) {
            let passes = (json?["passes"]?.members ?? []).map { ($0.name, $0.value.integer ?? 0) }
            return (name, json?["time"]?.integer ?? 0, Dictionary(passes) { first, _ in first })
        }
        let json = fairness.json
        return [level("groups", json["groups"])]
            + (json["targets"]?.members ?? []).map { level("targets/" + $0.name, $0.value) }
            + (json["classes"]?.members ?? []).map { level("classes/" + $0.name, $0.value) }
    }

    private func seePasses(_ target: SimulatedTarget) {
        let quantum = 720_720
        let kept = host.fairness()
        for level in levels(kept) {
            for (name, pass) in level.passes {
                if pass < level.time {
                    broke(8, "\(level.name)/\(name) comes at \(pass), and it is \(level.time)")
                }
                if pass > level.time + quantum { broke(11, "\(level.name)/\(name) waits until \(pass)") }
            }
            guard level.name == "targets/" + (target.group?.name ?? ""), let pass = level.passes[target.name]
            else {
                continue
            }
            let stride = pass - level.time
            let weight = target.contract.policy.schedule.wholeWeight
            if stride * weight != quantum { broke(9, "\(target.name) went on by \(stride), and weighs \(weight)") }
        }
    }

    // MARK: After a look

    func looked(_ result: CycleResult, at began: Instant) {
        defer { begunInLook = [] }
        guard !host.isDead, result.stop == nil, !host.isJournalUnreadable else { return }
        seeCharges()
        seeClaims()
        seeCounters()
        for (name, refusals) in result.held {
            guard let target = host[name] else { continue }
            for refusal in refusals { see(refusal, in: target, began) }
        }
        seeReasons(result)
    }

    /// Each grant comes to one attempt at most, each attempt has one beginning and one end.
    private func seeCharges() {
        var (begun, ended): ([String: Int], [String: Int]) = ([:], [:])
        for record in (try? host.store.events()) ?? [] {
            guard let attempt = record.subject.attempt else { continue }
            switch record.type {
            case .attemptCreated: begun[attempt, default: 0] += 1
            case .attemptSucceeded, .attemptFailed, .attemptInterrupted: ended[attempt, default: 0] += 1
            default: break
            }
        }
        seeReservations(begun)
        for (attempt, count) in begun where count != 1 { broke(10, "\(attempt) began \(count) times") }
        for (attempt, count) in ended where count != 1 || begun[attempt] == nil {
            broke(10, "\(attempt) ended \(count) times")
        }
        var grants = EventQuery()
        grants.types = [.attemptGranted]
        let settled = ((try? host.store.attempts(everything)) ?? []).count { $0.kind == "dispatch" }
        let count = ((try? host.store.events(grants)) ?? []).count
        if settled > count { broke(10, "\(settled) launches failed of \(count) grants") }
    }

    private var everything: AttemptQuery {
        var query = AttemptQuery()
        query.limit = .max
        return query
    }

    /// Nothing is claimed for two looks by a process that is gone.
    private func seeClaims() {
        var left: [String: Int] = [:]
        for claim in (try? host.store.claims()) ?? [] where host[claim.target]?.isReachable == true {
            guard !host.runs.contains(where: { $0.attempt == claim.attempt }) else { continue }
            left[claim.attempt] = (leftClaims[claim.attempt] ?? 0) + 1
            if left[claim.attempt] == 3 { broke(14, "\(claim.attempt) is gone, and its task is claimed still") }
        }
        leftClaims = left
    }

    /// What the scheduler counts is what the events say.
    private func seeCounters() {
        guard let shown = try? shown() else { return }
        let running = ((try? host.store.claims()) ?? []).map { Unit(target: $0.target, task: $0.task) }
        var open: Set<[String]> = []
        for record in (try? host.store.events()) ?? [] {
            guard let number = record.payload["number"]?.integer, let target = record.subject.target else {
                continue
            }
            switch record.type {
            case .pullRequestCreated: open.insert([target, "\(number)"])
            case .pullRequestMerged, .pullRequestClosed: open.remove([target, "\(number)"])
            default: break
            }
        }
        for target in host.world {
            let states = (try? target.reading.eligibility(host.home, shown).limitStates()) ?? []
            for state in states where state.source == LimitSource.target.rawValue {
                let counted =
                    state.name == "max_open_prs"
                    ? open.count { $0[0] == target.name } + openBranches(of: target).count
                    : state.name == "max_running_attempts" ? running.count { $0.target == target.name } : nil
                if let counted, counted != state.observed {
                    broke(3, "\(state.name) of \(target.name) is taken for \(state.observed), and is \(counted)")
                }
            }
        }
    }

    /// The commits of the proposals that are branches alone, that nobody merged, and of whose end nothing is recorded.
    private func openBranches(of target: SimulatedTarget) -> [String: String] {
        guard !target.hasPullRequests else { return [:] }
        var open: [String: String] = [:]
        var query = EventQuery()
        (query.types, query.target) = ([.attemptSucceeded, .branchDeleted, .taskCompleted], target.name)
        for record in (try? host.store.events(query)) ?? [] {
            guard let task = record.subject.task, let commit = record.payload["commit"]?.string else { continue }
            if record.type == .attemptSucceeded {
                open[task] = commit
            } else if open[task] == commit {
                open[task] = nil
            }
        }
        let merged = Set(target.proposals.filter { $0.state == .merged }.map(\.commit.hex))
        return open.filter { !merged.contains($0.value) }
    }

    private func see(_ refusal: Refusal, in target: SimulatedTarget, _ began: Instant) {
        let name = "\(target.name)/\(refusal.task)"
        if refusal.hint?.isEmpty ?? true { broke(23, "\(name): \(refusal.id) has no way out") }
        if case .proposalsOpen(let names, let limit) = refusal.reason, limit.source == .group {
            let members = host.world.filter { $0.group == target.group }.map(\.name)
            let most = reserved().count { members.contains($0.target) } + decidedLately(members)
            if names.count > most {
                broke(5, "\(name): \(names.count) counted in the group, and there are \(most)")
            }
        }
        if case .breakerOpen(let trip) = refusal.reason { see(trip, refusal, target) }
        if case .at(let until) = refusal.release, !isOpen(refusal) {
            let key = "\(name) \(refusal.id) \(until)"
            holds[key] = (until, (holds[key]?.looks ?? 0) + (until < began ? 1 : 0))
            if holds[key]?.looks == 2 { broke(23, "\(name): \(refusal.id) was to end at \(until.secondsText)") }
        }
    }

    private func isOpen(_ refusal: Refusal) -> Bool {
        if case .breakerOpen = refusal.reason { true } else { false }
    }

    /// Proposals that people have decided about since the journal was last told.
    private func decidedLately(_ members: [String]) -> Int {
        host.world.filter { members.contains($0.name) }.flatMap(\.proposals).count { !$0.isRecorded }
    }

    private func see(_ trip: BreakerTrip, _ refusal: Refusal, _ target: SimulatedTarget) {
        if let probe = trip.probe, target.isReachable, !host.runs.contains(where: { $0.attempt == probe }),
            (leftClaims[probe] ?? 0) > 1
        {
            broke(16, "\(probe) is to find out whether the breaker closes, and is gone")
        }
        let due = due(of: target.name, trip.failureClass, trip.limit.value)
        if trip.probesAt != due {
            broke(17, "the probe of \(target.name) is told for \(trip.probesAt.map(\.secondsText) ?? "never")")
        }
    }

    /// When a breaker that is open lets the next attempt through, told from the attempts alone.
    private func due(of target: String, _ failureClass: FailureClass, _ breaker: Limits.Breaker) -> Instant? {
        var (count, factor, open): (Int, Int, Instant?) = (0, 1, nil)
        for attempt in endedAttempts(of: target) {
            let failure = attempt.failure
            if let since = open {
                guard let cooldown = breaker.cooldown, attempt.began >= since + cooldown * factor else { continue }
                (open, factor) = failure == nil ? (nil, 1) : (attempt.ended, min(factor * 2, 16))
                if failure == nil { count = 0 }
            } else if failure == nil {
                count = 0
            } else if failure == failureClass {
                count += 1
                if count >= breaker.failures { (open, factor) = (attempt.ended, 1) }
            }
        }
        return open.flatMap { since in breaker.cooldown.map { since + $0 * factor } }
    }

    /// Since a person last closed the breaker, or let the task of the attempt be tried again.
    private func endedAttempts(of target: String) -> [EndedAttempt] {
        var query = EventQuery()
        query.types = [.breakerReset, .taskUnblocked]
        let releases = ((try? host.store.events(query)) ?? []).filter { ($0.subject.target ?? target) == target }
        var attempts = everything
        (attempts.target, attempts.states) = (target, ["failed", "succeeded"])
        return ((try? host.store.attempts(attempts)) ?? []).compactMap { attempt -> EndedAttempt? in
            let isOver = releases.contains { release in
                release.sequence > attempt.sequence
                    && (release.type == .breakerReset || release.subject.task == attempt.task)
            }
            guard !isOver, let began = Instant(attempt.createdAt),
                let ended = attempt.finishedAt.flatMap({ Instant($0) })
            else { return nil }
            return EndedAttempt(
                began: began, ended: ended,
                failure: attempt.state == "failed" ? FailureClass(kind: attempt.kind) : nil)
        }.sorted { $0.ended < $1.ended }
    }

    /// Of what was looked at, each released task was begun, or waits for the one reason that is told.
    private func seeReasons(_ result: CycleResult) {
        // Where limits are not shared, what was asked before the last attempt ended may be over by now.
        guard host.home.sharesLimits || result.dispatched.isEmpty else { return }
        let told = Dictionary(result.held.map { ($0.target, $0.refusals) }) { first, _ in first }
        let begun = Set(result.dispatched.map { Unit(target: $0.grant.target, task: $0.grant.task) })
        let asked = host.world.filter { $0.isReachable && $0.forge?.isDown != true }
        for target in asked.compactMap({ seen[$0.name] }) {
            for task in target.contract.backlog.tasks where task.ready && task.status == .pending {
                guard !begun.contains(Unit(target: target.name, task: task.id)) else { continue }
                seeReason(of: task, in: target, (told[target.name] ?? []).filter { $0.task == task.id })
            }
        }
    }

    private func seeReason(of task: BacklogTask, in target: SimulatedTarget, _ told: [Refusal]) {
        let name = "\(target.name)/\(task.id)"
        do {
            guard let truth = try refusal(of: task, in: target) else {
                broke(12, "\(name) may run, nothing else does, and it was not begun")
                if let given = told.first { broke(24, "\(name) is told to wait for \(given.id), and may run") }
                return
            }
            guard truth.isWaiting else { return }
            if told.count != 1 { broke(24, "\(name) has \(told.count) reasons; \(truth.id) is true") }
            if let given = told.first, given.id != truth.id {
                broke(24, "\(name) is told to wait for \(given.id), and waits for \(truth.id)")
            }
        } catch { broke(24, "\(error)") }
    }
}
