internal import Basics
internal import Forges
internal import Git
internal import Journal
internal import Model

/// Follows proposals that are branches alone.
///
/// One that the base holds is done, and one whose branch a person deleted is declined. Neither is open any more, which other targets that share a limit learn from the journal.
struct BranchRound {
    let reading: Snapshot
    let runJournal: RunJournal
    let context: Context
    let isDryRun: Bool

    private var target: TargetDescription { reading.contract.target }

    func run(_ result: inout SyncResult) throws(StageError) {
        let open = try candidates()
        guard !open.isEmpty else { return }
        var places: (name: String, standing: Set<String>)?
        for branch in open {
            if try isDone(branch) {
                try record(.taskCompleted, branch)
                result.notes.append("'\(branch.branch)' is in the base: '\(branch.task)' is done")
                continue
            }
            if places == nil { places = try self.places() }
            guard let known = places, !known.standing.contains(branch.branch) else { continue }
            try record(.branchDeleted, branch)
            result.notes.append(
                "'\(branch.branch)' is gone \(known.name): the proposal for '\(branch.task)' counts as declined")
        }
    }

    /// What is being made anew is pushed by whoever makes it.
    private func candidates() throws(StageError) -> [ProposedBranch] {
        let (runJournal, name) = (runJournal, target.id)
        return try StageError.journaled { () throws(JournalError) in
            guard let journal = try runJournal.toRead() else { return [] }
            let open = try journal.proposedBranches(target: name)
            guard !open.isEmpty else { return [] }
            let claimed = Set(try journal.claims().filter { $0.target == name }.map(\.task))
            return open.filter { !claimed.contains($0.task) }
        }
    }

    private func isDone(_ branch: ProposedBranch) throws(StageError) -> Bool {
        if reading.contract.backlog[branch.task]?.status == .completed { return true }
        do throws(GitError) {
            return try reading.checkout.repository.holds(branch.commit, base: reading.base.commit)
        } catch { throw StageError(.unexpected, error) }
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
    private func record(_ type: EventType, _ branch: ProposedBranch) throws(StageError) {
        guard !isDryRun else { return }
        let facts: JSON = [
            "target": .string(branch.target), "task_id": .string(branch.task), "branch": .string(branch.branch),
            "commit": .string(branch.commit.hex),
        ]
        let (draft, runJournal) = (context.event(.other(type, facts)), runJournal)
        try StageError.journaled { () throws(JournalError) in
            _ = try runJournal.toWrite().append(missing: { (journal) throws(JournalError) in
                try journal.proposedBranches(target: branch.target).contains(branch) ? [draft] : []
            })
        }
    }
}
