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
            for table in ProjectionTables.all { try query("DELETE FROM \(table.name)") { _ in } }
            projections.projector.forget()
            if let seal { try load(seal, into: database) }
            try replay(into: projections.projector, through: Int.max)
            let last = try lastEvent()
            try query("UPDATE head SET projected = ?", [.integer(last.sequence)]) { _ in }
            return try projections.digest() != before
        }
    }

    /// Projects the stored events up to a place.
    func replay(into projector: Projector, through last: Int) throws(JournalError) {
        try query(JournalSchema.selection + " WHERE sequence <= ? ORDER BY sequence", [.integer(last)]) {
            (row) throws(JournalError) in try projector.project(try EventRow(row).record())
        }
        try projector.flush()
    }
}

/// Projections as lines of JSON: `{"table": …, "row": […]}`.
enum ProjectionDump {
    static func forEachLine(
        of database: any JournalDatabase, _ body: (String) throws(JournalError) -> Void
    ) throws(JournalError) {
        for table in ProjectionTables.all {
            try database.query("SELECT * FROM \(table.name) ORDER BY \(table.order)", []) {
                (row) throws(JournalError) in
                var values: [JSON] = []
                for column in 0..<row.count { values.append(json(row[column])) }
                let line: JSON = ["table": .string(table.name), "row": .array(values)]
                try body(line.text() + "\n")
            }
        }
    }

    private static func json(_ value: SQLValue) -> JSON {
        switch value {
        case .integer(let number): .integer(number)
        case .text(let text): .string(text)
        default: .null
        }
    }

    /// Puts a line back; returns whether it names a table and fits into it: what an older version kept is narrower.
    static func insert(_ line: JSON, into database: any JournalDatabase) throws(JournalError) -> Bool {
        guard let name = line["table"]?.string, let row = line["row"]?.elements,
            ProjectionTables.all.contains(where: { $0.name == name })
        else { return false }
        let width = try database.width(of: name)
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
        try database.query("INSERT INTO \(name) VALUES (\(marks))", values) { _ in }
        return true
    }
}
