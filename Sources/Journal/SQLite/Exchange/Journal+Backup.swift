internal import Basics
internal import SQLite

/// What a copy of a journal holds.
package struct BackupResult: Hashable, Sendable {
    package let found: JournalVerification
}

extension Journal {
    /// Copies the journal, as it is at one moment, into a new file, while others go on writing.
    ///
    /// The copy is looked at before it gets its name: what does not fit is refused.
    package func backup(to file: String) throws(JournalError) -> BackupResult {
        guard !FileSystem.exists(file) else { throw .file(FileError("create", file, SystemError.exists)) }
        let partial = file + ".partial"
        try Self.remove(partial)
        do throws(JournalError) {
            do throws(SQLiteError) { try database.connection.backup(to: partial) } catch {
                throw .database(error, path: file)
            }
            let found = try Self.verified(partial, doing: "the copy was thrown away")
            try Self.rename(partial, to: file)
            return BackupResult(found: found)
        } catch {
            try Self.remove(partial)
            throw error
        }
    }

    /// Looks at the journal in a file, which is brought to this version; nothing but the file itself is left.
    static func verified(_ file: String, doing: String) throws(JournalError) -> JournalVerification {
        let found = try Journal(at: file).closing { (copy) throws(JournalError) in try copy.verify() }
        if let broken = found.firstBreak { throw .doesNotFit(broken, doing: doing) }
        return found
    }

    /// Writes everything into the one file, so that it can be renamed, and closes it.
    consuming func closing<Result>(_ body: (Journal) throws(JournalError) -> Result) throws(JournalError) -> Result
    {
        let result = try body(self)
        try run { () throws(SQLiteError) in
            database.forgetStatements()
            projections.database.forgetStatements()
            _ = try database.connection.scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            _ = try database.connection.scalar("PRAGMA journal_mode=DELETE")
        }
        return result
    }

    static func remove(_ file: String) throws(JournalError) {
        do throws(FileError) {
            for end in ["", "-wal", "-shm", "-journal"] { try FileSystem.removeTree(file + end) }
        } catch { throw .file(error) }
    }

    static func rename(_ file: String, to name: String) throws(JournalError) {
        do throws(FileError) { try FileSystem.replace(name, by: file) } catch { throw .file(error) }
    }
}
