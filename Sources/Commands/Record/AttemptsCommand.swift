internal import Basics
internal import CommandLine
internal import Journal
internal import Model
internal import Runner

/// `leviathan attempts`: what was tried, the newest first.
enum AttemptsCommand: Command {
    static let columns: [Table.Column] = [
        Table.Column("ATTEMPT", isFlexible: false), Table.Column("TARGET", isOptional: true),
        Table.Column("TASK", cut: .middle), Table.Column("#", .right, name: "number", isOptional: true), "RESULT",
        "BEGAN", Table.Column("TOOK", isOptional: true), Table.Column("WHAT", wraps: true),
    ]

    static let filters =
        [
            OptionSpec("target", .value("TARGET"), completion: .asking(.targets), "Only attempts in this target"),
            OptionSpec("task", .value("TASK"), completion: .asking(.tasks), "Only attempts of this task"),
            OptionSpec("since", .value("TIME"), "Only attempts since a date, a time, or an age such as 7d"),
        ] + Listing.options(columns, limit: "20", "the newest N")

    static let name = "attempts"

    static let spec = CommandSpec(
        name, group: .record, "List attempts, the newest first",
        options: filters + [
            OptionSpec(
                "state", .value("STATE"), repeats: true,
                choices: ["created", "running", "succeeded", "failed", "interrupted", "invalidated"],
                "Only attempts in this state"),
            RemotePlane.option,
        ],
        examples: [
            CommandSpec.Example("leviathan attempts --since 7d --state failed", "what went wrong this week")
        ],
        subcommands: [
            CommandSpec(
                "show", "Show one attempt in full: stages, violations, invariants, artifacts",
                options: [RemotePlane.option],
                arguments: [
                    ArgumentSpec(
                        "ATTEMPT", completion: .asking(.attempts), "Its id, or the beginning or the end of it")
                ]),
            CommandSpec(
                "invalidate", "Declare an attempt void",
                options: [OptionSpec("reason", .value("TEXT"), "Why"), RemotePlane.option],
                arguments: [
                    ArgumentSpec(
                        "ATTEMPT", completion: .asking(.attempts), "Its id, or the beginning or the end of it")
                ]),
            AttemptRelease.spec,
        ], runsAlone: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let done = try context.remotely { plane in
            switch context.arguments.path.dropFirst().first {
            case "show": try RemoteAttempts.show(context, plane)
            case "invalidate": try RemoteAttempts.invalidate(context, plane)
            default: try RemoteAttempts.list("/v1/attempts", context, plane)
            }
        }
        if let done { return done }
        switch context.arguments.path.dropFirst().first {
        case "show": return try AttemptPage.run(context)
        case "invalidate": return try invalidate(context)
        case "release": return try AttemptRelease.run(context)
        default: break
        }
        let listing = try Listing(columns, context)
        var query = try query(context, listing)
        query.states = context.arguments.all("state")
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal([]) }
        return list(try journal.attempts(query), listing, context)
    }

    /// One more than is shown, so that it is known whether there are more.
    static func query(_ context: CommandContext, _ listing: Listing) throws -> AttemptQuery {
        var query = AttemptQuery()
        query.target = context.arguments.value("target")
        query.task = context.arguments.value("task")
        query.limit = listing.limit.map { $0 + 1 } ?? .max
        query.since = try context.arguments.parsed("since", expected: "a date, a time or an age such as 7d") {
            PointInTime.parse($0, context)?.description
        }
        return query
    }

    /// `what` says more of an attempt than its reason does.
    static func list(
        _ attempts: [AttemptRecord], _ listing: Listing, _ context: CommandContext, what: [String: String] = [:]
    ) -> ExitCode {
        var listing = listing
        let shown = listing.limit.map { attempts.prefix($0) } ?? attempts[...]
        listing.hasMore = shown.count < attempts.count
        for attempt in shown {
            listing.add(row(attempt, what[attempt.id], context.times), json: attempt.json)
        }
        return listing.show(empty: "no attempt matches")
    }

    private static func row(_ attempt: AttemptRecord, _ what: String?, _ times: TimeText) -> [Table.Cell] {
        let result = attempt.state == "invalidated" ? attempt.state : attempt.outcome ?? attempt.state
        return [
            .id(attempt.id), Table.Cell(attempt.target), Table.Cell(attempt.task), .count(attempt.number),
            Table.Cell(result, style(of: result)), .moment(attempt.createdAt, times), .duration(attempt.duration),
            Table.Cell(what ?? attempt.reason ?? attempt.branch ?? ""),
        ]
    }

    static func style(of result: String) -> TextStyle? {
        switch result {
        case "delivered", "unchanged": .green
        case "failed", "rejected": .red
        default: nil
        }
    }

    private static func invalidate(_ context: CommandContext) throws -> ExitCode {
        let attempt = try AttemptPage.find(context)
        try HomeControls(context.shared)
            .invalidate(attempt, reason: context.arguments.value("reason"))
        if context.isJSON { context.output.json(["attempt": .string(attempt.id), "state": "invalidated"]) }
        context.output.note("\(attempt.id) is void; the branch it may have pushed is as it was")
        return .done
    }
}

/// `leviathan failures`: attempts that failed or were rejected, with their reasons.
enum FailuresCommand: Command {
    static let name = "failures"

    static let spec = CommandSpec(
        name, group: .record, "List attempts that failed or were rejected, and why",
        options: AttemptsCommand.filters + [RemotePlane.option])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if let done = try context.remotely({ try RemoteAttempts.list("/v1/failures", context, $0) }) {
            return done
        }
        let listing = try Listing(AttemptsCommand.columns, context)
        var query = try AttemptsCommand.query(context, listing)
        query.states = ["failed"]
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal([]) }
        let attempts = try journal.attempts(query)
        var what: [String: String] = [:]
        for attempt in attempts where !context.isJSON && attempt.outcome == "rejected" {
            what[attempt.id] = try violation(of: attempt.id, journal)
        }
        return AttemptsCommand.list(attempts, listing, context, what: what)
    }

    /// The first thing that the policy had against an attempt.
    private static func violation(of attempt: String, _ journal: Journal) throws -> String? {
        var query = EventQuery()
        query.attempt = attempt
        let found = AttemptDetail.violations(try journal.events(query))
        return found.first.map { $0 + (found.count > 1 ? " and \(found.count - 1) more" : "") }
    }
}

/// `leviathan retry`: lets a task be tried again that failed too often or was declined.
enum RetryCommand: Command {
    static let name = "retry"

    static let spec = CommandSpec(
        name, group: .act, "Let a task be tried again that failed too often",
        options: Target.options + [Target.named, OptionSpec("reason", .value("TEXT"), "Why; it is recorded")],
        arguments: [ArgumentSpec("TASK", completion: .asking(.tasks), "The task's id")])

    static func run(_ context: CommandContext) throws -> ExitCode {
        let target = try Target(context)
        let contract = try target.contract()
        let task = try target.stage.task(context.arguments.argument("TASK") ?? "", in: contract)
        _ = try Recovery(context.shared).run()
        try HomeControls(context.shared).retry(
            task.id, of: contract.target.id, reason: context.arguments.value("reason"))
        if context.isJSON { context.output.json(["task": .string(task.id), "state": "pending"]) }
        let place = context.arguments.value("target").map { " --target \($0)" } ?? ""
        context.output.note("'\(task.id)' may be tried again: leviathan propose \(task.id)\(place)")
        return .done
    }
}

/// A duration for a narrow column: `312 ms`, `4.2 s`, `3m20s`.
enum ShortDuration {
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        if milliseconds < 60_000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" }
        return DurationText.text(.seconds(milliseconds / 1000))
    }
}
