internal import SQLite

/// The tasks of a target that were ever tried, with what each needs.
package struct TaskGraph: Sendable {
    package struct Task: Hashable, Sendable {
        package let id: String
        package let title: String?
        package let state: String
        package let attempts: Int
        package let lastAttempt: String?
        /// Its newest pull request.
        package let pullRequest: Int?
        package let pullRequestState: String?
        package let url: String?
    }

    package fileprivate(set) var tasks: [Task] = []
    /// Which task needs which.
    package fileprivate(set) var needs: [(node: String, needed: String)] = []
    /// Tasks that the bound left out: those that changed longest ago.
    package fileprivate(set) var omitted = 0
}

extension JournalStore {
    package func taskGraph(target: String, limit: Int) throws(JournalError) -> TaskGraph {
        var graph = TaskGraph()
        var count = 0
        try projections.query("SELECT count(*) FROM tasks WHERE target = ?", [.text(target)]) { row in
            count = row.integer(0)
        }
        let sql = """
            SELECT t.id, t.title, t.state, t.attempts, t.last_attempt, p.number, p.state, p.url
            FROM tasks t LEFT JOIN pull_requests p ON p.target = t.target AND p.number =
            (SELECT max(number) FROM pull_requests q WHERE q.target = t.target AND q.task_id = t.id)
            WHERE t.target = ? ORDER BY t.changed_at DESC, t.id LIMIT ?
            """
        try projections.query(sql, [.text(target), .integer(limit)]) { row in
            graph.tasks.append(
                TaskGraph.Task(
                    id: row.text(0) ?? "", title: row.text(1), state: row.text(2) ?? "", attempts: row.integer(3),
                    lastAttempt: row.text(4), pullRequest: row[5].integer, pullRequestState: row.text(6),
                    url: row.text(7)))
        }
        graph.omitted = max(0, count - graph.tasks.count)
        let edges = "SELECT task_id, dependency FROM dependencies WHERE target = ? ORDER BY sequence DESC LIMIT ?"
        try projections.query(edges, [.text(target), .integer(10 * limit)]) { row in
            graph.needs.append((row.text(0) ?? "", row.text(1) ?? ""))
        }
        return graph
    }
}
