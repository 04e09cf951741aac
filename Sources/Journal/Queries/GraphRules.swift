internal import SQLite

/// Where the graph lies in the projections: a node is a row, an edge is what a row says of two nodes.
enum GraphRules {
    /// The rows that hold the nodes of a type: names with the event that first spoke of each.
    static let nodes: [(kind: GraphNode.Kind, sql: String)] = [
        (.target, "SELECT name, 0 FROM targets"), (.task, "SELECT target || '/' || id, 0 FROM tasks"),
        (.attempt, "SELECT id, sequence FROM attempts"),
        (.workspace, "SELECT \(workspace) AS name, min(sequence) FROM attempts GROUP BY name"),
        (.artifact, "SELECT sha256, min(sequence) FROM artifacts GROUP BY sha256"),
        (.modelCall, "SELECT call_id, min(sequence) FROM model_calls GROUP BY call_id"),
        (.testRun, "SELECT id || '/' || name, test_runs.sequence FROM test_runs \(ofAttempt)"),
        (.commit, "SELECT commit_id, min(sequence) FROM attempts WHERE commit_id IS NOT NULL GROUP BY commit_id"),
        (.pullRequest, "SELECT target || '#' || number, sequence FROM pull_requests"),
        (.policySnapshot, "SELECT spec, min(sequence) FROM attempts WHERE spec IS NOT NULL GROUP BY spec"),
        (
            .actor,
            """
            SELECT actor, min(sequence) FROM (SELECT actor, sequence FROM attempts UNION ALL
            SELECT actor, sequence FROM invalidations) AS acted GROUP BY actor
            """
        ),
        (
            .delegation,
            "SELECT delegation, min(sequence) FROM attempts WHERE delegation IS NOT NULL GROUP BY delegation"
        ),
    ]

    /// One way in which rows say that nodes are connected.
    struct Edge: Sendable {
        let source: GraphNode.Kind
        let kind: GraphEdge.Kind
        let target: GraphNode.Kind
        /// The names of both ends as columns of `rows`, and the condition that finds each by its name.
        let from: String
        let to: String
        let rows: String
        var sequence = "attempts.sequence"
        var condition = "true"
    }

    static let edges: [Edge] = [
        Edge(
            source: .task, kind: .dependsOn, target: .task, from: "target || '/' || task_id",
            to: "target || '/' || dependency", rows: "dependencies", sequence: "sequence"),
        Edge(
            source: .attempt, kind: .executes, target: .task, from: "id", to: "target || '/' || task_id",
            rows: "attempts"),
        Edge(source: .attempt, kind: .runsIn, target: .workspace, from: "id", to: workspace, rows: "attempts"),
        Edge(
            source: .attempt, kind: .authorizedBy, target: .policySnapshot, from: "id", to: "spec",
            rows: "attempts", condition: "spec IS NOT NULL"),
        Edge(
            source: .actor, kind: .delegates, target: .attempt, from: "actor", to: "id", rows: "attempts",
            condition: "delegation IS NULL"),
        Edge(
            source: .actor, kind: .delegates, target: .delegation, from: "actor", to: "delegation",
            rows: "attempts", condition: "delegation IS NOT NULL"),
        Edge(
            source: .delegation, kind: .delegates, target: .attempt, from: "delegation", to: "id",
            rows: "attempts", condition: "delegation IS NOT NULL"),
        Edge(
            source: .attempt, kind: .produced, target: .commit, from: "id", to: "commit_id", rows: "attempts",
            condition: "commit_id IS NOT NULL"),
        Edge(
            source: .attempt, kind: .produced, target: .artifact, from: "attempt_id", to: "sha256",
            rows: "artifacts", sequence: "sequence", condition: "attempt_id <> ''"),
        Edge(
            source: .attempt, kind: .produced, target: .pullRequest, from: "attempt_id",
            to: "target || '#' || number", rows: "pull_requests", sequence: "sequence",
            condition: "attempt_id IS NOT NULL"),
        Edge(
            source: .attempt, kind: .produced, target: .testRun, from: "id", to: "id || '/' || name",
            rows: "test_runs \(ofAttempt)", sequence: "test_runs.sequence"),
        Edge(
            source: .attempt, kind: .produced, target: .modelCall, from: "id", to: "call_id",
            rows: "model_calls JOIN attempts ON attempts.sequence = attempt", sequence: "model_calls.sequence"),
        Edge(
            source: .testRun, kind: .supports, target: .attempt, from: "id || '/' || name", to: "id",
            rows: "test_runs \(ofAttempt)", sequence: "test_runs.sequence",
            condition: "test_runs.outcome = 'passed'"),
        Edge(
            source: .testRun, kind: .contests, target: .attempt, from: "id || '/' || name", to: "id",
            rows: "test_runs \(ofAttempt)", sequence: "test_runs.sequence",
            condition: "test_runs.outcome IN ('failed', 'timed-out')"),
        Edge(
            source: .actor, kind: .invalidates, target: .attempt, from: "invalidations.actor", to: "id",
            rows: "invalidations JOIN attempts ON attempts.sequence = attempt", sequence: "invalidations.sequence"),
    ]

    /// A workspace without a checkout is no place of its own.
    private static let workspace = "coalesce(slot, workspace, 'unknown')"
    private static let ofAttempt = "JOIN attempts ON attempts.sequence = attempt"
}

extension GraphRules.Edge {
    /// Keys of both ends and the event, in this order, for the rows that meet a further condition.
    func sql(where further: String = "true") -> String {
        """
        SELECT '\(source.rawValue)/' || (\(from)), '\(target.rawValue)/' || (\(to)), \(sequence) FROM \(rows)
        WHERE (\(condition)) AND (\(further)) ORDER BY 3, 1, 2 LIMIT ?
        """
    }

    var count: String { "SELECT count(*) FROM \(rows) WHERE \(condition)" }
}

extension JournalStore {
    package func graphSummary() throws(JournalError) -> GraphSummary {
        try reading { () throws(JournalError) in try countNodesAndEdges() }
    }

    private func countNodesAndEdges() throws(JournalError) -> GraphSummary {
        var nodes: [(type: String, count: Int)] = []
        for rule in GraphRules.nodes {
            let count = try number("SELECT count(*) FROM (\(rule.sql)) AS named")
            if count > 0 { nodes.append((rule.kind.rawValue, count)) }
        }
        var edges: [String: Int] = [:]
        for edge in GraphRules.edges { edges[edge.kind.rawValue, default: 0] += try number(edge.count) }
        let counted = GraphEdge.Kind.allCases.map { ($0.rawValue, edges[$0.rawValue] ?? 0) }.filter { $0.1 > 0 }
        return GraphSummary(nodes: nodes, edges: counted.map { (type: $0.0, count: $0.1) })
    }

    private func number(_ sql: String) throws(JournalError) -> Int {
        var found = 0
        try projections.query(sql) { row in found = row.integer(0) }
        return found
    }

    /// The edges from and to a node; `nil` where the record does not speak of it.
    package func graphEdges(around node: GraphNode, limit: Int) throws(JournalError) -> [GraphEdge]? {
        try reading { () throws(JournalError) in
            try graphContains(node) ? try graphEdges(of: node, limit: limit) : nil
        }
    }

    /// Whether the record speaks of the node.
    package func graphContains(_ node: GraphNode) throws(JournalError) -> Bool {
        guard let rule = GraphRules.nodes.first(where: { $0.kind == node.kind }) else { return false }
        var isThere = false
        let sql = "WITH named (name, sequence) AS (\(rule.sql)) SELECT 1 FROM named WHERE name = ? LIMIT 1"
        try projections.query(sql, [.text(node.name)]) { _ in isThere = true }
        return isThere
    }

    /// Names of nodes of a type, the newest first.
    package func graphNodes(_ kind: GraphNode.Kind, limit: Int) throws(JournalError) -> [GraphNode] {
        guard let rule = GraphRules.nodes.first(where: { $0.kind == kind }) else { return [] }
        var found: [GraphNode] = []
        let sql = """
            WITH named (name, sequence) AS (\(rule.sql)) SELECT name FROM named ORDER BY sequence DESC, name LIMIT ?
            """
        try projections.query(sql, [.integer(limit)]) { row in found.append(GraphNode(kind, row.text(0) ?? "")) }
        return found
    }

    /// Edges from or to a node, or of a kind, or all, oldest first.
    package func graphEdges(
        of node: GraphNode? = nil, kind: GraphEdge.Kind? = nil, limit: Int
    ) throws(JournalError) -> [GraphEdge] {
        try reading { () throws(JournalError) in try findEdges(of: node, kind: kind, limit: limit) }
    }

    private func findEdges(
        of node: GraphNode?, kind: GraphEdge.Kind?, limit: Int
    ) throws(JournalError) -> [GraphEdge] {
        var found: [GraphEdge] = []
        for edge in GraphRules.edges where kind == nil || edge.kind == kind {
            var conditions: [String] = node == nil ? ["true"] : []
            if let node, edge.source == node.kind { conditions.append("(\(edge.from)) = ?") }
            if let node, edge.target == node.kind { conditions.append("(\(edge.to)) = ?") }
            if conditions.isEmpty { continue }
            let names = node.map { node in conditions.map { _ in SQLValue.text(node.name) } } ?? []
            try projections.query(edge.sql(where: conditions.joined(separator: " OR ")), names + [.integer(limit)])
            { row in
                found.append(
                    GraphEdge(
                        source: row.text(0) ?? "", kind: edge.kind.rawValue, target: row.text(1) ?? "",
                        sequence: row.integer(2)))
            }
        }
        let sorted = found.sorted {
            ($0.sequence, $0.source, $0.kind, $0.target) < ($1.sequence, $1.source, $1.kind, $1.target)
        }
        return Array(sorted.prefix(limit))
    }
}
