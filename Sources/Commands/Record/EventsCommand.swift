internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan events`: what the journal holds, oldest first.
enum EventsCommand: Command {
    private static let columns: [Table.Column] = [
        Table.Column("#", .right, name: "number", isFlexible: false), Table.Column("TIME", isFlexible: false),
        Table.Column("EVENT", cut: .middle), Table.Column("TASK", cut: .middle, isOptional: true),
        Table.Column("ATTEMPT", isOptional: true), Table.Column("WHAT", wraps: true),
    ]

    static let name = "events"

    static let spec = CommandSpec(
        name, group: .record, "Print the events of the journal",
        discussion: "With --json each event is one line.",
        options: [
            OptionSpec("task", .value("TASK"), completion: .asking(.tasks), "Only events of this task"),
            OptionSpec(
                "attempt", .value("ATTEMPT"), completion: .asking(.attempts), "Only events of this attempt"),
            OptionSpec(
                "type", .value("TYPE"), repeats: true, completion: .asking(.eventTypes), "Only events of this type"
            ),
            OptionSpec("target", .value("TARGET"), completion: .asking(.targets), "Only events of this target"),
            OptionSpec("follow", short: "f", "Go on printing events as they are written"),
            RemotePlane.option,
        ] + Listing.options(columns, limit: "50", "the newest N"),
        examples: [
            CommandSpec.Example("leviathan events --task task-001", "what happened to a task"),
            CommandSpec.Example("leviathan events --follow --json", "for a program that watches"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if let done = try context.remotely({ try RemoteLists.events(columns, context, $0) }) { return done }
        var (query, listing) = (EventQuery(), try Listing(columns, context))
        query.task = context.arguments.value("task")
        query.target = context.arguments.value("target")
        query.types = context.arguments.all("type").map { EventType($0) }
        (query.limit, query.prefersNewest) = (listing.limit.map { $0 + 1 }, true)
        let journal = try context.shared.readJournal()
        query.attempt = try context.arguments.value("attempt").map { try AttemptPage.id($0, in: journal) }
        let events = try journal?.events(query) ?? []
        if context.arguments.flag("follow") {
            return try follow(query, listing.limit.map { events.suffix($0) } ?? events, journal, context)
        }
        guard journal != nil else { return context.noteEmptyJournal() }
        let shown = listing.limit.map { events.suffix($0) } ?? events[...]
        listing.hasMore = shown.count < events.count
        for event in shown { listing.add(row(event, context.times), json: event.json) }
        return listing.show(linesOfJSON: true, empty: "no event matches")
    }

    /// Prints events as they come, one a line, until it is interrupted.
    private static func follow(
        _ query: EventQuery, _ first: [EventRecord], _ opened: Journal?, _ context: CommandContext
    ) throws -> ExitCode {
        Interrupts.cancel(context.shared.cancellation)
        var (query, events, journal) = (query, first, opened)
        (query.limit, query.prefersNewest) = (1000, false)
        while true {
            for event in events {
                if context.isJSON {
                    context.output.jsonLine(event.json)
                } else {
                    context.output.data(
                        row(event, context.times).map(\.text).filter { !$0.isEmpty }.joined(separator: "  ") + "\n"
                    )
                }
            }
            query.after = max(query.after, events.last?.sequence ?? 0)
            if events.count < 1000 { Pause.briefly() }
            if context.shared.cancellation.isCancelled { return .interrupted }
            if journal == nil { journal = try context.shared.readJournal() }
            events = try journal?.events(query) ?? []
        }
    }

    /// An event for whoever watches one attempt.
    static func line(_ event: EventRecord, _ times: TimeText) -> String {
        let time = Instant(event.timestamp).map(times.timeOfDay) ?? event.timestamp
        let what = row(event, times).last?.text ?? ""
        return SafeText.line("\(time) \(event.type.name)" + (what.isEmpty ? "" : "  " + what))
    }

    private static func row(_ event: EventRecord, _ times: TimeText) -> [Table.Cell] {
        let facts = event.payload
        let known: Set<String> = ["target", "task_id", "attempt_id", "changes", "violations", "spec"]
        let rest = (facts.members ?? []).filter { !known.contains($0.name) }.map { member in
            "\(member.name)=\(member.value.string.map { Digest.looksLikeHex($0) ? String($0.prefix(8)) : $0 } ?? member.value.text())"
        }
        return [
            .count(event.sequence),
            Table.Cell(
                times.full(event.timestamp), brief: times.brief(event.timestamp),
                key: Instant(event.timestamp).map { Int($0.microsecondsSinceEpoch) }),
            Table.Cell(event.type.name), Table.Cell(facts["task_id"]?.string ?? ""),
            Table.Cell(facts["attempt_id"]?.string.map { String($0.suffix(8)) } ?? ""),
            Table.Cell(rest.joined(separator: " ")),
        ]
    }
}

extension Digest {
    /// Whether a text is an object id or digest, which people only need the beginning of.
    fileprivate static func looksLikeHex(_ text: String) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64) && Hex.decode(text) != nil
    }
}
