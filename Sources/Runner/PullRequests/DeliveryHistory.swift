internal import Basics
internal import Forges
internal import Journal

/// What the journal knows of the deliveries of one task.
struct DeliveryHistory {
    /// Every commit that Leviathan pushed, or was about to push.
    private(set) var commits: Set<ObjectID> = []
    /// Those of them whose arrival is recorded.
    private(set) var arrived: Set<ObjectID> = []
    /// The commit that was delivered last.
    private(set) var newest: ObjectID?
    /// Pull requests that count no more, since a person said that the task may be tried again.
    private(set) var settled: Set<Int> = []
    /// Whether a person let the task be tried again after it was delivered last.
    private(set) var isReleased = false
    /// Pull requests that are recorded as made.
    private(set) var known: Set<Int> = []
    /// The commits whose delivery to a pull request is recorded as complete, text and all.
    private var delivered: [Int: Set<ObjectID>] = [:]

    init(_ journal: Journal?, target: String, task: String) throws(JournalError) {
        guard let journal else { return }
        let kept = try journal.deliveries(target: target, task: task)
        (commits, arrived, newest) = (kept.commits, kept.arrived, kept.newest)
        (settled, known) = (kept.settled, kept.known)
        var query = EventQuery()
        (query.target, query.task) = (target, task)
        query.types = [.pullRequestCreated, .pullRequestUpdated, .taskUnblocked, .deliveryStarted]
        for record in try journal.events(query) {
            switch record.event {
            case .pullRequestCreated(let name, .some(let commit)),
                .pullRequestUpdated(let name, .some(let commit)):
                delivered[name.number, default: []].insert(commit)
            case .taskUnblocked: isReleased = true
            case .deliveryStarted: isReleased = false
            default: break
            }
        }
    }

    /// Whether nobody delivered the task since this was read.
    func isComplete(_ journal: Journal, target: String, task: String) throws(StageError) -> Bool {
        try StageError.journaled { () throws(JournalError) in
            try journal.deliveries(target: target, task: task).newest == newest
        }
    }

    /// Whether nothing is left to do about a commit at the pull request that it is in.
    func hasDelivered(_ commit: ObjectID, to number: Int) -> Bool { delivered[number]?.contains(commit) == true }

    /// What there is to record of a delivery; `nil` where it is recorded already.
    ///
    /// A pull request that was found and that the journal does not know is as good as made now: a process died in
    /// between.
    func event(for outcome: PullRequestDelivery.Outcome, _ commit: ObjectID) -> Event? {
        guard let pullRequest = outcome.pullRequest, pullRequest.isOpen else { return nil }
        let name = Event.PullRequestName(
            number: pullRequest.number, url: pullRequest.url, branch: pullRequest.head)
        if case .created = outcome { return .pullRequestCreated(name, commit: commit) }
        guard known.contains(name.number) else { return .pullRequestCreated(name, commit: commit) }
        return hasDelivered(commit, to: name.number) ? nil : .pullRequestUpdated(name, commit: commit)
    }
}
