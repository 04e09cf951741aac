import Basics
import Journal

/// Appends the life of attempts, eight events each, to a journal; prints the milliseconds that all of it took.
struct JournalMeasurement {
    private let path: String
    private let events: Int

    /// `path` is where the journal is made.
    init(path: String, events: Int) { (self.path, self.events) = (path, events) }

    /// `size` events in one transaction each time.
    func append(by size: Int) throws {
        let journal = try Journal(at: path)
        let begun = try journal.head().sequence
        let batches = stride(from: begun, to: begun + events, by: size).map { start in
            (start..<min(start + size, begun + events)).map { Self.draft($0) }
        }
        let duration = try ContinuousClock().measure { for batch in batches { try journal.append(batch) } }
        print(duration / .milliseconds(1))
    }

    func verify() throws {
        let journal = try Journal(at: path)
        var intact = 0
        let duration = try ContinuousClock().measure { intact = try journal.verify().intactEvents }
        print(duration / .milliseconds(1), intact)
    }

    private static func draft(_ number: Int) -> EventDraft {
        let attempt = number / 8
        let facts: [JSON.Member] = [
            JSON.Member("target", .string("target-\(attempt % 5)")),
            JSON.Member("task_id", .string("task-\(attempt % 1000)")),
            JSON.Member("attempt_id", .string("attempt-task-\(attempt % 1000)-\(hex(attempt).prefix(8))")),
        ]
        let (type, payload) = happening(number % 8, hex(attempt) + hex(number))
        let time = Instant(microsecondsSinceEpoch: 1_700_000_000_000_000 + Int64(number) * 100_000)
        return EventDraft(
            id: uuid(number), type: type, timestamp: time.description, actor: "bench",
            payload: .object(facts + (payload.members ?? [])))
    }

    private static func happening(_ step: Int, _ name: String) -> (EventType, JSON) {
        let oid = JSON.string(String((name + name).prefix(40)))
        return switch step {
        case 0:
            (
                .attemptCreated,
                [
                    "number": 1, "scope": "docs", "base": oid, "executor": "docs", "workspace": "tree",
                    "spec": .string(String((name + name + name + name).prefix(64))),
                ]
            )
        case 1: (.attemptStarted, ["isolation": "none"])
        case 2:
            (
                .changeFrozen,
                [
                    "tree": oid, "files": 1,
                    "changes": [["path": "docs/a.md", "operation": "create", "added": 12, "removed": 0]],
                ]
            )
        case 3: (.policyJudged, ["approved": true, "violations": []])
        case 4: (.invariantFinished, ["name": "No secrets in code", "outcome": "passed"])
        case 5: (.deliveryStarted, ["branch": "agent/task", "remote": "origin", "commit": oid])
        case 6: (.branchPushed, ["branch": "agent/task", "remote": "origin", "commit": oid])
        default: (.attemptSucceeded, ["outcome": "delivered", "commit": oid])
        }
    }

    /// Numbers that lie as far apart as random ones, and are the same in every run.
    private static func hex(_ number: Int) -> String {
        var mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        let text = String(mixed ^ (mixed >> 31), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    private static func uuid(_ number: Int) -> String {
        let text = hex(number) + hex(number ^ 0x5555)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(text.dropFirst(range.lowerBound).prefix(range.count))
        }.joined(separator: "-")
    }
}
