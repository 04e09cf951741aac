package import Basics
package import Journal

/// The journal of one run: opened when it is first needed, and only once.
package final class RunJournal {
    private let context: Context
    private let writes: Bool
    private var opened: Journal?

    package init(_ context: Context, writes: Bool = true) {
        (self.context, self.writes) = (context, writes)
    }

    /// The journal to write into; made when there is none.
    package func toWrite() throws(JournalError) -> Journal {
        if writes, let opened { return opened }
        let journal = try context.journal()
        if writes { opened = journal }
        return journal
    }

    /// The journal to read; `nil` when nothing was ever written.
    package func toRead() throws(JournalError) -> Journal? {
        if let opened { return opened }
        let (location, opening) = (try context.journalLocation(), context.journalOpening)
        opened = writes ? try location.openExisting(opening) : try location.read(opening)
        return opened
    }
}

extension StageError {
    /// Runs something with the journal; what the journal refuses is a refusal.
    static func journaled<Value>(_ body: () throws(JournalError) -> Value) throws(StageError) -> Value {
        do throws(JournalError) { return try body() } catch {
            throw StageError(error.isRefusal ? .refusal : .unexpected, error)
        }
    }
}
