package import Basics

/// Why a task may not run now, as a value; `RefusalText` makes words of it.
package struct Refusal: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        // The task itself.
        /// What it says is wrong, one mistake a text.
        case invalid([String])
        case blocked(String?)
        case status(BacklogTask.Status)
        case notReady
        case notBefore(Instant)
        /// Tasks that are not completed at the base.
        case waitingFor([String])
        case allowsNoPath
        case executorNotAllowed(String, scope: String, allowed: [String])
        // What was done before.
        case claimed(attempt: String, since: String)
        case attemptsUsedUp(failed: Int, EffectiveLimit<Int>)
        case attemptsRunning(target: String, attempts: [String], EffectiveLimit<Int>)
        // What stands for the task already.
        case underReview(StandingProposal)
        case merged(number: Int, url: String?)
        case declined(number: Int, url: String?)
        /// Somebody else's commit stands where the proposal would go.
        case foreignCommit(ObjectID, place: String)
        /// A person works on the branch that would have to be moved.
        case branchInUse(String)
    }

    /// A proposal that people have not decided about.
    package enum StandingProposal: Hashable, Sendable {
        case pullRequest(number: Int, url: String?)
        /// A branch without a pull request: it is under review until the base holds its commit.
        case branch(String, commit: ObjectID)
    }

    package let task: String
    package let reason: Reason

    package init(_ task: String, _ reason: Reason) { (self.task, self.reason) = (task, reason) }

    /// Stable for ever, such as `not-ready`.
    package var id: String {
        switch reason {
        case .invalid: "invalid"
        case .blocked: "blocked"
        case .status: "status"
        case .notReady: "not-ready"
        case .notBefore: "not-before"
        case .waitingFor: "dependencies"
        case .allowsNoPath: "no-path"
        case .executorNotAllowed: "executor-not-allowed"
        case .claimed: "already-running"
        case .attemptsUsedUp: "max-attempts-per-task"
        case .attemptsRunning: "max-running-attempts"
        case .underReview: "under-review"
        case .merged: "merged"
        case .declined: "declined"
        case .foreignCommit: "foreign-commit"
        case .branchInUse: "branch-in-use"
        }
    }

    /// The limit that refuses, where one does.
    package var limit: (name: String, observed: Int, allowed: EffectiveLimit<Int>)? {
        switch reason {
        case .attemptsUsedUp(let failed, let limit): ("max_attempts_per_task", failed, limit)
        case .attemptsRunning(_, let attempts, let limit): ("max_running_attempts", attempts.count, limit)
        default: nil
        }
    }

    /// What has to happen before the task may run.
    package enum Release: Hashable, Sendable {
        case at(Instant)
        /// It passes by itself, at a time that nobody can tell.
        case byItself
        case byPerson
    }

    package var release: Release {
        switch reason {
        case .notBefore(let date): .at(date)
        case .waitingFor, .claimed, .attemptsRunning: .byItself
        default: .byPerson
        }
    }
}
