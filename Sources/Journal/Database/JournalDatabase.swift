internal import Basics
internal import SQLite

/// A database with the tables of a journal, of whatever make: what a journal is written in terms of.
///
/// The statements are those that SQLite and PostgreSQL both understand.
protocol JournalDatabase: AnyObject {
    /// Where it is, for people to read.
    var place: String { get }

    /// Runs a statement that is kept prepared, and hands each row to `body`.
    func run(
        _ sql: SQLText, _ values: [SQLValue], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError)

    /// Runs a statement that gives nothing; what is wrong with it may be said later, but before the transaction ends.
    func write(_ sql: SQLText, _ values: [SQLValue]) throws(JournalError)

    /// How many rows a statement changed.
    func change(_ sql: SQLText, _ values: [SQLValue]) throws(JournalError) -> Int

    /// Runs a question that is not likely to come again; there may be more rows than fit into memory.
    func query(
        _ sql: String, _ values: [SQLValue], each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError)

    /// The number of columns of a table.
    func width(of table: String) throws(JournalError) -> Int

    /// All that `body` writes, or nothing.
    func transaction<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result

    /// Lets the transactions of `body` end before they are on the disk; the next one outside of it takes them there.
    func postponing<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result

    /// Everything that `body` reads is of one moment; inside a transaction it is already.
    func reading<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result

    // MARK: What each make does in its own way

    /// The first thing of a transaction in which nobody else writes: what others wrote is known afterwards.
    func began(_ journal: Journal) throws(JournalError)

    /// Appends what needs no look at the journal.
    func append(_ drafts: [EventDraft], to journal: Journal) throws(JournalError) -> [EventRecord]

    /// Says which events are about to be inserted, so that it can be asked at once which are there already.
    func expect(_ ids: [String]) throws(JournalError)

    /// Adds the row of an event; false where one of its id is there already.
    func insert(_ row: NewEventRow) throws(JournalError) -> Bool

    /// Makes a chain that is not there.
    func addChain(_ name: ChainName, startingAt start: Digest?) throws(JournalError) -> ChainRow

    /// Records where a chain stands now.
    func move(_ chain: ChainRow) throws(JournalError)

    /// Removes the oldest events, which is otherwise refused.
    func removeEvents(through last: Int) throws(JournalError)

    /// Gives free what removed events held.
    func compact() throws(JournalError)
}

extension JournalDatabase {
    /// A server has its own disk, and tells when it has written.
    func postponing<Result>(_ body: () throws(JournalError) -> Result) throws(JournalError) -> Result {
        try body()
    }

    func run(_ sql: SQLText, _ values: [SQLValue] = []) throws(JournalError) { try write(sql, values) }

    func run(
        _ sql: SQLText, each body: (borrowing JournalRow) throws(JournalError) -> Void
    ) throws(JournalError) { try run(sql, [], each: body) }

    /// The first column of the first row, as a number.
    func number(_ sql: String, _ values: [SQLValue] = []) throws(JournalError) -> Int? {
        var found: Int?
        try query(sql, values) { row in if found == nil && !row.isNull(0) { found = row.integer(0) } }
        return found
    }
}

/// An event that is to be written, column by column.
struct NewEventRow {
    let record: EventRecord
    let payload: [UInt8]
    let previous: String?
    let hash: String
    /// The chain as it stood before.
    let chain: ChainRow
    let subject: EventSubject
}
