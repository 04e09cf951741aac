internal import API
internal import Basics
internal import HTTPServer
internal import Journal

/// How tasks, attempts, commits and people hang together; it crosses targets, and so needs the right for all.
extension Operations {
    private static let place = Endpoint.Parameter(
        "cursor", .query, .place, "Only what stands behind this place")

    static let graph: [Operation] = [
        Operation(
            Endpoint("graphSummary", .get, "/v1/graph/summary", .view, .everything, "Counts of nodes and edges")
                .with {
                    $0.answers = [
                        Endpoint.Answer(
                            200, "By type",
                            .object([Schema.Property("nodes", .anyObject), Schema.Property("edges", .anyObject)]))
                    ]
                }
        ) { _, home in .json(try home.journals.with { try $0.graphSummary().json }) },
        Operation(
            Endpoint(
                "listGraphNodes", .get, "/v1/graph/nodes", .view, .everything, "Nodes of a type, the newest first"
            )
            .with {
                $0.parameters = [
                    Endpoint.Parameter(
                        "type", .query, .choice(GraphNode.Kind.allCases.map(\.rawValue)), required: true,
                        "The type"),
                    place, Shapes.limit(1000, 100),
                ]
                $0.answers = [
                    Endpoint.Answer(200, "A page of keys", Shapes.page("nodes", .anyText, cursor: .anyText))
                ]
            }, nodes),
        Operation(
            Endpoint("listGraphEdges", .get, "/v1/graph/edges", .view, .everything, "Edges, the oldest first").with
            {
                let edge = Schema.object([
                    Schema.Property("source", .anyText), Schema.Property("type", .anyText),
                    Schema.Property("target", .anyText), Schema.Property("sequence", .integer(0...Int.max >> 1)),
                ])
                $0.parameters = [
                    Endpoint.Parameter(
                        "type", .query, .choice(GraphEdge.Kind.allCases.map(\.rawValue)), "Only edges of this type"
                    ),
                    Endpoint.Parameter("node", .query, .text(1...500), "Only edges of this node, in one page"),
                    place,
                    Shapes.limit(1000, 100),
                ]
                $0.answers = [
                    Endpoint.Answer(200, "A page", Shapes.page("edges", .named("Edge", edge), cursor: .anyText))
                ]
                $0.problems = [404]
            }, edges),
    ]

    private static func cursor(_ call: APICall) throws(Problem) -> GraphPlace? {
        guard let text = call.value("cursor") else { return nil }
        guard let place = GraphPlace(text) else {
            throw Problem(.malformed, "the cursor is none that was given out")
        }
        return place
    }

    private static func nodes(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let (kind, place) = (GraphNode.Kind(rawValue: call.value("type") ?? "") ?? .target, try cursor(call))
        let limit = call.integer("limit") ?? 100
        let found = try home.journals.with { try $0.graphNodePage(kind, after: place, limit: limit) }
        return .json([
            "nodes": .strings(found.map(\.node.key)),
            "next_cursor": .optional(found.count == limit ? found.last?.place.text : nil),
        ])
    }

    private static func edges(_ call: APICall, _ home: ControlPlaneHome) throws -> ServerResponse {
        let kind = call.value("type").flatMap(GraphEdge.Kind.init)
        let (limit, place) = (call.integer("limit") ?? 100, try cursor(call))
        if let name = call.value("node") {
            guard let node = GraphNode(key: name),
                let found = try home.journals.with({ try $0.graphEdges(around: node, limit: 1000) })
            else { throw Problem(.notFound, "the record knows no node '\(name)'") }
            let wanted = found.filter { kind == nil || $0.kind == kind?.rawValue }
            return .json(["edges": .array(wanted.map(\.json)), "next_cursor": .null])
        }
        let found = try home.journals.with { try $0.graphEdgePage(kind: kind, after: place, limit: limit) }
        return .json([
            "edges": .array(found.map(\.edge.json)),
            "next_cursor": .optional(found.count == limit ? found.last?.place.text : nil),
        ])
    }
}
