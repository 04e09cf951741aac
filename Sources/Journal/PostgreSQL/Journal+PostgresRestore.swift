internal import Basics
internal import PostgreSQL

extension Journal {
    /// Puts a backup in the place of this journal, whose tables are kept in a schema whose name ends with `mark`.
    ///
    /// All of it happens in one transaction, in which nobody else writes.
    package func replace(
        by file: String, mark: String, isHeld: (Claim) throws(JournalError) -> Bool, note: (Event) -> EventDraft
    ) throws(JournalError) -> RestoreResult {
        guard let database = database as? PostgresJournalDatabase else {
            throw .unsuited("'\(path)' is a file", hint: "put the backup in its place")
        }
        let kept = "journal_before_" + mark.lowercased()
        let found = try Self.lookingAt(file) { (backup) throws(JournalError) in
            let found = try backup.sound()
            return try transaction { () throws(JournalError) in
                for claim in try claims() where try isHeld(claim) { throw .running(claim) }
                let former = try head()
                try database.putAside(as: kept)
                _ = try fill(from: backup, found)
                _ = try insertAll([note(Self.restored(found, former))])
                return found
            }
        }
        return RestoreResult(found: found, keptAs: kept)
    }

    /// Opens a copy of a backup, which itself stays as it is.
    private static func lookingAt(
        _ file: String, _ body: (Journal) throws(JournalError) -> JournalVerification
    ) throws(JournalError) -> JournalVerification {
        guard FileSystem.exists(file) else { throw .file(FileError("read", file, SystemError.notFound)) }
        let partial = file + ".restoring"
        try remove(partial)
        do throws(JournalError) {
            try copy(file, to: partial)
            let found = try body(try Journal(at: partial))
            try remove(partial)
            return found
        } catch {
            try remove(partial)
            throw error
        }
    }
}

extension PostgresJournalDatabase {
    /// Moves every table of the journal into a schema of its own and makes new ones, within the transaction.
    fileprivate func putAside(as schema: String) throws(JournalError) {
        lastSeen = -1
        try served { () throws(PostgresError) in
            try connection.sendOnce("CREATE SCHEMA \(schema)")
            for table in PostgresJournalSchema.tables {
                try connection.sendOnce("ALTER TABLE \(table) SET SCHEMA \(schema)")
            }
            try connection.sendOnce("ALTER VIEW events SET SCHEMA \(schema)")
            try connection.sendOnce("ALTER FUNCTION refuse_change() SET SCHEMA \(schema)")
            try connection.settle()
        }
        try create()
    }
}
