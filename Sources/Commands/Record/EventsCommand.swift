internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan events`: what the journal holds, oldest first.
enum EventsCommand: Command {
    static let spec = CommandSpec(
        "events", group: .record, "Print the events of the journal",
        discussion: "With --json each event is one line.",
        options: [
            OptionSpec("task", .value("TASK"), "Only events of this task"),
            OptionSpec("attempt", .value("ATTEMPT"), "Only events of this attempt"),
            OptionSpec("type", .value("TYPE"), repeats: true, "Only events of this type"),
            OptionSpec("target", .value("TARGET"), "Only events of this target"),
            OptionSpec("limit", .value("N"), default: "50", "The newest N events; 0 for all"),
            OptionSpec("follow", short: "f", "Go on printing events as they are written"),
        ],
        examples: [
            CommandSpec.Example("leviathan events --task task-001", "what happened to a task"),
            CommandSpec.Example("leviathan events --follow --json", "for a program that watches"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        var query = EventQuery()
        query.task = context.arguments.value("task")
        query.attempt = context.arguments.value("attempt")
        query.target = context.arguments.value("target")
        query.types = context.arguments.all("type").map { EventType($0) }
        let limit = try context.arguments.integer("limit") ?? 50
        (query.limit, query.prefersNewest) = (limit == 0 ? nil : limit, true)
        let journal = try context.shared.readJournal()
        let events = try journal?.events(query) ?? []
        if context.arguments.flag("follow") { return try follow(query, events, journal, context) }
        guard journal != nil else { return context.noteEmptyJournal() }
        if context.isJSON {
            for event in events { context.output.jsonLine(event.json) }
            return .done
        }
        guard !events.isEmpty else {
            context.output.note("no event matches")
            return .done
        }
        var table = Table([
            Table.Column("#", .right, isFlexible: false), Table.Column("TIME", isFlexible: false), "EVENT", "TASK",
            "ATTEMPT", "WHAT",
        ])
        for event in events { table.add(row(event, context.times)) }
        context.output.data(table.render(width: context.output.width, context.palette))
        return .done
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
                        row(event, context.times).filter { !$0.isEmpty }.joined(separator: "  ") + "\n")
                }
            }
            query.after = max(query.after, events.last?.sequence ?? 0)
            if events.count < 1000 { Pause.briefly() }
            if context.shared.cancellation.isCancelled { return .interrupted }
            if journal == nil { journal = try context.shared.readJournal() }
            events = try journal?.events(query) ?? []
        }
    }

    private static func row(_ event: EventRecord, _ times: TimeText) -> [String] {
        let facts = event.payload
        let known: Set<String> = ["target", "task_id", "attempt_id", "changes", "violations", "spec"]
        let rest = (facts.members ?? []).filter { !known.contains($0.name) }.map { member in
            "\(member.name)=\(member.value.string.map { Digest.looksLikeHex($0) ? String($0.prefix(8)) : $0 } ?? member.value.text())"
        }
        return [
            String(event.sequence), times.full(event.timestamp), event.type.name,
            facts["task_id"]?.string ?? "", facts["attempt_id"]?.string.map { String($0.suffix(8)) } ?? "",
            rest.joined(separator: " "),
        ]
    }
}

extension Digest {
    /// Whether a text is an object id or digest, which people only need the beginning of.
    fileprivate static func looksLikeHex(_ text: String) -> Bool {
        (text.utf8.count == 40 || text.utf8.count == 64) && Hex.decode(text) != nil
    }
}
