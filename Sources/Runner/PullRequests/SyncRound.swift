internal import Basics
internal import Forges
internal import Journal
internal import Model

/// One look at all pull requests of a target.
struct SyncRound {
    let reading: Snapshot
    let forge: TargetForge
    let journal: Journal
    let runJournal: RunJournal
    let request: SyncRequest
    let context: Context
    /// Makes the change of a task anew.
    let refresh: (_ task: String) -> ProposeResult

    private var target: String { reading.contract.target.id }
    private var deletes: Bool {
        request.number == nil && reading.contract.target.delivery.deletesMergedBranches && !forge.takesPushes
    }

    func run(_ result: inout SyncResult) throws(StageError) {
        let (journal, target) = (journal, target)
        let (records, last) = try StageError.journaled { () throws(JournalError) in
            (
                try journal.pullRequests(target: target).filter { $0.number == request.number ?? $0.number },
                try RecordedStates(journal, target: target)
            )
        }
        let open = records.filter { $0.state == "open" }
        let states = try forge.ask { (client) throws(ForgeError) in try client.states(of: open.map(\.number)) }
        for record in records {
            let mayHaveBranch = deletes && !last.deletedBranches.contains(record.number)
            guard record.state == "open" || mayHaveBranch else { continue }
            if context.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
            var entry = entry(record)
            if record.state == "open" {
                guard let state = states[record.number] else {
                    result.notes.append("\(forge.kind.name) knows no #\(record.number) any more")
                    continue
                }
                try follow(record, state, last, &entry, &result)
            }
            if mayHaveBranch, entry.state != "open" { try deleteBranch(record, records, &entry) }
            if record.state == "open" || !entry.actions.isEmpty { result.entries.append(entry) }
        }
    }

    private func entry(_ record: PullRequestRecord) -> SyncEntry {
        SyncEntry(
            number: record.number, task: record.task ?? "", url: record.url ?? "", branch: record.branch ?? "",
            state: record.state)
    }

    private func events(_ record: PullRequestRecord) -> PullRequestEvents {
        PullRequestEvents(
            EventSubject(target: target, task: record.task ?? "", attempt: record.attempt),
            Event.PullRequestName(number: record.number, url: record.url ?? "", branch: record.branch ?? ""),
            context, runJournal)
    }

    // MARK: One pull request

    private func follow(
        _ record: PullRequestRecord, _ state: PullRequestState, _ last: RecordedStates, _ entry: inout SyncEntry,
        _ result: inout SyncResult
    ) throws(StageError) {
        let events = events(record)
        entry.state = state.phase.rawValue
        (entry.checks, entry.mergeability) = (state.checks.rawValue, state.mergeability.rawValue)
        (entry.approvals, entry.changesRequested) = (state.approvals, state.changesRequested)
        guard state.phase == .open else {
            if !request.isDryRun { try events.recordEnding(state.phase, mergeCommit: state.mergeCommit) }
            entry.actions.append(state.phase == .merged ? "recorded as merged" : "recorded as closed by a person")
            return
        }
        try recordNews(record, state, last, events)
        if request.number != nil { return }
        guard let head = try ownHead(record, state) else {
            entry.actions.append("left alone: people committed to it")
            return
        }
        if state.mergeability == .conflicting, request.refreshes {
            return try remake(record, &entry, &result)
        }
        if !request.isDryRun { try considerMerging(record, head, events, &entry) }
    }

    /// What reviewers and checks say, where that is not what they said before.
    private func recordNews(
        _ record: PullRequestRecord, _ state: PullRequestState, _ last: RecordedStates, _ events: PullRequestEvents
    ) throws(StageError) {
        guard !request.isDryRun else { return }
        let reviewed = Event.ReviewState(approvals: state.approvals, changesRequested: state.changesRequested)
        let checked = Event.CheckState(
            checks: state.checks.rawValue, commit: state.headCommit, mergeability: state.mergeability.rawValue)
        let lastReview = last.reviews[record.number]
        // What is no news to this process needs no transaction; what is may be known by now all the same.
        if state.hasReviews || lastReview != nil, lastReview != reviewed {
            try events.recordNews(.pullRequestReviewed(events.name, reviewed))
        }
        if last.checks[record.number] != checked {
            try events.recordNews(.pullRequestChecked(events.name, checked))
        }
    }

    /// Its last commit, if that is Leviathan's own.
    private func ownHead(_ record: PullRequestRecord, _ state: PullRequestState) throws(StageError) -> ObjectID? {
        guard let head = state.headCommit, try history(record).commits.contains(head) else { return nil }
        return head
    }

    private func history(_ record: PullRequestRecord) throws(StageError) -> DeliveryHistory {
        let (journal, target) = (journal, target)
        return try StageError.journaled { () throws(JournalError) in
            try DeliveryHistory(journal, target: target, task: record.task ?? "")
        }
    }

    /// The base has moved so that the change no longer fits: it is made anew, and the same pull request updated.
    private func remake(
        _ record: PullRequestRecord, _ entry: inout SyncEntry, _ result: inout SyncResult
    ) throws(StageError) {
        guard let task = record.task, !request.isDryRun else {
            entry.actions.append("conflicts with its base")
            return
        }
        let proposed = refresh(task)
        if proposed.error?.kind == .interrupted { throw StageError(.interrupted, "interrupted") }
        result.refreshed.append(proposed)
        let how =
            proposed.error.map { ": " + (proposed.redaction?.redacted($0.description) ?? $0.description) } ?? ""
        entry.actions.append("conflicts with its base, made anew: \(proposed.outcome.rawValue)\(how)")
    }

    private func considerMerging(
        _ record: PullRequestRecord, _ head: ObjectID, _ events: PullRequestEvents, _ entry: inout SyncEntry
    ) throws(StageError) {
        let journal = journal
        let scope = try StageError.journaled { () throws(JournalError) in
            try record.attempt.flatMap { (id) throws(JournalError) in try journal.attempt(id)?.scope }
        }
        let merging = AutoMerging(forge: forge, settings: reading.contract.policy.autoMerge)
        let decided = try merging.consider(record.number, scope: scope, head: head, events)
        guard let decided else { return }
        entry.decision = "\(decided.decision.name): \(decided.decision.reason)"
        if let note = decided.note { entry.actions.append(note) }
        if decided.isMerged {
            entry.state = "merged"
            entry.actions.append("merged")
        }
    }

    // MARK: Tidying up

    /// Deletes the branch where it still stands at a commit of Leviathan's and nothing else needs it.
    private func deleteBranch(
        _ record: PullRequestRecord, _ all: [PullRequestRecord], _ entry: inout SyncEntry
    ) throws(StageError) {
        guard !request.isDryRun, let branch = record.branch, let commit = try history(record).newest else {
            return
        }
        let isNeeded = all.contains {
            $0.branch == branch && $0.state == "open" && $0.number != record.number
        }
        let journal = journal
        let claims = try StageError.journaled { () throws(JournalError) in try journal.claims() }
        guard !isNeeded, !claims.contains(where: { $0.target == target && $0.task == record.task }) else { return }
        let outcome = try forge.ask { (client) throws(ForgeError) in
            try client.deleteBranch(branch, expecting: commit)
        }
        let events = events(record)
        try events.recordOnce(.branchDeleted(events.name, outcome: outcome.rawValue, commit: commit))
        switch outcome {
        case .deleted: entry.actions.append("deleted '\(branch)'")
        case .absent: break
        case .moved: entry.actions.append("left '\(branch)' alone: people committed to it")
        }
    }
}
