internal import Basics
package import Journal

/// The journal of one run: opened when it is first needed, and only once.
package final class RunJournal {
    private let surroundings: Surroundings
    private let writes: Bool
    private var opened: Journal?

    package init(_ surroundings: Surroundings, writes: Bool = true) {
        (self.surroundings, self.writes) = (surroundings, writes)
    }

    /// The journal to write into; made when there is none.
    package func toWrite() throws(JournalError) -> Journal {
        if writes, let opened { return opened }
        let journal = try surroundings.journal()
        if writes { opened = journal }
        return journal
    }

    /// The journal to read; `nil` when nothing was ever written.
    package func toRead() throws(JournalError) -> Journal? {
        if let opened { return opened }
        guard FileSystem.exists(surroundings.journalPath) else { return nil }
        opened = writes ? try surroundings.journal() : try surroundings.readJournal()
        return opened
    }
}

extension StageError {
    /// Runs something with the journal; what the journal refuses is a guardrail's no.
    static func journaled<Value>(_ body: () throws(JournalError) -> Value) throws(StageError) -> Value {
        do throws(JournalError) { return try body() } catch {
            throw StageError(error.isRefusal ? .guardrail : .unexpected, error)
        }
    }
}
