internal import Basics
internal import SQLite

/// Attempts, and the totals that are kept of them.
extension Projector {
    func projectAttempt(_ facts: EventFacts) throws(JournalError) {
        guard let attempt = facts.attempt else { return }
        let id = SQLValue.text(attempt)
        switch facts.type {
        case .attemptCreated: try create(facts, attempt)
        case .attemptStarted:
            let isolation = facts[text: "isolation"]
            try change(
                attempt, { $0.start(isolation, at: .text(facts.time)) }, SQL.start, [isolation, .text(facts.time)])
        case .changeFrozen:
            let values = [
                facts[text: "tree"], facts[integer: "files"], facts[integer: "added"], facts[integer: "removed"],
            ]
            try change(attempt, { $0.freeze(values) }, SQL.freeze, values)
        case .policyJudged:
            let violations = SQLValue.optional(facts.event.payload["violations"]?.elements?.count)
            try change(attempt, { $0.judge(violations) }, SQL.judge, [violations])
        case .deliveryStarted:
            let (remote, branch) = (facts[text: "remote"], facts[text: "branch"])
            let begun = facts[text: "commit"]
            try change(
                attempt, { $0.deliver(remote, branch, begun: begun) }, SQL.deliver, [remote, branch, begun])
        case .branchPushed:
            let (remote, branch, commit) = (facts[text: "remote"], facts[text: "branch"], facts[text: "commit"])
            try change(attempt, { $0.push(remote, branch, commit) }, SQL.push, [remote, branch, commit])
        case .invariantFinished: try recordTestRun(facts, id)
        case .modelCallStarted, .modelCallCompleted: try recordModelCall(facts, attempt)
        case .attemptSucceeded, .attemptFailed, .attemptInterrupted: try finish(facts, attempt)
        case .attemptInvalidated:
            let reason = facts[text: "reason"]
            try change(attempt, { $0.invalidate(reason) }, SQL.invalidate, [reason])
            guard let place = try place(of: id) else { return }
            try database.run(
                SQL.addInvalidation, [.integer(place.sequence), .text(facts.actor), facts.sequence])
        default: break
        }
    }

    /// Changes the row that is yet to be written, or the one that was.
    func change(
        _ attempt: String, _ body: (inout NewAttempt) -> Void, _ sql: SQLText, _ values: [SQLValue]
    ) throws(JournalError) {
        if var known = begun[attempt] {
            body(&known)
            begun[attempt] = known
        } else {
            try database.run(sql, values + [.text(attempt)])
        }
    }

    private func create(_ facts: EventFacts, _ attempt: String) throws(JournalError) {
        let id = SQLValue.text(attempt)
        guard let target = facts.target, let task = facts.task, try place(of: id) == nil else { return }
        let place = AttemptPlace(
            sequence: facts.event.sequence, target: target, task: task, scope: facts["scope", or: ""].text ?? "")
        begun[attempt] = NewAttempt(
            place,
            created: [
                facts.sequence, id, .text(target), .text(task), facts[text: "scope"], facts["number", or: 1],
                facts[text: "executor"], facts[text: "workspace"], facts[text: "slot"], facts[text: "delegation"],
                facts[text: "base"], facts[text: "spec"], .text(facts.actor), .text(facts.time),
            ])
        remember(attempt: id, place)
        try database.run(
            SQL.beginTask,
            [.text(target), .text(task), facts[text: "title"], facts[text: "scope"], id, .text(facts.time)])
        count(target, place.scope, .attempts)
        for case .string(let other) in facts.event.payload["dependencies"]?.elements ?? [] {
            try database.run(SQL.addDependency, [.text(target), .text(task), .text(other), facts.sequence])
        }
        if begun.count >= Self.most { try writeAttempts() }
    }

    /// Writes the rows of attempts that began since the last time.
    func writeAttempts() throws(JournalError) {
        for attempt in begun.values { try database.run(NewAttempt.insertion, attempt.values) }
        begun.removeAll(keepingCapacity: true)
    }

    /// Only the first end of an attempt counts.
    private func finish(_ facts: EventFacts, _ attempt: String) throws(JournalError) {
        let (outcome, id) = (Self.outcome(facts), SQLValue.text(attempt))
        let state = String(facts.type.name.dropFirst("attempt.".count))
        let (kind, reason) = (facts[text: "kind"], facts[text: "reason"])
        if var known = begun[attempt] {
            guard known.finish(state, .text(outcome), kind, reason, at: .text(facts.time)) else { return }
            begun[attempt] = known
        } else {
            let values = [.text(state), .text(outcome), kind, reason, .text(facts.time), id]
            guard try database.change(SQL.finish, values) > 0 else { return }
        }
        guard let place = try place(of: id) else { return }
        let target = SQLValue.text(place.target)
        count(place.target, place.scope, TotalKind(outcome: outcome))
        let taskState = outcome == "delivered" ? "proposed" : outcome == "unchanged" ? "pending" : outcome
        try database.run(
            SQL.endTask,
            [.text(taskState), reason, .text(facts.time), target, .text(place.task), id])
        switch facts.type {
        case .attemptSucceeded: try database.run(SQL.forgiveTarget, [target])
        case .attemptFailed: try database.run(SQL.blameTarget, [target])
        default: break
        }
    }

    /// Where an attempt belongs.
    func place(of attempt: SQLValue) throws(JournalError) -> AttemptPlace? {
        if let known = rememberedPlace(of: attempt) { return known }
        var found: AttemptPlace?
        try database.run(SQL.place, [attempt]) { row in
            found = AttemptPlace(
                sequence: row.integer(0), target: row.text(1) ?? "", task: row.text(2) ?? "",
                scope: row.text(3) ?? "")
        }
        return found
    }

    private func recordTestRun(_ facts: EventFacts, _ id: SQLValue) throws(JournalError) {
        guard case .text(let name) = facts[text: "name"], let place = try place(of: id) else { return }
        try database.run(
            SQL.addTestRun, [.integer(place.sequence), .text(name), facts[text: "outcome"], facts.sequence])
    }

    private func recordModelCall(_ facts: EventFacts, _ attempt: String) throws(JournalError) {
        let tokens = Self.tokens(facts)
        if let tokens, facts.type == .modelCallCompleted {
            try change(attempt, { $0.spend(tokens) }, SQL.spend, [.integer(tokens)])
        }
        guard let call = Self.callName(facts), let place = try place(of: .text(attempt)) else { return }
        try database.run(
            SQL.addModelCall, [.integer(place.sequence), .text(call), .optional(tokens), facts.sequence])
    }

    /// What a call came to: one number, or a number for each kind.
    private static func tokens(_ facts: EventFacts) -> Int? {
        if case .integer(let all) = facts[integer: "tokens"] { return all }
        let kinds = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"]
        let found = kinds.compactMap { facts[integer: $0].integer }
        return found.isEmpty ? nil : found.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }

    /// The name of a call, or the number that it has in its attempt.
    private static func callName(_ facts: EventFacts) -> String? {
        if case .text(let name) = facts[text: "call_id"] { return name }
        guard let attempt = facts.attempt, case .integer(let call) = facts[integer: "call"] else { return nil }
        guard case .integer(let again) = facts[integer: "attempt"], again > 1 else { return "\(attempt)#\(call)" }
        return "\(attempt)#\(call).\(again)"
    }

    private static func outcome(_ facts: EventFacts) -> String {
        switch facts.type {
        case .attemptSucceeded: facts[text: "outcome"].text == "unchanged" ? "unchanged" : "delivered"
        case .attemptInterrupted: "interrupted"
        default: facts[text: "kind"].text == "rejected" ? "rejected" : "failed"
        }
    }

    private enum SQL {
        static let addDependency = SQLText("INSERT INTO dependencies VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
        static let addTestRun = SQLText(
            "INSERT INTO test_runs VALUES (?, ?, ?, ?) ON CONFLICT (attempt, name) DO UPDATE SET outcome = excluded.outcome"
        )
        static let addModelCall = SQLText(
            "INSERT INTO model_calls VALUES (?, ?, ?, ?) ON CONFLICT (attempt, call_id) DO UPDATE SET tokens = excluded.tokens"
        )
        static let addInvalidation = SQLText("INSERT INTO invalidations VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        static let start = SQLText(
            "UPDATE attempts SET state = 'running', isolation = ?, started_at = ? WHERE id = ? AND state = 'created'"
        )
        static let freeze = SQLText("UPDATE attempts SET tree = ?, files = ?, added = ?, removed = ? WHERE id = ?")
        static let judge = SQLText("UPDATE attempts SET violations = ? WHERE id = ?")
        static let deliver = SQLText("UPDATE attempts SET remote = ?, branch = ?, begun_commit = ? WHERE id = ?")
        static let push = SQLText("UPDATE attempts SET remote = ?, branch = ?, commit_id = ? WHERE id = ?")
        static let spend = SQLText("UPDATE attempts SET tokens = tokens + ? WHERE id = ?")
        static let finish = SQLText(
            """
            UPDATE attempts SET state = ?, outcome = ?, kind = ?, reason = ?, finished_at = ?
            WHERE id = ? AND state IN ('created', 'running')
            """)
        static let invalidate = SQLText("UPDATE attempts SET state = 'invalidated', reason = ? WHERE id = ?")
        static let beginTask = SQLText(
            """
            INSERT INTO tasks (target, id, title, scope, state, attempts, last_attempt, changed_at)
            VALUES (?, ?, ?, ?, 'in_progress', 1, ?, ?) ON CONFLICT (target, id) DO UPDATE SET title = excluded.title,
            scope = excluded.scope, state = 'in_progress', reason = NULL, attempts = tasks.attempts + 1,
            last_attempt = excluded.last_attempt, changed_at = excluded.changed_at
            """)
        static let endTask = SQLText(
            """
            UPDATE tasks SET state = ?, reason = ?, changed_at = ?
            WHERE target = ? AND id = ? AND last_attempt = ?
            """)
        static let place = SQLText("SELECT sequence, target, task_id, scope FROM attempts WHERE id = ?")
        static let forgiveTarget = SQLText(
            "UPDATE targets SET failures = 0 WHERE name = ? AND failures > 0")
        static let blameTarget = SQLText(
            "UPDATE targets SET failures = failures + 1 WHERE name = ?")
    }
}

/// What an attempt belongs to.
struct AttemptPlace {
    /// The event that created it.
    let sequence: Int
    let target: String
    let task: String
    let scope: String
}
