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
    static let setService = SQLText("INSERT OR REPLACE INTO services VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    static let clearService = SQLText("DELETE FROM services WHERE name = ?")
    static let reserve = SQLText(
        """
        INSERT OR IGNORE INTO budgets (attempt_id, target, task_id, scope, tokens, usd_millionths, reserved_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    static let settle = SQLText(
        """
        UPDATE budgets SET tokens = ?, usd_millionths = ?, settled_at = ?
        WHERE attempt_id = ? AND settled_at IS NULL
        """)
}
