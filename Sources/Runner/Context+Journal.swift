package import Basics
package import Journal
internal import Processes

extension Context {
    /// Leviathan's own home: `$LEVIATHAN_HOME`, else `~/.leviathan`; see `requireHome` for where there is neither.
    package var home: String {
        if let home = environment["LEVIATHAN_HOME"], !home.isEmpty { return home }
        let personal = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return (personal ?? "/nonexistent") + "/.leviathan"
    }

    package var journalPath: String { home + "/journal.db" }

    /// `$LEVIATHAN_WAIT`, such as `30s`: how long a locked journal or reference is waited for.
    package var patience: Duration {
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

    /// How attempts of this machine hold their claims.
    package var claimOwner: LockOwner {
        LockOwner(home + "/claims") { process in
            ProcessIdentity(
                processID: process.processID, started: process.started, machine: process.machine
            ).mayBeAlive
        }
    }

    /// Whether the owner of a claim may still be there.
    package func isHeld(_ claim: Claim) throws(JournalError) -> Bool {
        guard let hold = try claimOwner.takeOver(claim) else { return true }
        hold.end()
        return false
    }

    /// An event of now and here, without the run's secrets.
    package func event(_ event: Event, about subject: EventSubject = EventSubject()) -> EventDraft {
        var draft = EventDraft(
            id: identifiers.uuid(), timestamp: clock.now().description, actor: actor, event, about: subject)
        if let redaction { draft.payload = redaction.redacted(draft.payload) }
        return draft
    }

    /// The same, where somebody else is recorded as having acted.
    package func acting(as name: String) -> Context { with(Actor.variable, name) }

    /// Who is recorded as having acted.
    package var actor: String { Actor.name(environment) }
}
