package import Basics

/// A task that was handed to a cluster, whose Job has not begun.
package struct WaitingJob: Hashable, Sendable {
    package let target: String
    package let task: String
    package let job: String
    package let since: Instant
    /// What keeps it from beginning, in the words of the cluster; `nil` where nothing is known to.
    package let obstacle: String?
    package let hint: String?

    package init(target: String, task: String, job: String, since: Instant, obstacle: String?, hint: String?) {
        (self.target, self.task, self.job, self.since) = (target, task, job, since)
        (self.obstacle, self.hint) = (obstacle, hint)
    }

    var text: String { "its Job \(job) has not begun" + (obstacle.map { ": \($0)" } ?? "") }
}
