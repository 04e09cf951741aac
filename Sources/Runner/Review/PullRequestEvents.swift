internal import Basics
internal import Forges
internal import Journal

/// What is recorded of one pull request.
struct PullRequestEvents {
    let name: Event.PullRequestName
    private let subject: EventSubject
    private let surroundings: Surroundings

    init(_ subject: EventSubject, _ name: Event.PullRequestName, _ surroundings: Surroundings) {
        (self.subject, self.name, self.surroundings) = (subject, name, surroundings)
    }

    func draft(_ event: Event) -> EventDraft { surroundings.event(event, about: subject) }

    /// What there is to record once it is merged, or closed by a person.
    func ending(_ phase: PullRequest.Phase, mergeCommit: ObjectID? = nil) -> [EventDraft] {
        switch phase {
        case .open: return []
        case .merged: return [draft(.pullRequestMerged(name, mergeCommit: mergeCommit))]
        case .closed:
            let reason = "pull request #\(name.number) was closed"
            return [draft(.pullRequestClosed(name)), draft(.taskDeclined(name, reason: reason))]
        }
    }
}
