internal import Basics
package import Journal
internal import Model

/// What the journal knows of a target's tasks, as far as it decides whether they may run.
package struct TaskStandings: Sendable {
    /// What is known of one task.
    struct Standing: Sendable {
        /// Attempts that failed since a person last let the task be tried again.
        var failed = 0
        /// Pull requests that a person has not set aside, the oldest first.
        var pullRequests: [PullRequestRecord] = []
        /// The commit that was delivered last, and its branch.
        var delivered: (branch: String, commit: ObjectID)?
    }

    private(set) var claims: [Claim] = []
    private var standings: [String: Standing] = [:]

    /// Nothing was ever done.
    package init() {}

    /// Reads what concerns one task, or, without one, every task of the target.
    package init(_ journal: Journal?, target: String, task: String? = nil) throws(JournalError) {
        guard let journal else { return }
        claims = try journal.claims().filter { $0.target == target }
        let releases = try Self.releases(journal, target, task)
        var query = AttemptQuery()
        (query.target, query.task, query.limit) = (target, task, .max)
        query.states = ["failed"]
        for attempt in try journal.attempts(query) where attempt.sequence > releases.sequences[attempt.task] ?? 0 {
            standings[attempt.task, default: Standing()].failed += 1
        }
        (query.states, query.outcomes) = ([], ["delivered"])
        for attempt in try journal.attempts(query).reversed()
        where attempt.sequence > releases.sequences[attempt.task] ?? 0 {
            guard let branch = attempt.branch, let commit = attempt.commit.flatMap({ ObjectID(hex: $0) })
            else { continue }
            standings[attempt.task, default: Standing()].delivered = (branch, commit)
        }
        for request in try journal.pullRequests(target: target) {
            guard let name = request.task, task == nil || task == name, !releases.settled.contains(request.number)
            else { continue }
            standings[name, default: Standing()].pullRequests.append(request)
        }
    }

    /// The same, as if an attempt had claimed nothing.
    func ignoring(_ attempt: String) -> TaskStandings {
        var others = self
        others.claims.removeAll { $0.attempt == attempt }
        return others
    }

    subscript(task: String) -> Standing? { standings[task] }

    /// When tasks were last released by a person, and which pull requests count no more since then.
    private static func releases(
        _ journal: Journal, _ target: String, _ task: String?
    ) throws(JournalError) -> (sequences: [String: Int], settled: Set<Int>) {
        var (sequences, settled): ([String: Int], Set<Int>) = ([:], [])
        for release in try journal.releases(target: target, task: task) {
            sequences[release.task] = release.sequence
            settled.formUnion(release.settled)
        }
        return (sequences, settled)
    }
}
