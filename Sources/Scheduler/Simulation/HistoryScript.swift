package import Basics
package import Journal
package import Model

/// The past of a journal, to be played again under another policy: the same tasks, the same course of their attempts, and
/// the same decisions of people.
package struct HistoryScript: SimulationScript {
    private struct Name: Hashable {
        let target: String
        let task: String
    }

    package let start: Instant
    private var attempts: [Name: [AttemptScript]] = [:]
    private var reviews: [Name: [ReviewScript]] = [:]
    /// The tasks of each target, in the order in which they were begun.
    private var order: [String: [(task: String, scope: String?)]] = [:]

    /// `nil` where nothing was ever done.
    package init?(_ journal: any JournalStore) throws(JournalError) {
        var query = AttemptQuery()
        query.limit = .max
        let records = try journal.attempts(query).reversed().filter { $0.state != "invalidated" }
        guard let first = records.first, let start = Instant(first.createdAt) else { return nil }
        self.start = start
        for record in records {
            let name = Name(target: record.target, task: record.task)
            if attempts[name] == nil { order[record.target, default: []].append((record.task, record.scope)) }
            guard let ending = Self.ending(of: record) else { continue }
            attempts[name, default: []].append(
                AttemptScript(duration: max(record.duration ?? .seconds(1), .seconds(1)), ending: ending))
        }
        for target in order.keys {
            for request in try journal.reviewedPullRequests(target: target) {
                guard let task = request.task else { continue }
                reviews[Name(target: target, task: task), default: []].append(Self.review(request))
            }
        }
    }

    /// `nil` where it has not ended, and nobody knows how it goes.
    private static func ending(of record: AttemptRecord) -> AttemptScript.Ending? {
        switch (record.state, record.outcome) {
        case ("succeeded", "unchanged"): .unchanged
        case ("succeeded", _): .delivered
        case ("failed", _): .failed(kind: record.kind ?? "executor")
        case ("interrupted", _): record.kind == nil ? .dies : nil
        default: nil
        }
    }

    private static func review(_ request: ReviewedPullRequest) -> ReviewScript {
        guard let opened = request.openedAt, let decided = request.decidedAt else {
            return ReviewScript(merges: false, after: nil)
        }
        return ReviewScript(merges: request.isMerged, after: max(decided - opened, .seconds(1)))
    }

    /// What came after the attempts that are known goes well: nothing says otherwise.
    package func attempt(_ number: Int, of task: String, in target: String) -> AttemptScript {
        let known = attempts[Name(target: target, task: task)] ?? []
        guard number > known.count else { return known[number - 1] }
        return AttemptScript(duration: known.last?.duration ?? .seconds(60), ending: .delivered)
    }

    package func review(of proposal: Int, of task: String, in target: String) -> ReviewScript {
        // The numbers are new ones: of several decisions about one task the last is the one that stood.
        reviews[Name(target: target, task: task)]?.last ?? ReviewScript(merges: false, after: nil)
    }

    /// The targets that did anything.
    package var targets: [String] { order.keys.sorted() }

    /// The contract with the backlog of the past: each of its tasks is released from the beginning on.
    package func contract(_ contract: Contract) -> Contract {
        var past = contract.backlog
        let known = Dictionary(contract.backlog.tasks.map { ($0.id, $0) }) { first, _ in first }
        past.tasks = (order[contract.target.id] ?? []).map { name, scope in
            var task = known[name] ?? BacklogTask(id: name)
            (task.ready, task.status, task.notBefore) = (true, .pending, nil)
            task.scope = task.scope ?? scope
            return task
        }
        past.mistakes = [:]
        return Contract(target: contract.target, policy: contract.policy, backlog: past)
    }
}
