package import Basics
package import Executors
package import Model

/// What is asked of one `propose`.
package struct ProposeRequest: Sendable {
    package var directory: String
    package var taskID: String
    package var isDryRun = false
    package var base: String?
    /// Fetches even for a dry run.
    package var fetches = false
    package var isOffline = false
    package var usesWorktreeFiles = false
    package var workspace: Plan.WorkspaceKind?
    /// Lets programs of the executor run without a fence.
    package var isUnfenced = false
    /// Runs every check, also where its answer is known.
    package var ignoresCache = false
    /// The attempt to do again, as far as its change; nothing is judged or delivered.
    package var replay: Replay?

    package init(directory: String, taskID: String) { (self.directory, self.taskID) = (directory, taskID) }
}

/// What an earlier attempt began with.
package struct Replay: Sendable {
    package let attempt: String
    package let startedAt: Instant
    /// What its result depended on besides the task and the base.
    package let inputs: JSON?
    /// What it came to.
    package let tree: ObjectID
}

/// Everything there is to say about one `propose`; what never came about is `nil`.
package struct ProposeResult: Sendable {
    package enum Outcome: String, Sendable { case delivered, prepared, unchanged, rejected, refused, failed }

    package var outcome = Outcome.failed
    package let taskID: String
    package let isDryRun: Bool
    package var title: String?
    package var attempt: String?
    package var attemptNumber: Int?
    package var target: String?
    package var base: Base?
    package var executor: String?
    package var executorVersion: String?
    package var workspace: Plan.WorkspaceKind?
    /// `nil` where no program ran.
    package var isolation: Isolation?
    package var changes: ChangeSet?
    /// Leviathan's own edit of the backlog, within `changes`.
    package var writeBackPath: RepoPath?
    package var violations: [Violation] = []
    /// What does not stand in the way, but belongs before a reviewer's eyes.
    package var warnings: [Violation] = []
    package var invariants: [InvariantResult] = []
    package var notes: [String] = []
    package var modelUse: ModelUse?
    /// What dead processes had left open, closed before this attempt began.
    package var recovered: [RecoveredAttempt] = []
    package var commit: ObjectID?
    package var subject: String?
    package var branch: String?
    package var remote: String?
    package var pullRequest: PullRequestLink?
    /// The patch, for a dry run.
    package var patch: [UInt8]?
    package var duration = Duration.zero
    package var error: StageError?

    init(_ request: ProposeRequest) { (taskID, isDryRun) = (request.taskID, request.isDryRun) }

    /// The changes that the task is answerable for.
    package var taskChanges: [Change] { changes?.changes.filter { $0.path != writeBackPath } ?? [] }
}

/// Where a proposal is reviewed.
package struct PullRequestLink: Hashable, Sendable {
    package let number: Int
    package let url: String

    package init(number: Int, url: String) { (self.number, self.url) = (number, url) }
}
