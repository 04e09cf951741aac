internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan attempts show`: one attempt in full.
enum AttemptPage {
    static func run(_ context: CommandContext) throws -> ExitCode {
        let id = try find(context).id
        guard let journal = try context.shared.readJournal() else { return .done }
        let (attempt, events, artifacts) = try journal.reading { () throws(JournalError) in
            var query = EventQuery()
            query.attempt = id
            return (
                try journal.attempt(id), try journal.events(query), try journal.artifactRecords(attempt: id)
            )
        }
        guard let attempt else { return .done }
        if context.isJSON {
            context.output.json(json(attempt, events, artifacts))
        } else {
            context.output.data(text(attempt, events, artifacts, context.palette))
        }
        return .done
    }

    /// The attempt that the command line names, in full or by the end of its id.
    static func find(_ context: CommandContext) throws -> AttemptRecord {
        let name = context.arguments.argument("ATTEMPT") ?? ""
        guard let journal = try context.shared.readJournal() else {
            throw StageError(.invalid, "there is no attempt '\(name)'", hint: "the journal is empty")
        }
        if let attempt = try journal.attempt(name) { return attempt }
        var query = AttemptQuery()
        query.limit = 10_000
        let known = try journal.attempts(query)
        let meant = name.isEmpty ? [] : known.filter { $0.id.hasSuffix(name) }
        if meant.count == 1 { return meant[0] }
        guard meant.isEmpty else {
            throw StageError(
                .invalid, "'\(name)' could be \(meant.prefix(5).map(\.id).joined(separator: ", "))",
                hint: "write more of the id")
        }
        let nearest = Suggestion.nearest(to: name, among: known.map(\.id))
        throw StageError(
            .invalid, "there is no attempt '\(name)'",
            hint: nearest.map { "did you mean '\($0)'?" } ?? "'leviathan attempts' lists them")
    }

    private static func text(
        _ attempt: AttemptRecord, _ events: [EventRecord], _ artifacts: [ArtifactRecord], _ palette: Palette
    ) -> String {
        var page = DetailPage(attempt.id, "", palette)
        page.row("task", "\(attempt.task) in \(attempt.target), attempt \(attempt.number)")
        page.row(
            "result", [attempt.outcome ?? attempt.state, attempt.reason].compactMap { $0 }.joined(separator: ": "))
        page.row("began", attempt.createdAt + " by " + attempt.actor)
        page.row("took", attempt.duration.map(ShortDuration.text))
        page.row("base", attempt.base)
        page.row("executor", attempt.executor)
        page.row(
            "workspace",
            [attempt.workspace, attempt.isolation.map { "isolation \($0)" }].compactMap { $0 }.joined(
                separator: ", "))
        page.row("tree", attempt.tree)
        page.row("change", attempt.files.map { "\($0) file\($0 == 1 ? "" : "s")" + lines(attempt) })
        page.row("commit", attempt.commit)
        page.row("branch", attempt.branch)
        page.row("pull request", attempt.pullRequest.map { "#\($0)" })
        page.row("tokens", attempt.tokens == 0 ? nil : "\(attempt.tokens)")
        page.rows("stages", stages(events).map { "\($0.name)  \($0.duration.map(ShortDuration.text) ?? "")" })
        page.rows("violations", violations(events))
        page.rows("invariants", invariants(events))
        page.rows("artifacts", artifacts.map { "\($0.kind) \($0.name) \(SizeText.text($0.bytes)) \($0.digest)" })
        return page.render()
    }

    private static func lines(_ attempt: AttemptRecord) -> String {
        guard let added = attempt.added, let removed = attempt.removed else { return "" }
        return ", +\(added) -\(removed)"
    }

    /// Each event with the time until the next one.
    private static func stages(_ events: [EventRecord]) -> [(name: String, duration: Duration?)] {
        events.enumerated().map { index, event in
            guard index + 1 < events.count, let start = Instant(event.timestamp),
                let end = Instant(events[index + 1].timestamp)
            else { return (event.type.name, nil) }
            return (event.type.name, max(end - start, .zero))
        }
    }

    private static func violations(_ events: [EventRecord]) -> [String] {
        events.flatMap { record -> [String] in
            guard case .policyJudged(let findings) = record.event else { return [] }
            return findings.violations.map { "\($0.message) [\($0.rule)]" }
        }
    }

    private static func invariants(_ events: [EventRecord]) -> [String] {
        events.compactMap { record in
            guard case .invariantFinished(let run) = record.event else { return nil }
            return "\(run.name): \(run.outcome ?? "")\(run.log.map { ", log \($0.hex)" } ?? "")"
        }
    }

    private static func json(_ attempt: AttemptRecord, _ events: [EventRecord], _ artifacts: [ArtifactRecord])
        -> JSON
    {
        let stages = stages(events).map { stage -> JSON in
            [
                "name": .string(stage.name),
                "duration_ms": stage.duration.map { .integer(Int($0.milliseconds)) } ?? .null,
            ]
        }
        let further: [JSON.Member] = [
            JSON.Member("stages", .array(stages)),
            JSON.Member(
                "violations",
                .array(
                    events.filter { $0.type == .policyJudged }.flatMap { $0.payload["violations"]?.elements ?? [] }
                )),
            JSON.Member("invariants", .array(events.filter { $0.type == .invariantFinished }.map(\.payload))),
            JSON.Member("artifacts", .array(artifacts.map(\.json))),
            JSON.Member("events", .array(events.map(\.json))),
        ]
        return .object((attempt.json.members ?? []) + further)
    }
}
