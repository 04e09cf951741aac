internal import Basics
internal import Scheduler
internal import Synchronization

/// Tasks that were asked for through the control plane, and what became of them: the newest few.
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
        var outcome: JSON = .null

        var json: JSON {
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

    private let triggers = Mutex<[Trigger]>([])

    /// `false` while too many run.
    func begin(_ trigger: Trigger) -> Bool {
        triggers.withLock { triggers in
            guard triggers.count(where: { $0.outcome.isNull }) < Self.atOnce else { return false }
            if triggers.count >= Self.most {
                guard let ended = triggers.firstIndex(where: { !$0.outcome.isNull }) else { return false }
                triggers.remove(at: ended)
            }
            triggers.append(trigger)
            return true
        }
    }

    func end(_ id: String, _ outcome: JSON) {
        triggers.withLock { triggers in
            guard let place = triggers.firstIndex(where: { $0.id == id }) else { return }
            triggers[place].outcome = outcome
        }
    }

    func trigger(_ id: String) -> Trigger? { triggers.withLock { $0.first { $0.id == id } } }
}
