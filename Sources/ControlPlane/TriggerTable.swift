internal import API
internal import Basics
internal import Journal
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
    /// How many run in this process.
    private let running = Mutex(0)

    init(_ entries: any SharedEntries, _ clock: Clock) { (self.entries, self.clock) = (entries, clock) }

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
                try entries.put(SharedEntry(.trigger, trigger.id, trigger.json(), used: now))
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
        try entries.put(SharedEntry(.trigger, trigger.id, trigger.json(outcome), used: clock.now()))
    }

    /// What is known of it: as it was answered when it began, with its outcome once there is one.
    func trigger(_ id: String) throws(JournalError) -> JSON? { try entries.entry(.trigger, id)?.value }
}
