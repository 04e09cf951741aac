internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan autonomy`: whether the scheduler takes tasks by itself.
enum AutonomyCommand: Command {
    private static let options = [
        OptionSpec("target", .value("TARGET"), completion: .asking(.targets), "This target alone"),
        OptionSpec("reason", .value("TEXT"), "Why, for whoever asks"),
    ]

    static let name = "autonomy"

    static let spec = CommandSpec(
        name, group: .act, "Let the scheduler take tasks by itself, or not",
        discussion: """
            Without --target it is said of every target. It holds the scheduler back, not what runs and not a person \
            who names a task; 'leviathan stop' holds everybody.
            """,
        subcommands: [
            CommandSpec("on", "Let the scheduler take tasks", options: options),
            CommandSpec("off", "Let it take none", options: options),
            CommandSpec(
                "status", "Show what is said of each target", options: [options[0], RemotePlane.option]),
        ], runsAlone: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let word = context.arguments.path.dropFirst().first ?? "status"
        guard word != "status" else {
            guard context.arguments.path.dropFirst().first == "status" else { return try status(context) }
            return try context.remotely { try RemoteQueue.autonomy(context, $0) } ?? status(context)
        }
        let target = context.arguments.value("target")
        try HomeControls(context.shared)
            .switchAutonomy(word == "on", of: target, reason: context.arguments.value("reason"))
        if context.isJSON {
            context.output.json(["target": .optional(target), "autonomy": .string(word)])
        }
        context.output.note("autonomy is \(word) for \(target.map { "'\($0)'" } ?? "every target")")
        return .done
    }

    private static func status(_ context: CommandContext) throws -> ExitCode {
        let journal = try context.shared.readJournal()
        let names =
            try context.arguments.value("target").map { [$0] } ?? KnownTargets(context.shared, journal).names
        if let name = context.arguments.value("target") { try KnownTargets(context.shared, journal).demand(name) }
        let rows = try names.map { try Row($0, journal) }
        if context.isJSON {
            context.output.json(.array(rows.map(\.json)))
            return .done
        }
        if let order = StopSwitch(context.shared).order() {
            context.output.warning(Refusal("", .stopped(order)))
        }
        guard !rows.isEmpty else {
            context.output.note("no target is known: 'leviathan target add URL' registers one")
            return .done
        }
        var table = Table([
            Table.Column("TARGET", isFlexible: false), "AUTONOMY", "SINCE", Table.Column("BY", isOptional: true),
            Table.Column("REASON", wraps: true),
        ])
        for row in rows {
            table.add([
                row.target, row.word, row.event.map { context.times.brief($0.timestamp) } ?? "",
                row.event?.actor ?? "", row.reason ?? "",
            ])
        }
        context.show(table)
        return .done
    }

    /// What is said of one target, and by which event where that is still there.
    private struct Row {
        let target: String
        let isOff: Bool
        let event: EventRecord?

        init(_ target: String, _ journal: Journal?) throws(JournalError) {
            self.target = target
            let said = try journal?.autonomySwitch(target: target)
            isOff = said?.isOff ?? false
            var query = EventQuery()
            (query.after, query.limit) = ((said?.sequence ?? 0) - 1, 1)
            event = try said.flatMap { _ throws(JournalError) in try journal?.events(query).first }
                .flatMap { $0.sequence == said?.sequence ? $0 : nil }
        }

        var word: String { isOff ? "off" : "on" }
        var reason: String? { event?.payload["reason"]?.string }

        var json: JSON {
            [
                "target": .string(target), "autonomy": .string(word), "since": .optional(event?.timestamp),
                "by": .optional(event?.actor), "reason": .optional(reason),
            ]
        }
    }
}
