internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan journal export`, `import` and `backup`.
enum JournalExchange {
    static func export(_ context: CommandContext) throws -> ExitCode {
        var query = EventQuery()
        query.target = context.arguments.value("target")
        query.after = (try context.arguments.integer("from", in: 1...Int.max) ?? 1) - 1
        query.through = try context.arguments.integer("to", in: 1...Int.max)
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal() }
        var pending: [UInt8] = []
        try journal.export(query) { line in
            pending += line
            guard pending.count > 1 << 16 else { return }
            context.output.data(pending)
            pending.removeAll(keepingCapacity: true)
        }
        context.output.data(pending)
        return .done
    }

    static func takeIn(_ context: CommandContext, from path: String) throws -> ExitCode {
        let lines: LineFile
        do throws(FileError) { lines = try LineFile(path, lineLimit: 4 * Journal.payloadLimit) } catch {
            throw StageError(.invalid, error)
        }
        let journal = try context.shared.journal()
        let result: ImportResult
        do throws(JournalError) {
            result = try journal.importEvents(from: lines, failure: { lines.failure }) {
                context.shared.event($0)
            }
        } catch {
            if let failure = lines.failure { throw StageError(.invalid, failure) }
            throw error
        }
        if context.isJSON {
            context.output.json([
                "imported": .integer(result.imported), "known": .integer(result.known),
                "torn_line": .optional(result.tornLine),
            ])
        } else {
            let known = result.known == 0 ? "" : ", \(result.known) were there already"
            context.output.note("imported \(result.imported) events, whose chains were followed\(known)")
        }
        if let line = result.tornLine {
            context.output.note("line \(line), the last one, is torn off and was left out")
        }
        return .done
    }

    static func backup(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        let path = context.arguments.argument("FILE") ?? ""
        let found = try journal.backup(to: path).found
        if context.isJSON { context.output.json(["file": .string(path), "events": .integer(found.intactEvents)]) }
        context.output.note(
            "wrote \(path): \(found.text); artifacts are files of their own, and were not looked at")
        return .done
    }

    static func restore(_ context: CommandContext) throws -> ExitCode {
        let (path, shared) = (context.arguments.argument("FILE") ?? "", context.shared)
        let result = try restored(path, context)
        try JournalIdentity.renew(shared)
        if context.isJSON {
            context.output.json([
                "events": .integer(result.found.intactEvents), "kept_as": .optional(result.keptAs),
            ])
        }
        context.output.note("restored \(path): \(result.found.text)")
        if let kept = result.keptAs { context.output.note("what was there before is kept as \(kept)") }
        context.output.note(
            "the next 'propose' settles with the remote what was open in it, and 'leviathan sync' takes over pull requests "
                + "that are newer than it")
        return .done
    }

    private static func restored(_ path: String, _ context: CommandContext) throws -> RestoreResult {
        let shared = context.shared
        guard case .file(let journal) = try shared.journalLocation() else {
            return try shared.journal().replace(
                by: path, mark: mark(context), isHeld: shared.isHeld, note: { shared.event($0) })
        }
        return try Journal.restore(
            path, to: journal, mark: mark(context), isHeld: shared.isHeld, note: { shared.event($0) })
    }

    static func salvage(_ context: CommandContext) throws -> ExitCode {
        let shared = context.shared
        guard case .file = try shared.journalLocation() else {
            throw JournalError.unsuited(
                "'salvage' mends a journal that is a file, and this one is in a database",
                hint: "'leviathan journal restore' takes a backup; the server's own tools mend damaged tables")
        }
        let result = try Journal.salvage(
            shared.journalPath, mark: mark(context), patience: shared.patience, isHeld: shared.isHeld,
            note: { shared.event($0) })
        let lost = result.lost
        if context.isJSON {
            context.output.json([
                "kept": .integer(lost.kept), "first_lost": .optional(lost.firstLost),
                "problem": result.keptAs == nil ? .null : .string(lost.problem),
                "kept_as": .optional(result.keptAs),
            ])
        }
        guard let kept = result.keptAs else {
            context.output.note("all \(lost.kept) events were looked at and fit: there is nothing to salvage")
            return .done
        }
        try JournalIdentity.renew(shared)
        context.output.note("kept \(lost.kept) events, looked at one by one; lost: \(lost.problem)")
        context.output.note("the damaged journal is kept as \(kept)")
        return .done
    }

    /// What the file that is put aside is called by.
    private static func mark(_ context: CommandContext) -> String {
        context.shared.clock.now().secondsText.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
    }
}
