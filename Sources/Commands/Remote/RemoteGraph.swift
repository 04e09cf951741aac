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
            return GraphCommand.list(edges: found["edges"]?.elements ?? [], context)
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
        return GraphCommand.list(
            edges: try plane.items("/v1/graph/edges", "edges", query, limit: limit).items, context)
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
