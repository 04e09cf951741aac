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
        for event in try journal.events(query) {
            // A commit is Leviathan's under whatever name its target was known; a number is not.
            takeCommit(event)
            if event.payload["target"]?.string == target { takeNumber(event) }
        }
    }

    private mutating func takeCommit(_ event: Event) {
        guard let commit = event.payload["commit"]?.string.flatMap({ ObjectID(hex: $0) }) else { return }
        switch event.type {
        case .deliveryStarted: newest = commit
        case .branchPushed: arrived.insert(commit)
        default: return
        }
        commits.insert(commit)
    }

    private mutating func takeNumber(_ event: Event) {
        let number = event.payload["number"]?.integer
        switch event.type {
        case .taskUnblocked:
            settled.formUnion((event.payload["settled"]?.elements ?? []).compactMap(\.integer))
        case .pullRequestCreated: if let number { known.insert(number) }
        case .taskDeclined, .pullRequestMerged, .pullRequestClosed: if let number { ended.insert(number) }
        default: break
        }
    }
}
