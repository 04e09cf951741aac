internal import SQLite

/// The row of an attempt that began in the transaction that is under way: it is written once, as it is at the end.
struct NewAttempt {
    let place: AttemptPlace
    let created: [SQLValue]
    private var state = "created"
    private var outcome = SQLValue.null
    private var kind = SQLValue.null
    private var reason = SQLValue.null
    private var isolation = SQLValue.null
    private var startedAt = SQLValue.null
    private var finishedAt = SQLValue.null
    private var frozen: [SQLValue] = [.null, .null, .null, .null]
    private var violations = SQLValue.null
    private var remote = SQLValue.null
    private var branch = SQLValue.null
    private var begunCommit = SQLValue.null
    private var commit = SQLValue.null
    private var pullRequest = SQLValue.null
    private var tokens = 0

    init(_ place: AttemptPlace, created: [SQLValue]) { (self.place, self.created) = (place, created) }

    private var isOpen: Bool { state == "created" || state == "running" }

    mutating func start(_ isolation: SQLValue, at time: SQLValue) {
        guard state == "created" else { return }
        (state, self.isolation, startedAt) = ("running", isolation, time)
    }

    mutating func freeze(_ values: [SQLValue]) { frozen = values }

    mutating func judge(_ violations: SQLValue) { self.violations = violations }

    mutating func deliver(_ remote: SQLValue, _ branch: SQLValue, begun: SQLValue) {
        (self.remote, self.branch, begunCommit) = (remote, branch, begun)
    }

    mutating func push(_ remote: SQLValue, _ branch: SQLValue, _ commit: SQLValue) {
        (self.remote, self.branch, self.commit) = (remote, branch, commit)
    }

    mutating func spend(_ tokens: Int) { self.tokens &+= tokens }

    mutating func invalidate(_ reason: SQLValue) { (state, self.reason) = ("invalidated", reason) }

    mutating func propose(_ number: SQLValue) { pullRequest = number }

    /// Whether this was the first end.
    mutating func finish(
        _ state: String, _ outcome: SQLValue, _ kind: SQLValue, _ reason: SQLValue, at time: SQLValue
    ) -> Bool {
        guard isOpen else { return false }
        (self.state, self.outcome, self.kind, self.reason, finishedAt) = (state, outcome, kind, reason, time)
        return true
    }

    /// In the order of `insertion`.
    var values: [SQLValue] {
        created + [.text(state), outcome, kind, reason, isolation, startedAt, finishedAt] + frozen + [
            violations, remote, branch, begunCommit, commit, pullRequest, .integer(tokens),
        ]
    }

    static let insertion = SQLText(
        """
        INSERT INTO attempts (sequence, id, target, task_id, scope, number, executor, workspace, slot, delegation, base,
        spec, actor, created_at, state, outcome, kind, reason, isolation, started_at, finished_at, tree, files, added,
        removed, violations, remote, branch, begun_commit, commit_id, pull_request, tokens)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
}
