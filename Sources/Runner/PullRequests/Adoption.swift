internal import Basics
internal import Forges
internal import Git
internal import Journal
internal import Model

/// Takes over open pull requests that a journal has lost, after an older backup was restored or a damaged one mended.
///
/// Only what is Leviathan's own by every sign is taken over, and nothing that is taken over ever merges by itself: its
/// scope stays unknown.
struct Adoption {
    let snapshot: Snapshot
    let remote: String
    let forge: TargetForge
    let journal: Journal
    let runJournal: RunJournal
    let context: Context
    let isDryRun: Bool

    private var target: TargetDescription { snapshot.contract.target }
    private var repository: Repository { snapshot.checkout.repository }

    func run(_ result: inout SyncResult) throws(StageError) {
        guard try StageError.journaled({ () throws(JournalError) in try hasLostEvents() }) else { return }
        guard !forge.takesPushes else {
            return result.notes.append(
                "the journal was restored, and changes at \(forge.kind.name) that are newer than it are not taken over"
            )
        }
        let journal = journal
        let known = try StageError.journaled { () throws(JournalError) in
            Set(try journal.pullRequests(target: target.id).filter { $0.state == "open" }.compactMap(\.branch))
        }
        for (branch, commit) in try branches().sorted(by: { $0.key < $1.key }) where !known.contains(branch) {
            if context.cancellation.isCancelled { throw StageError(.interrupted, "interrupted") }
            try consider(branch, at: commit, &result)
        }
    }

    private func hasLostEvents() throws(JournalError) -> Bool {
        var query = EventQuery()
        (query.types, query.limit) = ([.journalRestored, .journalSalvaged], 1)
        return try !journal.events(query).isEmpty
    }

    private func branches() throws(StageError) -> [String: ObjectID] {
        do throws(DeliveryError) {
            return try BranchDelivery(remote, of: snapshot.checkout, context)
                .agentBranches(cancellation: context.cancellation)
        } catch { throw StageError(error) }
    }

    private func consider(_ branch: String, at commit: ObjectID, _ result: inout SyncResult) throws(StageError) {
        let found = try forge.ask { (client) throws(ForgeError) in try client.pullRequests(head: branch) }
        guard let open = found.first(where: { $0.isOpen && !$0.isFromFork }), let marker = open.marker else {
            return
        }
        let pull = "#\(open.number) of '\(branch)'"
        if let doubt = try doubt(marker, branch, commit) {
            return result.notes.append("\(pull) is not taken over into the restored journal: \(doubt)")
        }
        if isDryRun {
            return result.notes.append("\(pull) would be taken over: the restored journal does not know it")
        }
        let name = Event.PullRequestName(number: open.number, url: open.url, branch: branch)
        if try record(marker, name, commit) {
            result.notes.append("\(pull) was taken over: the restored journal did not know it")
        }
    }

    // MARK: Whose it is

    /// Why a commit may not be Leviathan's own; `nil` where nothing speaks against it.
    private func doubt(
        _ marker: PullRequestMarker, _ branch: String, _ id: ObjectID
    ) throws(StageError) -> String? {
        let commit = try commit(id, of: branch)
        guard commit.trailer("Task-ID") == marker.task, commit.trailer("Attempt-ID") == marker.attempt,
            BacklogTask.proposedBranch(of: marker.task) == branch
        else { return "its last commit \(id.short) is of another attempt than its text" }
        guard commit.parents.map(\.hex) == [commit.trailer("Leviathan-Base")] else {
            return "its last commit \(id.short) does not stand on the base that it names"
        }
        // Whoever amends or picks a commit leaves its words alone, and becomes its committer at another time.
        let identity = CommitIdentity(.committer, target, repository, context)
        guard commit.author.time == commit.committer.time, let identity,
            identity.name == commit.committer.name, identity.email == commit.committer.email
        else { return "its last commit \(id.short) was committed by somebody else, or at another time" }
        return nil
    }

    /// The commit, brought here where it was pushed from another clone.
    private func commit(_ id: ObjectID, of branch: String) throws(StageError) -> Commit {
        let repository = repository
        func read<Value>(_ body: () throws(GitError) -> Value) throws(StageError) -> Value {
            do throws(GitError) { return try body() } catch { throw StageError(.delivery, error) }
        }
        if try !read({ () throws(GitError) in try repository.holds(id) }) {
            try Fetching(checkout: snapshot.checkout, remote: remote, context: context).bring(branch, to: id)
        }
        return try read { () throws(GitError) in try repository.commit(id) }
    }

    // MARK: What is recorded

    /// Records the attempt as far as it can be told; `false` where another process was faster, or still has it.
    private func record(
        _ marker: PullRequestMarker, _ name: Event.PullRequestName, _ commit: ObjectID
    ) throws(StageError) -> Bool {
        let base = try self.commit(commit, of: name.branch ?? "").parents.first
        let subject = EventSubject(target: target.id, task: marker.task, attempt: marker.attempt)
        let (context, target, remote, runJournal) = (context, target, remote, runJournal)
        return try StageError.journaled { () throws(JournalError) in
            let written = try runJournal.toWrite().append(missing: { (journal) throws(JournalError) in
                let isKnown = try journal.pullRequests(target: target.id).contains { $0.number == name.number }
                let isClaimed = try journal.claims().contains { $0.attempt == marker.attempt }
                if isKnown || isClaimed { return [] }
                var pushed = Event.PushedCommit(
                    branch: name.branch, remote: remote, commit: commit, isReviewed: true)
                pushed.isRecovered = true
                var events: [Event] = [.deliveryStarted(pushed), .branchPushed(pushed)]
                events.append(.pullRequestCreated(name, commit: commit))
                if try journal.attempt(marker.attempt) == nil {
                    var plan = Event.AttemptPlan(
                        number: try journal.attemptCount(target: target.id, task: marker.task) + 1)
                    plan.base = base
                    events.insert(.attemptCreated(plan), at: 0)
                    events.append(.attemptSucceeded(outcome: "delivered", commit: commit, isRecovered: true))
                }
                return events.map { context.event($0, about: subject) }
            })
            return !written.isEmpty
        }
    }
}
