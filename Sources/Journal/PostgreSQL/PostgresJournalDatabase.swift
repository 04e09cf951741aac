internal import Basics
internal import Glibc
internal import PostgreSQL
internal import SQLite

/// A journal's tables in a PostgreSQL database, which many processes and machines use at the same time.
final class PostgresJournalDatabase: JournalDatabase {
    let connection: PostgresConnection
    let patience: Duration
    private let onWait: (@Sendable () -> Void)?
    private let failpoints: Failpoints
    /// Statements with their places counted as the server wants them.
    private var texts: [ObjectIdentifier: String] = [:]
    private var cursors = 0
    /// The newest event that the projector's memory is about.
    var lastSeen = -1
    /// Which of the events that are to be written are there already, as far as that was asked.
    private var asked: Set<String> = []
    private var known: Set<String> = []

    init(
        _ connection: PostgresConnection, patience: Duration, onWait: (@Sendable () -> Void)?,
        failpoints: Failpoints
    ) {
        (self.connection, self.patience, self.onWait) = (connection, patience, onWait)
        self.failpoints = failpoints
    }

    var place: String { connection.place }

    // MARK: Statements

    func run(
        _ sql: SQLText, _ values: [SQLValue], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) {
        let text = text(sql)
        let answer = try served { () throws(PostgresError) in try connection.ask(text, Self.encoded(values)) }
        try hand(answer, to: body)
    }

    func write(_ sql: SQLText, _ values: [SQLValue]) throws(JournalError) {
        if sql === JournalStatements.moveHead { lastSeen = values[0].integer ?? -1 }
        let text = text(sql)
        try served { () throws(PostgresError) in
            try connection.send(text, Self.encoded(values))
            // Outside of a transaction nobody would wait for it.
            if !connection.isInTransaction { try connection.settle() }
        }
    }

    func change(_ sql: SQLText, _ values: [SQLValue]) throws(JournalError) -> Int {
        let text = text(sql)
        return try served { () throws(PostgresError) in
            try connection.ask(text, Self.encoded(values)).changes
        }
    }

    func query(
        _ sql: String, _ values: [SQLValue], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) {
        let text = Self.counted(sql)
        guard sql.hasPrefix("SELECT") || sql.hasPrefix("WITH") else {
            try served { () throws(PostgresError) in
                _ = try connection.askOnce(text, Self.encoded(values))
            }
            return
        }
        try reading { () throws(JournalError) in try walk(text, Self.encoded(values), body) }
    }

    /// Takes rows piece by piece, in one round trip where they are few.
    private func walk(
        _ sql: String, _ values: [PostgresValue], _ body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) {
        cursors += 1
        let cursor = "rows_\(cursors)"
        try served { () throws(PostgresError) in
            try connection.sendOnce("DECLARE \(cursor) NO SCROLL CURSOR FOR " + sql, values)
        }
        var isMore = true
        while isMore {
            let answer = try served { () throws(PostgresError) in
                try connection.askOnce("FETCH \(Self.piece) FROM \(cursor)")
            }
            try hand(answer, to: body)
            isMore = answer.count == Self.piece
        }
        try served { () throws(PostgresError) in try connection.sendOnce("CLOSE \(cursor)") }
    }

    private static let piece = 2000

    private func hand(
        _ answer: PostgresAnswer, to body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) {
        for row in 0..<answer.count { try body(.postgres(answer[row])) }
    }

    func width(of table: String) throws(JournalError) -> Int {
        let sql = """
            SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?
            """
        return try number(sql, [.text(table)]) ?? 0
    }

    func served<Result>(_ body: () throws(PostgresError) -> Result) throws(JournalError) -> Result {
        do throws(PostgresError) { return try body() } catch { throw .server(error) }
    }

    private func text(_ sql: SQLText) -> String {
        let key = ObjectIdentifier(sql)
        if let known = texts[key] { return known }
        let text = Self.counted(sql.text)
        texts[key] = text
        return text
    }

    /// `?` and `?1` as `$1`; texts between quotes are left alone.
    static func counted(_ sql: String) -> String {
        var (text, number, isQuoted): ([UInt8], Int, Bool) = ([], 0, false)
        var bytes = sql.utf8.makeIterator()
        var next = bytes.next()
        while let byte = next {
            next = bytes.next()
            if byte == UInt8(ascii: "'") { isQuoted.toggle() }
            guard byte == UInt8(ascii: "?"), !isQuoted else {
                text.append(byte)
                continue
            }
            text.append(UInt8(ascii: "$"))
            if let digit = next, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(digit) { continue }
            number += 1
            text += String(number).utf8
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func encoded(_ values: [SQLValue]) -> [PostgresValue] {
        values.map { value in
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .real(let number): .real(number)
            case .text(let text): .text(PostgresText.encoded(text))
            case .blob(let bytes), .utf8(let bytes): .bytes(bytes)
            }
        }
    }

    // MARK: Transactions

    func transaction<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        (asked, known) = ([], [])
        return try connection.transaction(converting: { JournalError.server($0) }, body)
    }

    func reading<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        guard !connection.isInTransaction else { return try body() }
        return try connection.transaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", converting: { JournalError.server($0) }, body)
    }

    /// Keeps all writers out until the transaction ends, and gives what they committed its place.
    func began(_ journal: Journal) throws(JournalError) {
        try served { () throws(PostgresError) in
            // Most wait for no longer than a commit takes, and nobody needs to be told of that.
            for _ in 0..<10 {
                if try connection.ask(PostgresStatements.tryGate)[0].integer(0) == 1 { return }
                usleep(5000)
            }
            onWait?()
            _ = try connection.ask(PostgresStatements.closeGate)
        }
        try PostgresSequencer(self, journal.projections.projector).catchUp()
    }

    func waiting() { onWait?() }

    // MARK: Events and chains

    func append(_ drafts: [EventDraft], to journal: Journal) throws(JournalError) -> [EventRecord] {
        let seals: [EventType] = [.chainClosed, .journalImported]
        // What changes more than its own chain is written while nobody else writes.
        let isPlain = !drafts.contains { seals.contains($0.type) } && !connection.isInTransaction
        guard isPlain else {
            return try journal.writing { () throws(JournalError) in drafts }
        }
        return try PostgresAppender(self, journal, failpoints).append(drafts)
    }

    /// Whether the one chain of the first edition is here and still to be sealed.
    func hasOpenFirstEdition() throws(JournalError) -> Bool {
        guard isFirstEditionOpen == nil else { return isFirstEditionOpen == true }
        var isOpen = false
        try run(JournalStatements.unsealed, []) { row in
            if ChainRow(row).name == .firstEdition { isOpen = true }
        }
        // One that was sealed stays so.
        if !isOpen { isFirstEditionOpen = false }
        return isOpen
    }

    private var isFirstEditionOpen: Bool?

    func expect(_ ids: [String]) throws(JournalError) {
        // What is forgotten is asked again.
        if asked.count > 20_000 { (asked, known) = ([], []) }
        let new = Set(ids).subtracting(asked).map(PostgresText.encoded)
        let answer = try served { () throws(PostgresError) in
            try connection.ask(PostgresStatements.whichAreKnown, [.texts(new)])
        }
        asked.formUnion(ids)
        try hand(answer) { row in if let id = row.text(0) { known.insert(id) } }
    }

    func insert(_ row: NewEventRow) throws(JournalError) -> Bool {
        let (record, chain, subject) = (row.record, row.chain, row.subject)
        if !asked.contains(record.id) { try expect([record.id]) }
        guard known.insert(record.id).inserted else { return false }
        let values: [SQLValue] = [
            .integer(chain.id), .integer(chain.events + 1), .text(record.id), .text(record.type.name),
            .text(record.timestamp), .optional(record.actor), .utf8(row.payload), .optional(row.previous),
            .text(row.hash), .optional(subject.target), .optional(subject.task), .optional(subject.attempt),
            .integer(record.sequence),
        ]
        try served { () throws(PostgresError) in
            try connection.send(PostgresStatements.addEvent, Self.encoded(values))
        }
        return true
    }

    func addChain(_ name: ChainName, startingAt start: Digest?) throws(JournalError) -> ChainRow {
        let text = PostgresText.encoded(name.text)
        let start = (value: PostgresValue.optional(start?.hex), digest: start)
        let id = try served { () throws(PostgresError) in
            let id = try connection.ask(PostgresStatements.makeChain, [.text(text), start.value])[0].integer(0)
            try connection.send(PostgresStatements.addChain, [.integer(id), .text(text), start.value])
            return id
        }
        return ChainRow(id: id, name: name, start: start.digest)
    }

    func move(_ chain: ChainRow) throws(JournalError) {
        try write(
            JournalStatements.moveChain,
            [.integer(chain.events), .optional(chain.hash), .integer(chain.sequence), .integer(chain.id)])
        try served { () throws(PostgresError) in
            try connection.send(
                PostgresStatements.setHead,
                [.integer(chain.events), .optional(chain.hash), .integer(chain.id)])
        }
    }

    func removeEvents(through last: Int) throws(JournalError) {
        try served { () throws(PostgresError) in
            for statement in PostgresJournalSchema.unguarding { try connection.sendOnce(statement) }
            for table in ["event", "ingest"] {
                let removal = """
                    DELETE FROM \(table) t USING feed f
                    WHERE f.sequence <= $1 AND t.chain = f.chain AND t.position = f.position
                    """
                try connection.sendOnce(removal, [.integer(last)])
            }
            try connection.sendOnce("DELETE FROM feed WHERE sequence <= $1", [.integer(last)])
            for statement in PostgresJournalSchema.guarding { try connection.sendOnce(statement) }
            try connection.settle()
        }
    }

    /// The server does that by itself.
    func compact() throws(JournalError) {}
}
