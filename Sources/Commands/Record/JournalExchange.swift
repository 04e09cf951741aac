internal import Basics
internal import CommandLine
internal import Journal
internal import Runner

/// `leviathan journal export`, `import` and `backup`.
enum JournalExchange {
    static func export(_ context: CommandContext) throws -> ExitCode {
        guard let journal = try context.shared.readJournal() else { return context.noteEmptyJournal() }
        var query = EventQuery()
        query.target = context.arguments.value("target")
        query.after = (try context.arguments.integer("from", in: 1...Int.max) ?? 1) - 1
        query.through = try context.arguments.integer("to", in: 1...Int.max)
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

    static func takeIn(_ context: CommandContext) throws -> ExitCode {
        let path = context.arguments.argument("FILE") ?? ""
        let lines: LineFile
        do throws(FileError) { lines = try LineFile(path, lineLimit: 4 * Journal.payloadLimit) } catch {
            throw StageError(.invalid, error)
        }
        let result = try context.shared.journal().importEvents(from: lines) {
            context.shared.event(.journalImported, $0)
        }
        if let failure = lines.failure { throw StageError(.invalid, failure) }
        if context.isJSON {
            context.output.json([
                "imported": .integer(result.imported), "known": .integer(result.known),
                "torn_line": .optional(result.tornLine),
            ])
        } else {
            let known = result.known == 0 ? "" : ", \(result.known) were there already"
            context.output.note("imported \(result.imported) events\(known)")
        }
        if let line = result.tornLine {
            context.output.note("line \(line), the last one, is torn off and was left out")
        }
        return .done
    }

    static func backup(_ context: CommandContext, _ journal: Journal) throws -> ExitCode {
        let path = context.arguments.argument("FILE") ?? ""
        try journal.backup(to: path)
        let found = try Journal(reading: path)?.verify()
        let events = found?.intactEvents ?? 0
        if context.isJSON { context.output.json(["file": .string(path), "events": .integer(events)]) }
        context.output.note("wrote \(path): \(events) events, unbroken; artifacts are files of their own")
        return .done
    }
}
