internal import Basics
internal import SQLite

/// Making the projections anew from the events, and writing them out row by row.
extension Journal {
    /// Forgets every projection and derives it again; returns whether anything came out differently.
    @discardableResult
    package func rebuild() throws(JournalError) -> Bool {
        let seal = try firstSeal()
        return try transaction { () throws(JournalError) in
            let before = try projections.digest()
            try run { () throws(SQLiteError) in
                for table in ProjectionTables.all { try database.connection.execute("DELETE FROM \(table.name)") }
            }
            projections.projector.forget()
            if let seal { try load(seal, into: database) }
            try replay(into: projections.projector, through: Int.max)
            let last = try lastEvent()
            try run { () throws(SQLiteError) in
                try database.connection.query("UPDATE head SET projected = ?", [.integer(last.sequence)])
            }
            return try projections.digest() != before
        }
    }

    /// Projects the stored events up to a place.
    func replay(into projector: Projector, through last: Int) throws(JournalError) {
        var failure: JournalError?
        try query(JournalSchema.selection + " WHERE sequence <= ? ORDER BY sequence", [.integer(last)]) {
            (row) throws(SQLiteError) in
            guard failure == nil else { return }
            do throws(JournalError) {
                let event = try EventRow(row).record()
                do throws(SQLiteError) { try projector.project(event) } catch {
                    throw .database(error, path: path)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        try run { () throws(SQLiteError) in try projector.flush() }
    }
}

/// Projections as lines of JSON: `{"table": …, "row": […]}`.
enum ProjectionDump {
    static func forEachLine(
        of database: Database, _ body: (String) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        for table in ProjectionTables.all {
            let width = try columns(of: table.name, in: database)
            try database.connection.query("SELECT * FROM \(table.name) ORDER BY \(table.order)") {
                (row) throws(SQLiteError) in
                let values = (0..<width).map { column -> JSON in
                    switch row[column] {
                    case .integer(let number): .integer(number)
                    case .text(let text): .string(text)
                    default: .null
                    }
                }
                let line: JSON = ["table": .string(table.name), "row": .array(values)]
                try body(line.text() + "\n")
            }
        }
    }

    /// Puts a line back; returns whether it names a table and fits into it: what an older version kept is narrower.
    static func insert(_ line: JSON, into database: Database) throws(SQLiteError) -> Bool {
        guard let name = line["table"]?.string, let row = line["row"]?.elements,
            ProjectionTables.all.contains(where: { $0.name == name })
        else { return false }
        let width = try columns(of: name, in: database)
        guard row.count <= width else { return false }
        let marks = (row.map { _ in "?" } + Array(repeating: "NULL", count: width - row.count)).joined(
            separator: ", ")
        let values = row.map { value -> SQLValue in
            switch value {
            case .integer(let number): .integer(number)
            case .string(let text): .text(text)
            default: .null
            }
        }
        try database.connection.query("INSERT INTO \(name) VALUES (\(marks))", values)
        return true
    }

    private static func columns(of table: String, in database: Database) throws(SQLiteError) -> Int {
        try database.connection.scalar("SELECT count(*) FROM pragma_table_info(?)", [.text(table)])?.integer ?? 0
    }
}
