package import Basics
internal import SQLite

/// Pages of what is derived from the events: each names the place that the next one begins behind, so that nobody has to
/// read what was read before.
extension JournalStore {
    /// Attempts that began before the event `before`, the newest first.
    package func attemptPage(
        _ query: AttemptQuery, targets: [String]?, before: Int?
    ) throws(JournalError) -> [AttemptRecord] {
        var page = query
        (page.targets, page.before) = (targets, before)
        return try attempts(page)
    }

    /// Nodes of a type, the newest first, behind the place of another one.
    package func graphNodePage(
        _ kind: GraphNode.Kind, after place: GraphPlace?, limit: Int
    ) throws(JournalError) -> [(node: GraphNode, place: GraphPlace)] {
        guard let rule = GraphRules.nodes.first(where: { $0.kind == kind }) else { return [] }
        let condition = place == nil ? "true" : "sequence < ? OR (sequence = ? AND name > ?)"
        let sql = """
            WITH named (name, sequence) AS (\(rule.sql)) SELECT name, sequence FROM named WHERE \(condition)
            ORDER BY sequence DESC, name LIMIT ?
            """
        let values = place.map { [SQLValue.integer($0.sequence), .integer($0.sequence), .text($0.name)] } ?? []
        var found: [(GraphNode, GraphPlace)] = []
        try projections.query(sql, values + [.integer(limit)]) { row in
            let name = row.text(0) ?? ""
            found.append((GraphNode(kind, name), GraphPlace(sequence: row.integer(1), name: name)))
        }
        return found
    }

    /// Edges, oldest first, behind the place of another one.
    package func graphEdgePage(
        kind: GraphEdge.Kind?, after place: GraphPlace?, limit: Int
    ) throws(JournalError) -> [(edge: GraphEdge, place: GraphPlace)] {
        var found: [(edge: GraphEdge, place: GraphPlace)] = []
        try reading { () throws(JournalError) in
            for rule in GraphRules.edges where kind == nil || rule.kind == kind {
                found += try edges(rule, after: place, limit: limit)
            }
        }
        return Array(found.sorted { $0.place < $1.place }.prefix(limit))
    }

    private func edges(
        _ rule: GraphRules.Edge, after place: GraphPlace?, limit: Int
    ) throws(JournalError) -> [(edge: GraphEdge, place: GraphPlace)] {
        let name =
            "'\(rule.source.rawValue)/' || (\(rule.from)) || ' \(rule.kind.rawValue) \(rule.target.rawValue)/'"
            + " || (\(rule.to))"
        let condition =
            place == nil
            ? "true" : "\(rule.sequence) > ? OR (\(rule.sequence) = ? AND \(name) > ?)"
        let values = place.map { [SQLValue.integer($0.sequence), .integer($0.sequence), .text($0.name)] } ?? []
        var found: [(GraphEdge, GraphPlace)] = []
        try projections.query(rule.sql(where: condition), values + [.integer(limit)]) { row in
            let edge = GraphEdge(
                source: row.text(0) ?? "", kind: rule.kind.rawValue, target: row.text(1) ?? "",
                sequence: row.integer(2))
            let name = "\(edge.source) \(edge.kind) \(edge.target)"
            found.append((edge, GraphPlace(sequence: edge.sequence, name: name)))
        }
        return found
    }

    /// The targets whose attempts refer to an artifact.
    package func targets(ofArtifact digest: Digest) throws(JournalError) -> Set<String> {
        var found: Set<String> = []
        let sql = """
            SELECT DISTINCT attempts.target FROM artifacts JOIN attempts ON attempts.id = artifacts.attempt_id
            WHERE artifacts.sha256 = ?
            """
        try projections.query(sql, [.text(digest.hex)]) { row in found.insert(row.text(0) ?? "") }
        return found
    }

    /// How many events of each type there are, by name.
    package func eventCounts() throws(JournalError) -> [(type: EventType, count: Int)] {
        var found: [(EventType, Int)] = []
        try projections.query("SELECT event_type, count FROM counters ORDER BY event_type") { row in
            found.append((EventType(row.text(0) ?? ""), row.integer(1)))
        }
        return found
    }

    /// How many attempts of each target came to which end.
    package func attemptResults() throws(JournalError) -> [(target: String, result: String, count: Int)] {
        var found: [(String, String, Int)] = []
        let sql = """
            SELECT target, CAST(sum(delivered) AS BIGINT), CAST(sum(unchanged) AS BIGINT),
            CAST(sum(rejected) AS BIGINT), CAST(sum(failed) AS BIGINT), CAST(sum(interrupted) AS BIGINT) FROM totals
            GROUP BY target ORDER BY target
            """
        try projections.query(sql) { row in
            for (index, word) in ["delivered", "unchanged", "rejected", "failed", "interrupted"].enumerated() {
                found.append((row.text(0) ?? "", word, row.integer(index + 1)))
            }
        }
        return found
    }
}

/// Where something stands in an order of the graph.
package struct GraphPlace: Comparable, Sendable {
    package let sequence: Int
    package let name: String

    package init(sequence: Int, name: String) { (self.sequence, self.name) = (sequence, name) }

    /// `12:Attempt/a`, as a cursor.
    package var text: String { "\(sequence):\(name)" }

    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Int(parts[0]) else { return nil }
        self.init(sequence: sequence, name: String(parts[1]))
    }

    /// By bytes, as the database compares.
    package static func < (left: GraphPlace, right: GraphPlace) -> Bool {
        left.sequence != right.sequence
            ? left.sequence < right.sequence : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}
