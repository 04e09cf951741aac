package import Basics
package import Model

/// What is asked of one `run`.
package struct RunRequest: Sendable {
    /// Where the command stands.
    package var directory: String
    /// The registered targets to look at; empty for all of them.
    package var targets: [String] = []
    /// Every registered target, also where the command stands in a checkout.
    package var takesAll = false
    /// The most tasks that are begun.
    package var most: Int?
    /// Decides, and carries nothing out.
    package var isDryRun = false
    /// Works on what was last fetched, and asks no forge.
    package var isOffline = false
    /// How many attempts run at once, whatever the limits allow.
    package var width = 4
    /// Where attempts run; `nil` for what the machine's configuration says.
    package var dispatch: DispatchSettings.Kind?

    package init(directory: String) { self.directory = directory }
}

/// A task whose turn it is.
package struct Grant: Hashable, Sendable {
    package let target: String
    package let task: String
    package let scope: String?
    /// The checkout or clone that it is carried out from.
    package let directory: String
    /// Fresh with each grant, so that it can be told what became of this one.
    package var id = ""
    /// The base that it was decided on.
    package var base: ObjectID?
    /// What it may spend on models, where that can be counted.
    package var spending: Spending?
    /// The class whose turn it was, and since when the task had waited for it.
    package var priority: BacklogTask.Priority?
    package var waitingSince: Instant?
    /// How long the attempt may take.
    package var timeout = Duration.seconds(900)
    /// Whether another scheduler, which died, began it.
    package var isAdopted = false

    package init(target: String, task: String, scope: String?, directory: String) {
        (self.target, self.task, self.scope, self.directory) = (target, task, scope, directory)
    }
}

/// What became of a grant.
package struct GrantOutcome: Hashable, Sendable {
    /// What `propose` calls it, such as `delivered`; `lost` where it could not be found out.
    package var outcome: String
    package var exitCode: Int32
    package var attempt: String?
    package var pullRequest: String?
    package var branch: String?
    package var message: String?
    /// What `propose --json` said; `nil` where it did not come to that.
    package var document: JSON?
    /// Whether it goes on without this scheduler: the next one takes it over.
    package var isLeft = false

    package init(outcome: String, exitCode: Int32) { (self.outcome, self.exitCode) = (outcome, exitCode) }
}

/// Carries grants out: a child process here, a job in a cluster.
package protocol Dispatcher: Sendable {
    /// Sees a grant through to its end.
    func carryOut(_ grant: Grant) -> GrantOutcome

    /// Whether a grant of a scheduler that died may be carried out by somebody all the same.
    func isUnderWay(_ grant: Grant) -> Bool
}

extension Dispatcher {
    /// Children die with their scheduler.
    package func isUnderWay(_ grant: Grant) -> Bool { false }
}
