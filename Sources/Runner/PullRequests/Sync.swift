package import Basics
internal import Forges
internal import Journal
internal import Model

/// Follows up on what was proposed: reads where the pull requests of a target stand, records what became of them,
/// and tidies up behind those that are done.
package struct Sync {
    private let request: SyncRequest
    private let context: Context
    private let runJournal: RunJournal

    package init(_ request: SyncRequest, _ context: Context) {
        (self.request, self.context) = (request, context)
        runJournal = RunJournal(context, writes: !request.isDryRun)
    }

    package func run() throws(StageError) -> SyncResult {
        let checkout = try TargetCheckout.open(request.directory)
        var reader = SnapshotReader(checkout, context)
        reader.fetches = !request.isDryRun && request.number == nil
        let reading = try reader.read()
        try reading.requireRemote()
        var result = SyncResult(target: reading.contract.target.id)
        let target = reading.contract.target
        if request.number == nil {
            try BranchRound(reading: reading, runJournal: runJournal, context: context, isDryRun: request.isDryRun)
                .run(&result)
        }
        guard target.delivery.forge != .none, let remote = reading.remote,
            let forge = try TargetForge.open(
                target, checkout, remote: remote, base: reading.base.branch, records: !request.isDryRun,
                context)
        else {
            if !result.notes.isEmpty { return result }
            result.notes.append("nothing to read: proposals of '\(target.id)' are branches without pull requests")
            return result
        }
        if request.countsProposals {
            result.atForge = try OpenAtForge.ask(forge)
            ForgeCounts(context).remember(result.atForge, of: target.id)
        }
        guard let journal = try StageError.journaled({ () throws(JournalError) in try runJournal.toRead() }) else {
            result.notes.append("nothing to read: the journal knows no pull request")
            return result
        }
        let adoption = Adoption(
            snapshot: reading, remote: remote, forge: forge, journal: journal, runJournal: runJournal,
            context: context, isDryRun: request.isDryRun)
        if request.number == nil { try adoption.run(&result) }
        let round = SyncRound(
            reading: reading, forge: forge, journal: journal, runJournal: runJournal, request: request,
            context: context, refresh: { refresh($0, from: reading) })
        try round.run(&result)
        return result
    }

    /// Makes the change of a standing pull request anew on the base of now.
    private func refresh(_ task: String, from snapshot: Snapshot) -> ProposeResult {
        var again = ProposeRequest(directory: request.directory, taskID: task)
        again.refreshes = true
        return Propose(again, context, runJournal).run(from: snapshot)
    }
}

/// What was recorded last of each pull request, so that only news are recorded.
struct RecordedStates {
    private(set) var reviews: [Int: Event.ReviewState] = [:]
    private(set) var checks: [Int: Event.CheckState] = [:]
    private(set) var deletedBranches: Set<Int> = []

    init(_ journal: Journal, target: String) throws(JournalError) {
        var query = EventQuery()
        query.types = [.pullRequestReviewed, .pullRequestChecked, .branchDeleted]
        query.target = target
        for record in try journal.events(query) {
            switch record.event {
            case .pullRequestReviewed(let name, let state): reviews[name.number] = state
            case .pullRequestChecked(let name, let state): checks[name.number] = state
            case .branchDeleted(let name, _, _): deletedBranches.insert(name.number)
            default: break
            }
        }
    }
}
