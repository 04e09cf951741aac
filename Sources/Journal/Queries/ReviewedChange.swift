package import Basics
internal import SQLite

/// A change that was proposed, with the attempt that made it and what people decided.
package struct ReviewedChange: Hashable, Sendable {
    package let target: String
    package let number: Int
    package let url: String?
    package let task: String?
    package let attempt: String?
    /// `open`, `merged` or `closed`.
    package let state: String
    package let openedAt: Instant?
    /// `nil` while it is open.
    package let decidedAt: Instant?
    package let base: String?
    package let commit: String?
    /// The fingerprint of the task and of the policy that it was judged by.
    package let specification: String?
    package let executor: String?

    fileprivate init(_ row: borrowing JournalRow) {
        (target, number, url, task) = (row.text(0) ?? "", row.integer(1), row.text(2), row.text(3))
        (attempt, state) = (row.text(4), row.text(5) ?? "")
        openedAt = row.text(6).flatMap { Instant($0) }
        decidedAt = row.text(7).flatMap { Instant($0) }
        (base, commit, specification, executor) = (row.text(8), row.text(9), row.text(10), row.text(11))
    }

    /// How long people took.
    package var timeToDecide: Duration? {
        guard let openedAt, let decidedAt else { return nil }
        return max(decidedAt - openedAt, .zero)
    }

    package var json: JSON {
        [
            "target": .string(target), "pull_request": .integer(number), "url": .optional(url),
            "task": .optional(task), "attempt": .optional(attempt), "state": .string(state),
            "opened_at": .optional(openedAt?.description), "decided_at": .optional(decidedAt?.description),
            "base": .optional(base), "commit": .optional(commit), "spec": .optional(specification),
            "executor": .optional(executor),
        ]
    }
}

extension JournalStore {
    /// The changes that are open, and those that people decided about since a time; the newest first.
    package func reviewedChanges(
        target: String? = nil, decidedSince since: Instant, limit: Int
    ) throws(JournalError) -> [ReviewedChange] {
        var found: [ReviewedChange] = []
        let sql = """
            SELECT p.target, p.number, p.url, p.task_id, p.attempt_id, p.state, p.created_at,
            coalesce(p.merged_at, p.closed_at), a.base, a.commit_id, a.spec, a.executor
            FROM pull_requests p LEFT JOIN attempts a ON a.id = p.attempt_id
            WHERE (p.state = 'open' OR coalesce(p.merged_at, p.closed_at) >= ?1)
            AND (CAST(?2 AS TEXT) IS NULL OR p.target = ?2)
            ORDER BY p.sequence DESC LIMIT ?3
            """
        try projections.query(sql, [.text(since.description), .optional(target), .integer(limit)]) { row in
            found.append(ReviewedChange(row))
        }
        return found
    }
}
