internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan attempts show`: one attempt in full.
enum AttemptPage {
    static func run(_ context: CommandContext) throws -> ExitCode {
        guard let journal = try context.shared.readJournal() else { throw missing(name(context), among: nil) }
        try show(name(context), journal, context)
        return .done
    }

    /// The page of an attempt, or its document.
    static func show(_ name: String, _ journal: Journal, _ context: CommandContext) throws {
        // An attempt that goes on meanwhile would have events here that its record does not know of.
        let (found, events, artifacts) = try journal.reading { () throws(JournalError) in
            let found = try Named(name, in: journal)
            guard case .one(let attempt) = found else { return (found, [EventRecord](), [ArtifactRecord]()) }
            var query = EventQuery()
            query.attempt = attempt.id
            return (found, try journal.events(query), try journal.artifactRecords(attempt: attempt.id))
        }
        let attempt = try found.attempt(name)
        if context.isJSON {
            context.output.json(AttemptDetail(attempt, events, artifacts).json)
        } else {
            context.output.data(text(attempt, events, artifacts, context))
        }
    }

    /// The attempt that the command line names, in full or by the beginning or the end of its id.
    static func find(_ context: CommandContext) throws -> AttemptRecord {
        let name = name(context)
        guard let journal = try context.shared.readJournal() else { throw missing(name, among: nil) }
        return try Named(name, in: journal).attempt(name)
    }

    /// The whole id of an attempt of which the beginning or the end was given, for filters: one that is not there matches nothing.
    static func id(_ name: String, in journal: Journal?) throws -> String {
        guard let journal else { return name }
        let found = try Named(name, in: journal)
        if case .none = found { return name }
        return try found.attempt(name).id
    }

    private static func name(_ context: CommandContext) -> String { context.arguments.argument("ATTEMPT") ?? "" }

    /// `known`: the ids that there are; `nil` where nothing was ever recorded.
    private static func missing(_ name: String, among known: [String]?) -> StageError {
        let nearest = known.flatMap { Suggestion.nearest(to: name, among: $0) }
        return StageError(
            .invalid, "there is no attempt '\(name)'",
            hint: known == nil
                ? "the journal is empty"
                : nearest.map { "did you mean '\($0)'?" } ?? "'leviathan attempts' lists them")
    }

    /// What a name, in full or in part, stands for.
    private enum Named {
        case one(AttemptRecord)
        case several([String])
        case none(known: [String])

        init(_ name: String, in journal: Journal) throws(JournalError) {
            if let attempt = try journal.attempt(name) {
                self = .one(attempt)
                return
            }
            let meant = try journal.attemptIDs(named: name)
            if meant.count > 1 {
                self = .several(meant)
            } else if let attempt = try meant.first.flatMap({ (id) throws(JournalError) in try journal.attempt(id)
            }) {
                self = .one(attempt)
            } else {
                var query = AttemptQuery()
                query.limit = 10_000
                self = .none(known: try journal.attempts(query).map(\.id))
            }
        }

        func attempt(_ name: String) throws(StageError) -> AttemptRecord {
            switch self {
            case .one(let attempt): return attempt
            case .several(let ids):
                throw StageError(
                    .invalid, "'\(name)' could be \(ids.prefix(5).joined(separator: ", "))",
                    hint: "write more of the id")
            case .none(let known): throw missing(name, among: known)
            }
        }
    }

    private static func text(
        _ attempt: AttemptRecord, _ events: [EventRecord], _ artifacts: [ArtifactRecord], _ context: CommandContext
    ) -> String {
        var page = DetailPage(attempt.id, "", context.palette)
        page.row("task", "\(attempt.task) in \(attempt.target), attempt \(attempt.number)")
        page.row(
            "result", [attempt.outcome ?? attempt.state, attempt.reason].compactMap { $0 }.joined(separator: ": "))
        page.row("began", context.times.moment(attempt.createdAt) + " by " + attempt.actor)
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
        let detail = AttemptDetail(attempt, events, artifacts)
        page.rows("stages", detail.stages.map(\.text))
        page.rows("violations", detail.violations)
        page.rows("invariants", detail.invariants)
        page.rows("artifacts", artifacts.map { "\($0.kind) \($0.name) \(SizeText.text($0.bytes)) \($0.digest)" })
        return page.render()
    }

    private static func lines(_ attempt: AttemptRecord) -> String {
        guard let added = attempt.added, let removed = attempt.removed else { return "" }
        return ", +\(added) -\(removed)"
    }
}

extension AttemptStages.Stage {
    fileprivate var text: String {
        ([name] + [subject, duration.map(ShortDuration.text)].compactMap(\.self)).joined(separator: "  ")
    }
}
