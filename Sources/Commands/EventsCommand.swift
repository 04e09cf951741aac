internal import Basics
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
            OptionSpec("limit", .value("N"), "The newest N events (by default 50; 0 for all)"),
        ], examples: [CommandSpec.Example("leviathan events --task task-001", "what happened to a task")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        var query = EventQuery()
        query.task = context.arguments.value("task")
        query.attempt = context.arguments.value("attempt")
        query.types = context.arguments.all("type").map { EventType($0) }
        let limit = try context.arguments.integer("limit") ?? 50
        query.limit = limit == 0 ? nil : limit
        query.prefersNewest = true
        guard let journal = try Journal(reading: context.surroundings.journalPath) else {
            context.output.note("the journal is empty: nothing has been done yet")
            return .done
        }
        let events = try journal.events(query)
        if context.isJSON {
            for event in events { context.output.data(event.json.text() + "\n") }
            return .done
        }
        guard !events.isEmpty else {
            context.output.note("no event matches")
            return .done
        }
        var table = Table(["#", "TIME", "EVENT", "TASK", "ATTEMPT", "WHAT"])
        for event in events { table.add(row(event)) }
        context.output.data(table.render(width: context.output.width, context.palette))
        return .done
    }

    private static func row(_ event: Event) -> [String] {
        let facts = event.payload
        let known: Set<String> = ["target", "task_id", "attempt_id", "changes", "violations", "spec"]
        let rest = (facts.members ?? []).filter { !known.contains($0.name) }.map { member in
            "\(member.name)=\(member.value.string.map { Digest.looksLikeHex($0) ? String($0.prefix(8)) : $0 } ?? member.value.text())"
        }
        return [
            String(event.sequence), String(event.timestamp.prefix(19)).replacing("T", with: " "), event.type.name,
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

/// `leviathan journal verify`: proof that nobody changed the record.
enum JournalCommand: Command {
    static let spec = CommandSpec(
        "journal", group: .record, "Tend the journal",
        subcommands: [
            CommandSpec("verify", "Walk the chain and name the first event that does not fit")
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        guard context.arguments.path.count > 1 else {
            throw UsageError(
                "'journal' needs a command", hint: "there is 'journal verify'", usage: "leviathan journal COMMAND")
        }
        guard let journal = try Journal(reading: context.surroundings.journalPath) else {
            context.output.note("the journal is empty: nothing has been done yet")
            return .done
        }
        let found = try journal.verify()
        if context.isJSON { context.output.json(json(found)) }
        guard let broken = found.firstBreak else {
            if !context.isJSON {
                context.output.data("\(found.intactEvents) events, unbroken; head \(found.head?.hex ?? "none")\n")
            }
            return .done
        }
        if !context.isJSON {
            context.output.data(
                "event \(broken.sequence) (\(SafeText.line(broken.eventID))) does not fit: \(broken.problem)\n")
            context.output.data("\(found.intactEvents) events before it are unbroken\n")
        }
        return .unexpectedFailure
    }

    private static func json(_ found: JournalVerification) -> JSON {
        [
            "intact_events": .integer(found.intactEvents), "head": .optional(found.head?.hex),
            "first_break": found.firstBreak.map {
                [
                    "sequence": .integer($0.sequence), "event_id": .string($0.eventID),
                    "problem": .string($0.problem),
                ]
            } ?? .null,
        ]
    }
}
