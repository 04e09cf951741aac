internal import SQLite

/// Which events to read, and in which order.
package struct EventQuery: Sendable {
    package var types: [EventType] = []
    package var target: String?
    package var task: String?
    package var attempt: String?
    /// Only events behind this place.
    package var after = 0
    /// Only events up to this place.
    package var through: Int?
    package var limit: Int?
    /// Of more than `limit` events the newest are read; they come oldest first all the same.
    package var prefersNewest = false

    package init() {}

    var clause: String {
        var conditions = ["sequence > ?"]
        if through != nil { conditions.append("sequence <= ?") }
        if !types.isEmpty {
            conditions.append("event_type IN (" + types.map { _ in "?" }.joined(separator: ", ") + ")")
        }
        if target != nil { conditions.append("target = ?") }
        if task != nil { conditions.append("task_id = ?") }
        if attempt != nil { conditions.append("attempt_id = ?") }
        let condition = "WHERE " + conditions.joined(separator: " AND ")
        let bound = limit == nil ? "" : " LIMIT ?"
        guard prefersNewest else { return condition + " ORDER BY sequence" + bound }
        return
            "WHERE sequence IN (SELECT sequence FROM events \(condition) ORDER BY sequence DESC\(bound)) ORDER BY sequence"
    }

    var values: [SQLValue] {
        [.integer(after)] + (through.map { [.integer($0)] } ?? []) + types.map { .text($0.name) }
            + [target, task, attempt].compactMap { $0.map(SQLValue.text) }
            + (limit.map { [.integer($0)] } ?? [])
    }
}
