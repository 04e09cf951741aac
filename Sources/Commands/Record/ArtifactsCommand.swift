internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan artifacts`: logs, diffs and transcripts that attempts left.
enum ArtifactsCommand: Command {
    private static let digest = ArgumentSpec("SHA256", "The digest, or its beginning")

    static let spec = CommandSpec(
        "artifacts", group: .record, "List artifacts, or print one",
        options: [
            OptionSpec("attempt", .value("ATTEMPT"), "Only those of this attempt"),
            OptionSpec("limit", .value("N"), default: "50", "At most N"),
        ],
        subcommands: [
            CommandSpec("show", "Print an artifact, once it is proved to be unaltered", arguments: [digest]),
            CommandSpec("path", "Print where an artifact lies", arguments: [digest]),
            CommandSpec(
                "gc", "Remove files that nothing refers to",
                options: [
                    OptionSpec("grace", .value("AGE"), default: "1d", "Leave younger files alone"),
                    OptionSpec("dry-run", short: "n", "Only say which"),
                ]),
        ], runsAlone: true)

    static func run(_ context: CommandContext) throws -> ExitCode {
        let part = context.arguments.path.dropFirst().first
        let limit = part == nil ? try context.arguments.integer("limit", in: 1...1_000_000) ?? 50 : 0
        let grace = part == "gc" ? try context.arguments.duration("grace") ?? .seconds(86_400) : .zero
        guard let journal = try context.shared.readJournal() else {
            guard part != "show", part != "path" else {
                throw missing(context.arguments.argument("SHA256") ?? "", hint: "the journal is empty")
            }
            return context.noteEmptyJournal(part == "gc" ? ["removed": []] : [])
        }
        switch part {
        case "show": context.output.content(try journal.artifacts.read(find(context, journal)))
        case "path": context.output.data(journal.artifacts.path(of: try find(context, journal)) + "\n")
        case "gc": try collect(context, journal, olderThan: grace)
        default: try list(context, journal, limit)
        }
        return .done
    }

    private static func missing(_ name: String, hint: String) -> StageError {
        StageError(.invalid, "there is no artifact '\(name)'", hint: hint)
    }

    private static func list(_ context: CommandContext, _ journal: Journal, _ limit: Int) throws {
        let found = try journal.artifactRecords(attempt: context.arguments.value("attempt"), limit: limit)
        if context.isJSON { return context.output.json(.array(found.map(\.json))) }
        guard !found.isEmpty else { return context.output.note("no artifact matches") }
        var table = Table([
            Table.Column("SHA256", cut: .end), "KIND", "NAME", Table.Column("SIZE", .right), "ATTEMPT", "CREATED",
        ])
        for artifact in found {
            table.add([
                String(artifact.digest.prefix(16)), artifact.kind, artifact.name, SizeText.text(artifact.bytes),
                artifact.attempt, context.times.brief(artifact.createdAt),
            ])
        }
        context.output.data(table.render(width: context.output.width, context.palette))
    }

    private static func find(_ context: CommandContext, _ journal: Journal) throws -> Digest {
        let name = context.arguments.argument("SHA256") ?? ""
        if let digest = Digest(hex: name) { return digest }
        let known = Set(try journal.artifactRecords(limit: 1_000_000).map(\.digest))
        let meant = name.isEmpty ? [] : known.filter { $0.hasPrefix(name.lowercased()) }
        guard !meant.isEmpty else { throw missing(name, hint: "'leviathan artifacts' lists them") }
        guard meant.count == 1, let digest = meant.first.flatMap({ Digest(hex: $0) }) else {
            throw StageError(
                .invalid, "\(meant.count) artifacts begin with '\(name)'", hint: "write more of the digest")
        }
        return digest
    }

    private static func collect(
        _ context: CommandContext, _ journal: Journal, olderThan grace: Duration
    ) throws {
        let isDryRun = context.arguments.flag("dry-run")
        let store = isDryRun ? journal : try context.shared.journal()
        let removed = try store.collectArtifacts(
            olderThan: context.shared.clock.now() + (.zero - grace), isDryRun: isDryRun)
        if context.isJSON { return context.output.json(["removed": .strings(removed)]) }
        context.output.note(
            "\(isDryRun ? "would remove" : "removed") \(removed.count) file\(removed.count == 1 ? "" : "s")")
    }
}
