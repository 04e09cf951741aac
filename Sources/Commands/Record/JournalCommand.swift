internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan journal`: proof that nobody changed the record, and its care.
enum JournalCommand: Command {
    static let name = "journal"

    static let spec = CommandSpec(
        name, group: .record, "Tend the journal",
        subcommands: [
            CommandSpec(
                "verify", "Walk the chain and the artifacts, and name the first event that does not fit",
                options: [
                    OptionSpec("anchors", "Demand anchors in this repository to compare with"),
                    OptionSpec("no-artifacts", "Leave the artifacts alone"),
                ]),
            CommandSpec(
                "export", "Print events, one a line",
                options: [
                    OptionSpec(
                        "target", .value("TARGET"), completion: .asking(.targets), "Only events of this target"),
                    OptionSpec("from", .value("N"), "From this event on"),
                    OptionSpec("to", .value("N"), "Up to this event"),
                ], examples: [CommandSpec.Example("leviathan journal export > events.ndjson", "everything")]),
            CommandSpec(
                "import", "Take events from a file, whose chain is followed on the way",
                arguments: [ArgumentSpec("FILE", completion: .files, "One event a line")]),
            CommandSpec(
                "migrate", "Take over another journal, whatever kind it is: nothing changes, no hash either",
                arguments: [
                    ArgumentSpec(
                        "SOURCE", completion: .files,
                        "A journal.db, events one a line, or 'postgres' for $LEVIATHAN_POSTGRES_URL")
                ],
                examples: [
                    CommandSpec.Example(
                        "LEVIATHAN_BACKEND=postgres leviathan journal migrate ~/.leviathan/journal.db",
                        "into a database")
                ]),
            CommandSpec(
                "backup", "Copy the journal, as it is at one moment",
                arguments: [ArgumentSpec("FILE", completion: .files, "A file that is not there yet")]),
            CommandSpec(
                "restore", "Put a backup in the place of the journal, which is kept beside it",
                arguments: [ArgumentSpec("FILE", completion: .files, "What 'journal backup' wrote")]),
            CommandSpec(
                "salvage", "Make a damaged journal usable again: what fits is kept, and what was lost is recorded"),
            CommandSpec(
                "prune", "Remove old events, sealed by a checkpoint",
                options: [
                    OptionSpec("before", .value("TIME"), "A date, a time, or an age such as 90d"),
                    OptionSpec("archive", .value("FILE"), "Write what is removed into this new file first"),
                ]),
            CommandSpec(
                "hold", "Keep a target's events from 'prune', whatever their age; without one, list the holds",
                options: [
                    OptionSpec("reason", .value("TEXT"), "Why, for the record"),
                    OptionSpec("lift", "End the hold"),
                ], arguments: [ArgumentSpec("TARGET", .optional, "The target as the journal names it")]),
            CommandSpec("rebuild", "Derive everything that is known anew, from the events alone"),
            CommandSpec("anchor", "Write the heads into refs/leviathan/journal/ of this repository"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        switch context.arguments.path.last {
        case "import":
            return try JournalExchange.takeIn(context, from: context.arguments.argument("FILE") ?? "")
        case "migrate": return try JournalMigration.run(context)
        case "export": return try JournalExchange.export(context)
        case "restore": return try JournalExchange.restore(context)
        case "salvage": return try JournalExchange.salvage(context)
        default: break
        }
        guard let reader = try context.shared.readJournal() else { return context.noteEmptyJournal(.null) }
        switch context.arguments.path.last {
        case "verify": return try JournalVerifier.run(context, reader)
        case "backup": return try JournalExchange.backup(context, reader)
        case "prune": return try JournalRetention.prune(context)
        case "hold": return try JournalRetention.hold(context, reader)
        case "rebuild": return try rebuild(context)
        default: return try anchor(context, reader)
        }
    }

    private static func rebuild(_ context: CommandContext) throws -> ExitCode {
        let changed = try context.shared.journal().rebuild()
        if context.isJSON { context.output.json(["changed": .bool(changed)]) }
        context.output.note(
            changed
                ? "rebuilt; what had been derived before was not what the events say"
                : "rebuilt; nothing was different")
        return .done
    }

    private static func anchor(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        let checkout = try TargetCheckout.open(context.directory)
        let anchors = try JournalAnchors(checkout, context.shared)
        let anchor = try anchors.write(journal)
        if context.isJSON {
            context.output.json(["events": .integer(anchor.events), "hash": .string(anchor.hash.hex)])
        }
        context.output.note(
            "anchored \(anchor.events) events, head \(anchor.hash.hex), in \(anchors.reference)")
        return .done
    }
}

/// A moment as people write it on a command line.
enum PointInTime {
    /// A date, a time, or an age before now; what names no zone is by the local clock.
    static func parse(_ text: String, _ context: CommandContext) -> Instant? {
        // What is typed means the same whatever form the answer has.
        let times = TimeText(
            context.shared.zones, context.shared.clock, isExact: context.arguments.flag("utc"))
        return times.read(text) ?? DurationText.parse(text).map { times.now + (.zero - $0) }
    }
}
