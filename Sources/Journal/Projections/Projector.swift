internal import Basics
internal import SQLite

/// Derives what is known from one event after the other; the same events always leave the same rows.
///
/// What many events of one transaction change alike is gathered, and written once by `flush`.
final class Projector {
    let database: any JournalDatabase
    private var counts: [String: Int] = [:]
    private var lastSeen: [String: String] = [:]
    /// Targets that are known to have their row.
    private var targets: Set<String> = []
    private var places: [String: AttemptPlace] = [:]
    private static let cacheLimit = 20_000
    /// Attempts that began in this transaction, up to `most` of them.
    var begun: [String: NewAttempt] = [:]
    static let most = 5000
    private var totals: [TotalKey: Int] = [:]

    init(database: any JournalDatabase) { self.database = database }

    func project(_ event: EventRecord) throws(JournalError) { try project(EventFacts(event, event.subject)) }

    func project(_ facts: EventFacts) throws(JournalError) {
        counts[facts.event.type.name, default: 0] += 1
        if let target = facts.target { try see(target, facts.time) }
        try projectAttempt(facts)
        try projectTask(facts)
        try projectTarget(facts)
        try projectService(facts)
        try projectBudget(facts)
        try projectDelivery(facts)
    }

    /// Writes what was gathered; the last thing of every transaction.
    func flush() throws(JournalError) {
        for (type, count) in counts { try database.run(SQL.count, [.text(type), .integer(count)]) }
        for (target, time) in lastSeen { try database.run(SQL.touchTarget, [.text(time), .text(target)]) }
        try writeAttempts()
        for (key, number) in totals {
            try database.run(
                key.kind.addition, [.text(key.target), .text(key.scope), .integer(number)])
        }
        forgetGathered()
        if targets.count > Self.cacheLimit { targets = [] }
        if places.count > Self.cacheLimit { places = [:] }
    }

    /// Believes nothing any more of what a transaction that was taken back had written.
    func forget() {
        forgetGathered()
        (targets, places) = ([], [:])
    }

    func remember(attempt: SQLValue, _ place: AttemptPlace) { if let id = attempt.text { places[id] = place } }

    func rememberedPlace(of attempt: SQLValue) -> AttemptPlace? { attempt.text.flatMap { places[$0] } }

    private func forgetGathered() {
        counts.removeAll(keepingCapacity: true)
        lastSeen.removeAll(keepingCapacity: true)
        totals.removeAll(keepingCapacity: true)
        begun.removeAll(keepingCapacity: true)
    }

    func count(_ target: String, _ scope: String, _ kind: TotalKind) {
        totals[TotalKey(target: target, scope: scope, kind: kind), default: 0] += 1
    }

    private func see(_ target: String, _ time: String) throws(JournalError) {
        lastSeen[target] = time
        guard targets.insert(target).inserted else { return }
        try database.run(SQL.seeTarget, [.text(target), .text(time)])
    }

    private func projectTask(_ facts: EventFacts) throws(JournalError) {
        guard let task = facts.task, let target = facts.target else { return }
        let state: String
        switch facts.type {
        case .taskCompleted: state = "completed"
        case .taskBlocked: state = "blocked"
        case .taskDeclined: state = "declined"
        case .taskUnblocked: state = "pending"
        default: return
        }
        try database.run(
            SQL.setTask,
            [.text(target), .text(task), .text(state), facts[text: "reason"], .text(facts.time)])
        guard facts.type == .taskUnblocked else { return }
        try database.run(
            SQL.unblock, [facts.sequence, .optional(try settled(facts, target, task)), .text(target), .text(task)])
    }

    /// The pull requests that count no more, those of earlier times among them, as an array of JSON.
    private func settled(_ facts: EventFacts, _ target: String, _ task: String) throws(JournalError) -> String? {
        var known: Set<Int>? = []
        try database.run(SQL.settled, [.text(target), .text(task)]) { row in
            known = SettledNumbers.read(row.text(0))
        }
        guard let known else {
            throw .unreadableProjection("the pull requests of '\(task)' that count no more")
        }
        let named = (facts.event.payload["settled"]?.elements ?? []).compactMap(\.integer)
        return SettledNumbers.write(known.union(named))
    }

    private func projectTarget(_ facts: EventFacts) throws(JournalError) {
        // The breaker of a service is nobody's own.
        if case .text = facts["service"] { return }
        // What concerns every target is kept under a name that no target can have.
        let target = facts.target ?? "*"
        func set(_ sql: SQLText, _ values: SQLValue...) throws(JournalError) {
            try see(target, facts.time)
            try database.run(sql, values + [.text(target)])
        }
        switch facts.type {
        case .targetRegistered, .targetUpdated:
            try set(SQL.describeTarget, facts[text: "url"], facts[text: "default_branch"])
        case .breakerTripped: try set(SQL.tripBreaker, .text(facts.time), facts[text: "reason"])
        case .breakerReset: try set(SQL.resetBreaker, facts.sequence)
        case .autonomyEnabled: try set(SQL.setAutonomy, .integer(1), facts.sequence)
        case .autonomyDisabled: try set(SQL.setAutonomy, .integer(0), facts.sequence)
        case .runStopped: try set(SQL.setStopped, .text(facts.time))
        case .runResumed: try set(SQL.setStopped, .null)
        default: break
        }
    }

    private func projectDelivery(_ facts: EventFacts) throws(JournalError) {
        switch facts.type {
        case .artifactCreated:
            guard case .text = facts[text: "sha256"] else { return }
            try database.run(
                SQL.addArtifact,
                [
                    .text(facts.attempt ?? ""), facts["sha256"], facts["kind", or: "file"], facts["name", or: ""],
                    facts["bytes", or: 0], .text(facts.time), facts.sequence,
                ])
        case .pullRequestCreated, .pullRequestUpdated, .pullRequestMerged, .pullRequestClosed:
            try projectPullRequest(facts)
        default: break
        }
    }

    private func projectPullRequest(_ facts: EventFacts) throws(JournalError) {
        guard let target = facts.target, case .integer(let number) = facts["number"] else { return }
        try database.run(
            SQL.addPullRequest,
            [
                .text(target), .integer(number), .optional(facts.task), .optional(facts.attempt),
                facts[text: "url"],
                facts[text: "branch"], .text(facts.time), facts.sequence,
            ])
        if let attempt = facts.attempt, facts.type == .pullRequestCreated {
            try change(attempt, { $0.propose(.integer(number)) }, SQL.setPullRequest, [.integer(number)])
        }
        switch facts.type {
        case .pullRequestMerged:
            let values: [SQLValue] = [.text(facts.time), .text(target), .integer(number)]
            guard try database.change(SQL.mergePullRequest, values) > 0 else { return }
            try completeMerged(target, number, facts)
        case .pullRequestClosed:
            try database.run(SQL.closePullRequest, [.text(facts.time), .text(target), .integer(number)])
        default: break
        }
    }

    private func completeMerged(_ target: String, _ number: Int, _ facts: EventFacts) throws(JournalError) {
        var request: (task: SQLValue, attempt: SQLValue) = (.null, .null)
        try database.run(SQL.ofPullRequest, [.text(target), .integer(number)]) { row in request = (row[0], row[1])
        }
        try database.run(SQL.completeTask, [.text(facts.time), .text(target), request.task])
        guard let place = try place(of: request.attempt) else { return }
        count(place.target, place.scope, .merged)
    }

    private enum SQL {
        static let count = SQLText(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (event_type) DO UPDATE SET count = counters.count + excluded.count"
        )
        static let seeTarget = SQLText(
            "INSERT INTO targets (name, first_seen, last_seen) VALUES (?1, ?2, ?2) ON CONFLICT DO NOTHING")
        static let touchTarget = SQLText("UPDATE targets SET last_seen = ? WHERE name = ?")
        static let describeTarget = SQLText(
            "UPDATE targets SET url = coalesce(?, url), default_branch = coalesce(?, default_branch) WHERE name = ?"
        )
        static let tripBreaker = SQLText(
            "UPDATE targets SET breaker_tripped_at = ?, breaker_reason = ? WHERE name = ?")
        static let resetBreaker = SQLText(
            """
            UPDATE targets SET breaker_tripped_at = NULL, breaker_reason = NULL, failures = 0, breaker_reset = ?
            WHERE name = ?
            """)
        static let setAutonomy = SQLText("UPDATE targets SET autonomy = ?, autonomy_set = ? WHERE name = ?")
        static let setStopped = SQLText("UPDATE targets SET stopped_at = ? WHERE name = ?")
        static let setTask = SQLText(
            """
            INSERT INTO tasks (target, id, state, reason, changed_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (target, id) DO UPDATE SET state = excluded.state, reason = excluded.reason, changed_at = excluded.changed_at
            """)
        static let unblock = SQLText("UPDATE tasks SET unblocked = ?, settled = ? WHERE target = ? AND id = ?")
        static let settled = SQLText("SELECT settled FROM tasks WHERE target = ? AND id = ?")
        static let addArtifact = SQLText(
            "INSERT INTO artifacts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        static let addPullRequest = SQLText(
            """
            INSERT INTO pull_requests (target, number, task_id, attempt_id, url, branch, state, created_at, sequence)
            VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)
            ON CONFLICT (target, number) DO UPDATE SET url = coalesce(excluded.url, pull_requests.url),
            branch = coalesce(excluded.branch, pull_requests.branch)
            """)
        static let setPullRequest = SQLText("UPDATE attempts SET pull_request = ? WHERE id = ?")
        static let mergePullRequest = SQLText(
            "UPDATE pull_requests SET state = 'merged', merged_at = ? WHERE target = ? AND number = ? AND state <> 'merged'"
        )
        static let closePullRequest = SQLText(
            "UPDATE pull_requests SET state = 'closed', closed_at = ? WHERE target = ? AND number = ? AND state = 'open'"
        )
        static let ofPullRequest = SQLText(
            "SELECT task_id, attempt_id FROM pull_requests WHERE target = ? AND number = ?")
        static let completeTask = SQLText(
            "UPDATE tasks SET state = 'completed', reason = NULL, changed_at = ? WHERE target = ? AND id = ?")
    }
}

/// A column of the totals.
enum TotalKind: String, CaseIterable {
    case attempts, delivered, unchanged, rejected, failed, interrupted, merged

    init(outcome: String) { self = TotalKind(rawValue: outcome) ?? .failed }

    /// Adds to the number of a target and scope.
    var addition: SQLText { Self.additions[self] ?? Self.sql(self) }

    private static let additions = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, Self.sql($0)) })

    private static func sql(_ kind: TotalKind) -> SQLText {
        SQLText(
            "INSERT INTO totals (target, scope, \(kind.rawValue)) VALUES (?, ?, ?) ON CONFLICT (target, scope) "
                + "DO UPDATE SET \(kind.rawValue) = totals.\(kind.rawValue) + excluded.\(kind.rawValue)")
    }
}

private struct TotalKey: Hashable {
    let target: String
    let scope: String
    let kind: TotalKind
}

/// An event with what its payload says about the things that are kept.
struct EventFacts {
    let event: EventRecord
    let target: String?
    let task: String?
    let attempt: String?

    init(_ event: EventRecord, _ subject: EventSubject) {
        self.event = event
        (target, task, attempt) = (subject.target, subject.task, subject.attempt)
    }

    /// As it is called today.
    var type: EventType { event.type.current }
    var time: String { event.timestamp }
    var actor: String { event.actor ?? "unknown" }
    var sequence: SQLValue { .integer(event.sequence) }

    /// A member of the payload as a value of a row; what rows cannot hold counts as absent.
    subscript(name: String) -> SQLValue {
        switch event.payload[name] {
        case .string(let text): .text(text)
        case .integer(let number): .integer(number)
        case .bool(let isTrue): .integer(isTrue ? 1 : 0)
        default: .null
        }
    }

    subscript(name: String, or fallback: String) -> SQLValue {
        if case .text(let text) = self[name] { .text(text) } else { .text(fallback) }
    }

    subscript(name: String, or fallback: Int) -> SQLValue {
        if case .integer(let number) = self[name] { .integer(number) } else { .integer(fallback) }
    }

    /// The member as text or nothing: an older or foreign event may hold anything.
    subscript(text name: String) -> SQLValue {
        if case .text(let text) = self[name] { .text(text) } else { .null }
    }

    subscript(integer name: String) -> SQLValue {
        if case .integer(let number) = self[name] { .integer(number) } else { .null }
    }
}
