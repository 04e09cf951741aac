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
        /// It was handed to a cluster, where it has not begun.
        case jobWaiting(WaitingJob)
        case attemptsUsedUp(failed: Int, EffectiveLimit<Int>)
        case attemptsRunning(target: String, attempts: [String], EffectiveLimit<Int>)
        /// Proposals that people have not decided about.
        case proposalsOpen([String], EffectiveLimit<Int>)
        /// Proposals that may touch the same paths.
        case proposalsOverlap([String], EffectiveLimit<Int>)
        /// Proposals that may touch files of one owner.
        case proposalsOfOwner(String, [String], EffectiveLimit<Int>)
        case tasksStarted(UsedRate)
        case budgetUsed(UsedBudget)
        case writesUsed(UsedWrites)
        case backoff(failed: Int, until: Instant)
        case breakerOpen(BreakerTrip)
        /// A forge or a model service that the task needs fails.
        case serviceOpen(ServiceTrip)
        /// What counts against a limit could not be counted: it holds.
        case unmeasurable(UnmeasurableLimit)
        // Switches.
        case stopped(StopOrder)
        // What holds the scheduler alone, and not a person who asks for a task.
        case autonomyOff(SwitchSource)
        case outsideWindow([String], opens: Instant?)
        /// It failed on this very base, and nothing has changed since.
        case sameFailure(attempt: String)
        // What stands for the task already.
        case underReview(StandingProposal)
        case merged(number: Int, url: String?)
        case declined(number: Int, url: String?)
        /// A person deleted the branch that was proposed.
        case branchDeleted(String)
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
        case .jobWaiting: "job-waiting"
        case .attemptsUsedUp: "max-attempts-per-task"
        case .attemptsRunning: "max-running-attempts"
        case .proposalsOpen: "max-open-prs"
        case .proposalsOverlap: "max-open-prs-per-path"
        case .proposalsOfOwner: "max-open-prs-per-owner"
        case .budgetUsed: "budget-per-day"
        case .writesUsed: "forge-writes"
        case .serviceOpen: "service-breaker"
        case .tasksStarted(let used): used.period == .hour ? "max-tasks-per-hour" : "max-tasks-per-day"
        case .backoff: "backoff"
        case .breakerOpen: "circuit-breaker"
        case .unmeasurable: "unmeasurable"
        case .stopped: "stopped"
        case .autonomyOff: "autonomy-off"
        case .outsideWindow: "outside-window"
        case .sameFailure: "same-failure"
        case .underReview: "under-review"
        case .merged: "merged"
        case .declined, .branchDeleted: "declined"
        case .foreignCommit: "foreign-commit"
        case .branchInUse: "branch-in-use"
        }
    }

    /// The limit that refuses, where one does.
    package var limit: (name: String, observed: Int, allowed: EffectiveLimit<Int>)? {
        switch reason {
        case .attemptsUsedUp(let failed, let limit): ("max_attempts_per_task", failed, limit)
        case .attemptsRunning(_, let attempts, let limit): ("max_running_attempts", attempts.count, limit)
        case .proposalsOpen(let names, let limit): ("max_open_prs", names.count, limit)
        case .proposalsOverlap(let names, let limit): ("max_open_prs_per_path", names.count, limit)
        case .proposalsOfOwner(_, let names, let limit): ("max_open_prs_per_owner", names.count, limit)
        case .tasksStarted(let used): (used.period.limitName, used.started, used.limit)
        case .budgetUsed(let used):
            (
                used.unit == .usd ? "budget_per_day.usd_millionths" : used.unit.limitName,
                used.spent + used.reserved, used.limit
            )
        case .writesUsed(let used): (used.limitName, used.used, used.limit)
        case .serviceOpen(let trip):
            (
                "service_breaker.failures", trip.breaker.failures,
                EffectiveLimit(value: trip.limit.value.failures, source: trip.limit.source)
            )
        case .breakerOpen(let trip):
            (
                "circuit_breaker.failures", trip.failures,
                EffectiveLimit(value: trip.limit.value.failures, source: trip.limit.source)
            )
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
        case .backoff(_, let date): .at(date)
        case .tasksStarted(let used): .at(used.until)
        case .outsideWindow(_, let date): date.map(Release.at) ?? .byPerson
        case .breakerOpen(let trip): trip.release
        case .serviceOpen(let trip): trip.release
        case .budgetUsed(let used): used.release
        case .writesUsed(let used): used.until.map(Release.at) ?? .byItself
        case .unmeasurable(let limit): limit.isByPerson ? .byPerson : .byItself
        case .waitingFor, .claimed, .jobWaiting, .attemptsRunning, .proposalsOpen, .proposalsOverlap,
            .proposalsOfOwner:
            .byItself
        default: .byPerson
        }
    }
}

/// A limit of which nobody can tell how far it is used up.
package struct UnmeasurableLimit: Hashable, Sendable {
    package let name: String
    /// Its value in words.
    package let value: String
    package let source: LimitSource
    package let why: String
    package let hint: String
    /// Whether it stays so until a person changes something.
    package var isByPerson = false

    package init(
        _ name: String, _ value: String, _ source: LimitSource, why: String, hint: String, isByPerson: Bool = false
    ) {
        (self.name, self.value, self.source, self.why) = (name, value, source, why)
        (self.hint, self.isByPerson) = (hint, isByPerson)
    }
}
