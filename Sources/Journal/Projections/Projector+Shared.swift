internal import SQLite

/// What many targets share: the breakers of services, and budgets.
extension Projector {
    /// Each event holds the whole of a breaker, so that the last one is all there is to know.
    func projectService(_ facts: EventFacts) throws(JournalError) {
        guard case .text(let name) = facts["service"] else { return }
        switch facts.type {
        case .breakerCounted, .breakerTripped, .breakerProbed:
            try database.run(
                SharedSQL.setService,
                [
                    .text(name), facts["failures", or: 0], facts[text: "since"], facts[text: "opened"],
                    facts["factor", or: 1], facts[text: "probes_at"], facts[text: "probe"],
                    facts[text: "probe_until"], facts[text: "cause"],
                ])
        case .breakerReset: try database.run(SharedSQL.clearService, [.text(name)])
        default: break
        }
    }

    func projectBudget(_ facts: EventFacts) throws(JournalError) {
        guard let attempt = facts.attempt, let target = facts.target, let task = facts.task else { return }
        switch facts.type {
        case .budgetReserved:
            try database.run(
                SharedSQL.reserve,
                [
                    .text(attempt), .text(target), .text(task), facts[text: "scope"], facts["tokens", or: 0],
                    facts[integer: "usd_millionths"], .text(facts.time),
                ])
        case .budgetSettled:
            try database.run(
                SharedSQL.settle,
                [
                    facts["tokens", or: 0], facts[integer: "usd_millionths"], .text(facts.time), .text(attempt),
                ])
        default: break
        }
    }
}

private enum SharedSQL {
    static let setService = SQLText(
        """
        INSERT INTO services (name, failures, since, opened, factor, probes_at, probe, probe_until, cause)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET failures = excluded.failures,
        since = excluded.since, opened = excluded.opened, factor = excluded.factor, probes_at = excluded.probes_at,
        probe = excluded.probe, probe_until = excluded.probe_until, cause = excluded.cause
        """)
    static let clearService = SQLText("DELETE FROM services WHERE name = ?")
    static let reserve = SQLText(
        """
        INSERT INTO budgets (attempt_id, target, task_id, scope, tokens, usd_millionths, reserved_at)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (attempt_id) DO NOTHING
        """)
    static let settle = SQLText(
        """
        UPDATE budgets SET tokens = ?, usd_millionths = ?, settled_at = ?
        WHERE attempt_id = ? AND settled_at IS NULL
        """)
}
