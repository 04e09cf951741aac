internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan journal migrate`: everything of another journal into the one in use, whatever kind either is.
enum JournalMigration {
    static func run(_ context: CommandContext) throws -> ExitCode {
        let (name, shared) = (context.arguments.argument("SOURCE") ?? "", context.shared)
        let isFile = name != "postgres"
        guard try !isFile || isJournal(name) else { return try JournalExchange.takeIn(context, from: name) }
        let journal = try shared.journal()
        let source = try source(name, shared)
        let result = try journal.takeOver(source, isHeld: shared.isHeld)
        let artifacts = try journal.takeOverArtifacts(of: source)
        if context.isJSON {
            context.output.json([
                "events": .integer(result.found.intactEvents), "head": .optional(result.found.head?.hex),
                "known": .bool(result.wasThere), "derived_alike": .bool(result.isDerivedAlike),
                "artifacts": .integer(artifacts),
            ])
        }
        context.output.note(
            result.wasThere
                ? "the journal is the same already: \(result.found.text)"
                : "took over \(result.found.text), each with its own hash; '\(source.path)' is left as it is")
        if artifacts > 0 { context.output.note("copied \(artifacts) artifacts") }
        if !result.isDerivedAlike {
            context.output.note(
                "what '\(source.path)' had derived was not what its events say: it was derived anew")
        }
        return .done
    }

    private static func source(_ name: String, _ shared: Context) throws -> Journal {
        guard name == "postgres" else {
            guard let journal = try JournalLocation.file(name).read(shared.journalOpening) else {
                throw StageError(.invalid, FileError("read", name, SystemError.notFound))
            }
            return journal
        }
        guard let url = JournalLocation.url(shared.environment) else {
            throw StageError(
                .invalid, "no LEVIATHAN_POSTGRES_URL says where the database is",
                hint: "set it to postgresql://USER:PASSWORD@HOST/DATABASE")
        }
        guard let journal = try JournalLocation.postgres(url).read(shared.journalOpening) else {
            throw StageError(.invalid, "the database that LEVIATHAN_POSTGRES_URL names holds no journal")
        }
        return journal
    }

    /// A journal in a file begins with SQLite's own words; anything else is read as events, one a line.
    private static func isJournal(_ path: String) throws -> Bool {
        let mark = Array("SQLite format 3\0".utf8)
        do throws(FileError) { return try FileSystem.readStart(of: path, count: mark.count) == mark } catch {
            throw StageError(.invalid, error)
        }
    }
}
