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

    package init(outcome: String, exitCode: Int32) { (self.outcome, self.exitCode) = (outcome, exitCode) }
}

/// Carries grants out: a child process here, a job in a cluster.
package protocol Dispatcher: Sendable {
    /// Sees a grant through to its end.
    func carryOut(_ grant: Grant) -> GrantOutcome
}
