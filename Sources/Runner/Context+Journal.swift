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

    /// The home's own file, where the journal is unless the environment says otherwise.
    package var journalPath: String { home + "/journal.db" }

    /// Where the journal is.
    package func journalLocation() throws(JournalError) -> JournalLocation {
        try JournalLocation(environment, home: home)
    }

    package var journalOpening: JournalLocation.Opening {
        JournalLocation.Opening(
            home: home, failpoints: failpoints, patience: patience, onWait: observer.waiting)
    }

    /// `$LEVIATHAN_WAIT`, such as `30s`: how long a locked journal or reference is waited for.
    package var patience: Duration {
        environment["LEVIATHAN_WAIT"].flatMap { DurationText.parse($0) } ?? Journal.defaultPatience
    }

    /// The journal, to write into it.
    package func journal() throws(JournalError) -> Journal {
        try journalLocation().open(journalOpening)
    }

    /// The journal, to read it; `nil` when nothing was ever written.
    package func readJournal() throws(JournalError) -> Journal? {
        try journalLocation().read(journalOpening)
    }

    /// How attempts of this machine hold their claims.
    package var claimOwner: LockOwner {
        // A location that cannot be read lets nobody open a journal either.
        var newIdentity: (@Sendable () -> String)?
        if case .postgres = try? journalLocation() {
            let identifiers = identifiers
            newIdentity = { identifiers.short() + identifiers.short() }
        }
        return LockOwner(home + "/claims", sharedAs: newIdentity) { process in
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
