internal import SQLite

/// What the attempts of a target's scope have cost, once they had ended.
package struct CostRecord: Hashable, Sendable {
    package let target: String
    package let scope: String
    package let tokens: Int
    /// In millionths of a dollar, of those whose price is known.
    package let money: Int
    /// Attempts whose price nobody knows.
    package let unpriced: Int
}

/// How many pull requests of a target are in a state.
package struct ChangeCount: Hashable, Sendable {
    package let target: String
    package let state: String
    package let count: Int
}

extension JournalStore {
    package func costs(target: String? = nil) throws(JournalError) -> [CostRecord] {
        var found: [CostRecord] = []
        let sql = """
            SELECT target, coalesce(scope, ''), CAST(sum(tokens) AS BIGINT),
            CAST(sum(coalesce(usd_millionths, 0)) AS BIGINT),
            count(*) - count(usd_millionths) FROM budgets
            WHERE settled_at IS NOT NULL AND (CAST(?1 AS TEXT) IS NULL OR target = ?1)
            GROUP BY target, coalesce(scope, '') ORDER BY target, coalesce(scope, '')
            """
        try projections.query(sql, [.optional(target)]) { row in
            found.append(
                CostRecord(
                    target: row.text(0) ?? "", scope: row.text(1) ?? "", tokens: row.integer(2),
                    money: row.integer(3), unpriced: row.integer(4)))
        }
        return found
    }

    package func changeCounts() throws(JournalError) -> [ChangeCount] {
        var found: [ChangeCount] = []
        let sql = "SELECT target, state, count(*) FROM pull_requests GROUP BY target, state ORDER BY target, state"
        try projections.query(sql) { row in
            found.append(ChangeCount(target: row.text(0) ?? "", state: row.text(1) ?? "", count: row.integer(2)))
        }
        return found
    }
}
