internal import API
internal import Basics
internal import Journal
internal import Runner
internal import Scheduler
internal import Synchronization

/// Tasks that were asked for through the control plane, and what became of them: the newest few, whichever of its
/// processes did them.
final class TriggerTable: Sendable {
    private static let most = 200
    /// Each is a process.
    private static let atOnce = 8

    struct Trigger: Sendable {
        let id: String
        let target: String
        let task: String
        let isDryRun: Bool
        let actor: String
        let since: String

        func json(_ outcome: JSON = .null) -> JSON {
            [
                "id": .string(id), "target": .string(target), "task": .string(task), "dry_run": .bool(isDryRun),
                "actor": .string(actor), "since": .string(since), "state": outcome.isNull ? "running" : "ended",
                "outcome": outcome,
            ]
        }
    }

    /// What the child said, or how it ended where it said nothing that can be read.
    static func outcome(_ outcome: GrantOutcome) -> JSON {
        outcome.document
            ?? [
                "outcome": .string(outcome.outcome), "exit_code": .integer(Int(outcome.exitCode)),
                "message": .optional(outcome.message),
            ]
    }

    private let entries: any SharedEntries
    private let clock: Clock
    private let processes: ServingProcesses
    /// What this process is called among those that serve the journal.
    let process: String
    /// How many run in this process.
    private let running = Mutex(0)

    init(_ entries: any SharedEntries, _ context: Context) {
        (self.entries, clock) = (entries, context.clock)
        (processes, process) = (ServingProcesses(entries, context.clock), context.identifiers.uuid())
    }

    /// `false` while too many run.
    func begin(_ trigger: Trigger) throws(Problem) -> Bool {
        let isFree = running.withLock { running in
            guard running < Self.atOnce else { return false }
            running += 1
            return true
        }
        guard isFree else { return false }
        let now = clock.now()
        do throws(Problem) {
            try Problem.stored { () throws(JournalError) in
                try entries.put(SharedEntry(.trigger, trigger.id, owner: process, trigger.json(), used: now))
                try entries.trim(.trigger, to: Self.most, usedSince: now + .seconds(-7 * 86_400))
            }
        } catch {
            running.withLock { $0 -= 1 }
            throw error
        }
        return true
    }

    func end(_ trigger: Trigger, _ outcome: JSON) throws(JournalError) {
        running.withLock { $0 -= 1 }
        try entries.put(
            SharedEntry(.trigger, trigger.id, owner: process, trigger.json(outcome), used: clock.now()))
    }

    /// What is known of it: as it was answered when it began, with its outcome once there is one.
    ///
    /// One whose process is gone has ended with it, whatever its attempt came to: the journal has that.
    func trigger(_ id: String) throws(JournalError) -> JSON? {
        guard let entry = try entries.entry(.trigger, id) else { return nil }
        guard entry.value["state"] == "running", entry.owner != process,
            try !processes.isPresent(entry.owner)
        else { return entry.value }
        let outcome: JSON = [
            "outcome": "failed",
            "message":
                "the process of the control plane that did it is gone: the task's attempts tell what became of it",
        ]
        var ended = entry
        ended.value = .object(
            (entry.value.members ?? []).filter { !["state", "outcome"].contains($0.name) } + [
                JSON.Member("state", "ended"), JSON.Member("outcome", outcome),
            ])
        // Should the process be there after all, what it says last counts.
        return try entries.replace(entry, with: ended) ? ended.value : try entries.entry(.trigger, id)?.value
    }
}
