package import Basics
internal import Journal
package import Model
package import Runner

/// This machine: its targets, its journal, and children of this program that carry grants out.
package final class LocalCycleHost: CycleHost {
    package let targets: [ScheduledTarget]
    private let request: RunRequest
    private let context: Context
    private let dispatcher: any Dispatcher
    private let done = Mailbox<(grant: Grant, outcome: GrantOutcome)>()
    /// Tells others that whoever granted is still there; held from the first grant on.
    private var hold: (any ClaimHold)?
    private let holder: String
    /// What grants name it by: where several homes share a journal, the home as well.
    private var heldAs: String?
    private var takenOver: [Grant] = []
    /// As it was read last; a host lives for one look.
    private var lastState: JournalState?

    package init(
        _ request: RunRequest, _ targets: [ScheduledTarget], _ dispatcher: any Dispatcher, _ context: Context
    ) {
        (self.request, self.targets, self.dispatcher, self.context) = (request, targets, dispatcher, context)
        holder = "scheduler-\(context.identifiers.short())"
    }

    deinit { hold?.end() }

    package func stopOrder() -> StopOrder? { StopSwitch(context).order() }

    package func recover() throws(StageError) -> [RecoveredAttempt] {
        try journaled { () throws(JournalError) in
            let recovered = try Recovery(context).run()
            guard let journal = try context.readJournal() else { return recovered }
            let ledger = GrantLedger(context)
            // Whoever carries grants out is asked before the journal is held.
            let goingOn = try ledger.dead(isHeld, in: journal).filter(dispatcher.isUnderWay)
            if !goingOn.isEmpty { try beHolder() }
            var drafts: [EventDraft] = []
            // Nobody else settles the same grants between look and record.
            try context.journal().append(missing: { (journal) throws(JournalError) in
                drafts = try ledger.settlement(
                    ofDead: isHeld, in: journal, besides: Set(goingOn.map(\.id)), takenBy: heldAs ?? holder)
                return drafts
            })
            let taken = Set(
                drafts.filter { $0.type == .attemptGranted }.compactMap { $0.payload["grant"]?.string })
            takenOver = goingOn.filter { taken.contains($0.id) }
            return recovered
        }
    }

    package func adopted() -> [Grant] { takenOver }

    private func beHolder() throws(JournalError) {
        if hold == nil { hold = try context.claimOwner.hold(holder) }
        if case .lock(let name) = hold?.mark { heldAs = String(name.dropLast(".lock".utf8.count)) }
    }

    private func isHeld(_ holder: String) throws(JournalError) -> Bool {
        guard holder != heldAs else { return true }
        return try context.isHeld(
            Claim(
                target: "", task: "", attempt: holder, repository: "", mark: .lock(holder + ".lock"), holder: "",
                claimedAt: ""))
    }

    package func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook {
        let directory = try target.ready(context)
        var atForge: OpenAtForge?
        if !request.isDryRun && !request.isOffline {
            // This fetches as well.
            var follow = SyncRequest(directory: directory)
            (follow.refreshes, follow.countsProposals) = (false, true)
            do throws(StageError) {
                let result = try Sync(follow, context).run()
                atForge = result.atForge
                notes += result.entries.filter { !$0.actions.isEmpty }
                    .map { "\(target.name) #\($0.number): \($0.actions.joined(separator: "; "))" }
            } catch {
                // A forge that is left alone holds its targets, each with that as its reason, and is no failure.
                guard error.kind == .refusal else { throw error }
                notes.append("\(target.name): \(([error.message] + error.causes).joined(separator: ": "))")
            }
        }
        var reading = try TargetReading.read(directory, fetches: false, context)
        reading.atForge = atForge ?? reading.atForge.binding
        return TargetLook(directory: directory, reading: reading)
    }

    package func homeState() throws(StageError) -> HomeState { try HomeState(context) }

    package func journalState() throws(StageError) -> JournalState {
        let (last, context) = (lastState, context)
        let state: JournalState
        if let last, last.hasJournal {
            state = try journaled { () throws(JournalError) in try last.later(now: context.clock.now()) }
        } else {
            state = try JournalState(context)
        }
        lastState = state
        return state
    }

    package func fairness() -> Fairness { FairnessFile(context).read() }

    package func keep(_ fairness: Fairness) throws(StageError) { try FairnessFile(context).write(fairness) }

    package func waitingTimes() -> WaitingTimes { WaitingFile(context).read() }

    package func keep(_ times: WaitingTimes) throws(StageError) { try WaitingFile(context).write(times) }

    package func record(_ grant: Grant) throws(StageError) {
        try journaled { () throws(JournalError) in
            try beHolder()
            try context.journal().append([
                GrantLedger(context).grantEvent(grant, holder: heldAs ?? holder)
            ])
        }
        context.failpoints.reach(.afterGrant)
    }

    package func begin(_ grant: Grant) {
        let (dispatcher, done) = (dispatcher, done)
        Workers.inBackground { done.put((grant, dispatcher.carryOut(grant))) }
    }

    package func ended() -> (grant: Grant, outcome: GrantOutcome) { done.take() }

    package func settle(_ grant: Grant, _ outcome: GrantOutcome) throws(StageError) {
        guard outcome.attempt == nil, !outcome.isLeft else { return }
        try journaled { () throws(JournalError) in
            try context.journal().append(missing: { (journal) throws(JournalError) in
                try GrantLedger(context).settlement(of: grant, outcome, in: journal)
            })
        }
    }

    @discardableResult
    private func journaled<Value>(_ body: () throws(JournalError) -> Value) throws(StageError) -> Value {
        do throws(JournalError) { return try body() } catch { throw StageError(.unexpected, error) }
    }
}
