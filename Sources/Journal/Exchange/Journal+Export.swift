internal import Basics
internal import SQLite

extension Journal {
    /// Lends each event that a query asks for as a line of JSON, oldest first; the whole need not fit into memory.
    package func export(_ query: EventQuery, _ body: ([UInt8]) -> Void) throws(JournalError) {
        try reading { () throws(JournalError) in
            var writer = ExportLine(try chainRows())
            try self.query(JournalSchema.selection + " " + query.clause, query.values) { row in
                body(writer.line(row))
            }
        }
    }
}

/// One event as a line of JSON.
struct ExportLine {
    private let chains: [Int: String]
    private var line: [UInt8] = []

    init(_ rows: [ChainRow]) {
        chains = Dictionary(rows.map { ($0.id, $0.name.text) }, uniquingKeysWith: { first, _ in first })
    }

    /// For a journal of the first edition, where every row names the one chain there was.
    init() { chains = [1: ChainName.firstEdition.text] }

    mutating func line(_ row: borrowing JournalRow) -> [UInt8] {
        line.removeAll(keepingCapacity: true)
        EventHash.append("{\"sequence\":", to: &line)
        line += String(row.integer(0)).utf8
        EventHash.append(",\"chain\":", to: &line)
        JSON.appendString(chains[row.integer(8)] ?? "", to: &line, escapesNonASCII: true)
        member(",\"event_id\":", row, 1)
        member(",\"event_type\":", row, 2)
        member(",\"timestamp\":", row, 3)
        member(",\"actor_id\":", row, 4)
        EventHash.append(",\"payload\":", to: &line)
        row.withUTF8(5) { line.append(contentsOf: $0) }
        member(",\"prev_hash\":", row, 6)
        member(",\"hash\":", row, 7)
        line += "}\n".utf8
        return line
    }

    private mutating func member(_ name: StaticString, _ row: borrowing JournalRow, _ column: Int) {
        EventHash.append(name, to: &line)
        if row.isNull(column) {
            EventHash.append("null", to: &line)
        } else {
            JSON.appendString(row.text(column) ?? "", to: &line, escapesNonASCII: true)
        }
    }
}
