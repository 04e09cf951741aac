package import Basics

/// What a run takes from outside: passed in, so that nothing inside reads clock, chance or environment.
package struct Surroundings: Sendable {
    package let environment: [String: String]
    package let clock: Clock
    package let identifiers: IdentifierSource
    package let cancellation: Cancellation
    /// Told when a lock makes the run wait.
    package let onWait: (@Sendable () -> Void)?

    package init(
        environment: [String: String], clock: Clock = .system, identifiers: IdentifierSource = .system,
        cancellation: Cancellation = Cancellation(), onWait: (@Sendable () -> Void)? = nil
    ) {
        (self.environment, self.clock, self.identifiers) = (environment, clock, identifiers)
        (self.cancellation, self.onWait) = (cancellation, onWait)
    }

    /// Leviathan's own home: `$LEVIATHAN_HOME`, else `~/.leviathan`.
    package var home: String {
        if let home = environment["LEVIATHAN_HOME"], !home.isEmpty { return home }
        return (environment["HOME"] ?? "/tmp") + "/.leviathan"
    }

    package var journalPath: String { home + "/journal.db" }

    /// Who is recorded as having acted.
    package var actor: String { environment["USER"] ?? environment["LOGNAME"] ?? "unknown" }
}
