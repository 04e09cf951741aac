internal import Basics
internal import SQLite

/// What a restored journal holds, and where the one that was there before is kept.
package struct RestoreResult: Hashable, Sendable {
    package let found: JournalVerification
    package let keptAs: String?
}

extension Journal {
    /// Puts a backup in the place of the journal at `path`, which is kept beside it under a name that ends with `mark`.
    ///
    /// The backup is looked at first. Where the present journal can be written, everything happens in one transaction
    /// of it, so that nothing that another process writes meanwhile is lost; else its file is put aside.
    package static func restore(
        _ file: String, to path: String, mark: String, isHeld: (Claim) throws(JournalError) -> Bool,
        note: (Event) -> EventDraft
    ) throws(JournalError) -> RestoreResult {
        guard FileSystem.exists(file) else { throw .file(FileError("read", file, SystemError.notFound)) }
        let partial = path + ".restoring"
        try remove(partial)
        do throws(JournalError) {
            try copy(file, to: partial)
            let found = try verified(partial, doing: "it was not restored")
            let kept = try putInPlace(partial, path, mark, found, isHeld, note)
            try remove(partial)
            return RestoreResult(found: found, keptAs: kept)
        } catch {
            try remove(partial)
            throw error
        }
    }

    static func copy(_ file: String, to copy: String) throws(JournalError) {
        var options = Connection.Options()
        options.isReadOnly = true
        do throws(SQLiteError) { try Connection(file, options: options).backup(to: copy) } catch {
            throw .database(error, path: file)
        }
    }

    private static func putInPlace(
        _ partial: String, _ path: String, _ mark: String, _ found: JournalVerification,
        _ isHeld: (Claim) throws(JournalError) -> Bool, _ note: (Event) -> EventDraft
    ) throws(JournalError) -> String? {
        guard FileSystem.exists(path) else {
            try finish(partial, found, nil, note)
            try rename(partial, to: path)
            return nil
        }
        let kept = "\(path).before-restore-\(mark)"
        do throws(JournalError) {
            try Journal(at: path).replace(by: partial, keptAs: kept, found, isHeld, note)
            return kept
        } catch {
            guard error.isDamage else { throw error }
            try remove(kept)
            try finish(partial, found, nil, note)
            return try putAside(path, as: "\(path).damaged-\(mark)", for: partial)
        }
    }

    /// Records in a journal that is not in place yet what it is.
    private static func finish(
        _ partial: String, _ found: JournalVerification, _ former: JournalHead?, _ note: (Event) -> EventDraft
    ) throws(JournalError) {
        try Journal(at: partial).closing { (journal) throws(JournalError) in
            _ = try journal.append([note(restored(found, former))])
        }
    }

    static func restored(_ found: JournalVerification, _ former: JournalHead?) -> Event {
        .journalRestored(
            Event.RestoredState(
                events: found.intactEvents + found.prunedEvents, head: found.head, formerEvents: former?.sequence,
                formerHead: former?.hash))
    }

    /// Gives a file's name to another one; the first is kept.
    static func putAside(_ path: String, as kept: String, for other: String) throws(JournalError) -> String {
        for end in ["-wal", "-shm"] where FileSystem.exists(path + end) { try rename(path + end, to: kept + end) }
        try rename(path, to: kept)
        try rename(other, to: path)
        return kept
    }

    private func replace(
        by partial: String, keptAs kept: String, _ found: JournalVerification,
        _ isHeld: (Claim) throws(JournalError) -> Bool, _ note: (Event) -> EventDraft
    ) throws(JournalError) {
        let file = try sqlite()
        try query("ATTACH DATABASE ? AS restored", [.text(partial)]) { _ in }
        try transaction { () throws(JournalError) in
            for claim in try claims() where try isHeld(claim) { throw .running(claim) }
            do throws(SQLiteError) { try Connection(path).backup(to: kept) } catch {
                throw .database(error, path: kept)
            }
            let former = try head()
            do throws(SQLiteError) { try takeTables(of: file) } catch { throw .database(error, path: path) }
            projections.projector.forget()
            _ = try insertAll([note(Self.restored(found, former))])
        }
        file.forgetStatements()
        try query("DETACH DATABASE restored") { _ in }
    }

    private func takeTables(of file: Database) throws(SQLiteError) {
        var tables: [String] = []
        try file.connection.query("SELECT name FROM main.sqlite_schema WHERE type = 'table'") { row in
            tables.append(row.text(0) ?? "")
        }
        try file.connection.execute(JournalSchema.unguarding)
        for table in tables {
            try file.connection.execute(
                "DELETE FROM main.\(table); INSERT INTO main.\(table) SELECT * FROM restored.\(table)")
        }
        try file.connection.execute(JournalSchema.guards)
    }
}
