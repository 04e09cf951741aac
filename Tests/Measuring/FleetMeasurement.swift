import Basics
import Journal

/// Makes the journal of many targets over ninety days, for pages that show all of them: half of the attempts are merged,
/// half are rejected, eight events each.
struct FleetMeasurement {
    private static let batch = 1000
    private static let span: Int64 = 90 * 86_400 * 1_000_000
    private static let identifiers = IdentifierSource.system
    private let path: String
    private let events: Int
    private let targets: Int
    private let end = Clock.system.now().microsecondsSinceEpoch

    init(path: String, events: Int, targets: Int) {
        (self.path, self.events, self.targets) = (path, events, targets)
    }

    func write() throws {
        let journal = try Journal(at: path)
        for start in stride(from: 0, to: events, by: Self.batch) {
            try journal.append((start..<min(start + Self.batch, events)).map(draft))
        }
    }

    private func draft(_ number: Int) -> EventDraft {
        let (attempt, step) = (number / 8, number % 8)
        let isMerged = attempt % 2 == 0
        // Tasks of one half get merged once, those of the other fail; what nobody began is what waits.
        let task = attempt / targets % 25 * 2 + (isMerged ? 0 : 1)
        let facts: [JSON.Member] = [
            JSON.Member("target", .string(name(of: attempt % targets))),
            JSON.Member("task_id", .string("task-\(task)")),
            JSON.Member("attempt_id", .string("attempt-task-\(task)-\(attempt)")),
        ]
        let (type, payload) = isMerged ? merged(step, attempt) : rejected(step)
        let time = Instant(microsecondsSinceEpoch: end - Self.span + Self.span / Int64(events) * Int64(number))
        return EventDraft(
            id: Self.identifiers.uuid(), type: type, timestamp: time.description, actor: "bench",
            payload: .object(facts + (payload.members ?? [])))
    }

    private func name(of target: Int) -> String {
        let digits = String(target)
        return "target-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private func beginning(_ step: Int) -> (EventType, JSON) {
        switch step {
        case 0:
            (
                .attemptCreated,
                ["number": 1, "scope": "docs", "base": oid(1), "executor": "docs", "workspace": "tree"]
            )
        case 1: (.attemptStarted, ["isolation": "none"])
        case 2: (.changeFrozen, ["tree": oid(2), "files": 1, "added": 12, "removed": 0])
        default: (.policyJudged, ["approved": true, "violations": []])
        }
    }

    private func merged(_ step: Int, _ attempt: Int) -> (EventType, JSON) {
        switch step {
        case 4: return (.branchPushed, ["branch": "agent/task", "remote": "origin", "commit": oid(3)])
        case 5: return (.attemptSucceeded, ["outcome": "delivered", "commit": oid(3)])
        case 6, 7:
            let facts: JSON = [
                "number": .integer(attempt / targets + 1), "branch": "agent/task", "commit": oid(3),
            ]
            return (step == 6 ? .pullRequestCreated : .pullRequestMerged, facts)
        default: return beginning(step)
        }
    }

    private func rejected(_ step: Int) -> (EventType, JSON) {
        switch step {
        case 4...6:
            (.invariantFinished, ["name": "tests", "outcome": step < 6 ? "passed" : "failed", "duration_ms": 10])
        case 7: (.attemptFailed, ["kind": "rejected", "reason": "an invariant does not hold: tests"])
        default: beginning(step)
        }
    }

    private func oid(_ number: Int) -> JSON { .string(String(repeating: String(number), count: 40)) }
}
