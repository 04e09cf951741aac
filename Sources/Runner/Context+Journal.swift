package import Basics
package import Journal

extension Context {
    /// Leviathan's own home: `$LEVIATHAN_HOME`, else `~/.leviathan`.
    package var home: String {
        if let home = environment["LEVIATHAN_HOME"], !home.isEmpty { return home }
        return (environment["HOME"] ?? "/tmp") + "/.leviathan"
    }

    package var journalPath: String { home + "/journal.db" }

    /// `$LEVIATHAN_WAIT`, such as `30s`: how long a locked journal is waited for.
    private var patience: Duration {
        environment["LEVIATHAN_WAIT"].flatMap { DurationText.parse($0) } ?? Journal.defaultPatience
    }

    /// The journal, to write into it.
    package func journal() throws(JournalError) -> Journal {
        try Journal(at: journalPath, failpoints: failpoints, patience: patience, onWait: observer.waiting)
    }

    /// The journal, to read it; `nil` when nothing was ever written.
    package func readJournal() throws(JournalError) -> Journal? {
        try Journal(reading: journalPath, patience: patience, onWait: observer.waiting)
    }

    /// An event of now and here.
    package func event(_ event: Event, about subject: EventSubject) -> EventDraft {
        EventDraft(id: identifiers.uuid(), timestamp: clock.now().description, actor: actor, event, about: subject)
    }

    /// An event of the journal's own, whose payload it makes itself.
    package func event(_ type: EventType, _ payload: JSON) -> EventDraft {
        event(.other(type, payload), about: EventSubject())
    }

    /// Who is recorded as having acted.
    package var actor: String { environment["USER"] ?? environment["LOGNAME"] ?? "unknown" }
}
