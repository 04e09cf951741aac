import Basics
import Journal
import TestSupport

/// A made-up past: attempts, deliveries, tests, pull requests, breakers and things that this program has never heard of,
/// in any order.
struct RandomHistory {
    private var random: SeededRandom
    private var number = 0
    private var attempts: [(id: String, target: String, task: String)] = []

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func drafts(_ count: Int) -> [EventDraft] { (0..<count).map { _ in next() } }

    mutating func next() -> EventDraft {
        number += 1
        if attempts.isEmpty || pick(6) == 0 { return create() }
        let attempt = attempts[pick(attempts.count)]
        let (type, payload) = happening()
        let facts: [JSON.Member] = [
            JSON.Member("target", .string(attempt.target)), JSON.Member("task_id", .string(attempt.task)),
            JSON.Member("attempt_id", .string(attempt.id)),
        ]
        return draft(type, .object(facts + (payload.members ?? [])))
    }

    private mutating func create() -> EventDraft {
        let target = "target-\(pick(3))"
        let task = "task-\(pick(5))"
        let id = "attempt-\(task)-\(number)"
        attempts.append((id, target, task))
        return draft(
            .attemptCreated,
            [
                "target": .string(target), "task_id": .string(task), "attempt_id": .string(id),
                "number": .integer(number), "scope": pick(4) == 0 ? .null : .string("scope-\(pick(2))"),
                "executor": "docs", "spec": .string("spec-\(pick(4))"),
                "dependencies": ["task-0", .string("task-\(pick(5))")],
            ])
    }

    private mutating func happening() -> (EventType, JSON) {
        let digest = String(repeating: "\(pick(10))", count: 64)
        let all: [(EventType, JSON)] = [
            (.attemptStarted, ["isolation": "none"]), (.changeFrozen, ["tree": "abc", "files": 2, "added": 3]),
            (.policyJudged, ["violations": [["rule": "x"]]]),
            (
                .invariantFinished,
                ["name": "Tests", "outcome": .string(["passed", "failed", "skipped"][pick(3)])]
            ),
            (.artifactCreated, ["sha256": .string(digest), "kind": "log", "bytes": .integer(pick(1000))]),
            (.deliveryStarted, ["branch": "agent/x", "remote": "origin"]),
            (.branchPushed, ["branch": "agent/x", "commit": .string("c\(pick(9))")]),
            (.pullRequestCreated, ["number": .integer(pick(4)), "url": "https://example.com"]),
            (.pullRequestMerged, ["number": .integer(pick(4))]),
            (.pullRequestClosed, ["number": .integer(pick(4))]),
            (.attemptSucceeded, ["outcome": pick(2) == 0 ? "unchanged" : "delivered"]),
            (.attemptFailed, ["kind": pick(2) == 0 ? "rejected" : "executor", "reason": "é \u{1F600}"]),
            (.attemptInterrupted, [:]), (.attemptInvalidated, ["reason": "wrong"]),
            (.modelCallCompleted, ["call_id": .string("m\(pick(3))"), "tokens": .integer(pick(100))]),
            (.taskDeclined, ["reason": "no"]), (.taskUnblocked, [:]),
            (.breakerTripped, ["reason": "two failures"]),
            (.breakerReset, [:]), (.autonomyDisabled, [:]), (.runStopped, [:]), (.targetUpdated, ["url": "u"]),
            (EventType("never.seen"), ["number": "not a number", "tokens": 1.5]),
            (.modelCallCompleted, ["call_id": 7, "tokens": "many"]), (.pullRequestCreated, ["number": "one"]),
        ]
        return all[pick(all.count)]
    }

    private mutating func draft(_ type: EventType, _ payload: JSON) -> EventDraft {
        // A clock that sometimes goes backwards.
        let time = Instant(secondsSinceEpoch: 1_700_000_000 + Int64(number * 60 - pick(300)))
        return EventDraft(
            id: "e\(number)", type: type, timestamp: time.description, actor: "actor-\(pick(2))", payload: payload)
    }

    private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
}
