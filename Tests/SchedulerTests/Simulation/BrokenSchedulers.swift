import Basics
import Journal
import Model
import Runner
import Scheduler
import Synchronization

/// A scheduler that sees or does something wrong in one place: what it is shown goes through here.
class BrokenHost: CycleHost {
    let real: SimulatedHost

    required init(_ real: SimulatedHost) { self.real = real }

    var targets: [ScheduledTarget] { real.targets }
    func stopOrder() -> StopOrder? { real.stopOrder() }
    func recover() throws(StageError) -> [RecoveredAttempt] { try real.recover() }
    func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook {
        try real.look(at: target, &notes)
    }
    func homeState() throws(StageError) -> HomeState { try real.homeState() }
    func journalState() throws(StageError) -> JournalState { try real.journalState() }
    func fairness() -> Fairness { real.fairness() }
    func keep(_ fairness: Fairness) throws(StageError) { try real.keep(fairness) }
    func waitingTimes() -> WaitingTimes { real.waitingTimes() }
    func keep(_ times: WaitingTimes) throws(StageError) { try real.keep(times) }
    func record(_ grant: Grant) throws(StageError) { try real.record(grant) }
    func begin(_ grant: Grant) { real.begin(grant) }
    func ended() -> (grant: Grant, outcome: GrantOutcome) { real.ended() }
    func settle(_ grant: Grant, _ outcome: GrantOutcome) throws(StageError) { try real.settle(grant, outcome) }

    /// The same journal, as one sees it who leaves out or changes some of its events, and its claims.
    func view(_ change: (EventRecord) -> EventDraft?, claims: Bool = true) throws(StageError) -> JournalState {
        _ = try real.journalState()
        do throws(JournalError) {
            return try JournalState(try Self.copy(of: real.store, change, claims: claims), now: real.now)
        } catch { throw StageError(.unexpected, error) }
    }

    static func copy(
        of store: any JournalStore, _ change: (EventRecord) -> EventDraft?, claims: Bool = true
    ) throws(JournalError) -> MemoryJournalStore {
        let copy = try MemoryJournalStore()
        try copy.append(try store.events().compactMap(change))
        if claims { for claim in try store.claims() { try copy.claim(claim) { (_) in [] } } }
        return copy
    }

    static func same(_ record: EventRecord) -> EventDraft {
        EventDraft(
            id: record.id, type: record.type, timestamp: record.timestamp, actor: record.actor,
            payload: record.payload)
    }

    /// Fairness whose levels of one kind are changed, name by name.
    func changed(
        _ fairness: Fairness, _ level: String, _ change: (String, Int, Int) -> Int
    ) -> Fairness {
        func passes(_ json: JSON) -> JSON {
            let time = json["time"]?.integer ?? 0
            let members = (json["passes"]?.members ?? []).map {
                JSON.Member($0.name, .integer(change($0.name, $0.value.integer ?? 0, time)))
            }
            return ["time": .integer(time), "passes": .object(members)]
        }
        let json = fairness.json
        let levels = (json[level]?.members ?? []).map { JSON.Member($0.name, passes($0.value)) }
        let members = (json.members ?? []).map { $0.name == level ? JSON.Member(level, .object(levels)) : $0 }
        return Fairness(.object(members)) ?? fairness
    }
}

/// 1: after a restart it does not know what runs.
final class ForgetsWhatRuns: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (_, _, _, _, _) throws(StageError) in nil }
    }
    override func journalState() throws(StageError) -> JournalState { try view(Self.same, claims: false) }
}

/// 1 as well: does not ask who touches the same files.
final class OverlooksPaths: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (target, task, attempt, store, home) throws(StageError) in
            var open = target
            open.policy.limits.maxOpenPerPath = nil
            return try open.reading.refusal(ofClaim: task, by: attempt, in: store, home)
        }
    }
    override func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook {
        let look = try real.look(at: target, &notes)
        guard var open = real[target.name] else { return look }
        open.policy.limits.maxOpenPerPath = nil
        return TargetLook(directory: look.directory, reading: open.reading)
    }
}

/// 1 as well: does not ask whose files they are.
final class OverlooksOwners: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (target, task, attempt, store, home) throws(StageError) in
            var nobodys = target
            nobodys.owners = .none
            return try nobodys.reading.refusal(ofClaim: task, by: attempt, in: store, home)
        }
    }
    override func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook {
        let look = try real.look(at: target, &notes)
        guard var nobodys = real[target.name] else { return look }
        nobodys.owners = .none
        return TargetLook(directory: look.directory, reading: nobodys.reading)
    }
}

/// 1 as well: knows no proposal that is a branch alone.
final class OverlooksBranches: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (target, task, attempt, store, home) throws(StageError) in
            do throws(JournalError) {
                let copy = try Self.copy(of: store, Self.withoutBranches)
                do throws(StageError) {
                    return try target.reading.refusal(ofClaim: task, by: attempt, in: copy, home)
                } catch { throw .refused(error.message, hint: nil) }
            } catch { throw StageError(.unexpected, error) }
        }
    }
    override func journalState() throws(StageError) -> JournalState { try view(Self.withoutBranches) }
    private static func withoutBranches(_ record: EventRecord) -> EventDraft? {
        record.type == .branchPushed ? nil : same(record)
    }
}

/// 2: looks before it claims, and not while it claims.
final class ClaimsUnseen: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (_, _, _, _, _) throws(StageError) in nil }
    }
}

/// 3: counts what was opened, and never what was closed.
final class CountsUpOnly: BrokenHost {
    override func journalState() throws(StageError) -> JournalState {
        try view { [.pullRequestClosed, .pullRequestMerged].contains($0.type) ? nil : Self.same($0) }
    }
}

/// 4: takes what it cannot count for nothing.
final class TakesErrorsForZero: BrokenHost {
    override func journalState() throws(StageError) -> JournalState {
        do throws(StageError) { return try real.journalState() } catch {
            do throws(JournalError) { return try JournalState(try MemoryJournalStore(), now: real.now) } catch {
                throw StageError(.unexpected, error)
            }
        }
    }
}

/// 5: compares everything there is with the limit of one group.
final class ComparesOtherUnits: BrokenHost {
    override func homeState() throws(StageError) -> HomeState {
        _ = try real.homeState()
        let group = real.world.lazy.compactMap(\.group).first
        return HomeState(
            real.machine, stop: real.stop, now: real.now, zones: real.context.zones,
            targets: real.world.map { target in
                var registration = TargetRegistration(name: target.name, repositoryURL: "simulated")
                registration.group = group?.name
                return registration
            })
    }
}

/// 6: asks no limit when a person begins a task.
final class LetsPeoplePass: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (target, task, attempt, store, home) throws(StageError) in
            let isForeign = real.runs.contains {
                $0.isForeign && $0.grant.target == target.name && $0.grant.task == task.id && $0.attempt == nil
            }
            return isForeign ? nil : try target.reading.refusal(ofClaim: task, by: attempt, in: store, home)
        }
    }
}

/// 7: counts by the hours of the clock on the wall, and begins anew with each.
final class CountsByTheWall: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (_, _, _, _, _) throws(StageError) in nil }
    }
    override func journalState() throws(StageError) -> JournalState {
        let hour = real.now.secondsText.prefix(13)
        return try view { record in
            var draft = Self.same(record)
            // What began in an hour that is over counts no more.
            if record.type == .attemptCreated, !record.timestamp.hasPrefix(hour) {
                draft.timestamp = "2000-01-01T00:00:00Z"
            }
            return draft
        }
    }
}

/// 8: whoever was idle comes with all the turns that it did not take.
final class SavesIdleTime: BrokenHost {
    private var known: [String: Int] = [:]
    override func fairness() -> Fairness { credited(real.fairness()) }
    override func keep(_ fairness: Fairness) throws(StageError) { try real.keep(credited(fairness)) }
    private func credited(_ fairness: Fairness) -> Fairness {
        changed(fairness, "targets") { name, pass, _ in
            let first = known[name] ?? pass
            known[name] = first
            return first
        }
    }
}

/// 9: a weight of nothing, so that its turn is always now.
final class WeighsNothing: BrokenHost {
    override func keep(_ fairness: Fairness) throws(StageError) {
        try real.keep(changed(fairness, "targets") { _, _, time in time })
    }
}

/// 10: writes twice what became of a grant.
final class SettlesTwice: BrokenHost {
    override func settle(_ grant: Grant, _ outcome: GrantOutcome) throws(StageError) {
        try real.settle(grant, outcome)
        guard let attempt = outcome.attempt else { return }
        let subject = EventSubject(target: grant.target, task: grant.task, attempt: attempt)
        let event = Event.attemptFailed(kind: "dispatch", reason: nil)
        do throws(JournalError) { try real.store.append([real.context.event(event, about: subject)]) } catch {
            throw StageError(.unexpected, error)
        }
    }
}

/// 11: forgets the place of whoever waits, each time.
final class SendsToTheBack: BrokenHost {
    override func keep(_ fairness: Fairness) throws(StageError) {
        let last = real.world.last?.name
        try real.keep(changed(fairness, "targets") { name, pass, _ in name == last ? pass + 7_207_200 : pass })
    }
}

/// 12: looks no further than the first target that waits for something.
final class StopsAtABlockedHead: BrokenHost {
    private var isBlocked = false
    override func recover() throws(StageError) -> [RecoveredAttempt] {
        isBlocked = false
        return try real.recover()
    }
    override func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook {
        guard !isBlocked else { throw StageError(.refusal, "it waits behind another") }
        let look = try real.look(at: target, &notes)
        let eligibility = try look.reading.eligibility(try real.homeState(), try real.journalState())
        for task in look.reading.contract.backlog.tasks {
            if try eligibility.refusal(of: task, for: .scheduler)?.isWaiting == true { isBlocked = true }
        }
        return look
    }
}

/// 13: forgets attempts that failed.
final class ForgetsFailures: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (_, _, _, _, _) throws(StageError) in nil }
    }
    override func journalState() throws(StageError) -> JournalState {
        try view { record in
            var draft = Self.same(record)
            if record.type == .attemptFailed { draft.type = EventType("attempt.forgotten") }
            return draft
        }
    }
}

/// 14: leaves what dead processes had claimed.
final class LeavesClaims: BrokenHost {
    override func recover() throws(StageError) -> [RecoveredAttempt] { [] }
}

/// 15: takes every look for one at a new base.
final class SeesNewBases: BrokenHost {
    private var looks: UInt8 = 0
    override func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook {
        let look = try real.look(at: target, &notes)
        looks &+= 1
        let base = Base(
            commit: ObjectID(bytes: Array(repeating: looks, count: 20)) ?? .zero, tree: .zero, name: "new")
        return TargetLook(
            directory: look.directory,
            reading: TargetReading(contract: look.reading.contract, base: base) { _ in false })
    }
}

/// 16: leaves the claim of a probe whose process died.
final class LeavesProbes: BrokenHost {
    override func recover() throws(StageError) -> [RecoveredAttempt] {
        let claims = (try? real.store.claims()) ?? []
        return claims.contains { isOpen($0.target) } ? [] : try real.recover()
    }
    private func isOpen(_ target: String) -> Bool {
        guard let breaker = real[target]?.contract.policy.limits.breaker,
            let standings = try? TaskStandings(real.store, target: target, now: real.now)
        else { return false }
        return !BreakerHistory(standings.ended, EffectiveLimit(value: breaker, source: .target)).trips.isEmpty
    }
}

/// 17: takes attempts that were under way when a breaker opened for probes that failed.
final class PostponesProbes: BrokenHost {
    override func journalState() throws(StageError) -> JournalState {
        try view { record in
            var draft = Self.same(record)
            if record.type == .attemptCreated {
                draft.timestamp = (self.real.now + .seconds(86_400 * 365)).description
            }
            return draft
        }
    }
}

/// 18: knows nothing of what was before its own start.
final class ForgetsAtRestart: BrokenHost {
    private var known: [String: Int] = [:]
    override func journalState() throws(StageError) -> JournalState {
        let holder = real.holder
        let first = known[holder] ?? (try? real.store.head().sequence) ?? 0
        known[holder] = first
        return try view { record in
            var draft = Self.same(record)
            if holder != "scheduler-0", record.sequence <= first, record.type == .attemptFailed {
                draft.type = EventType("attempt.forgotten")
            }
            return draft
        }
    }
}

/// 19: counts what was spent, and not what attempts that run may spend yet.
final class ReservesNothing: BrokenHost {
    required init(_ real: SimulatedHost) {
        super.init(real)
        real.claimCheck = { (target, task, attempt, store, home) throws(StageError) in
            let refusal = try target.reading.refusal(ofClaim: task, by: attempt, in: store, home)
            if case .budgetUsed = refusal?.reason { return nil }
            return refusal
        }
    }
    override func journalState() throws(StageError) -> JournalState {
        try view { [.budgetReserved, .budgetSettled].contains($0.type) ? nil : Self.same($0) }
    }
}

/// 22: does not look at the order to stop.
final class DoesNotStop: BrokenHost {
    override func stopOrder() -> StopOrder? { nil }
    override func homeState() throws(StageError) -> HomeState {
        _ = try real.homeState()
        return HomeState(
            real.machine, stop: nil, now: real.now, zones: real.context.zones,
            targets: real.world.map { target in
                var registration = TargetRegistration(name: target.name, repositoryURL: "simulated")
                registration.group = target.group?.name
                return registration
            })
    }
}

/// 23: its clock stands still, so that nothing that passes with time ever does.
final class StandsStill: BrokenHost {
    private var first: Instant?
    override func homeState() throws(StageError) -> HomeState {
        _ = try real.homeState()
        let now = first ?? real.now
        first = now
        return HomeState(
            real.machine, stop: real.stop, now: now, zones: real.context.zones,
            targets: real.world.map { target in
                var registration = TargetRegistration(name: target.name, repositoryURL: "simulated")
                registration.group = target.group?.name
                return registration
            })
    }
}

/// 24: gives the reason of another time.
final class GivesStaleReasons: BrokenHost {
    override func journalState() throws(StageError) -> JournalState {
        try view { record in
            var draft = Self.same(record)
            if record.type == .autonomyEnabled { draft.type = .autonomyDisabled }
            return draft
        }
    }
}

/// 25: what it decides depends on something that is written down nowhere.
final class DecidesByChance: BrokenHost {
    private static let asked = Mutex(0)
    override func fairness() -> Fairness {
        let turn = Self.asked.withLock { asked in
            asked += 1
            return asked
        }
        return changed(real.fairness(), "targets") { name, pass, _ in
            pass + 720_720 * ((turn + name.utf8.reduce(0) { $0 + Int($1) }) % 2)
        }
    }
}
