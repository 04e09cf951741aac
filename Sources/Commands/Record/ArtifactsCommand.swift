internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan artifacts`: logs, diffs and transcripts that attempts left.
enum ArtifactsCommand: Command {
    private static let digest = ArgumentSpec(
        "SHA256", completion: .asking(.artifacts), "The digest, or its beginning")

    private static let columns: [Table.Column] = [
        Table.Column("SHA256", isFlexible: false), Table.Column("KIND", isOptional: true),
        Table.Column("NAME", cut: .middle), Table.Column("SIZE", .right),
        Table.Column("ATTEMPT", isFlexible: false), Table.Column("CREATED", isOptional: true),
    ]

    static let name = "artifacts"

    static let spec = CommandSpec(
        name, group: .record, "List artifacts, or print one",
        options: [
            OptionSpec("attempt", .value("ATTEMPT"), completion: .asking(.attempts), "Only those of this attempt"),
            RemotePlane.option,
        ] + Listing.options(columns, limit: "50", "the newest N"),
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
        if part == nil, let done = try context.remotely({ try RemoteGraph.artifacts(columns, context, $0) }) {
            return done
        }
        let listing = part == nil ? try Listing(columns, context) : nil
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
        default: return try listing.map { try list(context, journal, $0) } ?? .done
        }
        return .done
    }

    private static func missing(_ name: String, hint: String) -> StageError {
        StageError(.invalid, "there is no artifact '\(name)'", hint: hint)
    }

    private static func list(_ context: CommandContext, _ journal: Journal, _ listing: Listing) throws -> ExitCode
    {
        var listing = listing
        let attempt = try context.arguments.value("attempt").map { try AttemptPage.id($0, in: journal) }
        let found = try journal.artifactRecords(attempt: attempt, limit: listing.limit.map { $0 + 1 } ?? .max)
        let shown = listing.limit.map { found.prefix($0) } ?? found[...]
        listing.hasMore = shown.count < found.count
        for artifact in shown {
            let digest = artifact.digest
            listing.add(
                [
                    Table.Cell(String(digest.prefix(16)), brief: String(digest.prefix(8))),
                    Table.Cell(artifact.kind), Table.Cell(artifact.name), .size(artifact.bytes),
                    .id(artifact.attempt), .moment(artifact.createdAt, context.times),
                ], json: artifact.json)
        }
        return listing.show(empty: "no artifact matches")
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
