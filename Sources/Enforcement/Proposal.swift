package import Basics
package import Model

/// An approved change as a commit that is ready to be pushed; it cannot be made without an `Approval`.
package struct Proposal: Sendable {
    package let approval: Approval
    package let task: BacklogTask
    package let attempt: String
    package let commit: ObjectID
    package let title: String
    package let body: String

    package init(
        _ approval: Approval, task: BacklogTask, attempt: String, commit: ObjectID, title: String, body: String
    ) {
        (self.approval, self.task, self.attempt, self.commit) = (approval, task, attempt, commit)
        (self.title, self.body) = (title, body)
    }

    package var branch: String { task.proposedBranch }
    package var reference: String { "refs/heads/" + branch }
}
