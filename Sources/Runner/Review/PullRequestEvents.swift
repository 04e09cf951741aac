internal import Basics
internal import Forges
internal import Journal

/// What is recorded of one pull request.
struct PullRequestEvents {
    private let facts: [JSON.Member]
    private let number: Int
    private let surroundings: Surroundings

    init(
        target: String, task: String, attempt: String?, number: Int, url: String, branch: String,
        _ surroundings: Surroundings
    ) {
        var facts = [JSON.Member("target", .string(target)), JSON.Member("task_id", .string(task))]
        if let attempt { facts.append(JSON.Member("attempt_id", .string(attempt))) }
        facts += [
            JSON.Member("number", .integer(number)), JSON.Member("url", .string(url)),
            JSON.Member("branch", .string(branch)),
        ]
        (self.facts, self.number, self.surroundings) = (facts, number, surroundings)
    }

    func draft(_ type: EventType, _ more: JSON = [:]) -> EventDraft {
        surroundings.event(type, .object(facts + (more.members ?? [])))
    }

    /// What there is to record once it is merged, or closed by a person.
    func ending(_ phase: PullRequest.Phase, mergeCommit: ObjectID? = nil) -> [EventDraft] {
        switch phase {
        case .open: return []
        case .merged: return [draft(.pullRequestMerged, ["merge_commit": .optional(mergeCommit?.hex)])]
        case .closed:
            let reason = "pull request #\(number) was closed"
            return [draft(.pullRequestClosed), draft(.taskDeclined, ["reason": .string(reason)])]
        }
    }
}
