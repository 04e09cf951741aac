internal import Basics
internal import CommandLine
internal import Runner

/// The limits of targets, each with what counts against it and the place that set it.
struct LimitTable {
    static let option = OptionSpec("limits", "The limits, how far each is used up, and who set it")

    private let targets: [(name: String, limits: [LimitState])]

    init(_ targets: [(name: String, limits: [LimitState])]) { self.targets = targets }

    func show(_ context: CommandContext) {
        if context.isJSON {
            let rows = targets.flatMap { target in
                target.limits.map { limit in
                    JSON.object([JSON.Member("target", .string(target.name))] + (limit.json.members ?? []))
                }
            }
            return context.output.json(.array(rows))
        }
        let several = targets.count > 1
        var table = Table([
            Table.Column("LIMIT", isFlexible: false), Table.Column("USED", .right),
            Table.Column("ALLOWED", .right), "SET BY", "NOTE",
        ])
        for (name, limits) in targets {
            for limit in limits {
                table.add([
                    several ? "\(name)/\(limit.name)" : limit.name, limit.observedText, limit.allowedText,
                    limit.source, limit.note ?? "-",
                ])
            }
        }
        guard !table.isEmpty else { return context.output.note("no target could be read") }
        context.output.data(table.render(width: context.output.width, context.palette))
    }
}
