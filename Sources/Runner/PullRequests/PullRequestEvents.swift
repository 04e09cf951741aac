internal import Basics
internal import Forges
internal import Journal

/// What is recorded of one pull request; each thing once, however many processes hear of it.
struct PullRequestEvents {
    private static let endings: [EventType] = [.pullRequestMerged, .pullRequestClosed]

    private let subject: EventSubject
    let name: Event.PullRequestName
    private let context: Context
    private let journal: RunJournal

    init(
        _ subject: EventSubject, _ name: Event.PullRequestName, _ context: Context, _ journal: RunJournal
    ) {
        (self.subject, self.name, self.context, self.journal) = (subject, name, context, journal)
    }

    /// Records that it was merged, or closed by a person; `false` where that is recorded already.
    @discardableResult
    func recordEnding(_ phase: PullRequest.Phase, mergeCommit: ObjectID? = nil) throws(StageError) -> Bool {
        let drafts = ending(phase, mergeCommit).map { context.event($0, about: subject) }
        return try record { (journal) throws(JournalError) in
            let known = try recorded(Self.endings, journal)
            // One that was closed, opened again and merged has two ends, and the second one is news.
            let isKnown = known.contains { $0.type == .pullRequestMerged || phase == .closed }
            return isKnown ? [] : drafts
        }
    }

    /// Records an event where it differs from the one of its type that was recorded last.
    @discardableResult
    func recordNews(_ event: Event) throws(StageError) -> Bool {
        let draft = context.event(event, about: subject)
        return try record { (journal) throws(JournalError) in
            try recorded([draft.type], journal).last?.event == event ? [] : [draft]
        }
    }

    /// Records an event where none of its type is recorded yet.
    func recordOnce(_ event: Event) throws(StageError) {
        let draft = context.event(event, about: subject)
        _ = try record { (journal) throws(JournalError) in
            try recorded([draft.type], journal).isEmpty ? [draft] : []
        }
    }

    private func record(
        _ missing: (Journal) throws(JournalError) -> [EventDraft]
    ) throws(StageError) -> Bool {
        let journal = journal
        return try StageError.journaled { () throws(JournalError) in
            try !journal.toWrite().append(missing: missing).isEmpty
        }
    }

    private func recorded(_ types: [EventType], _ journal: Journal) throws(JournalError) -> [EventRecord] {
        var query = EventQuery()
        (query.types, query.target, query.task) = (types, subject.target, subject.task)
        return try journal.events(query).filter { $0.payload["number"]?.integer == name.number }
    }

    private func ending(_ phase: PullRequest.Phase, _ mergeCommit: ObjectID?) -> [Event] {
        switch phase {
        case .open: []
        case .merged: [.pullRequestMerged(name, mergeCommit: mergeCommit)]
        case .closed:
            [
                .pullRequestClosed(name),
                .taskDeclined(name, reason: "pull request #\(name.number) was closed"),
            ]
        }
    }
}
