internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan graph`: who did what, by which rules, and what came of it.
enum GraphCommand: Command {
    static let spec = CommandSpec(
        "graph", group: .record, "Look at how tasks, attempts, commits and people hang together",
        subcommands: [
            CommandSpec("summary", "Count nodes and edges by type"),
            CommandSpec(
                "show", "Show a node with its edges, or the nodes of a type",
                arguments: [ArgumentSpec("NODE", "A type such as Attempt, or a key such as Attempt/ID")]),
            CommandSpec(
                "edges", "List edges",
                options: [
                    OptionSpec(
                        "type", .value("TYPE"), choices: GraphEdge.Kind.allCases.map(\.rawValue),
                        "Only edges of this type"),
                    OptionSpec("limit", .value("N"), default: "100", "At most N"),
                ]),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal(.null) }
        switch context.arguments.path.last {
        case "summary": try summarize(context, journal)
        case "show": try show(context, journal)
        default:
            let kind = context.arguments.choice("type", GraphEdge.Kind.self)
            let limit = try context.arguments.integer("limit", in: 1...1_000_000) ?? 100
            list(try journal.graphEdges(kind: kind, limit: limit), context)
        }
        return .done
    }

    private static func summarize(_ context: CommandContext, _ journal: Journal) throws {
        let summary = try journal.graphSummary()
        if context.isJSON { return context.output.json(summary.json) }
        var table = Table(["TYPE", Table.Column("COUNT", .right)])
        for (type, count) in summary.nodes + summary.edges { table.add([type, "\(count)"]) }
        context.output.data(table.render(width: context.output.width, context.palette))
    }

    private static func show(_ context: CommandContext, _ journal: Journal) throws {
        let name = context.arguments.argument("NODE") ?? ""
        if let kind = GraphNode.Kind(rawValue: name) {
            let keys = try journal.graphNodes(kind, limit: 1000).map(\.key)
            if context.isJSON { return context.output.json(.strings(keys)) }
            return context.output.data(keys.map { SafeText.line($0) + "\n" }.joined())
        }
        let types = GraphNode.Kind.allCases.map(\.rawValue)
        guard let node = GraphNode(key: name) else {
            let type = name.split(separator: "/").first.map(String.init) ?? name
            throw StageError(
                .invalid, "'\(name)' is no node: a key is a type and a name, such as Attempt/ID",
                hint: Suggestion.nearest(to: type, among: types).map { "did you mean '\($0)'?" }
                    ?? "the types are \(types.joined(separator: ", "))")
        }
        guard try journal.graphContains(node) else {
            let near = Suggestion.nearest(
                to: node.name, among: try journal.graphNodes(node.kind, limit: 1000).map(\.name))
            throw StageError(
                .invalid, "the record knows no \(node.kind.rawValue) '\(node.name)'",
                hint: near.map { "did you mean '\(node.kind.rawValue)/\($0)'?" }
                    ?? "'leviathan graph show \(node.kind.rawValue)' lists them")
        }
        list(try journal.graphEdges(of: node, limit: 1000), context)
    }

    private static func list(_ edges: [GraphEdge], _ context: CommandContext) {
        if context.isJSON { return context.output.json(.array(edges.map(\.json))) }
        guard !edges.isEmpty else { return context.output.note("no edge matches") }
        var table = Table(["FROM", "EDGE", "TO", Table.Column("EVENT", .right)])
        for edge in edges { table.add([edge.source, edge.kind, edge.target, "\(edge.sequence)"]) }
        context.output.data(table.render(width: context.output.width, context.palette))
    }
}
