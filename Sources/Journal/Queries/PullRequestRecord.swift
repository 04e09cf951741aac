package import Basics
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

    init(_ row: borrowing JournalRow) {
        (target, number, task) = (row.text(0) ?? "", row.integer(1), row.text(2))
        (attempt, url, branch, state) = (row.text(3), row.text(4), row.text(5), row.text(6) ?? "")
    }
}

extension JournalStore {
    /// The pull requests of a target, the oldest first.
    package func pullRequests(target: String) throws(JournalError) -> [PullRequestRecord] {
        var found: [PullRequestRecord] = []
        let sql = """
            SELECT target, number, task_id, attempt_id, url, branch, state FROM pull_requests WHERE target = ?
            ORDER BY number
            """
        try projections.query(sql, [.text(target)]) { row in found.append(PullRequestRecord(row)) }
        return found
    }

    /// When the pull requests of a target were opened and decided about, the oldest first.
    package func reviewedPullRequests(target: String) throws(JournalError) -> [ReviewedPullRequest] {
        var found: [ReviewedPullRequest] = []
        let sql = """
            SELECT task_id, created_at, coalesce(merged_at, closed_at), state FROM pull_requests WHERE target = ?
            ORDER BY number
            """
        try projections.query(sql, [.text(target)]) { row in
            found.append(
                ReviewedPullRequest(
                    task: row.text(0), openedAt: row.text(1).flatMap { Instant($0) },
                    decidedAt: row.text(2).flatMap { Instant($0) }, isMerged: row.text(3) == "merged"))
        }
        return found
    }

    /// The pull requests that are open, of one target or of all, with the scope of the task of each.
    package func openPullRequests(target: String? = nil) throws(JournalError) -> [OpenPullRequest] {
        var found: [OpenPullRequest] = []
        let sql = """
            SELECT p.target, p.number, p.task_id, t.scope, (
                SELECT a.commit_id FROM attempts a
                WHERE a.target = p.target AND a.task_id = p.task_id AND a.commit_id IS NOT NULL
                AND (a.id = p.attempt_id OR a.outcome = 'delivered')
                AND a.sequence >= (SELECT b.sequence FROM attempts b WHERE b.id = p.attempt_id)
                ORDER BY a.sequence DESC LIMIT 1
            ) FROM pull_requests p
            LEFT JOIN tasks t ON t.target = p.target AND t.id = p.task_id
            WHERE p.state = 'open' AND (CAST(?1 AS TEXT) IS NULL OR p.target = ?1) ORDER BY p.target, p.number
            """
        try projections.query(sql, [.optional(target)]) { row in
            found.append(
                OpenPullRequest(
                    target: row.text(0) ?? "", number: row.integer(1), task: row.text(2), scope: row.text(3),
                    commit: row.text(4).flatMap { ObjectID(hex: $0) }))
        }
        return found
    }
}

/// How long people took to decide about a pull request.
package struct ReviewedPullRequest: Hashable, Sendable {
    package let task: String?
    package let openedAt: Instant?
    /// `nil` while it is open.
    package let decidedAt: Instant?
    package let isMerged: Bool
}

/// A pull request that people have not decided about.
package struct OpenPullRequest: Hashable, Sendable {
    package let target: String
    package let number: Int
    package let task: String?
    package let scope: String?
    /// The commit that was delivered last for it; `nil` where this journal does not know.
    package let commit: ObjectID?
}

/// What is known of the deliveries of one task; it outlives the events that said so.
package struct DeliveryRecord: Hashable, Sendable {
    /// Every commit that was pushed or about to be, whatever its target was called.
    package internal(set) var commits: Set<ObjectID> = []
    /// Those of them whose arrival is recorded.
    package internal(set) var arrived: Set<ObjectID> = []
    /// The commit whose delivery began last.
    package internal(set) var newest: ObjectID?
    /// Pull requests that count no more, since a person said that the task may be tried again.
    package internal(set) var settled: Set<Int> = []
    /// Pull requests that are recorded.
    package internal(set) var known: Set<Int> = []
    /// Those of them whose end is recorded.
    package internal(set) var ended: Set<Int> = []

    /// Nothing was ever delivered.
    package init() {}
}

extension JournalStore {
    package func deliveries(target: String, task: String) throws(JournalError) -> DeliveryRecord {
        var record = DeliveryRecord()
        let commits = """
            SELECT begun_commit, commit_id FROM attempts WHERE task_id = ?
            AND (begun_commit IS NOT NULL OR commit_id IS NOT NULL) ORDER BY sequence
            """
        try projections.query(commits, [.text(task)]) { row in
            let begun = row.text(0).flatMap { ObjectID(hex: $0) }
            let arrived = row.text(1).flatMap { ObjectID(hex: $0) }
            record.commits.formUnion([begun, arrived].compactMap(\.self))
            if let arrived { record.arrived.insert(arrived) }
            record.newest = begun ?? record.newest
        }
        let requests = "SELECT number, state FROM pull_requests WHERE target = ? AND task_id = ?"
        try projections.query(requests, [.text(target), .text(task)]) { row in
            record.known.insert(row.integer(0))
            if row.text(1) != "open" { record.ended.insert(row.integer(0)) }
        }
        for release in try releases(target: target, task: task) { record.settled = release.settled }
        return record
    }

    /// When people last let tasks of a target be tried again; of one task, or of all.
    package func releases(target: String, task: String? = nil) throws(JournalError) -> [TaskRelease] {
        var found: [TaskRelease] = []
        let sql = """
            SELECT id, unblocked, settled FROM tasks WHERE target = ?1 AND unblocked IS NOT NULL
            AND (CAST(?2 AS TEXT) IS NULL OR id = ?2) ORDER BY id
            """
        var damaged: String?
        try projections.query(sql, [.text(target), .optional(task)]) { row in
            let task = row.text(0) ?? ""
            guard let settled = SettledNumbers.read(row.text(2)) else { return damaged = damaged ?? task }
            found.append(TaskRelease(task: task, sequence: row.integer(1), settled: settled))
        }
        if let damaged { throw .unreadableProjection("the pull requests of '\(damaged)' that count no more") }
        return found
    }
}

extension JournalStore {
    /// Every target of which anything is known.
    package func targetNames() throws(JournalError) -> [String] {
        var found: [String] = []
        try projections.query("SELECT name FROM targets WHERE name <> '*' ORDER BY name") { row in
            found.append(row.text(0) ?? "")
        }
        return found
    }

    /// The event by which a person last closed the breakers of a target or of all; 0 where nobody did.
    package func breakerReset(target: String) throws(JournalError) -> Int {
        var last = 0
        let sql = "SELECT coalesce(max(breaker_reset), 0) FROM targets WHERE name IN (?, '*')"
        try projections.query(sql, [.text(target)]) { row in last = row.integer(0) }
        return last
    }

    /// Whether autonomy is off, by what a person said last of a target or of all.
    package func isAutonomyOff(target: String) throws(JournalError) -> Bool {
        try autonomySwitch(target: target)?.isOff ?? false
    }

    /// What a person said last of a target or of all, and in which event; 0 where that is not known.
    package func autonomySwitch(target: String) throws(JournalError) -> (isOff: Bool, sequence: Int)? {
        var (last, isOff) = (-1, false)
        let sql =
            "SELECT autonomy, coalesce(autonomy_set, 0) FROM targets WHERE name IN (?, '*') AND autonomy >= 0"
        try projections.query(sql, [.text(target)]) { row in
            // Of what older versions kept the order is not known: then off counts.
            let isLater = row.integer(1) > last
            guard isLater || row.integer(1) == last && row.integer(0) == 0 else { return }
            (last, isOff) = (row.integer(1), row.integer(0) == 0)
        }
        return last < 0 ? nil : (isOff, last)
    }
}

/// The column of the tasks' pull requests that count no more.
enum SettledNumbers {
    /// `nil` where it does not hold what was written into it: then nobody knows which count.
    static func read(_ text: String?) -> Set<Int>? {
        guard let text else { return [] }
        guard let elements = (try? JSON.parse(text))?.elements else { return nil }
        let numbers = elements.compactMap(\.integer)
        return numbers.count == elements.count ? Set(numbers) : nil
    }

    static func write(_ numbers: Set<Int>) -> String? {
        numbers.isEmpty ? nil : JSON.array(numbers.sorted().map { .integer($0) }).text()
    }
}

/// A person's word that a task may be tried again.
package struct TaskRelease: Hashable, Sendable {
    package let task: String
    /// The event that says so.
    package let sequence: Int
    /// Pull requests that count no more since then.
    package let settled: Set<Int>
}
