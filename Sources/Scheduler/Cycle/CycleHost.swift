package import Model
package import Runner

/// What a cycle looks at and acts through: this machine with its targets, or a simulated world.
///
/// Whose turn it is and which limit holds is decided by the cycle alone.
package protocol CycleHost: AnyObject {
    var targets: [ScheduledTarget] { get }

    /// The order in force that nothing more is begun.
    func stopOrder() -> StopOrder?

    /// Closes what dead processes left, before anything new begins.
    func recover() throws(StageError) -> [RecoveredAttempt]

    /// What schedulers that died had begun and what goes on: it runs, and its end is waited for.
    func adopted() -> [Grant]

    /// Follows up on a target's proposals, so that what people decided counts, and reads its contract.
    func look(at target: ScheduledTarget, _ notes: inout [String]) throws(StageError) -> TargetLook

    func homeState() throws(StageError) -> HomeState

    func journalState() throws(StageError) -> JournalState

    /// Whose turn is next, as the last grant left it.
    func fairness() -> Fairness

    func keep(_ fairness: Fairness) throws(StageError)

    /// Since when tasks have waited, as the last look left it.
    func waitingTimes() -> WaitingTimes

    func keep(_ times: WaitingTimes) throws(StageError)

    /// Writes a grant down, before anything of it begins.
    func record(_ grant: Grant) throws(StageError)

    /// Hands a grant on to whoever carries it out, and does not wait.
    func begin(_ grant: Grant)

    /// Waits for the next of those that were begun to end.
    func ended() -> (grant: Grant, outcome: GrantOutcome)

    /// Writes down what became of a grant where no attempt tells.
    func settle(_ grant: Grant, _ outcome: GrantOutcome) throws(StageError)
}

/// A target as it was just read.
package struct TargetLook {
    package let directory: String
    package let reading: TargetReading

    package init(directory: String, reading: TargetReading) {
        (self.directory, self.reading) = (directory, reading)
    }
}

extension CycleHost {
    package func adopted() -> [Grant] { [] }
}
