internal import Basics
internal import SQLite

/// What was kept of a damaged journal.
package struct SalvageResult: Hashable, Sendable {
    package let lost: Event.LostEvents
    /// Where the damaged journal is kept; `nil` where nothing was wrong with it, and nothing was done.
    package let keptAs: String?
}

extension Journal {
    /// Makes a new journal of the events of a damaged one up to the first that does not fit, with their own hashes, and
    /// an event that says what was lost; the damaged file is kept beside it under a name that ends with `mark`.
    package static func salvage(
        _ path: String, mark: String, patience: Duration = defaultPatience,
        isHeld: (Claim) throws(JournalError) -> Bool, note: (Event) -> EventDraft
    ) throws(JournalError) -> SalvageResult {
        guard FileSystem.exists(path) else { throw .file(FileError("read", path, SystemError.notFound)) }
        let damage: String
        switch try problem(in: path) {
        case .whole(let events):
            let nothing = Event.LostEvents(
                kept: events, firstLost: nil, problem: "", formerSequence: nil, formerHash: nil)
            return SalvageResult(lost: nothing, keptAs: nil)
        case .damaged(let found): damage = found
        }
        let (copy, partial) = (path + ".looking", path + ".salvaging")
        do throws(JournalError) {
            let guardian = try WriterLock(path, patience)
            defer { guardian.end() }
            try remove(copy)
            try copyBytes(path, to: copy)
            let lost = try mended(copy, partial, damage, isHeld, note)
            let kept = try putAside(path, as: "\(path).damaged-\(mark)", for: partial)
            try remove(copy)
            return SalvageResult(lost: lost, keptAs: kept)
        } catch {
            try remove(copy)
            try remove(partial)
            throw error
        }
    }

    private enum Condition {
        case whole(events: Int)
        case damaged(String)
    }

    private static func problem(in path: String) throws(JournalError) -> Condition {
        do throws(JournalError) {
            guard let found = try Journal(reading: path)?.verify() else { return .damaged("it is gone") }
            return found.firstBreak.map { .damaged("event \($0.sequence): \($0.problem)") }
                ?? .whole(events: found.intactEvents)
        } catch {
            guard error.isDamage else { throw error }
            return .damaged(([error.message] + error.causes).joined(separator: ": "))
        }
    }

    /// Fills a new journal, with fewer events where a later one shows that an earlier one cannot be right.
    private static func mended(
        _ copy: String, _ partial: String, _ damage: String, _ isHeld: (Claim) throws(JournalError) -> Bool,
        _ note: (Event) -> EventDraft
    ) throws(JournalError) -> Event.LostEvents {
        let damaged = try DamagedJournal(copy)
        for claim in damaged.claims where try isHeld(claim) { throw .running(claim) }
        var end = Int.max
        while true {
            try remove(partial)
            let (lost, found) = try Journal(at: partial).closing { (journal) throws(JournalError) in
                (try journal.fill(from: damaged, before: end, damage, note), try journal.verify())
            }
            guard let broken = found.firstBreak else { return lost }
            guard broken.sequence < end else { throw .doesNotFit(broken, doing: "nothing was changed") }
            end = broken.sequence
        }
    }

    /// The file and what was not yet written into it.
    private static func copyBytes(_ path: String, to copy: String) throws(JournalError) {
        do throws(FileError) {
            for end in ["", "-wal"] where FileSystem.exists(path + end) {
                let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
                let file = try TemporaryFile(in: directory)
                var failure: FileError?
                try FileSystem.readPieces(path + end) { piece in
                    guard failure == nil else { return }
                    do throws(FileError) { try file.write(Array(piece)) } catch { failure = error }
                }
                if let failure { throw failure }
                try file.commit(as: copy + end)
            }
        } catch { throw .file(error) }
    }

    private func fill(
        from damaged: DamagedJournal, before end: Int, _ damage: String, _ note: (Event) -> EventDraft
    ) throws(JournalError) -> Event.LostEvents {
        try transaction { () throws(JournalError) in
            var reader = ImportReader()
            var importer = Importer(self, try ChainWriter(self), after: 0)
            var (kept, problem, stop): (Int, String?, JournalError?) = (0, nil, nil)
            func take(_ line: [UInt8]?) throws(JournalError) -> String? {
                guard let line else { return damage }
                guard let event = try reader.take(line) else { return "it is no event" }
                try importer.take(event)
                return nil
            }
            let unread = damaged.eachLine { sequence, line in
                guard problem == nil, stop == nil else { return }
                do throws(JournalError) {
                    problem = try take(sequence - damaged.first == kept && kept + 1 < end ? line : nil)
                    if problem == nil { kept += 1 }
                } catch {
                    if error.isDamage {
                        problem = error.message + ": " + error.causes.joined()
                    } else {
                        stop = error
                    }
                }
            }
            if let stop { throw stop }
            let head = damaged.head
            let isCutOff = head.map { $0.sequence != damaged.first - 1 + kept } ?? true
            let lost = Event.LostEvents(
                kept: kept, firstLost: (problem ?? unread) != nil || isCutOff ? damaged.first + kept : nil,
                problem: problem ?? unread ?? damage, formerSequence: head?.sequence, formerHash: head?.hash)
            _ = try importer.finish(note)
            for claim in damaged.claims { try add(claim) }
            _ = try insertAll(try closing(note) + [note(.journalSalvaged(lost))])
            return lost
        }
    }

    /// The ends of attempts whose own were lost, unless a claim still speaks for them.
    private func closing(_ note: (Event) -> EventDraft) throws(JournalError) -> [EventDraft] {
        var open = AttemptQuery()
        (open.states, open.limit) = (["created", "running"], .max)
        let claimed = Set(try claims().map(\.attempt))
        let reason = "what came after was lost with the damaged journal"
        let end = Event.attemptInterrupted(kind: nil, reason: reason, isRecovered: true)
        return try attempts(open).filter { !claimed.contains($0.id) }.reversed().map { attempt in
            let draft = note(end)
            return EventDraft(
                id: draft.id, timestamp: draft.timestamp, actor: draft.actor, end,
                about: EventSubject(target: attempt.target, task: attempt.task, attempt: attempt.id))
        }
    }
}

/// Keeps other processes from writing into a journal while it is read, where it is whole enough to be locked at all.
private final class WriterLock {
    private var connection: Database?

    init(_ path: String, _ patience: Duration) throws(JournalError) {
        var options = Connection.Options()
        options.busyTimeout = patience
        do throws(SQLiteError) {
            let database = Database(try Connection(path, options: options))
            try database.connection.execute("BEGIN IMMEDIATE")
            connection = database
        } catch {
            // One that is too damaged to be locked is too damaged to be written.
            if error.kind == .busy { throw .database(error, path: path) }
        }
    }

    func end() { connection = nil }
}

/// What can be read of a journal that may be damaged, whatever its version.
private struct DamagedJournal {
    let claims: [Claim]
    let head: JournalHead?
    /// The place of the oldest event.
    let first: Int
    private let database: SQLiteJournalDatabase
    private let line: ExportLine
    private let selection: String

    init(_ path: String) throws(JournalError) {
        let version: Int
        do throws(SQLiteError) {
            let connection = try Connection(path)
            version = try connection.schemaVersion()
            guard version >= 1, version <= JournalSchema.migrations.count else {
                throw SQLiteError(.notADatabase, "read a journal of version \(version) in '\(path)'")
            }
            database = SQLiteJournalDatabase(Database(connection), path: path)
        } catch { throw .database(error, path: path) }
        first = try database.number("SELECT min(sequence) FROM events") ?? 1
        let isOld = version < 3
        var rows: [ChainRow] = []
        if !isOld { try database.run(JournalStatements.chains) { row in rows.append(ChainRow(row)) } }
        line = isOld ? ExportLine() : ExportLine(rows)
        let columns = "sequence, event_id, event_type, timestamp, actor_id, payload, prev_hash, hash"
        selection = "SELECT \(columns), \(isOld ? "1" : "chain") FROM events ORDER BY sequence"
        claims = isOld ? [] : Self.claims(database)
        head = Self.head(database, version)
    }

    private static func claims(_ database: SQLiteJournalDatabase) -> [Claim] {
        var found: [Claim] = []
        do throws(JournalError) { try database.run(Journal.allClaims) { row in found.append(Claim(row)) } } catch {
            return []
        }
        return found
    }

    private static func head(_ database: SQLiteJournalDatabase, _ version: Int) -> JournalHead? {
        var found: JournalHead?
        let sql = version < 2 ? JournalStatements.last : JournalStatements.head
        do throws(JournalError) {
            try database.run(sql) { row in
                found = JournalHead(sequence: row.integer(0), hash: Digest(hex: row.text(1) ?? ""))
            }
        } catch { return nil }
        return found
    }

    /// Lends each event as a line of an export; returns why it ended early.
    func eachLine(_ body: (Int, [UInt8]) -> Void) -> String? {
        var line = line
        do throws(JournalError) {
            try database.query(selection, []) { row in
                body(row.integer(0), Array(line.line(row).dropLast()))
            }
        } catch { return ([error.message] + error.causes).joined(separator: ": ") }
        return nil
    }
}
