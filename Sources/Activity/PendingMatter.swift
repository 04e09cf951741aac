package import Basics
internal import Journal
internal import Model
internal import Runner

/// Something that goes no further until a person does something.
package struct PendingMatter: Hashable, Sendable {
    package let target: String?
    package let task: String?
    package let words: String
    package let since: Instant?
    /// What to type next; `nil` where the place to act is the forge.
    package let command: String?
    package internal(set) var url: String?

    init(
        _ words: String, target: String? = nil, task: String? = nil, since: Instant? = nil, command: String? = nil
    ) {
        (self.words, self.target, self.task, self.since, self.command) = (words, target, task, since, command)
    }

    package var json: JSON {
        [
            "target": .optional(target), "task": .optional(task), "what": .string(words),
            "since": .optional(since?.description), "command": .optional(command), "url": .optional(url),
        ]
    }
}

/// Finds what waits for a person.
struct PendingSearch {
    /// A review that takes longer is told of.
    private static let patience = Duration.seconds(3 * 86_400)
    let journal: any JournalStore
    let report: ActivityReport
    let context: Context

    func find() throws(JournalError) -> [PendingMatter] {
        var found = switches()
        let names = if let target = report.target { [target] } else { try journal.targetNames() }
        let standings = try TaskStandings.each(of: Array(names.prefix(1000)), journal, now: report.until)
        for (name, standings) in standings { found += ofTarget(name, standings) }
        return found + reviews() + lastFailures()
    }

    private func switches() -> [PendingMatter] {
        guard let order = StopSwitch(context).order() else { return [] }
        let words =
            "everything is stopped" + (order.reason.map { ": \($0)" } ?? order.problem.map { ": \($0)" } ?? "")
        return [PendingMatter(words, since: order.since, command: "leviathan resume")]
    }

    private func ofTarget(_ name: String, _ standings: TaskStandings) -> [PendingMatter] {
        var found: [PendingMatter] = []
        if standings.isAutonomyOff {
            let command = "leviathan autonomy on --target \(name)"
            found.append(PendingMatter("autonomy is off", target: name, command: command))
        }
        for run in FailureRun.runs(in: standings.ended) where run.failures > 1 {
            let words = "\(run.failures) attempts in a row failed (\(run.failureClass.rawValue))"
            let command = "leviathan failures --target \(name)"
            found.append(PendingMatter(words, target: name, since: run.since, command: command))
        }
        return found
    }

    private func reviews() -> [PendingMatter] {
        report.changes.filter { $0.state == "open" }.compactMap { change in
            let review = report.reviews[ActivityReport.ChangeName(target: change.target, number: change.number)]
            let asked = review?.changesRequested ?? 0
            let waits = change.openedAt.map { report.until - $0 >= Self.patience } ?? false
            guard asked > 0 || waits else { return nil }
            let words =
                "pull request #\(change.number) " + (asked > 0 ? "is asked for changes" : "waits for a review")
            var matter = PendingMatter(words, target: change.target, task: change.task, since: change.openedAt)
            matter.url = change.url
            return matter
        }
    }

    /// Tasks whose newest attempt came to nothing.
    private func lastFailures() -> [PendingMatter] {
        var seen: Set<[String]> = []
        return report.attempts.compactMap { entry in
            let attempt = entry.attempt
            guard seen.insert([attempt.target, attempt.task]).inserted,
                ["rejected", "failed"].contains(attempt.outcome), attempt.state != "invalidated"
            else { return nil }
            let words = "the last attempt was \(attempt.outcome == "failed" ? "a failure" : "rejected")"
            return PendingMatter(
                words + (attempt.reason.map { ": \($0)" } ?? ""), target: attempt.target, task: attempt.task,
                since: attempt.finishedAt.flatMap { Instant($0) },
                command: "leviathan attempts show \(attempt.id)")
        }
    }
}
