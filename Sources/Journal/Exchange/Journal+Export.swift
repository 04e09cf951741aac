internal import Basics
internal import SQLite

extension Journal {
    /// Lends each event that a query asks for as a line of JSON, oldest first; the whole need not fit into memory.
    package func export(_ query: EventQuery, _ body: ([UInt8]) -> Void) throws(JournalError) {
        var line: [UInt8] = []
        func member(_ name: StaticString, _ row: borrowing Row, _ column: Int) {
            EventHash.append(name, to: &line)
            if row.isNull(column) {
                EventHash.append("null", to: &line)
            } else {
                JSON.appendString(row.text(column) ?? "", to: &line, escapesNonASCII: true)
            }
        }
        try self.query(JournalSchema.selection + " " + query.clause, query.values) { row in
            line.removeAll(keepingCapacity: true)
            EventHash.append("{\"sequence\":", to: &line)
            line += String(row.integer(0)).utf8
            member(",\"event_id\":", row, 1)
            member(",\"event_type\":", row, 2)
            member(",\"timestamp\":", row, 3)
            member(",\"actor_id\":", row, 4)
            EventHash.append(",\"payload\":", to: &line)
            row.withUTF8(5) { line.append(contentsOf: $0) }
            member(",\"prev_hash\":", row, 6)
            member(",\"hash\":", row, 7)
            line += "}\n".utf8
            body(line)
        }
    }

    /// Copies the journal, as it is at one moment, into a new file, while others go on writing.
    package func backup(to file: String) throws(JournalError) {
        guard !FileSystem.exists(file) else { throw .file(FileError("create", file, SystemError.exists)) }
        do throws(SQLiteError) { try database.connection.backup(to: file) } catch {
            throw .database(error, path: file)
        }
    }
}
