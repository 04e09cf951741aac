package import Basics
package import Journal
package import Model
package import Runner

/// A world in memory that the scheduler works in as it does on this machine.
///
/// The clock is virtual, forges and remotes are lists, and the course of attempts is scripted; everything that decides
/// is the real thing.
package final class SimulatedHost: CycleHost {
    private static let launch = Duration.milliseconds(40)

    package let time: VirtualClock
    package let context: Context
    package var world: [SimulatedTarget]
    package var machine = MachineConfiguration()
    package var stop: StopOrder?
    package var isJournalUnreadable = false
    /// Why an attempt may not claim a task, asked in the transaction that claims it.
    package var claimCheck:
        (SimulatedTarget, BacklogTask, String, any JournalStore, HomeState) throws(StageError) -> Refusal? = {
            (target, task, attempt, store, home) throws(StageError) in
            try target.reading.refusal(ofClaim: task, by: attempt, in: store, home)
        }
    package var script: any SimulationScript
    /// Is told of every step, when it is done.
    package var watch: (SimulationStep) -> Void = { _ in }
    package internal(set) var store: MemoryJournalStore
    /// Attempts that are at work, or about to be.
    package internal(set) var runs: [SimulatedRun] = []
    var queue = SimulationQueue()
    private var turns = Fairness()
    private var times = WaitingTimes()
    /// Whether the scheduler's process died; whatever it asks for from then on fails.
    package internal(set) var isDead = false
    private var restarts = 0
    private var lastState: JournalState?

    package init(
        _ world: [SimulatedTarget], _ script: any SimulationScript, at start: Instant, seed: UInt64,
        environment: [String: String] = [:]
    ) throws(JournalError) {
        time = VirtualClock(at: start)
        (self.world, self.script, store) = (world, script, try MemoryJournalStore())
        context = Context(
            environment: environment, clock: time.clock, zones: ZoneSource(environment), showsUTC: true,
            identifiers: .seeded(seed), cancellation: Cancellation(), observer: .silent)
    }

    package var now: Instant { time.now }
    package var targets: [ScheduledTarget] { world.map(\.scheduled) }
    package var holder: String { "scheduler-\(restarts)" }

    package subscript(name: String) -> SimulatedTarget? { world.first { $0.name == name } }

    func change(_ name: String, _ body: (inout SimulatedTarget) -> Void) {
        if let place = world.firstIndex(where: { $0.name == name }) { body(&world[place]) }
    }

    // MARK: What the cycle asks

    package func stopOrder() -> StopOrder? { stop }

    package func homeState() throws(StageError) -> HomeState {
        try alive()
        return home
    }

    /// As every process of the home sees it.
    package var home: HomeState {
        HomeState(
            machine, stop: stop, now: now, zones: context.zones,
            targets: world.map { target in
                var registration = TargetRegistration(name: target.name, repositoryURL: "simulated")
                registration.group = target.group?.name
                return registration
            })
    }

    package func journalState() throws(StageError) -> JournalState {
        try alive()
        guard !isJournalUnreadable else { throw StageError(.unexpected, "the journal cannot be read") }
        do throws(JournalError) {
            let state: JournalState
            if let lastState, lastState.isOf(store) {
                state = try lastState.later(now: now)
            } else {
                state = try JournalState(store, now: now)
            }
            lastState = state
            return state
        } catch { throw StageError(.unexpected, error) }
    }

    package func fairness() -> Fairness { turns }

    package func keep(_ fairness: Fairness) throws(StageError) {
        try alive()
        turns = fairness
    }

    package func waitingTimes() -> WaitingTimes { times }

    package func keep(_ times: WaitingTimes) throws(StageError) {
        try alive()
        self.times = times
    }

    package func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook {
        try alive()
        guard let known = self[target.name], known.isReachable else {
            throw StageError(.delivery, "the remote of '\(target.name)' cannot be reached")
        }
        var outcome = ForgeOutcome.answered
        try writing { () throws(JournalError) in
            outcome = try ask(known.forge, by: "\(holder)-\(known.name)")
            if case .answered = outcome { try follow(known) }
        }
        if case .failed = outcome { throw StageError(.delivery, "the forge of '\(target.name)' fails") }
        guard let known = self[target.name] else { throw StageError(.invalid, "it is gone") }
        watch(.read(known))
        return TargetLook(directory: known.name, reading: known.reading)
    }

    package func record(_ grant: Grant) throws(StageError) {
        try alive()
        try writing { () throws(JournalError) in
            try store.append([GrantLedger(context).grantEvent(grant, holder: holder)])
        }
        watch(.granted(grant))
    }

    package func begin(_ grant: Grant) { launch(SimulatedRun(grant, isForeign: false)) }

    package func settle(_ grant: Grant, _ outcome: GrantOutcome) throws(StageError) {
        try alive()
        guard outcome.attempt == nil else { return }
        try writing { () throws(JournalError) in
            try store.append(try GrantLedger(context).settlement(of: grant, outcome, in: store))
        }
    }

    /// Lets time go by until one of the scheduler's own attempts has ended.
    package func ended() -> (grant: Grant, outcome: GrantOutcome) {
        while true {
            if isDead, let run = runs.first(where: { !$0.isForeign }) {
                // They die with the process that waits for them.
                return (run.grant, end(run, GrantOutcome(outcome: "lost", exitCode: 1)))
            }
            guard let (instant, event) = queue.take() else {
                let grant = runs.first { !$0.isForeign }?.grant
                return (
                    grant ?? Grant(target: "", task: "", scope: nil, directory: ""),
                    GrantOutcome(outcome: "lost", exitCode: 1)
                )
            }
            time.set(max(now, instant))
            if let ended = happen(event), !ended.run.isForeign { return (ended.run.grant, ended.outcome) }
        }
    }

    // MARK: Time

    /// Lets everything happen that is due until then.
    package func advance(to instant: Instant) {
        while let next = queue.next, next <= instant, let (due, event) = queue.take() {
            time.set(max(now, due))
            _ = happen(event)
        }
        time.set(max(now, instant))
    }

    /// Plans something for a time.
    package func plan(at instant: Instant, _ act: @escaping () -> Void) { queue.add(.act(act), at: instant) }

    /// A person, or another scheduler, begins a task.
    package func propose(_ task: String, of target: String) {
        let scope = self[target]?.contract.backlog[task]?.scope
        launch(
            SimulatedRun(Grant(target: target, task: task, scope: scope, directory: target), isForeign: true))
    }

    private func launch(_ run: SimulatedRun) {
        runs.append(run)
        queue.add(.claim(run), at: now + Self.launch)
    }

    private func happen(_ event: SimulationQueue.Event) -> (run: SimulatedRun, outcome: GrantOutcome)? {
        switch event {
        case .act(let act):
            act()
            watch(.act)
            return nil
        case .decide(let target, let proposal):
            guard let known = self[target]?.proposals[proposal - 1], known.state == .open else { return nil }
            let merges = script.review(of: proposal, of: known.task, in: target).merges
            change(target) { $0.decide(proposal, merges: merges) }
            if let decided = self[target]?.proposals[proposal - 1] { watch(.decided(target: target, decided)) }
            return nil
        case .claim(let run): return isAtWork(run) ? claim(run).map { (run, $0) } : nil
        case .finish(let run): return isAtWork(run) ? (run, finish(run)) : nil
        }
    }

    private func isAtWork(_ run: SimulatedRun) -> Bool { runs.contains { $0 === run } }

    @discardableResult
    func end(_ run: SimulatedRun, _ outcome: GrantOutcome) -> GrantOutcome {
        runs.removeAll { $0 === run }
        watch(.ended(run, outcome))
        return outcome
    }

    // MARK: Deaths

    /// The scheduler is started anew after its death.
    package func restart() {
        restarts += 1
        isDead = false
    }

    private func alive() throws(StageError) { if isDead { throw StageError(.unexpected, "the scheduler died") } }

    /// Writes as the scheduler does: a death in the middle of it takes the scheduler along.
    private func writing(_ body: () throws(JournalError) -> Void) throws(StageError) {
        do throws(JournalError) { try body() } catch {
            guard case .crashed = error else { throw StageError(.unexpected, error) }
            reopen()
            isDead = true
            watch(.died(scheduler: true))
            throw StageError(.unexpected, error)
        }
    }

    /// The store as the others find it after a death.
    package func reopen() {
        if let reopened = try? store.reopened() { store = reopened }
    }

    package func recover() throws(StageError) -> [RecoveredAttempt] {
        try alive()
        try writing { () throws(JournalError) in
            for claim in try store.claims() where !runs.contains(where: { $0.attempt == claim.attempt }) {
                try recover(claim)
            }
            let known = holder
            try store.append(
                try GrantLedger(context).settlement(
                    ofDead: { (holder) throws(JournalError) in holder == known }, in: store))
        }
        return []
    }
}
