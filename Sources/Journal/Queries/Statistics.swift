package import Basics
internal import SQLite

/// How a kind of task fares in a target: totals of all time, medians of the newest attempts.
package struct ScopeStatistics: Hashable, Sendable {
    package let target: String
    package let scope: String
    package let attempts: Int
    package let delivered: Int
    package let unchanged: Int
    package let rejected: Int
    package let failed: Int
    package let interrupted: Int
    package let merged: Int
    package internal(set) var medianDuration: Duration?
    package internal(set) var medianTimeToMerge: Duration?

    /// Of the attempts that came to an end by themselves, the part that did what it should.
    package var successRate: Double? {
        let ended = delivered + unchanged + rejected + failed
        return ended == 0 ? nil : Double(delivered + unchanged) / Double(ended)
    }

    package var json: JSON {
        [
            "target": .string(target), "scope": .string(scope), "attempts": .integer(attempts),
            "delivered": .integer(delivered), "unchanged": .integer(unchanged), "rejected": .integer(rejected),
            "failed": .integer(failed), "interrupted": .integer(interrupted), "merged": .integer(merged),
            "success_rate": successRate.map(JSON.double) ?? .null,
            "median_duration_ms": medianDuration.map { .integer(Int($0.milliseconds)) } ?? .null,
            "median_time_to_merge_s": medianTimeToMerge.map { .integer(Int($0.components.seconds)) } ?? .null,
        ]
    }
}

/// Attempts that began on one day, for a chart.
package struct DayCount: Hashable, Sendable {
    package let day: String
    package var succeeded = 0
    package var other = 0

    package var json: JSON { ["day": .string(day), "succeeded": .integer(succeeded), "other": .integer(other)] }
}

extension JournalStore {
    /// So many of the newest attempts are looked at for medians and days, however many there are.
    package static var statisticsWindow: Int { 500 }

    package func statistics(target: String? = nil) throws(JournalError) -> [ScopeStatistics] {
        try reading { () throws(JournalError) in try findStatistics(target: target) }
    }

    /// The same with the days that they are about, of one moment.
    package func statisticsAndDays(
        target: String? = nil
    ) throws(JournalError) -> (scopes: [ScopeStatistics], days: [DayCount]) {
        try reading { () throws(JournalError) in (try statistics(target: target), try days(target: target)) }
    }

    private func findStatistics(target: String?) throws(JournalError) -> [ScopeStatistics] {
        var rows: [ScopeStatistics] = []
        let condition = target == nil ? "" : "WHERE target = ?"
        let sql = "SELECT * FROM totals \(condition) ORDER BY target, scope LIMIT 1000"
        try projections.query(sql, target.map { [.text($0)] } ?? []) { row in
            rows.append(
                ScopeStatistics(
                    target: row.text(0) ?? "", scope: row.text(1) ?? "", attempts: row.integer(2),
                    delivered: row.integer(3), unchanged: row.integer(4), rejected: row.integer(5),
                    failed: row.integer(6), interrupted: row.integer(7), merged: row.integer(8)))
        }
        var window = AttemptQuery()
        (window.target, window.limit) = (target, Self.statisticsWindow)
        let recent = Dictionary(grouping: try attempts(window)) { [$0.target, $0.scope ?? ""] }
        let merges = try timesToMerge()
        for index in rows.indices {
            let key = [rows[index].target, rows[index].scope]
            rows[index].medianDuration = Self.median(recent[key, default: []].compactMap(\.duration))
            rows[index].medianTimeToMerge = Self.median(merges[key, default: []])
        }
        return rows
    }

    private func timesToMerge() throws(JournalError) -> [[String]: [Duration]] {
        var times: [[String]: [Duration]] = [:]
        let sql = """
            SELECT pull_requests.target, coalesce(scope, ''), pull_requests.created_at, merged_at FROM pull_requests
            LEFT JOIN attempts ON attempts.id = attempt_id WHERE pull_requests.state = 'merged' ORDER BY merged_at DESC LIMIT ?
            """
        try projections.query(sql, [.integer(Self.statisticsWindow)]) { row in
            guard let start = row.text(2).flatMap({ Instant($0) }), let end = row.text(3).flatMap({ Instant($0) })
            else { return }
            times[[row.text(0) ?? "", row.text(1) ?? ""], default: []].append(end - start)
        }
        return times
    }

    /// The newest attempts by the day on which they began, oldest day first.
    package func days(target: String? = nil) throws(JournalError) -> [DayCount] {
        var window = AttemptQuery()
        (window.target, window.limit) = (target, Self.statisticsWindow)
        var days: [DayCount] = []
        for attempt in try attempts(window).reversed() {
            let day = String(attempt.createdAt.prefix(10))
            if days.last?.day != day { days.append(DayCount(day: day)) }
            if attempt.state == "succeeded" {
                days[days.count - 1].succeeded += 1
            } else {
                days[days.count - 1].other += 1
            }
        }
        return days
    }

    private static func median(_ values: [Duration]) -> Duration? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
