package import Basics
internal import SQLite

/// What an attempt may spend on models, or has spent.
package struct BudgetRecord: Hashable, Sendable {
    package let attempt: String
    package let target: String
    package let task: String
    package let scope: String?
    package let tokens: Int
    /// In millionths of a dollar; `nil` where nobody knows the price.
    package let money: Int?
    /// `nil` while it is reserved.
    package let settledAt: String?
}

extension JournalStore {
    /// What is known of a service's breaker, as its last event says; `nil` where nothing counts against it.
    package func serviceBreaker(_ name: String) throws(JournalError) -> JSON? {
        try serviceBreakers("WHERE name = ?", [.text(name)]).first
    }

    /// What is known of every service's breaker against which something counts.
    package func serviceBreakers() throws(JournalError) -> [JSON] { try serviceBreakers("ORDER BY name", []) }

    private func serviceBreakers(_ clause: String, _ values: [SQLValue]) throws(JournalError) -> [JSON] {
        var found: [JSON] = []
        let sql =
            "SELECT name, failures, since, opened, factor, probes_at, probe, probe_until, cause FROM services "
        try projections.query(sql + clause, values) { row in
            found.append([
                "service": .string(row.text(0) ?? ""), "failures": .integer(row.integer(1)),
                "since": .optional(row.text(2)), "opened": .optional(row.text(3)),
                "factor": .integer(row.integer(4)),
                "probes_at": .optional(row.text(5)), "probe": .optional(row.text(6)),
                "probe_until": .optional(row.text(7)), "cause": .optional(row.text(8)),
            ])
        }
        return found
    }

    /// What is reserved, and what was spent since a time.
    package func budgets(since time: String) throws(JournalError) -> [BudgetRecord] {
        try budgets("WHERE settled_at IS NULL OR settled_at > ? ORDER BY attempt_id", [.text(time)])
    }

    /// What an attempt reserved or spent.
    package func budget(of attempt: String) throws(JournalError) -> BudgetRecord? {
        try budgets("WHERE attempt_id = ?", [.text(attempt)]).first
    }

    private func budgets(_ clause: String, _ values: [SQLValue]) throws(JournalError) -> [BudgetRecord] {
        var found: [BudgetRecord] = []
        let sql = "SELECT attempt_id, target, task_id, scope, tokens, usd_millionths, settled_at FROM budgets "
        try projections.query(sql + clause, values) { row in
            found.append(
                BudgetRecord(
                    attempt: row.text(0) ?? "", target: row.text(1) ?? "", task: row.text(2) ?? "",
                    scope: row.text(3), tokens: row.integer(4), money: row.isNull(5) ? nil : row.integer(5),
                    settledAt: row.text(6)))
        }
        return found
    }
}
