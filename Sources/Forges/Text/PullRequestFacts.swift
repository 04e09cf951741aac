package import Basics
package import Model

/// Everything that a pull request's text tells.
package struct PullRequestFacts: Hashable, Sendable {
    /// How the executor was kept from harm.
    package struct Isolation: Hashable, Sendable {
        /// Such as `landlock` or `tree`.
        package var level: String
        package var network: String
        package var isUnfenced: Bool

        package init(level: String, network: String, isUnfenced: Bool) {
            (self.level, self.network, self.isUnfenced) = (level, network, isUnfenced)
        }
    }

    package var task: String
    package var attempt: String
    package var title: String
    /// What is wanted and why, as the task says it.
    package var details: String?
    package var acceptanceCriteria: [String] = []
    package var changes: [Change] = []
    package var invariants: [InvariantResult] = []
    package var warnings: [String] = []
    package var notes: [String] = []
    /// `nil` where no program ran.
    package var isolation: Isolation?
    /// The remote that its branch is pushed to; `nil` where that stays here.
    package var remote: String?
    package var executor: String
    package var executorVersion: String
    package var model: String?
    /// As people write it, with its currency.
    package var cost: String?
    package var base: ObjectID
    package var specification: Digest?
    /// The trace that the attempt is a part of.
    package var trace: String?

    package init(
        task: String, attempt: String, title: String, executor: String, executorVersion: String, base: ObjectID
    ) {
        (self.task, self.attempt, self.title, self.base) = (task, attempt, title, base)
        (self.executor, self.executorVersion) = (executor, executorVersion)
    }
}
