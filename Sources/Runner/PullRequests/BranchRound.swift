internal import Basics
internal import Forges
internal import Git
internal import Journal
internal import Model

/// Looks for proposals that are branches alone where they were pushed to: one whose branch a person deleted is declined,
/// and open no more.
struct BranchRound {
    let reading: Snapshot
    let runJournal: RunJournal
    let context: Context
    let isDryRun: Bool

    private var target: TargetDescription { reading.contract.target }

    func run(_ result: inout SyncResult) throws(StageError) {
        guard let journal = try StageError.journaled({ () throws(JournalError) in try runJournal.toRead() }),
            try hasAny(journal)
        else { return }
        let open = try Eligibility(reading.contract, in: context)
            .afterJournal(of: context, in: reading.checkout, remote: reading.remote, base: reading.base)
            .openBranches()
        let claimed = try StageError.journaled { () throws(JournalError) in
            Set(try journal.claims().filter { $0.target == target.id }.map(\.task))
        }
        // What is being made anew is pushed by whoever makes it.
        let idle = open.filter { !claimed.contains($0.task ?? "") }
        guard !idle.isEmpty else { return }
        let places = try self.places()
        for branch in idle where !places.standing.contains(branch.name) {
            try record(branch)
            result.notes.append(
                "'\(branch.name)' is gone \(places.name): the proposal for '\(branch.task ?? "")' counts as declined")
        }
    }

    /// Whether the target ever delivered a branch alone: most never do, and nothing more has to be read for them.
    private func hasAny(_ journal: Journal) throws(StageError) -> Bool {
        var query = AttemptQuery()
        (query.target, query.outcomes, query.lacksPullRequest, query.limit) = (target.id, ["delivered"], true, 1)
        return try StageError.journaled { () throws(JournalError) in try !journal.attempts(query).isEmpty }
    }

    /// The branches of Leviathan's that stand where this target is delivered to.
    private func places() throws(StageError) -> (name: String, standing: Set<String>) {
        guard target.delivery.forge != .none, let remote = reading.remote else {
            do throws(GitError) {
                let prefix = "refs/heads/"
                let found = try reading.checkout.repository.references(glob: prefix + AgentBranch.prefix + "*")
                return ("here", Set(found.map { String($0.name.dropFirst(prefix.utf8.count)) }))
            } catch { throw StageError(.unexpected, error) }
        }
        do throws(DeliveryError) {
            let found = try BranchDelivery(remote, of: reading.checkout, context)
                .agentBranches(cancellation: context.cancellation)
            return ("at '\(remote)'", Set(found.keys))
        } catch { throw StageError(error) }
    }

    /// Once, whoever else sees it at the same time.
    private func record(_ branch: LimitUse.Entry) throws(StageError) {
        guard !isDryRun, let task = branch.task, let commit = branch.commit?.hex else { return }
        let facts: JSON = [
            "target": .string(target.id), "task_id": .string(task), "branch": .string(branch.name),
            "outcome": "gone", "commit": .string(commit),
        ]
        let draft = context.event(.other(.branchDeleted, facts))
        var query = EventQuery()
        (query.types, query.target, query.task) = ([.branchDeleted], target.id, task)
        try StageError.journaled { () throws(JournalError) in
            _ = try runJournal.toWrite().append(missing: { (journal) throws(JournalError) in
                let isKnown = try journal.events(query).contains { $0.payload["commit"]?.string == commit }
                return isKnown ? [] : [draft]
            })
        }
    }
}
