internal import Basics
internal import SQLite

/// What is known of one pull request.
package struct PullRequestRecord: Hashable, Sendable {
    package let target: String
    package let number: Int
    package let task: String?
    /// The attempt that it was made by.
    package let attempt: String?
    package let url: String?
    package let branch: String?
    /// `open`, `merged` or `closed`.
    package let state: String

    init(_ row: borrowing Row) {
        (target, number, task) = (row.text(0) ?? "", row.integer(1), row.text(2))
        (attempt, url, branch, state) = (row.text(3), row.text(4), row.text(5), row.text(6) ?? "")
    }
}

extension Journal {
    /// The pull requests of a target, the oldest first.
    package func pullRequests(target: String) throws(JournalError) -> [PullRequestRecord] {
        var found: [PullRequestRecord] = []
        let sql = """
            SELECT target, number, task_id, attempt_id, url, branch, state FROM pull_requests WHERE target = ?
            ORDER BY number
            """
        try query(sql, [.text(target)]) { row in found.append(PullRequestRecord(row)) }
        return found
    }
}
