package import Basics

/// The words for a refusal; nobody reads them back.
extension Refusal: ExplainedError {
    package var message: String { message(in: .exact) }

    package func message(in times: TimeText) -> String {
        let short = short(times)
        return switch reason {
        case .allowsNoPath, .claimed, .attemptsUsedUp, .merged, .declined, .branchDeleted:
            "task '\(task)' \(short)"
        case .attemptsRunning, .foreignCommit, .executorNotAllowed, .branchInUse, .proposalsOpen,
            .proposalsOverlap, .proposalsOfOwner, .tasksStarted, .budgetUsed, .writesUsed, .breakerOpen,
            .serviceOpen, .stopped:
            short
        default: "task '\(task)' may not run: \(short)"
        }
    }

    package var short: String { short(.exact) }

    /// What follows the task's name in a table.
    package func short(_ times: TimeText) -> String {
        switch reason {
        case .invalid(let mistakes):
            "its text has \(mistakes.count == 1 ? "a mistake" : "\(mistakes.count) mistakes"): \(mistakes.first ?? "")"
        case .blocked(let why): "it is blocked" + (why.map { ": \($0)" } ?? "")
        case .status(let status): "its status is \(status.rawValue)"
        case .notReady: "it is not ready"
        case .notBefore(let date): "not before \(times.moment(date))"
        case .waitingFor(let tasks): "it depends on \(tasks.joined(separator: ", ")), not completed at the base"
        case .allowsNoPath: "allows no path, and an empty list allows nothing"
        case .executorNotAllowed(let name, let scope, _): "scope '\(scope)' does not allow the executor '\(name)'"
        case .branchInUse(let branch): "'\(branch)' is checked out, and was left alone"
        case .jobWaiting(let job): job.text
        case .claimed(let attempt, let since): "is being done since \(times.moment(since)) (\(attempt))"
        case .attemptsUsedUp(let failed, let limit):
            "failed \(failed) times, and max_attempts_per_task is \(limit.value) (\(limit.source.rawValue))"
        case .attemptsRunning(let target, let attempts, let limit):
            "\(attempts.count) attempt\(attempts.count == 1 ? "" : "s") of '\(target)' already "
                + "run\(attempts.count == 1 ? "s" : "") (\(attempts.first ?? "")), and max_running_attempts is "
                + "\(limit.value) (\(limit.source.rawValue))"
        case .proposalsOpen(let names, let limit):
            Self.count(names.count, "proposal") + " \(names.count == 1 ? "is" : "are") open "
                + "(\(Self.some(names))), and max_open_prs is \(limit.value) (\(limit.source.rawValue))"
        case .proposalsOverlap(let names, let limit):
            Self.count(names.count, "proposal") + " may touch the same paths (\(Self.some(names))), and "
                + "max_open_prs_per_path is \(limit.value) (\(limit.source.rawValue))"
        case .proposalsOfOwner(let owner, let names, let limit):
            Self.count(names.count, "proposal") + " may touch files of \(owner) (\(Self.some(names))), and "
                + "max_open_prs_per_owner is \(limit.value) (\(limit.source.rawValue))"
        case .budgetUsed(let used): used.text
        case .writesUsed(let used): used.text
        case .serviceOpen(let trip): trip.text
        case .tasksStarted(let used):
            Self.count(used.started, "task") + " began within \(used.period.text), and "
                + "\(used.period.limitName) is \(used.limit.value) (\(used.limit.source.rawValue))"
        case .backoff(let failed, let date):
            "it failed" + (failed == 1 ? "" : " \(failed) times") + " and waits until \(times.moment(date))"
        case .breakerOpen(let trip): trip.text(times)
        case .unmeasurable(let limit):
            "nobody can tell how far \(limit.name) \(limit.value) (\(limit.source.rawValue)) is used up: \(limit.why)"
        case .stopped(let order): order.text(times)
        case .autonomyOff(let source): "autonomy is off (\(source.rawValue))"
        case .outsideWindow(let windows, let date):
            "it is outside of the hours \(windows.joined(separator: ", "))"
                + (date.map { " until \(times.moment($0))" } ?? "")
        case .sameFailure(let attempt): "\(attempt) failed on this base, and nothing has changed since"
        case .underReview(.pullRequest(let number, _)): "pull request #\(number) is open for it"
        case .underReview(.branch(let branch, let commit)):
            "'\(branch)' (\(commit.short)) is under review until the base holds it"
        case .merged(let number, _): "is completed: pull request #\(number) was merged"
        case .declined(let number, _): "was declined: a person closed pull request #\(number) without merging it"
        case .branchDeleted(let branch): "was declined: a person deleted '\(branch)' without merging it"
        case .foreignCommit(let commit, let place):
            "\(place) holds the commit \(commit.short), which Leviathan did not push from here"
        }
    }

    package var causes: [String] {
        switch reason {
        case .invalid(let mistakes): Array(mistakes.dropFirst().prefix(20))
        case .merged(_, let url?), .declined(_, let url?), .underReview(.pullRequest(_, let url?)): [url]
        default: []
        }
    }

    package var hint: String? { hint(at: nil) }

    /// What a person can do; `target` names the registered target to whoever stands in no checkout of it.
    package func hint(at target: String?) -> String? {
        let task = self.task + (target.map { " --target \($0)" } ?? "")
        return switch reason {
        case .invalid: "'leviathan lint' shows where"
        case .notReady: "set 'ready: true' in the backlog to release it"
        case .allowsNoPath: "add allowed_paths to the task"
        case .executorNotAllowed(_, _, let allowed): "it allows \(allowed.joined(separator: ", "))"
        case .branchInUse:
            "switch to another branch there ('git worktree list' shows where), then try again"
        case .claimed: "wait until it has ended; 'leviathan attempts' shows how far it is"
        case .jobWaiting(let job): job.hint ?? "wait; 'kubectl describe job \(job.job)' says how far it is"
        case .attemptsUsedUp:
            "'leviathan failures' says why; 'leviathan retry \(task)' lets it be tried again"
        case .attemptsRunning: "wait until it has ended, or raise the limit"
        case .proposalsOpen: "merge or close one of them, or raise max_open_prs"
        case .proposalsOverlap: "merge or close one of them, or raise max_open_prs_per_path"
        case .tasksStarted: "wait, or raise the limit"
        case .backoff: "wait, or let it be tried at once with 'leviathan retry \(task)'"
        case .breakerOpen(let trip): trip.hint
        case .proposalsOfOwner: "merge or close one of them, or raise max_open_prs_per_owner"
        case .budgetUsed(let used): used.hint
        case .writesUsed(let used): "wait, or raise \(used.limitName) under forges: in config.yaml"
        case .serviceOpen(let trip): trip.hint
        case .unmeasurable(let limit): limit.hint
        case .stopped: "'leviathan resume' lifts it; for one task: --override-stop REASON"
        case .autonomyOff(let source): source.hint
        case .outsideWindow: "a person may propose it at any time: 'leviathan propose \(task)'"
        case .sameFailure: "'leviathan failures' says why; 'leviathan retry \(task)' lets it be tried again"
        case .underReview:
            "merge or decline it; 'leviathan propose \(task) --refresh' brings it up to date"
        case .merged, .declined, .branchDeleted: "'leviathan retry \(task)' lets it be proposed again"
        case .foreignCommit: "merge or delete it first; nothing was overwritten"
        case .waitingFor: "it runs once they are: merge their proposals ('leviathan tasks' shows where they stand)"
        case .blocked: "a person lifts it: set its status in the backlog to pending"
        case .status: "what is done is not done again, unless the backlog says otherwise"
        case .notBefore: "wait, or change 'not_before' in the backlog"
        }
    }
}

extension Refusal {
    fileprivate static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// The first names of a list that may be long.
    fileprivate static func some(_ names: [String]) -> String {
        let more = names.count - 3
        return names.prefix(3).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
