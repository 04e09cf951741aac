internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan autonomy`: whether the scheduler takes tasks by itself.
enum AutonomyCommand: Command {
    private static let options = [
        OptionSpec("target", .value("TARGET"), completion: .dynamic("targets"), "This target alone"),
        OptionSpec("reason", .value("TEXT"), "Why, for whoever asks"),
    ]

    static let spec = CommandSpec(
        "autonomy", group: .act, "Let the scheduler take tasks by itself, or not",
        discussion: """
            Without --target it is said of every target. It holds the scheduler back, not what runs and not a person \
            who names a task; 'leviathan stop' holds everybody.
            """,
        subcommands: [
            CommandSpec("on", "Let the scheduler take tasks", options: options),
            CommandSpec("off", "Let it take none", options: options),
            CommandSpec("status", "Show what is said of each target", options: [options[0]]),
        ], runsAlone: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let word = context.arguments.path.dropFirst().first ?? "status"
        guard word != "status" else { return try status(context) }
        let target = context.arguments.value("target")
        try context.record(word == "on" ? .autonomyEnabled : .autonomyDisabled, of: target)
        if context.isJSON {
            context.output.json(["target": .optional(target), "autonomy": .string(word)])
        }
        context.output.note("autonomy is \(word) for \(target.map { "'\($0)'" } ?? "every target")")
        return .done
    }

    private static func status(_ context: CommandContext) throws -> ExitCode {
        let journal = try context.shared.readJournal()
        let names = try context.arguments.value("target").map { [$0] } ?? KnownTargets(context, journal).names
        if let name = context.arguments.value("target") { try KnownTargets(context, journal).demand(name) }
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
        var table = Table([Table.Column("TARGET", isFlexible: false), "AUTONOMY", "SINCE", "BY", "REASON"])
        for row in rows {
            table.add([
                row.target, row.word, row.event.map { context.times.brief($0.timestamp) } ?? "",
                row.event?.actor ?? "", row.reason ?? "",
            ])
        }
        context.output.data(table.render(width: context.output.width, context.palette))
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

extension CommandContext {
    /// Records what a person switched, with the reason given, of one target that is known or of all.
    func record(_ type: EventType, of target: String?) throws {
        let journal = try shared.journal()
        if let target { try KnownTargets(self, journal).demand(target) }
        let named = target.map { [JSON.Member("target", .string($0))] } ?? []
        let reason = JSON.Member("reason", .optional(arguments.value("reason")))
        // As it stands on the wire: the event itself would know neither the target nor the reason.
        try journal.append([shared.event(.other(type, .object(named + [reason])))])
    }
}

/// The targets that are registered, or that the journal knows.
struct KnownTargets {
    let names: [String]

    init(_ context: CommandContext, _ journal: Journal?) throws {
        let registered = try TargetRegistry(context.shared).readable().map(\.name)
        names = Set(registered + (try journal?.targetNames() ?? [])).sorted()
    }

    /// Refuses a name that nobody knows: a switch that nobody reads would be worse than none.
    func demand(_ name: String) throws {
        guard !names.contains(name) else { return }
        throw StageError(
            .invalid, "no target '\(name)' is known",
            hint: Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
                ?? "'leviathan target list' shows those there are")
    }
}
