package import Basics

/// Something that happened, with what is to be remembered of it.
///
/// Names and members on the wire are frozen, whatever the code calls them: `EventCodec` alone knows them.
package enum Event: Hashable, Sendable {
    case targetRegistered(TargetDescription)
    case targetUpdated(TargetDescription)
    case taskCompleted
    case taskBlocked(reason: String?)
    /// A person said no to it, most often by closing its pull request.
    case taskDeclined(PullRequestName?, reason: String?)
    /// A person lets it be tried again; pull requests that people closed or merged before count no more.
    case taskUnblocked(settled: [Int])

    case attemptCreated(AttemptPlan)
    case attemptStarted(isolation: String?, clock: String?)
    case changeFrozen(FrozenFiles)
    case policyJudged(PolicyFindings)
    case invariantFinished(InvariantRun)
    case artifactCreated(ArtifactName)
    /// What is about to be pushed: written first, so that a death in between leaves a trace.
    case deliveryStarted(PushedCommit)
    case branchPushed(PushedCommit)
    /// `commit` is there when something was delivered.
    case attemptSucceeded(outcome: String, commit: ObjectID?, isRecovered: Bool)
    case attemptFailed(kind: String?, reason: String?)
    case attemptInterrupted(kind: String?, reason: String?, isRecovered: Bool)
    case attemptInvalidated(reason: String?)
    case modelCallStarted(ModelCall)
    case modelCallCompleted(ModelCall, ModelCallOutcome)

    case pullRequestCreated(PullRequestName, commit: ObjectID?)
    case pullRequestUpdated(PullRequestName, commit: ObjectID?)
    case pullRequestMerged(PullRequestName, mergeCommit: ObjectID?)
    case pullRequestClosed(PullRequestName)
    /// What reviewers said of it, whenever that has changed.
    case pullRequestReviewed(PullRequestName, ReviewState)
    /// How its checks stand, whenever that has changed.
    case pullRequestChecked(PullRequestName, CheckState)
    /// Whether it was let merge by itself, and why.
    case pullRequestMergeDecided(PullRequestName, MergeDecision)
    /// A branch that had served its purpose.
    case branchDeleted(PullRequestName, outcome: String, commit: ObjectID?)

    case breakerTripped(reason: String?)
    case breakerReset
    case autonomyEnabled
    case autonomyDisabled
    case runStopped
    case runResumed

    /// Seals events that were removed.
    case journalPruned(PruneSeal)
    /// Seals a chain that came from elsewhere.
    case journalImported(ImportSeal)
    /// Seals the chain of the first edition, before anything is written behind it.
    case chainClosed(ChainHead)
    /// What was lost when a damaged journal was mended.
    case journalSalvaged(LostEvents)
    /// Another state of the journal was put in the place of this one.
    case journalRestored(RestoredState)

    /// A type that this program does not know, or a payload that says less than its type must: kept as it is.
    case other(EventType, JSON)
}

/// What an event is about: the payload's own `target`, `task_id` and `attempt_id`.
package struct EventSubject: Hashable, Sendable {
    package var target: String?
    package var task: String?
    package var attempt: String?

    package init(target: String? = nil, task: String? = nil, attempt: String? = nil) {
        (self.target, self.task, self.attempt) = (target, task, attempt)
    }
}

extension Event {
    package struct TargetDescription: Hashable, Sendable {
        package var url: String?
        package var defaultBranch: String?

        package init(url: String?, defaultBranch: String?) {
            (self.url, self.defaultBranch) = (url, defaultBranch)
        }
    }

    /// What was decided before an attempt ran.
    package struct AttemptPlan: Hashable, Sendable {
        package var number: Int
        package var title: String?
        package var scope: String?
        package var base: ObjectID?
        package var executor: String?
        package var workspace: String?
        /// The fingerprint of task and policy.
        package var specification: Digest?
        package var dependencies: [String] = []
        /// The trace that the attempt is a part of, where somebody named one.
        package var traceparent: String?

        package init(number: Int) { self.number = number }
    }

    /// The change of an attempt, once nothing can alter it any more.
    package struct FrozenFiles: Hashable, Sendable {
        package struct File: Hashable, Sendable {
            package let path: String
            package let operation: String
            package let added: Int
            package let removed: Int

            package init(path: String, operation: String, added: Int, removed: Int) {
                (self.path, self.operation, self.added, self.removed) = (path, operation, added, removed)
            }
        }

        package var tree: ObjectID?
        package var executorVersion: String?
        package var files = 0
        package var added = 0
        package var removed = 0
        /// The first of them, up to a bound.
        package var changes: [File] = []

        package init() {}
    }

    /// What the rules say of a change.
    package struct PolicyFindings: Hashable, Sendable {
        package struct Violation: Hashable, Sendable {
            package let rule: String
            package let path: String?
            package let message: String

            package init(rule: String, path: String?, message: String) {
                (self.rule, self.path, self.message) = (rule, path, message)
            }
        }

        package var isApproved: Bool
        package var violations: [Violation]
        package var warnings: [String]

        package init(isApproved: Bool, violations: [Violation], warnings: [String]) {
            (self.isApproved, self.violations, self.warnings) = (isApproved, violations, warnings)
        }
    }

    package struct InvariantRun: Hashable, Sendable {
        package var name: String
        package var outcome: String?
        package var milliseconds: Int?
        /// The artifact that holds its output.
        package var log: Digest?

        package init(name: String, outcome: String?, milliseconds: Int?, log: Digest? = nil) {
            (self.name, self.outcome, self.milliseconds, self.log) = (name, outcome, milliseconds, log)
        }
    }

    package struct ArtifactName: Hashable, Sendable {
        package var digest: Digest
        package var kind: String
        package var name: String
        package var bytes: Int

        package init(_ stored: StoredArtifact, kind: String, name: String) {
            (digest, bytes, self.kind, self.name) = (stored.digest, stored.bytes, kind, name)
        }
    }

    /// A commit on its way to a branch, or there.
    package struct PushedCommit: Hashable, Sendable {
        package var branch: String?
        /// A dot is git's own name for the repository that it stands in.
        package var remote: String?
        package var commit: ObjectID?
        /// Whether a pull request is to follow; `nil` where nobody wrote it down.
        package var isReviewed: Bool?
        /// Whether it was found after its process had died.
        package var isRecovered = false

        package init(branch: String?, remote: String?, commit: ObjectID?, isReviewed: Bool? = nil) {
            (self.branch, self.remote, self.commit) = (branch, remote, commit)
            self.isReviewed = isReviewed
        }
    }

    package struct PullRequestName: Hashable, Sendable {
        package var number: Int
        package var url: String?
        package var branch: String?

        package init(number: Int, url: String?, branch: String?) {
            (self.number, self.url, self.branch) = (number, url, branch)
        }
    }

    package struct ReviewState: Hashable, Sendable {
        package let approvals: Int?
        package let changesRequested: Int?

        package init(approvals: Int?, changesRequested: Int?) {
            (self.approvals, self.changesRequested) = (approvals, changesRequested)
        }
    }

    package struct CheckState: Hashable, Sendable {
        package let checks: String?
        package let commit: ObjectID?
        package let mergeability: String?

        package init(checks: String?, commit: ObjectID?, mergeability: String?) {
            (self.checks, self.commit, self.mergeability) = (checks, commit, mergeability)
        }
    }

    package struct MergeDecision: Hashable, Sendable {
        package let decision: String?
        package let reason: String?
        package let commit: ObjectID?

        package init(decision: String?, reason: String?, commit: ObjectID?) {
            (self.decision, self.reason, self.commit) = (decision, reason, commit)
        }
    }

    /// One request to a language model.
    package struct ModelCall: Hashable, Sendable {
        package var model: String?
        package var call: Int
        package var attempt: Int
        /// The tokens that it was allowed to write, told when it begins.
        package var maxTokens: Int?

        package init(model: String?, call: Int, attempt: Int, maxTokens: Int? = nil) {
            (self.model, self.call, self.attempt, self.maxTokens) = (model, call, attempt, maxTokens)
        }
    }

    package struct ModelCallOutcome: Hashable, Sendable {
        package var outcome: String?
        package var stopReason: String?
        package var inputTokens: Int?
        package var outputTokens: Int?
        package var cacheReadTokens: Int?
        package var cacheWriteTokens: Int?
        package var milliseconds: Int?
        /// What counts against budgets, the most where the service did not say, and what that costs in millionths of a
        /// dollar.
        package var countedTokens: Int?
        package var countedMoney: Int?

        package init() {}
    }

    /// Events that were removed: the place and hash of the last of them, and where each chain stood there.
    package struct PruneSeal: Hashable, Sendable {
        package var removed: Int
        package var lastSequence: Int
        package var lastHash: Digest
        /// The artifact that holds the projections as of the last removed event.
        package var snapshot: Digest
        package var before: String?
        package var chains: [ChainHead]
        /// The file that holds the removed events, where one was written.
        package var archive: Digest?
    }

    /// What an import added.
    package struct ImportSeal: Hashable, Sendable {
        /// How many events came in, and behind which of this journal.
        package var events: Int
        package var after: Int
        package var sourceHead: Digest
        /// The chain that they are kept in; an import of the first edition was chained anew, and has none.
        package var chain: ChainHead?
    }

    /// What could not be taken over from a damaged journal.
    package struct LostEvents: Hashable, Sendable {
        package var kept: Int
        /// The first event that did not fit, and why.
        package var firstLost: Int?
        package var problem: String
        /// What the damaged journal itself took for its newest event.
        package var formerSequence: Int?
        package var formerHash: Digest?

        package init(kept: Int, firstLost: Int?, problem: String, formerSequence: Int?, formerHash: Digest?) {
            (self.kept, self.firstLost, self.problem) = (kept, firstLost, problem)
            (self.formerSequence, self.formerHash) = (formerSequence, formerHash)
        }
    }

    package struct RestoredState: Hashable, Sendable {
        package var events: Int
        package var head: Digest?
        package var formerEvents: Int?
        package var formerHead: Digest?

        package init(events: Int, head: Digest?, formerEvents: Int?, formerHead: Digest?) {
            (self.events, self.head) = (events, head)
            (self.formerEvents, self.formerHead) = (formerEvents, formerHead)
        }
    }
}
