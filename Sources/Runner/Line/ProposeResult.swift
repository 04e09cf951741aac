package import Basics
package import Contracts
internal import Enforcement
package import Model
package import Paths

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
    /// Brings what is under review up to date where base or task have changed.
    package var refreshes = false
    /// Lets programs of the executor run without a fence.
    package var isUnfenced = false
    /// Runs every invariant, also where its answer is known.
    package var ignoresCache = false
    /// Why it is done although everything is stopped.
    package var stopOverride: String?
    /// What the attempt is called, where somebody else has named it.
    package var attempt: String?
    /// Asked last before anything goes outside.
    package var mayDeliver: @Sendable () throws(StageError) -> Void = {}

    /// The first files of a repository that has none, in place of a task.
    package var starter: StarterFiles?

    /// Proposes a first `.leviathan/`.
    package init(directory: String, starter: StarterFiles) {
        (self.directory, taskID, self.starter) = (directory, Onboarding.taskID, starter)
    }

    package init(directory: String, taskID: String) { (self.directory, self.taskID) = (directory, taskID) }
}

/// The report on one `propose`, made from the last value that it reached; what never came about is `nil`.
package struct ProposeResult {
    package enum Outcome: String, Sendable { case delivered, prepared, unchanged, rejected, refused, failed }

    package let taskID: String
    package let isDryRun: Bool
    /// Whether it was the first files of a repository, and no task.
    package let isOnboarding: Bool
    /// What dead processes had left open, closed before this attempt began.
    package let recovered: [RecoveredAttempt]
    package let duration: Duration
    private let reached: Reached
    private let ending: Result<Ending, StageError>

    init(
        _ request: ProposeRequest, _ recovered: [RecoveredAttempt], _ reached: Reached,
        _ ending: Result<Ending, StageError>, duration: Duration
    ) {
        (taskID, isDryRun, self.recovered) = (request.taskID, request.isDryRun, recovered)
        isOnboarding = request.starter != nil
        (self.reached, self.ending, self.duration) = (reached, ending, duration)
    }

    package var outcome: Outcome {
        switch ending {
        case .success(.delivered): .delivered
        case .success(.prepared): .prepared
        case .success(.unchanged), .success(.left): .unchanged
        case .success(.rejected): .rejected
        case .failure(let error): error.kind == .refusal ? .refused : .failed
        }
    }

    /// Takes what programs were given as secrets out of what is shown of it; `nil` where there are none.
    package var redaction: (any SecretRedaction)? { reached.attempt?.context.redaction }

    package var error: StageError? { if case .failure(let error) = ending { error } else { nil } }

    // MARK: What was planned

    package var title: String? { reached.task?.title }
    /// Whether a person released the task; a dry run looks at others as well.
    package var isReleased: Bool { reached.task?.ready ?? true }
    package var target: String? { reached.snapshot?.contract.target.id }
    package var base: Base? { reached.snapshot?.base }
    package var executor: String? { reached.plan?.executor }
    package var workspace: Plan.WorkspaceKind? { reached.plan?.workspace }
    package var branch: String? { reached.plan?.task.proposedBranch }
    package var remote: String? { reached.attempt.map(\.destination.remote) ?? reached.snapshot?.remote }
    package var attempt: String? { reached.attempt?.id }
    package var attemptNumber: Int? { reached.attempt?.number }

    // MARK: What came about

    /// `nil` where no program ran.
    package var isolation: Isolation? { reached.examined?.isolation ?? reached.change?.isolation }
    package var changes: ChangeSet? { reached.change?.changes }
    /// The changes that the task is answerable for.
    package var taskChanges: [Change] { reached.change?.taskChanges ?? [] }
    /// Leviathan's own edit of the backlog, within `changes`.
    package var writeBackPath: RepoPath? { reached.change?.writeBack?.path }
    package var violations: [Violation] { reached.examined?.examination.findings.violations ?? [] }
    /// What does not stand in the way, but belongs before a reviewer's eyes.
    package var warnings: [Violation] { reached.examined?.examination.findings.warnings ?? [] }
    package var invariants: [InvariantResult] { reached.examined?.examination.invariants ?? [] }
    package var notes: [String] {
        (reached.change?.notes ?? []) + (preview?.notes ?? []) + (reached.delivery?.notes ?? [])
            + (error?.notes ?? [])
    }

    // MARK: What was delivered

    package var commit: ObjectID? { reached.pushed?.commit ?? standing?.commit }
    package var subject: String? { reached.pushed?.subject }
    package var pullRequest: PullRequestLink? { reached.delivery?.pullRequest ?? standing?.request }
    /// Whether an earlier version of the change is under review, and was left there.
    package var isOutdated: Bool {
        if case .success(.left(_, let isOutdated)) = ending { isOutdated } else { false }
    }
    /// What reviewers read; for a dry run, what they would.
    package var text: ProposalText? { preview?.text ?? reached.delivery?.text ?? reached.pushed?.keptText }
    /// Whether nobody but the person who runs this can put the text before reviewers.
    package var textIsForPerson: Bool {
        reached.pushed?.keptText != nil && reached.plan?.target.delivery.forge == .git
    }
    /// The patch, for a dry run.
    package var patch: [UInt8]? { preview?.patch }

    private var preview: Preview? { if case .success(.prepared(let preview)) = ending { preview } else { nil } }

    private var standing: Destination.Standing? {
        if case .success(.left(let standing, _)) = ending { standing } else { nil }
    }
}

/// Where a proposal is reviewed.
package struct PullRequestLink: Hashable, Sendable {
    package let number: Int
    package let url: String

    package init(number: Int, url: String) { (self.number, self.url) = (number, url) }
}

/// The words of a pull request.
package struct ProposalText: Hashable, Sendable {
    package let title: String
    package let body: String

    package init(title: String, body: String) { (self.title, self.body) = (title, body) }
}
