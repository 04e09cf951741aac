internal import Basics
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
    /// Pull requests that are recorded as made.
    private(set) var known: Set<Int> = []
    /// Pull requests whose end is recorded already.
    private(set) var ended: Set<Int> = []

    private static let types: [EventType] = [
        .deliveryStarted, .branchPushed, .taskUnblocked, .taskDeclined, .pullRequestCreated, .pullRequestMerged,
        .pullRequestClosed,
    ]

    init(_ journal: Journal?, target: String, task: String) throws(JournalError) {
        guard let journal else { return }
        var query = EventQuery()
        (query.types, query.task) = (Self.types, task)
        for record in try journal.events(query) {
            // A commit is Leviathan's under whatever name its target was known; a number is not.
            takeCommit(record.event)
            if record.subject.target == target { takeNumber(record.event) }
        }
    }

    private mutating func takeCommit(_ event: Event) {
        switch event {
        case .deliveryStarted(let pushed):
            guard let commit = pushed.commit else { return }
            newest = commit
            commits.insert(commit)
        case .branchPushed(let pushed):
            guard let commit = pushed.commit else { return }
            arrived.insert(commit)
            commits.insert(commit)
        default: break
        }
    }

    private mutating func takeNumber(_ event: Event) {
        switch event {
        case .taskUnblocked(let numbers): settled.formUnion(numbers)
        case .pullRequestCreated(let name, _): known.insert(name.number)
        case .pullRequestMerged(let name, _), .pullRequestClosed(let name), .taskDeclined(.some(let name), _):
            ended.insert(name.number)
        default: break
        }
    }
}
