internal import Basics
internal import Forges
internal import Journal
internal import Model

/// Follows up on what was proposed: reads where the pull requests of a target stand, records what became of them,
/// and tidies up behind those that are done.
package struct Sync {
    private let request: SyncRequest
    private let surroundings: Surroundings
    private let memory: RunJournal

    package init(_ request: SyncRequest, _ surroundings: Surroundings) {
        (self.request, self.surroundings) = (request, surroundings)
        memory = RunJournal(surroundings, writes: !request.isDryRun)
    }

    package func run() throws(StageError) -> SyncResult {
        let checkout = try TargetCheckout.open(request.directory)
        var reader = TargetReader(checkout, surroundings)
        reader.fetches = !request.isDryRun
        let reading = try reader.read()
        var result = SyncResult(target: reading.contract.target.id)
        let target = reading.contract.target
        guard target.delivery.forge != .none, let remote = reading.remote,
            let desk = try ReviewDesk.open(target, checkout, remote: remote, surroundings)
        else {
            result.notes.append("nothing to read: proposals of '\(target.id)' are branches without pull requests")
            return result
        }
        guard let journal = try StageError.journaled({ () throws(JournalError) in try memory.toRead() }) else {
            result.notes.append("nothing to read: the journal knows no pull request")
            return result
        }
        let round = SyncRound(
            reading: reading, desk: desk, journal: journal, memory: memory, request: request,
            surroundings: surroundings)
        try round.run(&result)
        return result
    }
}

/// What was recorded last of each pull request, so that only news are recorded.
struct LastWords {
    private var words: [String: [Int: JSON]] = [:]

    init(_ journal: Journal, target: String) throws(JournalError) {
        var query = EventQuery()
        query.types = [.pullRequestReviewed, .pullRequestChecked, .pullRequestMergeDecided, .branchDeleted]
        query.target = target
        for event in try journal.events(query) {
            guard let number = event.payload["number"]?.integer else { continue }
            words[event.type.name, default: [:]][number] = event.payload
        }
    }

    subscript(type: EventType, number: Int) -> JSON? { words[type.name]?[number] }

    /// Whether these facts differ from what was recorded last.
    func differ(_ type: EventType, _ number: Int, _ facts: JSON) -> Bool {
        let last = self[type, number]
        return (facts.members ?? []).contains { last?[$0.name] != $0.value }
    }
}
