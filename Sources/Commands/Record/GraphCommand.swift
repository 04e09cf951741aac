internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan graph`: who did what, by which rules, and what came of it.
enum GraphCommand: Command {
    static let name = "graph"

    static let spec = CommandSpec(
        name, group: .record, "Look at how tasks, attempts, commits and people hang together",
        subcommands: [
            CommandSpec("summary", "Count nodes and edges by type", options: [RemotePlane.option]),
            CommandSpec(
                "show", "Show a node with its edges, or the nodes of a type", options: [RemotePlane.option],
                arguments: [ArgumentSpec("NODE", "A type such as Attempt, or a key such as Attempt/ID")]),
            CommandSpec(
                "edges", "List edges",
                options: [
                    OptionSpec(
                        "type", .value("TYPE"), choices: GraphEdge.Kind.allCases.map(\.rawValue),
                        "Only edges of this type"),
                    OptionSpec("limit", .value("N"), default: "100", "At most N"), RemotePlane.option,
                ]),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        switch context.arguments.path.last {
        case "summary":
            return try context.remotely { try RemoteLists.summary(context, $0) } ?? summarize(context)
        case "show":
            let name = context.arguments.argument("NODE") ?? ""
            return try context.remotely { try RemoteGraph.show(name, context, $0) } ?? show(context)
        default:
            let kind = context.arguments.choice("type", GraphEdge.Kind.self)
            let limit = try context.arguments.integer("limit", in: 1...1_000_000) ?? 100
            if let done = try context.remotely({ try RemoteGraph.edges(limit, context, $0) }) { return done }
            guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal([]) }
            return list(edges: try journal.graphEdges(kind: kind, limit: limit).map(\.json), context)
        }
    }

    private static func summarize(_ context: CommandContext) throws -> ExitCode {
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal(.null) }
        let summary = try journal.graphSummary()
        if context.isJSON {
            context.output.json(summary.json)
            return .done
        }
        var table = Table(["TYPE", Table.Column("COUNT", .right)])
        for (type, count) in summary.nodes + summary.edges { table.add([type, "\(count)"]) }
        context.show(table)
        return .done
    }

    private static func show(_ context: CommandContext) throws -> ExitCode {
        let name = context.arguments.argument("NODE") ?? ""
        if let kind = GraphNode.Kind(rawValue: name) { return try list(kind, context) }
        var node = try node(name)
        let journal = try context.shared.readJournal()
        if node.kind == .attempt { node = GraphNode(.attempt, try AttemptPage.id(node.name, in: journal)) }
        guard let edges = try journal?.graphEdges(around: node, limit: 1000) else {
            let known = try journal?.graphNodes(node.kind, limit: 1000).map(\.name) ?? []
            throw StageError(
                .invalid, "the record knows no \(node.kind.rawValue) '\(node.name)'",
                hint: Suggestion.nearest(to: node.name, among: known).map {
                    "did you mean '\(node.kind.rawValue)/\($0)'?"
                } ?? "'leviathan graph show \(node.kind.rawValue)' lists them")
        }
        return list(edges: edges.map(\.json), context)
    }

    private static func list(_ kind: GraphNode.Kind, _ context: CommandContext) throws -> ExitCode {
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal([]) }
        let keys = try journal.graphNodes(kind, limit: 1000).map(\.key)
        if context.isJSON {
            context.output.json(.strings(keys))
        } else {
            context.output.data(keys.map { SafeText.line($0) + "\n" }.joined())
        }
        return .done
    }

    private static func node(_ name: String) throws(StageError) -> GraphNode {
        if let node = GraphNode(key: name) { return node }
        let types = GraphNode.Kind.allCases.map(\.rawValue)
        let type = name.split(separator: "/").first.map(String.init) ?? name
        throw StageError(
            .invalid, "'\(name)' is no node: a key is a type and a name, such as Attempt/ID",
            hint: Suggestion.nearest(to: type, among: types).map { "did you mean '\($0)'?" }
                ?? "the types are \(types.joined(separator: ", "))")
    }

    /// Edges as the journal writes them, and as a control plane sends them.
    static func list(edges: [JSON], _ context: CommandContext) -> ExitCode {
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
}
