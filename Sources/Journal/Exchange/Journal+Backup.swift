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
            try copy(to: partial)
            let found = try Self.verified(partial, doing: "the copy was thrown away")
            try Self.rename(partial, to: file)
            return BackupResult(found: found)
        } catch {
            try Self.remove(partial)
            throw error
        }
    }

    /// A copy is always one file, whatever database the journal is in.
    private func copy(to file: String) throws(JournalError) {
        guard let database = database as? SQLiteJournalDatabase else {
            _ = try Journal(at: file).closing { (copy) throws(JournalError) in
                try copy.takeOver(self) { _ in false }
            }
            return
        }
        do throws(SQLiteError) { try database.file.connection.backup(to: file) } catch {
            throw .database(error, path: file)
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
        let file = try sqlite()
        do throws(SQLiteError) {
            file.forgetStatements()
            _ = try file.connection.scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            _ = try file.connection.scalar("PRAGMA journal_mode=DELETE")
        } catch { throw .database(error, path: path) }
        return result
    }

    /// The file of a journal that is in one.
    func sqlite() throws(JournalError) -> Database {
        guard let database = database as? SQLiteJournalDatabase else {
            throw .unsuited("the journal is in no file", hint: "use the tools of the database that it is in")
        }
        return database.file
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
