internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// Nodes and edges, and artifacts, as a control plane tells of them.
enum RemoteGraph {
    /// The nodes of a type, or the edges of a node.
    static func show(_ name: String, _ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        guard GraphNode.Kind(rawValue: name) != nil else {
            let found = try plane.get("/v1/graph/edges", [("node", name), ("limit", "1000")])
            return list(found["edges"]?.elements ?? [], context)
        }
        let keys = try plane.items("/v1/graph/nodes", "nodes", [("type", name)], limit: 1000).items
        if context.isJSON {
            context.output.json(.array(keys))
        } else {
            context.output.data(keys.map { SafeText.line($0.string ?? "") + "\n" }.joined())
        }
        return .done
    }

    static func edges(_ limit: Int, _ context: CommandContext, _ plane: RemotePlane) throws -> ExitCode {
        let query = context.arguments.value("type").map { [("type", $0)] } ?? []
        return list(try plane.items("/v1/graph/edges", "edges", query, limit: limit).items, context)
    }

    private static func list(_ edges: [JSON], _ context: CommandContext) -> ExitCode {
        if context.isJSON {
            context.output.json(.array(edges))
            return .done
        }
        guard !edges.isEmpty else {
            context.output.note("no edge matches")
            return .done
        }
        var table = Table([
            Table.Column("FROM", cut: .middle), "EDGE", Table.Column("TO", cut: .middle),
            Table.Column("EVENT", .right, isOptional: true),
        ])
        for edge in edges {
            func text(_ name: String) -> String { edge[name]?.string ?? "" }
            table.add([text("source"), text("type"), text("target"), "\(edge["sequence"]?.integer ?? 0)"])
        }
        context.show(table)
        return .done
    }

    /// The artifacts of one attempt: a control plane lists them with it.
    static func artifacts(
        _ columns: [Table.Column], _ context: CommandContext, _ plane: RemotePlane
    ) throws -> ExitCode {
        guard let attempt = context.arguments.value("attempt") else {
            throw context.arguments.misuse(
                "a control plane lists the artifacts of an attempt: add '--attempt ATTEMPT'")
        }
        var listing = try Listing(columns, context)
        let found = try plane.get("/v1/attempts/" + RemotePlane.segment(attempt))["artifacts"]?.elements ?? []
        let shown = listing.limit.map { found.prefix($0) } ?? found[...]
        listing.hasMore = shown.count < found.count
        for artifact in shown {
            func text(_ name: String) -> String { artifact[name]?.string ?? "" }
            listing.add(
                [
                    Table.Cell(String(text("sha256").prefix(16)), brief: String(text("sha256").prefix(8))),
                    Table.Cell(text("kind")), Table.Cell(text("name")), .size(artifact["bytes"]?.integer ?? 0),
                    .id(attempt), .moment(text("created_at"), context.times),
                ], json: artifact)
        }
        return listing.show(empty: "no artifact matches")
    }
}
