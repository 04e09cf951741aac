package import Basics
internal import SQLite

/// What is known of one attempt.
package struct AttemptRecord: Hashable, Sendable {
    package let id: String
    package let target: String
    package let task: String
    package let scope: String?
    package let number: Int
    /// `created`, `running`, `succeeded`, `failed`, `interrupted` or `invalidated`.
    package let state: String
    /// `delivered`, `unchanged`, `rejected`, `failed` or `interrupted`, once it has ended.
    package let outcome: String?
    package let kind: String?
    package let reason: String?
    package let executor: String?
    package let workspace: String?
    package let isolation: String?
    package let base: String?
    package let tree: String?
    package let actor: String
    package let files: Int?
    package let added: Int?
    package let removed: Int?
    package let violations: Int?
    package let branch: String?
    package let commit: String?
    package let pullRequest: Int?
    package let tokens: Int
    package let createdAt: String
    package let finishedAt: String?
    package let sequence: Int

    static let columns = """
        id, target, task_id, scope, number, state, outcome, kind, reason, executor, workspace, isolation, base, tree,
        actor, files, added, removed, violations, branch, commit_id, pull_request, tokens, created_at, finished_at,
        sequence
        """

    init(_ row: borrowing JournalRow) {
        (id, target, task, scope) = (row.text(0) ?? "", row.text(1) ?? "", row.text(2) ?? "", row.text(3))
        (number, state, outcome) = (row.integer(4), row.text(5) ?? "", row.text(6))
        (kind, reason, executor, workspace) = (row.text(7), row.text(8), row.text(9), row.text(10))
        (isolation, base, tree, actor) = (row.text(11), row.text(12), row.text(13), row.text(14) ?? "")
        (files, added, removed) = (row[15].integer, row[16].integer, row[17].integer)
        (violations, branch, commit) = (row[18].integer, row.text(19), row.text(20))
        (pullRequest, tokens) = (row[21].integer, row.integer(22))
        (createdAt, finishedAt, sequence) = (row.text(23) ?? "", row.text(24), row.integer(25))
    }

    /// How long it took, by the clock of its events.
    package var duration: Duration? {
        guard let start = Instant(createdAt), let end = finishedAt.flatMap({ Instant($0) }) else { return nil }
        return max(end - start, .zero)
    }

    package var json: JSON {
        [
            "attempt": .string(id), "target": .string(target), "task": .string(task), "scope": .optional(scope),
            "attempt_number": .integer(number), "state": .string(state), "outcome": .optional(outcome),
            "kind": .optional(kind), "reason": .optional(reason), "executor": .optional(executor),
            "workspace": .optional(workspace), "isolation": .optional(isolation), "base": .optional(base),
            "tree": .optional(tree), "actor": .string(actor), "files": .optional(files), "added": .optional(added),
            "removed": .optional(removed), "violations": .optional(violations), "branch": .optional(branch),
            "commit": .optional(commit), "pull_request": .optional(pullRequest), "tokens": .integer(tokens),
            "created_at": .string(createdAt), "finished_at": .optional(finishedAt),
            "duration_ms": duration.map { .integer(Int($0.milliseconds)) } ?? .null,
        ]
    }
}

/// An attempt, as far as limits of the last hour and day look at it.
package struct BegunAttempt: Hashable, Sendable {
    package let id: String
    package let target: String
    package let task: String
    package let scope: String?
    package let createdAt: String
}

/// Which attempts to read: the newest first.
package struct AttemptQuery: Sendable {
    package var target: String?
    package var task: String?
    package var states: [String] = []
    package var outcomes: [String] = []
    /// Only attempts that began at this time or later.
    package var since: String?
    /// Only attempts whose delivery is a branch alone.
    package var lacksPullRequest = false
    package var limit = 20
    /// Only attempts of these, whatever `target` says.
    var targets: [String]?
    /// Only attempts that began before this event.
    var before: Int?
    private static let unended: Set<String> = ["created", "running"]

    package init() {}

    /// The statement that reads them.
    package var sql: String {
        // Where all of a time are wanted, they are found by it and then sorted, and not by a walk through all there are.
        let order = since != nil && limit == .max ? "+sequence" : "sequence"
        return "SELECT \(AttemptRecord.columns) FROM attempts \(condition) ORDER BY \(order) DESC LIMIT ?"
    }

    fileprivate var condition: String {
        var conditions: [String] = []
        if before != nil { conditions.append("sequence < ?") }
        if let targets { conditions.append("target IN (\(marks(targets)))") }
        if target != nil { conditions.append("target = ?") }
        if task != nil { conditions.append("task_id = ?") }
        if !states.isEmpty { conditions.append("state IN (\(marks(states)))") }
        // The few of them have an index of their own.
        if !states.isEmpty, Self.unended.isSuperset(of: states) { conditions.append("finished_at IS NULL") }
        if !outcomes.isEmpty { conditions.append("outcome IN (\(marks(outcomes)))") }
        if since != nil { conditions.append("created_at >= ?") }
        if lacksPullRequest { conditions.append("pull_request IS NULL") }
        return conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }

    private func marks(_ values: [String]) -> String { values.map { _ in "?" }.joined(separator: ", ") }

    /// Without the bound.
    fileprivate var values: [SQLValue] {
        let texts =
            (targets ?? []) + [target, task].compactMap { $0 } + states + outcomes + [since].compactMap { $0 }
        return (before.map { [.integer($0)] } ?? []) + texts.map(SQLValue.text)
    }
}

extension JournalStore {
    package func attempts(_ query: AttemptQuery = AttemptQuery()) throws(JournalError) -> [AttemptRecord] {
        var found: [AttemptRecord] = []
        try projections.query(query.sql, query.values + [.integer(query.limit)]) { row in
            found.append(AttemptRecord(row))
        }
        return found
    }

    /// How many attempts there are that a query asks for, whatever its bound.
    package func attemptCount(_ query: AttemptQuery) throws(JournalError) -> Int {
        var count = 0
        try projections.query("SELECT count(*) FROM attempts \(query.condition)", query.values) { row in
            count = row.integer(0)
        }
        return count
    }

    /// The newest attempt of each task of a target that succeeded, by the event that created it.
    package func lastSuccesses(target: String) throws(JournalError) -> [String: Int] {
        var found: [String: Int] = [:]
        let sql = """
            SELECT task_id, max(sequence) FROM attempts WHERE target = ? AND state = 'succeeded' GROUP BY task_id
            """
        try projections.query(sql, [.text(target)]) { row in found[row.text(0) ?? ""] = row.integer(1) }
        return found
    }

    /// What began at a time or later, behind a place in the journal, and was not declared void, the newest first.
    package func begunAttempts(since: String, after place: Int = 0) throws(JournalError) -> [BegunAttempt] {
        var found: [BegunAttempt] = []
        let (bound, order) = place == 0 ? ("", "+sequence") : ("AND sequence > ?", "sequence")
        let sql = """
            SELECT id, target, task_id, scope, created_at FROM attempts
            WHERE created_at >= ? AND state <> 'invalidated' \(bound) ORDER BY \(order) DESC
            """
        try projections.query(sql, [.text(since)] + (place == 0 ? [] : [.integer(place)])) { row in
            found.append(
                BegunAttempt(
                    id: row.text(0) ?? "", target: row.text(1) ?? "", task: row.text(2) ?? "", scope: row.text(3),
                    createdAt: row.text(4) ?? ""))
        }
        return found
    }

    /// The scopes of attempts, of those that are known and have one.
    package func scopes(ofAttempts ids: [String]) throws(JournalError) -> [String: String] {
        guard !ids.isEmpty else { return [:] }
        var found: [String: String] = [:]
        let marks = ids.map { _ in "?" }.joined(separator: ", ")
        let sql = "SELECT id, scope FROM attempts WHERE id IN (\(marks)) AND scope IS NOT NULL"
        try projections.query(sql, ids.map(SQLValue.text)) { row in found[row.text(0) ?? ""] = row.text(1) }
        return found
    }

    package func attempt(_ id: String) throws(JournalError) -> AttemptRecord? {
        var found: AttemptRecord?
        try projections.query("SELECT \(AttemptRecord.columns) FROM attempts WHERE id = ?", [.text(id)]) { row in
            found = AttemptRecord(row)
        }
        return found
    }

    /// Ids that begin or end so, the newest first; more than a few tell no more than that there are several.
    package func attemptIDs(named part: String) throws(JournalError) -> [String] {
        guard !part.isEmpty else { return [] }
        var found: [String] = []
        let sql = """
            SELECT id FROM attempts WHERE substr(id, 1, length(?1)) = ?1 OR substr(id, -length(?1)) = ?1
            ORDER BY sequence DESC LIMIT 6
            """
        try projections.query(sql, [.text(part)]) { row in found.append(row.text(0) ?? "") }
        return found
    }

    /// How many attempts of a task there were; those that were called invalid do not count.
    package func attemptCount(target: String, task: String) throws(JournalError) -> Int {
        var count = 0
        let sql = "SELECT attempts FROM tasks WHERE target = ? AND id = ?"
        try projections.query(sql, [.text(target), .text(task)]) { row in count = row.integer(0) }
        return count
    }

    /// Attempts that name an artifact, or the artifacts that an attempt names.
    package func artifactRecords(attempt: String? = nil, limit: Int = 1000) throws(JournalError)
        -> [ArtifactRecord]
    {
        var found: [ArtifactRecord] = []
        let condition = attempt == nil ? "" : "WHERE attempt_id = ?"
        let sql = """
            SELECT attempt_id, sha256, kind, name, bytes, created_at FROM artifacts \(condition)
            ORDER BY created_at DESC, sha256 LIMIT ?
            """
        try projections.query(sql, (attempt.map { [.text($0)] } ?? []) + [.integer(limit)]) { row in
            found.append(
                ArtifactRecord(
                    attempt: row.text(0) ?? "", digest: row.text(1) ?? "", kind: row.text(2) ?? "",
                    name: row.text(3) ?? "", bytes: row.integer(4), createdAt: row.text(5) ?? ""))
        }
        return found
    }
}

/// An artifact as an attempt named it.
package struct ArtifactRecord: Hashable, Sendable {
    package let attempt: String
    package let digest: String
    package let kind: String
    package let name: String
    package let bytes: Int
    package let createdAt: String

    package var json: JSON {
        [
            "sha256": .string(digest), "kind": .string(kind), "name": .string(name), "bytes": .integer(bytes),
            "attempt": .string(attempt), "created_at": .string(createdAt),
        ]
    }
}
