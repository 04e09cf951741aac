package import Basics
internal import SQLite

/// A proposal that is a branch alone, as far as this journal knows of no end of it.
package struct ProposedBranch: Hashable, Sendable {
    package let target: String
    package let task: String
    package let scope: String?
    package let branch: String
    package let commit: ObjectID
}

extension JournalStore {
    /// The branches without a pull request that were delivered last for their tasks, of one target or of all, and whose end
    /// nobody has recorded.
    ///
    /// That a person let a task be tried again, or declared the attempt void, takes the branch away from nobody.
    package func proposedBranches(target: String? = nil) throws(JournalError) -> [ProposedBranch] {
        var newest: [[String]: ProposedBranch] = [:]
        let sql = """
            SELECT target, task_id, scope, branch, commit_id FROM attempts
            WHERE outcome = 'delivered' AND pull_request IS NULL AND commit_id IS NOT NULL
            AND (CAST(?1 AS TEXT) IS NULL OR target = ?1)
            AND (target, task_id) NOT IN (SELECT target, task_id FROM pull_requests WHERE task_id IS NOT NULL)
            ORDER BY sequence
            """
        try projections.query(sql, [.optional(target)]) { row in
            guard let target = row.text(0), let task = row.text(1), let branch = row.text(3),
                let commit = row.text(4).flatMap({ ObjectID(hex: $0) })
            else { return }
            newest[[target, task]] = ProposedBranch(
                target: target, task: task, scope: row.text(2), branch: branch, commit: commit)
        }
        guard !newest.isEmpty else { return [] }
        let ended = try endedBranches(target: target)
        return newest.values.filter { ended[$0.commit] == nil }
            .sorted { ($0.target, $0.task) < ($1.target, $1.task) }
    }

    /// How branches without a pull request ended, by their commits: `task.completed`, or `branch.deleted`.
    package func endedBranches(target: String? = nil) throws(JournalError) -> [ObjectID: EventType] {
        var query = EventQuery()
        (query.types, query.target) = ([.branchDeleted, .taskCompleted], target)
        var ended: [ObjectID: EventType] = [:]
        // Those of a pull request name its number: where that stands is known from elsewhere.
        for record in try events(query) where record.payload["number"] == nil {
            guard let commit = record.payload["commit"]?.string.flatMap({ ObjectID(hex: $0) }) else { continue }
            ended[commit] = record.type
        }
        return ended
    }
}
